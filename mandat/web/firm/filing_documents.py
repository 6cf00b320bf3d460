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
from mandat.filings.errors import ClosedToChange, StaleDraft, TooMuchTogether
from mandat.filings.models import Filing, FilingDocument
from mandat.filings.queries import documents_of
from mandat.platform.clock import legal_day
from mandat.platform.files import shown_name, store
from mandat.reference.queries import policy
from mandat.web.asking import Request
from mandat.web.documents import DocumentField, given_out, too_much_together
from mandat.web.firm.filing_steps import UNPROCESSABLE, no_longer_open, writing
from mandat.web.firm.filings import opened

PAGE = "mandat/web/firm/documents.html"


class DocumentForm(forms.Form):
    """A file to add."""

    document = DocumentField(
        label=gettext_lazy("Document à joindre"),
        help_text=gettext_lazy("PDF, image, Word, Excel ou texte. N’y laissez aucun numéro d’assurance sociale."),
    )

    def __init__(self, *args: Any, largest: int) -> None:
        super().__init__(*args)
        self.fields["document"].largest = largest  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: Request, firm: UUID, filing: UUID) -> HttpResponse:
    """Show the documents of a filing, or add one."""
    found = writing(request, filing)
    if not found.may_write:
        return no_longer_open(request, found.filing)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DocumentForm(*given, largest=policy("filing-document-megabytes", legal_day(request.at)))
    if form.is_valid():
        try:
            return add(request, found.filing, form.cleaned_data["document"])
        except TooMuchTogether as too_much:
            form.add_error("document", too_much_together(too_much.most))
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
def document(request: Request, firm: UUID, filing: UUID, document: UUID) -> HttpResponse | FileResponse:
    """Give out a document of a filing."""
    of_filings = FilingDocument.objects.select_related("file__scan")
    return given_out(
        request, get_object_or_404(of_filings, filing=opened(request, filing).filing, public_id=document)
    )  # fmt: skip


def back(request: Request, filing: Filing) -> HttpResponse:
    """Lead back to the documents."""
    return redirect("firm:documents", request.firm.public_id, filing.public_id)
