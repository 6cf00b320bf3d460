"""The regulator's file, for its staff: found by number or name, shown as of a day."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mandat.register.models import Registrant
from mandat.register.queries import file_of, registrants_found
from mandat.web.as_of import DayForm, asked_of
from mandat.web.asking import Request
from mandat.web.paging import paged
from mandat.web.single_file import shown


class SearchForm(forms.Form):
    """Whom to look for."""

    words = forms.CharField(
        label=gettext_lazy("Nom, numéro de client ou NEQ"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_safe
def registrants(request: Request) -> HttpResponse:
    """Show the registrants that a name or a number finds: all of them, if nothing is asked."""
    form = SearchForm(request.GET)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    page, kept = paged(registrants_found(words), request)
    context = {"form": form, "page": page, "kept": kept}
    return render(request, "mandat/web/staff/registrants.html", context, status=200 if form.is_valid() else 422)


@require_safe
def registrant(request: Request, registrant: UUID) -> HttpResponse:
    """Show the file of a registrant."""
    found = get_object_or_404(Registrant, public_id=registrant)
    form, day = asked_of(DayForm, request)
    context = {"form": form, "day": day} | shown(file_of(found, day), request)
    return render(request, "mandat/web/staff/registrant.html", context, status=200 if form.is_valid() else 422)
