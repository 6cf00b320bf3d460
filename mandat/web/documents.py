"""Files that people hand in, and those given out to them: one field, one way to open, wherever they go with."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mandat.casework.commands import note_unscanned_opening
from mandat.enrolment.models import DepartureDocument, EnrolmentDocument, HandoverDocument, PaperIntake
from mandat.filings.models import FilingDocument
from mandat.platform.files import open_verified
from mandat.platform.inspection.apart import inspect
from mandat.platform.inspection.findings import FoundUnfit, Kind, Unfit
from mandat.platform.models import Condition
from mandat.web.asking import Request

HELD, NOT_SCANNED = "mandat/web/document_held.html", "mandat/web/document_not_scanned.html"
CONFLICT = 409
_MEGABYTE = 1024 * 1024
#: What has a name and a file that somebody handed in.
Handed = FilingDocument | EnrolmentDocument | HandoverDocument | DepartureDocument | PaperIntake

NAMES = {
    Kind.PDF: "PDF",
    Kind.PNG: "PNG",
    Kind.JPEG: "JPEG",
    Kind.WORD: "Word (.docx)",
    Kind.EXCEL: "Excel (.xlsx)",
    Kind.TEXT: gettext_lazy("texte (.txt, .csv)"),
}
MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.TEXT: "text/plain",
}
WORDS = {
    Unfit.PROTECTED: gettext_lazy(
        "Ce fichier est protégé : nous ne pouvons pas l’ouvrir. Enregistrez-le sans mot de passe, puis joignez-le."
    ),
    Unfit.ACTIVE: gettext_lazy(
        "Ce fichier contient autre chose qu’un texte ou des images : un programme, un autre fichier ou un appel à un "
        "autre fichier. Imprimez-le en PDF, puis joignez ce PDF."
    ),
    Unfit.BROKEN: gettext_lazy(
        "Ce fichier est abîmé : nous ne pouvons pas le lire jusqu’au bout. Enregistrez-le de nouveau, puis joignez-le."
    ),
    Unfit.HEAVY: gettext_lazy(
        "Ce fichier est trop lourd à lire. Divisez-le, ou imprimez-le en PDF, puis joignez le résultat."
    ),
    Unfit.SIN: gettext_lazy(
        "Ce fichier contient un numéro d’assurance sociale. Masquez-le, puis joignez le fichier : nous ne le gardons "
        "jamais."
    ),
}


class DocumentField(forms.FileField):
    """A file, opened apart before anything keeps it. Its form says how large it may be, in megabytes: `largest`."""

    default_error_messages = {
        "required": gettext_lazy("Choisissez un fichier."),
        "missing": gettext_lazy("Choisissez un fichier."),
        "empty": gettext_lazy("Ce fichier est vide. Choisissez-en un autre."),
    }

    def __init__(self, *, kinds: Collection[Kind] = tuple(Kind), **more: Any) -> None:
        super().__init__(**more)
        self.kinds, self.largest = tuple(kinds), 0

    def clean(self, data: Any, initial: Any = None) -> Any:
        """
        Return the file, with the media type of what it was found to be.

        :raises ValidationError: if it is too large, of another kind, or not fit to be kept
        """
        document: UploadedFile | None = super().clean(data, initial)
        if document is None:  # a field that may be left empty
            return None
        if (document.size or 0) > self.largest * _MEGABYTE:
            message = _("Ce fichier dépasse %(count)s Mo. Réduisez-le, ou divisez-le.")
            raise forms.ValidationError(message % {"count": self.largest}, code="large")
        try:
            kind = inspect(document)
        except FoundUnfit as found:
            said = self._of_no_kind() if found.why is Unfit.KIND else WORDS[found.why]
            raise forms.ValidationError(said, code=found.why.value) from None
        if kind not in self.kinds:
            raise forms.ValidationError(self._of_no_kind(), code=Unfit.KIND.value)
        if not (document.name or "").lower().endswith(kind.endings):
            message = _("Ce fichier est de genre %(kind)s, mais son nom dit autre chose. Renommez-le, puis joignez-le.")
            raise forms.ValidationError(message % {"kind": NAMES[kind]}, code="name")
        document.content_type = MEDIA_TYPES[kind]
        return document

    def _of_no_kind(self) -> str:
        names = _(", ").join(str(NAMES[each]) for each in self.kinds)
        return _("Nous n’ouvrons pas ce genre de fichier, seulement ceux-ci : %(kinds)s. Convertissez-le.") % {
            "kinds": names
        }


def too_much_together(most: int) -> str:
    """Say that the documents weigh more together than `most` megabytes."""
    message = _("Les documents dépasseraient %(count)s Mo ensemble. Enlevez-en un, ou réduisez celui-ci.")
    return message % {"count": most}


def given_out(request: Request, document: Handed) -> HttpResponse | FileResponse:
    """Return a document to be kept, never to be run in the reader's browser; or say why it is held back."""
    condition = document.file.condition
    if condition in {Condition.WAITING, Condition.INFECTED}:
        return render(request, HELD, {"document": document, "condition": condition.value}, status=CONFLICT)
    file = open_verified(document.file)
    return FileResponse(file, as_attachment=True, filename=document.name, content_type="application/octet-stream")


def given_to_staff(request: Request, document: Handed, *, back: str) -> HttpResponse | FileResponse:
    """Return a document to somebody of the staff: one that was never scanned, after a warning, and on record."""
    if document.file.condition == Condition.NOT_SCANNED:
        if request.method != "POST":
            return render(request, NOT_SCANNED, {"document": document, "back": back})
        note_unscanned_opening(file=document.file, by=request.actor)
    return given_out(request, document)
