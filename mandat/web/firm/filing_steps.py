"""Writing a filing: one page for each step, which keeps what is typed, good or bad, and one for its documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mandat.access.decision import AccessDenied
from mandat.access.rights import Right
from mandat.filings.commands import save_answers
from mandat.filings.definition import Finding, Step, Weight
from mandat.filings.errors import AnswerTooLong, ClosedToChange, StaleDraft
from mandat.filings.models import Filing
from mandat.filings.queries import corrections_of
from mandat.filings.summary import shown
from mandat.filings.typed import typed_from, typed_in
from mandat.platform.clock import legal_day
from mandat.web.asking import Request
from mandat.web.firm.filings import Opened, opened
from mandat.web.keys import revision_of

PAGE = "mandat/web/firm/step.html"
CLOSED = "mandat/web/firm/closed.html"
UNPROCESSABLE, CONFLICT = 422, 409


@dataclass
class Drawn:
    """A step as its page shows it, and what there is to say of the whole."""

    filing: Filing
    step: type[Step]
    form: Form
    findings: list[Finding]
    #: What somebody else has saved meanwhile, beside what was typed here.
    differences: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing in this step holds the filing back."""
        return not self.form.errors

    @property
    def warnings(self) -> list[Finding]:
        """Return what there is to say of this step that holds nothing back."""
        return [
            each for each in self.findings if each.weight == Weight.WARNS and each.field in self.step.base_fields
        ]  # fmt: skip


def writing(request: Request, filing: UUID) -> Opened:
    """
    Return a filing that the reader may prepare.

    :raises Http404: if the firm has no such filing
    :raises AccessDenied: if the reader may not prepare it
    """
    found = opened(request, filing)
    if Right.PREPARE not in found.held:
        block = found.filing.block
        raise AccessDenied(request.place.decide(Right.PREPARE, block, found.filing.matter))
    return found


def no_longer_open(request: Request, filing: Filing) -> HttpResponse:
    """Lead to a filing that may no longer be changed, and say so."""
    messages.info(request, _("Cette demande ne peut plus être modifiée. Voici où elle en est."))
    return redirect("firm:filing", request.firm.public_id, filing.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: Request, firm: UUID, filing: UUID, code: str) -> HttpResponse:
    """Show one step of a filing, or keep what was typed in it and go on."""
    found = writing(request, filing)
    kind = found.filing.filing_type.step(code)
    if kind is None:
        raise Http404
    if request.method == "POST":
        return save(request, found.filing, kind)
    if not found.may_write:
        return no_longer_open(request, found.filing)
    suggested = {name: value for name, value in request.GET.items() if name in kind.base_fields}
    return page(request, drawn(request, found.filing, kind, suggested | found.filing.answers))


def save(request: Request, filing: Filing, kind: type[Step]) -> HttpResponse:
    """Keep what was typed in a step, and go where the button said."""
    typed = typed_from(kind, request.POST)
    try:
        kept = typed_in(kind, typed)
        saved = save_answers(
            filing=filing.public_id, step=kind.code, answers=typed, revision=revision_of(request), by=request.actor
        ).filing
    except AnswerTooLong:
        return too_long(request, filing, kind)
    except StaleDraft as stale:
        if any(stale.filing.answers.get(name) != value for name, value in kept.items()):
            return conflict(request, stale.filing, kind, kept)
        saved = stale.filing  # the twin of this request, or somebody who typed the same
    except ClosedToChange:
        return closed(request, filing, kind, typed)
    result = drawn(request, saved, kind, saved.answers)
    if "leave" in request.POST:
        messages.success(request, _("C’est enregistré. Reprenez quand vous voudrez."))
        return redirect("firm:filing", request.firm.public_id, saved.public_id)
    return onward(request, result) if result.is_sound else page(request, result, status=UNPROCESSABLE)


def onward(request: Request, result: Drawn) -> HttpResponse:
    """Lead to the step that follows, or to the documents after the last."""
    steps = list(result.filing.filing_type.steps)
    following = steps[steps.index(result.step) + 1 :]
    place = (request.firm.public_id, result.filing.public_id)
    return redirect("firm:step", *place, following[0].code) if following else redirect("firm:documents", *place)


def drawn(request: Request, filing: Filing, kind: type[Step], answers: Mapping[str, Any]) -> Drawn:
    """Read a step against the facts of the day: errors at their fields, unless nothing was ever saved in it."""
    whole = filing.filing_type
    facts = whole.facts(filing.registrant, legal_day(request.at))
    findings = whole.examine(answers, facts)[1]
    form = kind(answers, facts=facts, initial=answers)
    form.is_bound = not kind.base_fields.keys().isdisjoint(filing.answers)
    for each in findings:
        is_here = form.is_bound and each.weight == Weight.ERROR and each.field in form.fields
        if is_here and each.message not in form.errors.get(each.field, []):
            form.add_error(each.field, each.message)
    return Drawn(filing, kind, form, findings)


def page(request: Request, result: Drawn, status: int = 200) -> HttpResponse:
    """Show a step."""
    asked = [each for each in corrections_of(result.filing) if each.step == result.step.code]
    context = {
        "filing": result.filing, "step": result.step, "form": result.form, "warnings": result.warnings,
        "differences": result.differences, "corrections": asked, "steps": along(result),
    }  # fmt: skip
    return render(request, PAGE, context, status=status)


def along(result: Drawn) -> list[tuple[type[Step], str]]:
    """Return every step with the node that shows how it stands."""
    wrong = {each.field for each in result.findings if each.weight == Weight.ERROR}
    return [(each, node(each, result.filing.answers, wrong)) for each in result.filing.filing_type.steps]


def node(step: type[Step], answers: Mapping[str, Any], wrong: set[str]) -> str:
    """Return the node that shows how a step stands: not begun, to be corrected, or done."""
    names = step.base_fields.keys()
    if names.isdisjoint(answers):
        return "next"
    return "done" if names.isdisjoint(wrong) else "due"


def conflict(request: Request, filing: Filing, kind: type[Step], typed: Mapping[str, Any]) -> HttpResponse:
    """Show what was typed on a page that was out of date, and beside it what somebody else has saved meanwhile."""
    result = drawn(request, filing, kind, filing.answers | typed)
    result.differences = [
        (str(each.label), shown(each, saved), shown(each, typed[name]))
        for name, each in result.form.fields.items()
        if (saved := filing.answers.get(name) or "") != (typed[name] or "")
    ]
    return page(request, result, status=CONFLICT)


def too_long(request: Request, filing: Filing, kind: type[Step]) -> HttpResponse:
    """Show again what was too long to be kept."""
    result = drawn(request, filing, kind, filing.answers | typed_from(kind, request.POST))
    result.form.is_bound = True
    result.form.add_error(None, _("Une réponse est trop longue pour être enregistrée. Raccourcissez-la."))
    return page(request, result, status=UNPROCESSABLE)


def closed(request: Request, filing: Filing, kind: type[Step], typed: Mapping[str, Any]) -> HttpResponse:
    """Say that a filing was closed to change meanwhile, and give back what was typed."""
    texts = [(str(kind.base_fields[name].label), shown(kind.base_fields[name], value)) for name, value in typed.items()]
    context = {"filing": filing, "typed": [(label, text) for label, text in texts if text]}
    return render(request, CLOSED, context, status=CONFLICT)
