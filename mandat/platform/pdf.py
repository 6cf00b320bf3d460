"""
Pages as PDF.

WeasyPrint weighs tens of megabytes: this module is imported inside the job that needs it, never at the top of another.
"""

from pathlib import Path

from django.contrib.staticfiles import finders
from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

#: The scheme by which a page names one of our own static files.
OWN = "static:"


class NotOurs(Exception):
    """A page asks for a file that is not ours."""


class OwnFiles(URLFetcher):
    """Fetches our own static files, named `static:NAME`, and nothing from the network or the disk."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002
        """
        Return one of our static files.

        :raises NotOurs: if the address is any other; WeasyPrint then does without
        """
        found = finders.find(url.removeprefix(OWN)) if url.startswith(OWN) else None
        if not found:
            raise NotOurs(url)
        return URLFetcherResponse(url, Path(found).read_bytes())


def pdf_of(page: str) -> bytes:
    """Return an HTML page as PDF, tagged for those who have it read to them."""
    pdf: bytes = HTML(string=page, url_fetcher=OwnFiles()).write_pdf(pdf_tags=True)
    return pdf


def fillable_pdf_of(page: str) -> bytes:
    """Return an HTML page as PDF whose fields can be filled in."""
    pdf: bytes = HTML(string=page, url_fetcher=OwnFiles()).write_pdf(pdf_tags=True, pdf_forms=True)
    return pdf
