"""Giving out the letter of a decision, to whoever enrolled and to the desk alike."""

from uuid import UUID

from django.http import FileResponse
from django.shortcuts import get_object_or_404

from mandat.enrolment.models import DecisionLetter, Enrolment
from mandat.platform.files import open_verified


def letter_of(enrolment: Enrolment, letter: UUID) -> FileResponse:
    """
    Return the letter of a decision, to be kept or printed. We drew it: it waits for no scan.

    :raises Http404: if the enrolment has no such letter
    """
    found = get_object_or_404(
        DecisionLetter.objects.select_related("file"), move__enrolment=enrolment, public_id=letter
    )
    opened = open_verified(found.file)
    return FileResponse(opened, as_attachment=True, filename=found.file.name, content_type="application/pdf")
