"""The documents that go with a filing: added, taken out, fetched."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mandat.filings.commands import attach_document, remove_document
from mandat.filings.errors import ClosedToChange, StaleDraft
from mandat.filings.models import Filing, FilingDocument
from mandat.filings.queries import documents_of
from mandat.platform.files import open_verified, shown_name, store
from mandat.web.asking import Request
from mandat.web.firm.filing_steps import UNPROCESSABLE, no_longer_open, writing
from mandat.web.firm.filings import opened

PAGE = "mandat/web/firm/documents.html"
#: What one request may carry: a safeguard of the server, not a rule of the trade.
LARGEST = 25 * 1024 * 1024


class DocumentForm(forms.Form):
    """A file to add."""

    document = forms.FileField(
        label=gettext_lazy("Document à joindre"),
        help_text=gettext_lazy("Un fichier de 25 Mo au plus. N’y laissez aucun numéro d’assurance sociale."),
        error_messages={
            "required": gettext_lazy("Choisissez un fichier."),
            "empty": gettext_lazy("Ce fichier est vide. Choisissez-en un autre."),
        },
    )

    def clean_document(self) -> UploadedFile:
        """
        Refuse what is too large to be kept.

        :raises ValidationError: if it is
        """
        document: UploadedFile = self.cleaned_data["document"]
        if (document.size or 0) > LARGEST:
            raise forms.ValidationError(_("Ce fichier dépasse 25 Mo. Réduisez-le, ou divisez-le."))
        return document


@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: Request, firm: UUID, filing: UUID) -> HttpResponse:
    """Show the documents of a filing, or add one."""
    found = writing(request, filing)
    if not found.may_write:
        return no_longer_open(request, found.filing)
    form = DocumentForm(request.POST, request.FILES) if request.method == "POST" else DocumentForm()
    if form.is_valid():
        return add(request, found.filing, form.cleaned_data["document"])
    context: dict[str, Any] = {"filing": found.filing, "form": form, "documents": documents_of(found.filing)}
    return render(request, PAGE, context, status=UNPROCESSABLE if form.errors else 200)


def add(request: Request, filing: Filing, document: UploadedFile) -> HttpResponse:
    """Store a file and add it, unless it is there already; nothing that somebody else wrote meanwhile is touched."""
    file = store(document, name=document.name or "", media_type=document.content_type or "")
    same = documents_of(filing).filter(file__sha256=file.sha256, name=shown_name(file.name))
    if same.exists():
        return back(request, filing)
    try:
        attach_document(filing=filing.public_id, file=file, revision=filing.revision, by=request.actor)
    except StaleDraft as stale:
        attach_document(filing=filing.public_id, file=file, revision=stale.filing.revision, by=request.actor)
    except ClosedToChange:
        return no_longer_open(request, filing)
    messages.success(request, _("Le document « %(name)s » est joint.") % {"name": shown_name(file.name)})
    return back(request, filing)


@require_POST
def remove(request: Request, firm: UUID, filing: UUID, document: UUID) -> HttpResponse:
    """Take a document out of a filing."""
    found = writing(request, filing).filing
    get_object_or_404(FilingDocument, filing=found, public_id=document)
    try:
        remove_document(filing=filing, document=document, revision=found.revision, by=request.actor)
    except StaleDraft:
        messages.warning(request, _("La demande a changé pendant ce temps. Vérifiez la liste, puis recommencez."))
    except ClosedToChange:
        return no_longer_open(request, found)
    return back(request, found)


@require_safe
def document(request: Request, firm: UUID, filing: UUID, document: UUID) -> FileResponse:
    """Give out a document of a filing."""
    return given_out(get_object_or_404(FilingDocument, filing=opened(request, filing).filing, public_id=document))


def given_out(document: FilingDocument) -> FileResponse:
    """Return a document to be kept, never to be run in the reader's browser."""
    file = open_verified(document.file)
    return FileResponse(file, as_attachment=True, filename=document.name, content_type="application/octet-stream")


def back(request: Request, filing: Filing) -> HttpResponse:
    """Lead back to the documents."""
    return redirect("firm:documents", request.firm.public_id, filing.public_id)
