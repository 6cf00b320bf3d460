"""Why a person may, or may not, do something for the firm: the whole chain, or what is missing and who can help."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mandat.access.decision import Decision
from mandat.access.links import Kind
from mandat.access.place import place_of
from mandat.access.queries import Help, people_of, who_can_supply
from mandat.access.rights import RIGHTS_OF_A_PROXY, RIGHTS_OF_A_ROLE, Right
from mandat.access.words import in_words
from mandat.identity.models import Person
from mandat.platform.clock import legal_day
from mandat.reference.queries import entries
from mandat.web.asking import Request

PAGE = "mandat/web/firm/why.html"
UNPROCESSABLE = 422
ASKABLE = [right for right in Right if right in RIGHTS_OF_A_PROXY | RIGHTS_OF_A_ROLE]


class WhyForm(forms.Form):
    """The question: which right, in which block."""

    right = forms.ChoiceField(label=gettext_lazy("Droit"), choices=[(each.value, each.label) for each in ASKABLE])
    block = forms.ChoiceField(label=gettext_lazy("Bloc"), required=False)

    def __init__(self, *args: Any, blocks: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        block = self.fields["block"]
        if isinstance(block, forms.ChoiceField):
            block.choices = blocks


@require_safe
def why(request: Request, firm: UUID, person: UUID) -> HttpResponse:
    """Answer whether a person of the firm may do something, and why; for programs with `?as=json`."""
    someone = get_object_or_404(people_of(request.firm), public_id=person)
    blocks = [(each.code, each.label) for each in entries("block", legal_day(request.at))]
    asked = request.GET.copy()
    asked.setdefault("right", Right.VIEW.value)
    asked.setdefault("block", blocks[0][0])
    form = WhyForm(asked, blocks=blocks)
    if not form.is_valid():
        return render(request, PAGE, {"form": form, "someone": someone}, status=UNPROCESSABLE)
    right, block = Right(form.cleaned_data["right"]), form.cleaned_data["block"] or blocks[0][0]
    decision = place_of(someone, request.firm, request.at).decide(right, block if right in RIGHTS_OF_A_PROXY else None)
    helped = who_can_supply(decision, request.firm, request.at)
    if request.GET.get("as") == "json":
        return JsonResponse(_as_record(request, decision, helped))
    context = {
        "form": form, "someone": someone, "decision": decision, "in_words": in_words(decision), "help": helped,
        "links": _with_givers(decision), "block_name": dict(blocks)[block] if decision.block else "",
        "asked": asked.urlencode(),
    }  # fmt: skip
    return render(request, PAGE, context)


def _as_record(request: Request, decision: Decision, helped: Help | None) -> dict[str, Any]:
    """Return the answer as `mandat decide --json` gives it."""
    record = decision.as_record() | {"at": request.at.isoformat(), "in_words": in_words(decision)}
    if helped:
        people = [str(each.public_id) for each in helped.people]
        record["can_help"] = {"helper": helped.helper.value, "people": people}
    return record


def _with_givers(decision: Decision) -> list[dict[str, Any]]:
    """Return the links of the chain that a page draws, each with the name of who gave it."""
    drawn = [each for each in decision.chain if each.kind != Kind.PERSON]
    ids = {each.given_by for each in drawn if each.given_by}
    who = {str(each.public_id): str(each) for each in Person.objects.filter(public_id__in=ids)} if ids else {}
    return [{"link": each, "giver": who.get(each.given_by or "", "")} for each in drawn]
