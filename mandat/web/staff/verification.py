"""The verification desk: an enrolment with what was checked of it, and what an officer decides."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mandat.access.commands import NEQTaken
from mandat.enrolment.checks import BY_CODE, Check
from mandat.enrolment.commands import (
    approve,
    print_letter_of,
    refuse,
    reissue_invitation,
    return_for_correction,
    take_up,
)
from mandat.enrolment.errors import (
    AnsweredBefore,
    EmailOfAnother,
    HeldStill,
    InvitationUnusable,
    NothingToPropose,
    ProposalNeeded,
    SourceSilent,
    VerifiedByTheSamePerson,
)
from mandat.enrolment.facts import twins_of
from mandat.enrolment.models import (
    Enrolment,
    EnrolmentCheck,
    EnrolmentMove,
    Invitation,
    Outcome,
    PaperIntake,
    Risk,
    SecondLook,
)
from mandat.enrolment.paper.questions import Conditions
from mandat.enrolment.queries import (
    asked_of_approval,
    documents_of,
    enrolments_verifiable_by,
    expected_by,
    last_move,
    last_submission,
    latest_checks,
)
from mandat.enrolment.reading import summary
from mandat.enrolment.relations import relation_of
from mandat.enrolment.steps import STEPS
from mandat.enrolment.workflow import AWAITING_APPLICANT, AWAITING_VERIFICATION, ENROLMENT, Move, State
from mandat.filings.summary import sections_of, shown
from mandat.platform.clock import last_day, legal_day
from mandat.platform.workflow import MoveNotAllowed
from mandat.reference.queries import entries
from mandat.web.asking import Request
from mandat.web.documents import given_to_staff
from mandat.web.letters import letter_of
from mandat.web.live import live
from mandat.web.staff.verification_forms import ApproveForm, RefuseForm, ReturnForm

PAGE, RETURN, REFUSE, APPROVE, RENEW = (
    f"mandat/web/staff/enrolment{page}.html" for page in ("", "_return", "_refuse", "_approve", "_renew")
)
UNPROCESSABLE, CONFLICT = 422, 409
NODES = {
    Outcome.AGREES: "done",
    Outcome.NEAR: "near",
    Outcome.DIFFERS: "no",
    Outcome.UNKNOWN: "silent",
    Outcome.SILENT: "silent",
}


@dataclass(frozen=True)
class Checked:
    """One check as the page shows it: what was declared, what its source says, what came of it."""

    check: Check
    declared: str
    made: EnrolmentCheck

    @property
    def node(self) -> str:
        """Return the shape of its outcome."""
        return NODES[Outcome(self.made.outcome)]


def opened(request: Request, enrolment: UUID) -> Enrolment:
    """
    Return an enrolment that was submitted.

    :raises Http404: if there is none
    """
    return get_object_or_404(enrolments_verifiable_by(request.actor.person, request.at), public_id=enrolment)


@require_safe
def enrolment(request: Request, enrolment: UUID) -> HttpResponse:
    """Show what an enrolment says, what was checked of it, and what may be done."""
    return render(request, PAGE, _shown(request, opened(request, enrolment)))


@require_safe
def enrolment_now(request: Request, enrolment: UUID) -> HttpResponse:
    """Show the moving part of the same page."""
    return render(request, f"{PAGE}#now", _shown(request, opened(request, enrolment)))


def _shown(request: Request, found: Enrolment) -> dict[str, Any]:
    submission = last_submission(found)
    said = submission.said if submission else {"answers": {}}
    papers = PaperIntake.objects.filter(enrolment=found).select_related("typed_by", "received_by")
    made = latest_checks(submission).values() if submission else []
    invited = Invitation.objects.filter(enterprise=found.enterprise_id) if found.enterprise_id else Invitation.objects
    return {
        "enrolment": found,
        "state": State(found.state),
        "moves": [move.value for move in ENROLMENT.moves_from(State(found.state))],
        "checks": checked(made, said["answers"]),
        "checked_at": max((each.at for each in made), default=None),
        "is_silent": any(each.outcome == Outcome.SILENT for each in made),
        **weighed(request, found),
        **around(request, found, said["answers"]),
        "sections": summary(said["answers"]),
        "documents": documents_of(found),
        "expected": expected_by(found, request.at),
        "timeline": [_with_letter(each) for each in found.history.select_related("by", "letter").order_by("id")],
        "invitations": invited.select_related("person").order_by("id") if found.enterprise_id else [],
        "papers": papers.order_by("id"),
        "conditions": sections_of([Conditions], said.get("assisted", {}).get("conditions", {}), None)[0].rows,
        "why": "",
        "live": live(request, "staff:enrolment_now", found.public_id, topics=[f"enrolment:{found.public_id}"]),
    }  # fmt: skip


def _with_letter(move: EnrolmentMove) -> EnrolmentMove:
    move.shown_letter = getattr(move, "letter", None)  # type: ignore[attr-defined]
    return move


def weighed(request: Request, found: Enrolment) -> dict[str, Any]:
    """Return what a page says of the risk of an enrolment, and of what it asks of an approval."""
    day = legal_day(request.at)
    labels = {each.code: each.label for each in entries("risk_factor", day)}
    proposed = last_move(found, Move.PROPOSE) if found.state == State.PROPOSED else None
    is_held = found.hold_until is not None and request.at < found.hold_until
    asked = asked_of_approval(found, day)
    is_same = proposed is not None and proposed.by == request.actor.person and proposed.said.get("of_two", False)
    return {
        "risk": Risk(found.risk or Risk.HIGH),
        "risk_node": {Risk.LOW: "done", Risk.MEDIUM: "near"}.get(Risk(found.risk or Risk.HIGH), "due"),
        "risk_reasons": [(labels.get(code, code), points) for code, points in found.risk_reasons],
        "asked": asked,
        "held_until": last_day(found.hold_until) if found.hold_until and is_held else None,
        "is_the_other_to_decide": is_same,
    }


def around(request: Request, found: Enrolment, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands around an enrolment: what competes with it, who steps aside, calls, the second look."""
    is_in_course = found.state in AWAITING_VERIFICATION | AWAITING_APPLICANT
    return {
        "relation": relation_of(request.actor, found, answers) if is_in_course and answers else None,
        "is_in_course": is_in_course,
        "twins": twins_of(found, found.neq, found.client_number) if is_in_course else [],
        "recusals": found.recusals.select_related("person") if is_in_course else [],
        "calls": found.call_requests.select_related("answered_by").order_by("id"),
        "look": SecondLook.objects.filter(enrolment=found).select_related("looked_by").first(),
    }


def checked(made: Iterable[EnrolmentCheck], answers: Mapping[str, Any]) -> list[Checked]:
    """Return checks beside what was declared."""
    fields = {name: each for step in STEPS for name, each in step.base_fields.items()}
    rows = []
    for each in made:
        check = BY_CODE[each.code]
        value = answers.get(check.field)
        rows.append(Checked(check, shown(fields[check.field], value) if value else "", each))
    return rows


def blocked(request: Request, found: Enrolment, why: str) -> HttpResponse:
    """Show an enrolment again, with what stood in the way. Nothing was done."""
    return render(request, PAGE, _shown(request, found) | {"why": why}, status=CONFLICT)


#: What may stand in the way of a gesture, in the words of its page.
IN_THE_WAY: Mapping[type[Exception], Any] = {
    VerifiedByTheSamePerson: gettext_lazy(
        "Cette inscription vous touche, ou vous y avez déjà répondu : un collègue s’en charge."
    ),
    ProposalNeeded: gettext_lazy("Son risque vient de changer, et ce qu’il demande avec lui. Relisez la page."),
    NothingToPropose: gettext_lazy("Son risque vient de changer, et ce qu’il demande avec lui. Relisez la page."),
    HeldStill: gettext_lazy("L’attente n’est pas finie : les personnes prévenues peuvent encore s’opposer."),
    SourceSilent: gettext_lazy("Une source est muette : dites comment vous vous en êtes assuré sans elle."),
    AnsweredBefore: gettext_lazy("Un collègue l’a fait entre-temps."),
    NEQTaken: gettext_lazy("Une entreprise inscrite a déjà ce numéro. Renvoyez l’inscription, ou refusez-la."),
}


def decided(request: Request, found: Enrolment, decide: Callable[[], Any], done: str) -> HttpResponse:
    """Carry a decision out, and lead back to the enrolment; or say what stood in the way."""
    try:
        decide()
    except MoveNotAllowed:
        found.refresh_from_db()
        return blocked(request, found, _("Quelqu’un l’a fait avancer entre-temps. Voici où elle en est."))
    except tuple(IN_THE_WAY) as why:
        return blocked(request, found, str(IN_THE_WAY[type(why)]))
    except EmailOfAnother as taken:
        message = _("L’adresse %(email)s est à une personne d’un autre nom. Renvoyez l’inscription pour correction.")
        return blocked(request, found, message % {"email": taken})
    messages.success(request, done)
    return redirect("staff:enrolment", found.public_id)


@require_POST
def enrolment_taken_up(request: Request, enrolment: UUID) -> HttpResponse:
    """Take an enrolment up."""
    found = opened(request, enrolment)
    taking = partial(take_up, enrolment=enrolment, by=request.actor)
    return decided(request, found, taking, _("L’inscription est entre vos mains."))


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_returned(request: Request, enrolment: UUID) -> HttpResponse:
    """Ask what is to be corrected, then return the enrolment."""
    found = opened(request, enrolment)
    submission = last_submission(found)
    answers = submission.said["answers"] if submission else {}
    posted = request.POST if request.method == "POST" else None
    form = ReturnForm(posted, answers=answers, on=legal_day(request.at))
    if not form.is_valid():
        status = UNPROCESSABLE if form.errors else 200
        return render(request, RETURN, {"enrolment": found, "form": form}, status=status)
    said = {"corrections": form.corrections, "codes": form.codes, "reason": form.cleaned_data["reason"]}
    returning = partial(return_for_correction, enrolment=enrolment, by=request.actor, **said)
    return decided(request, found, returning, _("L’inscription est renvoyée pour correction."))


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_refused(request: Request, enrolment: UUID) -> HttpResponse:
    """Ask why, then refuse the enrolment."""
    found = opened(request, enrolment)
    form = RefuseForm(request.POST if request.method == "POST" else None, on=legal_day(request.at))
    if not form.is_valid():
        status = UNPROCESSABLE if form.errors else 200
        return render(request, REFUSE, {"enrolment": found, "form": form}, status=status)
    refusing = partial(refuse, enrolment=enrolment, by=request.actor, **form.cleaned_data)
    return decided(request, found, refusing, _("L’inscription est refusée."))


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_approved(request: Request, enrolment: UUID) -> HttpResponse:
    """Say what an approval makes, then approve the enrolment."""
    found, form = opened(request, enrolment), ApproveForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return before_approval(request, found, form)
    approving = partial(approve, enrolment=enrolment, by=request.actor, reason=form.cleaned_data["reason"])
    return decided(request, found, approving, _("La firme est inscrite. Les invitations sont parties."))


def before_approval(request: Request, found: Enrolment, form: forms.Form, *, is_proposal: bool = False) -> HttpResponse:
    """Show what an officer reads before an approval, or before proposing one."""
    shown = _shown(request, found)
    form.fields["reason"].required = shown["is_silent"] and found.state != State.PROPOSED
    differing = [each for each in shown["checks"] if each.made.outcome != Outcome.AGREES]
    context = shown | {"differing": differing, "form": form, "is_proposal": is_proposal}
    return render(request, APPROVE, context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_renewed(request: Request, invitation: UUID) -> HttpResponse:
    """Ask whether a new invitation is to be sent in place of another, then send it."""
    of_enrolments = Invitation.objects.filter(enterprise__enrolment__isnull=False)
    found = get_object_or_404(of_enrolments.select_related("person", "enterprise__enrolment"), public_id=invitation)
    if request.method != "POST":
        return render(request, RENEW, {"invitation": found})
    try:
        reissue_invitation(invitation_id=invitation, by=request.actor)
    except MoveNotAllowed:
        messages.info(request, _("Cette invitation a déjà servi, ou une autre l’a remplacée."))
    else:
        messages.success(request, _("Une nouvelle invitation est partie. L’ancienne n’ouvre plus rien."))
    return redirect("staff:enrolment", _enrolment_of(found).public_id)


def _enrolment_of(invitation: Invitation) -> Enrolment:
    assert invitation.enterprise is not None  # noqa: S101 - for the reader of types: it was found by its enrolment
    return invitation.enterprise.enrolment


@require_POST
def invitation_letter(request: Request, invitation: UUID) -> HttpResponse | FileResponse:
    """Give out the letter of an invitation that goes by post alone, to be printed; on record."""
    of_enrolments = Invitation.objects.filter(enterprise__enrolment__isnull=False)
    found = get_object_or_404(of_enrolments.select_related("enterprise__enrolment"), public_id=invitation)
    try:
        place = print_letter_of(invitation=invitation, by=request.actor)
    except InvitationUnusable:
        messages.info(request, _("Cette invitation a déjà servi, ou une autre l’a remplacée."))
    else:
        if place is not None:
            return FileResponse(place.open("rb"), as_attachment=True, filename="lettre.pdf")
        messages.info(request, _("La lettre est en préparation. Recommencez dans un instant."))
    return redirect("staff:enrolment", _enrolment_of(found).public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_document(request: Request, enrolment: UUID, document: UUID) -> HttpResponse | FileResponse:
    """Give out a document of an enrolment."""
    found = get_object_or_404(documents_of(opened(request, enrolment)), public_id=document)
    return given_to_staff(request, found, back=reverse("staff:enrolment", args=[enrolment]))


@require_safe
def enrolment_letter(request: Request, enrolment: UUID, letter: UUID) -> FileResponse:
    """Give out the letter of a decision."""
    return letter_of(opened(request, enrolment), letter)
