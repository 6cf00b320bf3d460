"""Why a member of the staff may, or may not, do something: about oneself."""

from typing import Any

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mandat.access.decision import decide
from mandat.access.rights import RIGHTS_OF_STAFF, Right
from mandat.web.asking import Request
from mandat.web.explaining import Explained

PAGE = "mandat/web/staff/why.html"
UNPROCESSABLE = 422


class StaffWhyForm(forms.Form):
    """The question: which right of the staff, in which queue."""

    right = forms.ChoiceField(
        label=gettext_lazy("Droit"),
        choices=[(each.value, each.label) for each in Right if each in RIGHTS_OF_STAFF],
    )
    queue = forms.CharField(
        label=gettext_lazy("File"), required=False, max_length=40,
        help_text=gettext_lazy("Laissez vide pour toutes les files."),
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
    )  # fmt: skip


@require_safe
def why(request: Request) -> HttpResponse:
    """Answer whether the reader may do something on the regulator's side, and why; for programs with `?as=json`."""
    asked = request.GET.copy()
    asked.setdefault("right", Right.EXAMINE.value)
    form = StaffWhyForm(asked)
    context: dict[str, Any] = {"form": form, "asked": asked.urlencode()}
    if not form.is_valid():
        return render(request, PAGE, context, status=UNPROCESSABLE)
    own = request.actor.person
    right, queue = Right(form.cleaned_data["right"]), form.cleaned_data["queue"] or None
    answer = Explained(decide(own, right, None, queue, request.at), own, None, request.at, reader=own)
    if request.GET.get("as") == "json":
        return JsonResponse(answer.as_record())
    return render(request, PAGE, context | {"answer": answer})
