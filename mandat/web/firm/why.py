"""Why a person may, or may not, do something for the firm: the whole chain, or what is missing and who can help."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mandat.access.decision import AccessDenied, Decision
from mandat.access.links import WHATEVER, Matter
from mandat.access.place import place_of
from mandat.access.queries import people_of
from mandat.access.rights import RIGHTS_OF_A_PROXY, RIGHTS_OF_A_ROLE, Right
from mandat.filings.models import Filing
from mandat.identity.models import Person
from mandat.platform.clock import legal_day
from mandat.reference.queries import entries
from mandat.web.asking import Request
from mandat.web.explaining import Explained

PAGE = "mandat/web/firm/why.html"
UNPROCESSABLE = 422
ASKABLE = [right for right in Right if right in RIGHTS_OF_A_PROXY | RIGHTS_OF_A_ROLE]
#: No block has had so many versions.
MOST_VERSIONS = 1000


class WhyForm(forms.Form):
    """The question: which right, in which block; and, when a page led here, about which version or which filing."""

    right = forms.ChoiceField(label=gettext_lazy("Droit"), choices=[(each.value, each.label) for each in ASKABLE])
    block = forms.ChoiceField(label=gettext_lazy("Bloc"), required=False)
    version = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_VERSIONS, widget=forms.HiddenInput(attrs={"autocomplete": "off"})
    )
    filing = forms.UUIDField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, blocks: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        block = self.fields["block"]
        if isinstance(block, forms.ChoiceField):
            block.choices = blocks


@require_safe
def why(request: Request, firm: UUID, person: UUID) -> HttpResponse:
    """Answer whether a person of the firm may do something, and why; for programs with `?as=json`."""
    someone = _someone(request, person)
    blocks = [(each.code, each.label) for each in entries("block", legal_day(request.at))]
    asked = request.GET.copy()
    asked.setdefault("right", Right.VIEW.value)
    asked.setdefault("block", blocks[0][0])
    form = WhyForm(asked, blocks=blocks)
    if not form.is_valid():
        return render(request, PAGE, {"form": form, "someone": someone}, status=UNPROCESSABLE)
    decision = _decided(request, someone, form.cleaned_data, first=blocks[0][0])
    answer = Explained(decision, someone, request.firm, request.at, reader=request.actor.person, place=request.place)
    if request.GET.get("as") == "json":
        return JsonResponse(answer.as_record())
    context = {
        "form": form, "someone": someone, "answer": answer, "asked": asked.urlencode(),
        "is_own": someone == request.actor.person, "is_of_one": decision.matter.subject is not None,
    }  # fmt: skip
    return render(request, PAGE, context)


def _someone(request: Request, person: UUID) -> Person:
    """
    Return the person asked about: anybody asks about themselves, those who see the accesses about whoever is in them.

    :raises AccessDenied: if the reader asks about another without seeing the accesses of the firm
    :raises Http404: if there is nobody
    """
    own: Person = request.actor.person
    if person == own.public_id:
        return own
    decisions = [request.place.decide(right) for right in (Right.ADMINISTER, Right.DESIGNATE)]
    if not any(decisions):
        raise AccessDenied(decisions[0])
    return get_object_or_404(people_of(request.firm), public_id=person)


def _decided(request: Request, someone: Person, asked: dict[str, Any], *, first: str) -> Decision:
    """Decide on what was asked: over the whole firm, in a block, or about one filing in its own."""
    place, right = place_of(someone, request.firm, request.at), Right(asked["right"])
    if right not in RIGHTS_OF_A_PROXY:
        return place.decide(right)
    if asked["filing"]:
        of_the_firm = Filing.objects.filter(registrant__service_registration__enterprise=request.firm)
        filing = get_object_or_404(of_the_firm, public_id=asked["filing"])
        return place.decide(right, filing.block, filing.matter)
    matter = Matter(version=asked["version"]) if asked["version"] else WHATEVER
    return place.decide(right, asked["block"] or first, matter)
