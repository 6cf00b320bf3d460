"""
The paper route: handing out a form, receiving a paper, typing it, linking it to what is there, setting it aside.

A form begins an enrolment, whose number is its reference: filled in twice, or on paper and online, it is one enrolment.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from mandat.access.decision import Authority, Right, require
from mandat.access.retries import in_one_transaction
from mandat.enrolment.commands.applying import begin_enrolment, hand_over, what_it_says
from mandat.enrolment.commands.beginning import APPLICANT
from mandat.enrolment.commands.numbers import hold_number
from mandat.enrolment.errors import EnrolledAlready, EnrolmentIncomplete, NotOpenToPaper
from mandat.enrolment.events import FormIssued, PaperLinked, PaperReceived, PaperSetAside, PaperTyped
from mandat.enrolment.facts import is_enrolled, may_practise, registrant_of, twins_of
from mandat.enrolment.models import DesignationForm, Enrolment, FormTemplate, PaperIntake, Purpose
from mandat.enrolment.paper.flags import Flag, HandedOut, Read, flags_of
from mandat.enrolment.paper.questions import BY_POST, PAPER_STEPS, Conditions, understood, version
from mandat.enrolment.reading import read, representative
from mandat.enrolment.steps import STEPS
from mandat.enrolment.telling import tell
from mandat.enrolment.workflow import OPEN_TO_CHANGE, PAPER, PaperMove, PaperState, State
from mandat.filings.definition import Finding, read_steps, social_insurance_numbers
from mandat.filings.errors import ReasonMissing
from mandat.filings.typed import typed_in
from mandat.identity.actor import Actor
from mandat.platform.clock import legal_day, now
from mandat.platform.events import publish
from mandat.platform.files import shown_name
from mandat.platform.idempotency import claim
from mandat.platform.inspection.apart import Paper
from mandat.platform.models import StoredFile
from mandat.reference.queries import policy


@dataclass(frozen=True)
class Issued:
    """A form, and the code that follows it: this once, for only its hash is kept."""

    form: DesignationForm
    code: str


@in_one_transaction
def issue_form(*, key: UUID, template: FormTemplate, email: str = "") -> Issued:
    """Hand out a form: begin the enrolment whose number it bears. A twin is answered alike."""
    request = claim(key, "issue_form", asked_by=APPLICANT)
    begun = begin_enrolment(key=uuid5(key, "enrolment"), email=email, language=template.language)
    if request.result:
        return Issued(DesignationForm.objects.get(public_id=request.result), begun.code)
    enrolment, at = begun.one, now()
    enrolment.kept_days = policy("paper-form-days", legal_day(at))
    enrolment.save(update_fields=["kept_days"])
    form = DesignationForm.objects.create(enrolment=enrolment, template=template, issued_at=at)
    request.keep(result=form.public_id)
    publish(FormIssued(enrolment=str(enrolment.public_id)))
    return Issued(form, begun.code)


@in_one_transaction
def receive_paper(*, key: UUID, file: StoredFile, paper: Paper, pages: Sequence[str], by: Actor) -> PaperIntake:
    """
    Register a paper that came in, with what a program read in it. One whose enrolment has gone on is linked to it.

    :raises AccessDenied: if `by` is no verification officer
    """
    authority = require(by, Right.VERIFY)
    request = claim(key, "receive_paper", asked_by=by.person.public_id)
    if request.result:
        return PaperIntake.objects.get(public_id=request.result)
    seen = Read(paper.fields, paper.words, paper.codes, paper.marks)
    form = _form_of(seen)
    found = flags_of(seen, _handed_out(form, authority))
    if PaperIntake.objects.filter(file__sha256=file.sha256).exists():
        found.append(Flag.SAME_FILE)
    values = {name: each["value"] for name, each in paper.fields.items()}
    intake = PaperIntake.objects.create(
        form=form, enrolment=form.enrolment if form else None, file=file, name=shown_name(file.name),
        source=PaperIntake.Source.FILLED if values else PaperIntake.Source.SCAN, pages=list(pages),
        read=understood(values, form.template.choices if form else {}) if values else {},
        flags=[each.value for each in found], received_at=authority.at, received_by=by.person,
    )  # fmt: skip
    request.keep(result=intake.public_id)
    publish(PaperReceived(paper=str(intake.public_id), received_by=str(by.person.public_id)))
    if form and _has_gone_on(form, intake):
        _link(intake, form.enrolment, authority)
    return intake


def _form_of(read: Read) -> DesignationForm | None:
    """Return the form of the first reference that one bears, with its enrolment locked: papers of one form queue up."""
    forms = DesignationForm.objects.select_related("enrolment", "template")
    for reference in read.references:
        if found := forms.select_for_update(of=("enrolment",)).filter(enrolment__number=reference).first():
            return found
    return None


def _handed_out(form: DesignationForm | None, authority: Authority) -> HandedOut | None:
    if form is None:
        return None
    is_open = form.enrolment.state not in OPEN_TO_CHANGE or form.enrolment.is_open(authority.at)
    shape, words = form.template.shape, form.template.words
    return HandedOut(shape, words, is_current=form.template.version == version(), is_open=is_open)


def _has_gone_on(form: DesignationForm, intake: PaperIntake) -> bool:
    """Return whether a form came back already, on paper or online."""
    waiting = form.intakes.filter(state=PaperState.RECEIVED).exclude(pk=intake.pk)
    return form.enrolment.state not in OPEN_TO_CHANGE or waiting.exists()


@in_one_transaction
def type_paper(
    *, intake: UUID, typed: Mapping[str, Any], enclosed: Collection[Purpose] = (), reason: str = "", by: Actor
) -> PaperIntake:  # fmt: skip
    """
    Submit what a paper says, as it was typed: the same enrolment, checks and receipt as online, marked as assisted.

    `enclosed` are the proofs that its file holds beside the form.

    :raises AccessDenied: if `by` is no verification officer
    :raises EnrolmentIncomplete: if something holds it back, a social insurance number among others: nothing is kept
    :raises ReasonMissing: if the paper is one to look at twice, and it is not said why it is taken
    :raises EnrolledAlready: if the enterprise has an enrolment in course, or an account
    :raises NotOpenToPaper: if the enrolment has gone on
    :raises MoveNotAllowed: if the paper was typed, linked or set aside already
    """
    found, authority = _locked(intake, by)
    PAPER.target(PaperMove.TYPE, PaperState(found.state))
    said = {name: value for step in PAPER_STEPS for name, value in typed_in(step, typed).items()}
    conditions = _conditions(said, found, authority)
    if found.flags and not reason.strip():
        raise ReasonMissing
    enrolment = _enrolment_of(found, said)
    enrolment.answers = {name: said[name] for step in STEPS for name in step.base_fields}
    _enclose(found, enrolment, enclosed, authority)
    language = found.form.template.language if found.form else enrolment.language
    frozen, answers = what_it_says(enrolment, language=language)
    _refuse_a_second(enrolment, answers)
    enrolment.email = enrolment.email or representative(answers).email
    enrolment.revision += 1
    found.enrolment, found.typed = enrolment, said
    found.typed_by, found.typed_at = by.person, authority.at
    hand_over(enrolment, answers, at=authority.at, said=frozen | {"assisted": _provenance(found, conditions)})
    found.make(PaperMove.TYPE, under=authority, reason=reason.strip())
    ids = {"typed_by": str(by.person.public_id), "enrolment": str(enrolment.public_id)}
    publish(PaperTyped(paper=str(found.public_id), **ids))
    return found


def _conditions(said: Mapping[str, Any], intake: PaperIntake, authority: Authority) -> dict[str, Any]:
    """
    Return what the paper says of the conditions of its route.

    :raises EnrolmentIncomplete: if one is not met, or if something typed is a social insurance number
    """
    answers, findings = read_steps((Conditions,), said, None)
    findings += read(said)[1] + social_insurance_numbers({name: said[name] for name in Conditions.base_fields})
    today = legal_day(authority.at)
    number = answers.get("paper_client_number")
    if number and policy("paper-needs-practice", today) and not may_practise(registrant_of("", number), number):
        message = _("Ce numéro n’a aucun droit d’exercice en vigueur au Québec. La voie papier y est réservée.")
        findings.append(Finding(field="paper_client_number", message=message))
    if answers.get("paper_delivery") == BY_POST and intake.form is None:
        message = _("Sans numéro de formulaire, il n’y a pas de code de suivi : choisissez le courriel et la poste.")
        findings.append(Finding(field="paper_delivery", message=message))
    if findings:
        raise EnrolmentIncomplete(findings)
    return answers


def _enrolment_of(intake: PaperIntake, said: Mapping[str, Any]) -> Enrolment:
    """
    Return the enrolment that a paper's form began; a paper without a form begins one. One that comes late is flagged.

    :raises NotOpenToPaper: if it has gone on
    """
    if intake.enrolment is None:
        begun = begin_enrolment(
            key=uuid5(intake.public_id, "enrolment"), email=str(said.get("ra_email") or ""),
            language=str(said.get("ra_language") or "fr"),
        )  # fmt: skip
        return begun.one
    found = Enrolment.objects.select_for_update(of=("self",)).get(pk=intake.enrolment.pk)
    if found.state not in OPEN_TO_CHANGE:
        raise NotOpenToPaper(found.state)
    return found


def _enclose(intake: PaperIntake, enrolment: Enrolment, enclosed: Collection[Purpose], authority: Authority) -> None:
    """Join the file of a paper to its enrolment, as each proof that it holds."""
    there = set(enrolment.documents.filter(file=intake.file, removed_at=None).values_list("purpose", flat=True))
    for purpose in sorted(set(enclosed) - there):
        enrolment.documents.create(
            purpose=purpose, file=intake.file, name=intake.name, attached_at=authority.at
        )  # fmt: skip


def _refuse_a_second(enrolment: Enrolment, answers: Mapping[str, Any]) -> None:
    """
    Let an enterprise have one enrolment and one account, whichever way it came first.

    :raises EnrolledAlready: if it has one; with the enrolment, where there is one
    """
    neq, client_number = answers.get("neq", ""), answers.get("client_number", "")
    hold_number(neq, client_number)
    same = {"neq": neq} if neq else {"neq": "", "client_number": client_number}
    approved = Enrolment.objects.filter(**same, state=State.APPROVED).order_by("-id")
    twin = twins_of(enrolment, neq, client_number).first() or approved.first()
    if twin or is_enrolled(neq, client_number):
        raise EnrolledAlready(twin)


def _provenance(intake: PaperIntake, conditions: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a submission keeps of how it came: all that tells it from one made online."""
    typed_by = intake.typed_by
    assert typed_by is not None  # noqa: S101 - set just before
    assert intake.typed_at is not None  # noqa: S101
    return {
        "paper": str(intake.public_id), "source": intake.source, "sha256": intake.file.sha256, "flags": intake.flags,
        "form": intake.form.enrolment.number if intake.form else "", "typed_by": str(typed_by.public_id),
        "typed_at": intake.typed_at.isoformat(), "changed": sorted(intake.changed) if intake.read else [],
        "conditions": dict(conditions),
    }  # fmt: skip


@in_one_transaction
def link_paper(*, intake: UUID, enrolment: Enrolment, by: Actor, reason: str = "") -> PaperIntake:
    """
    Link a paper to the enrolment that its enterprise has already: it stays beside it, and makes no second.

    :raises AccessDenied: if `by` is no verification officer
    :raises MoveNotAllowed: if it was typed, linked or set aside already
    """
    found, authority = _locked(intake, by)
    _link(found, enrolment, authority, reason)
    return found


def _link(intake: PaperIntake, enrolment: Enrolment, authority: Authority, reason: str = "") -> None:
    intake.enrolment = enrolment
    intake.make(PaperMove.LINK, under=authority, reason=reason.strip())
    ids = {"linked_by": str(authority.by.person.public_id), "enrolment": str(enrolment.public_id)}
    publish(PaperLinked(paper=str(intake.public_id), **ids))


@in_one_transaction
def set_aside_paper(*, intake: UUID, reason: str, by: Actor) -> PaperIntake:
    """
    Set a paper aside and say why; whoever asked for its form is told, if we know where.

    :raises AccessDenied: if `by` is no verification officer
    :raises ReasonMissing: if no reason is given
    :raises MoveNotAllowed: if it was typed, linked or set aside already
    """
    found, authority = _locked(intake, by)
    if not reason.strip():
        raise ReasonMissing
    found.make(PaperMove.SET_ASIDE, under=authority, reason=reason.strip())
    if found.enrolment and found.enrolment.email:
        tell(
            "paper_set_aside", key=f"paper {found.public_id} set aside", to=found.enrolment.email,
            language=found.enrolment.language, context={"enrolment": found.enrolment, "reason": reason.strip()},
        )  # fmt: skip
    publish(PaperSetAside(paper=str(found.public_id), set_aside_by=str(by.person.public_id)))
    return found


def _locked(intake: UUID, by: Actor) -> tuple[PaperIntake, Authority]:
    locked = PaperIntake.objects.select_for_update(of=("self",)).select_related("form__template", "enrolment", "file")
    found = locked.get(public_id=intake)
    return found, require(by, Right.VERIFY)
