"""The single file of the firm, as of a day."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mandat.access.rights import Right
from mandat.filing_types.withdrawal_of_representative import withdrawal_of_representative
from mandat.register.queries import file_of, registrant_of
from mandat.web.as_of import DayForm, asked_of
from mandat.web.asking import Request
from mandat.web.single_file import shown

PAGE = "mandat/web/firm/file.html"


@require_safe
def file(request: Request, firm: UUID) -> HttpResponse:
    """Show what the regulator has on file of the firm."""
    form, day = asked_of(DayForm, request)
    context = {"form": form, "day": day}
    if registrant := registrant_of(request.firm):
        context |= shown(file_of(registrant, day), request)
        may_prepare = request.place.decide(Right.PREPARE, withdrawal_of_representative.block)
        context["withdrawal"] = withdrawal_of_representative.code if may_prepare else ""
    return render(request, PAGE, context, status=200 if form.is_valid() else 422)
