"""What the verification desk does. Nobody verifies what they began or typed, nor what names them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access.commands import NEQTaken, designate, open_enterprise
from mandat.access.decision import Authority, Right, require
from mandat.access.retries import in_one_transaction
from mandat.enrolment import addresses, reasons
from mandat.enrolment.commands.applying import locked
from mandat.enrolment.commands.invitations import issue
from mandat.enrolment.commands.numbers import hold_number
from mandat.enrolment.commands.people import Newcomer, bring_in
from mandat.enrolment.errors import HeldStill, ProposalNeeded, SourceSilent, VerifiedByTheSamePerson
from mandat.enrolment.events import (
    EnrolmentApproved,
    EnrolmentRefused,
    EnrolmentReturned,
    EnrolmentTakenUp,
    SecondLookDrawn,
)
from mandat.enrolment.facts import is_enrolled
from mandat.enrolment.fields import YES
from mandat.enrolment.models import Channel, Enrolment, Outcome, Purpose, Risk, SecondLook
from mandat.enrolment.paper.questions import BY_POST
from mandat.enrolment.queries import asked_of_approval, last_move, last_submission, latest_checks
from mandat.enrolment.reading import (
    basis_of,
    firm_address,
    in_charge,
    letter_address,
    others_in_charge,
    representative,
)
from mandat.enrolment.relations import relation_of
from mandat.enrolment.risk import is_drawn
from mandat.enrolment.steps import DOCUMENT_FIELDS, OWN, step_of
from mandat.enrolment.telling import tell
from mandat.enrolment.workflow import ENROLMENT, Move, State
from mandat.enterprises.models import Basis, Enterprise, EnterpriseKind, Identifier, Role
from mandat.filings.errors import ReasonMissing, UnknownStep
from mandat.identity import user_code
from mandat.identity.actor import Actor
from mandat.platform.clock import legal_day
from mandat.platform.events import publish
from mandat.reference.queries import entry, policy

NO_CODES: Mapping[str, str] = MappingProxyType({})


@in_one_transaction
def take_up(*, enrolment: UUID, by: Actor) -> Enrolment:
    """
    Begin to verify an enrolment.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if `by` began it, typed its paper, or is named in it
    :raises MoveNotAllowed: if it is not waiting to be taken up
    """
    found, _, authority = verified(enrolment, Move.TAKE_UP, by)
    found.make(Move.TAKE_UP, at=authority.at, under=authority)
    publish(EnrolmentTakenUp(enrolment=str(found.public_id), taken_up_by=str(by.person.public_id)))
    return found


@in_one_transaction
def return_for_correction(
    *, enrolment: UUID, corrections: Mapping[str, str], by: Actor, codes: Mapping[str, str] = NO_CODES, reason: str = ""
) -> Enrolment:  # fmt: skip
    """
    Give an enrolment back to be corrected: which fields, and what is wrong with each.

    It is said by words, or by a reason of the list `enrolment_return_reason`, or both.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if `by` began it, typed its paper, or is named in it
    :raises UnknownStep: if there is no such field
    :raises ReasonMissing: if it is not said what to correct
    :raises NoEntry: if there is no such reason today
    :raises ReasonOfAnotherField: if a reason is given for a field that it says nothing of
    :raises MoveNotAllowed: if it is not in verification
    """
    found, _, authority = verified(enrolment, Move.RETURN, by)
    today = legal_day(authority.at)
    asked = [reasons.asked(name, codes.get(name, ""), words, today) for name, words in corrections.items()]
    if not asked:
        raise ReasonMissing
    if unknown := [name for name in corrections if name not in DOCUMENT_FIELDS and step_of(name) is None]:
        raise UnknownStep(unknown)
    found.make(Move.RETURN, at=authority.at, under=authority, reason=reason.strip(), said={"corrections": asked})
    publish(EnrolmentReturned(enrolment=str(found.public_id), returned_by=str(by.person.public_id)))
    return found


@in_one_transaction
def refuse(*, enrolment: UUID, reason: str, by: Actor, code: str = "OTHER") -> Enrolment:
    """
    Refuse an enrolment for good, and say why: a reason of the list `enrolment_reason`, and words.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if `by` began it, typed its paper, or is named in it
    :raises ReasonMissing: if no reason is given
    :raises NoEntry: if there is no such reason today
    :raises MoveNotAllowed: if it is not in verification
    """
    found, _, authority = verified(enrolment, Move.REFUSE, by)
    if not reason.strip():
        raise ReasonMissing
    listed = entry("enrolment_reason", code, legal_day(authority.at))
    said = {"reason": {"code": listed.code, "fr": listed.label_fr, "en": listed.label_en}}
    found.make(Move.REFUSE, at=authority.at, under=authority, reason=reason.strip(), said=said)
    publish(EnrolmentRefused(enrolment=str(found.public_id), refused_by=str(by.person.public_id)))
    return found


@in_one_transaction
def approve(*, enrolment: UUID, by: Actor, reason: str = "") -> Enrolment:
    """
    Open the enterprise's account, designate its RA and its RSEs, and invite them: all or nothing.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if `by` is related to it, or proposed what asks for two officers
    :raises MoveNotAllowed: if it is neither in verification nor proposed
    :raises ProposalNeeded: if its risk asks for a second officer or for a wait, and it is not proposed
    :raises HeldStill: if the wait is not over
    :raises SourceSilent: if a source is silent, and no reason says how one made sure
    :raises NEQTaken: if another enterprise has the NEQ
    :raises EmailOfAnother: if somebody of another name has one of the addresses
    """
    found, said, authority = verified(enrolment, Move.APPROVE, by)
    _refuse_before_its_time(found, authority, reason)
    answers = said["answers"]
    found.enterprise = _opened(found, answers, authority)
    ra, rses = _designated(found, said, authority)
    found.make(Move.APPROVE, at=authority.at, under=authority, reason=reason.strip())
    _invite(found.enterprise, said, ra, rses, authority)
    _tell_the_representative(found, ra, rses)
    ids = {"approved_by": str(by.person.public_id), "enterprise": str(found.enterprise.public_id)}
    publish(EnrolmentApproved(enrolment=str(found.public_id), **ids))
    _draw(found, authority)
    return found


def _refuse_before_its_time(enrolment: Enrolment, authority: Authority, reason: str) -> None:
    """
    Refuse an approval that comes too early, or from the same person twice.

    A proposal is held to what it was proposed under, and to what the risk of the moment asks, whichever asks more.
    """
    refuse_a_number_taken(enrolment)
    asked = asked_of_approval(enrolment, legal_day(authority.at))
    if enrolment.state != State.PROPOSED:
        if asked.is_proposed_first:
            raise ProposalNeeded
        refuse_a_silent_source(enrolment, reason)
        return
    if enrolment.hold_until and authority.at < enrolment.hold_until:
        raise HeldStill
    if asked.hold_days and enrolment.hold_until is None:  # the risk has grown since
        raise ProposalNeeded
    proposed = last_move(enrolment, Move.PROPOSE)
    if proposed and (asked.is_of_two or proposed.said.get("of_two")) and proposed.by == authority.by.person:
        raise VerifiedByTheSamePerson


def refuse_a_number_taken(enrolment: Enrolment) -> None:
    """
    Refuse to go on if an account has the number already; the database refuses it too, for an NEQ.

    :raises NEQTaken: if one has
    """
    if is_enrolled(enrolment.neq, enrolment.client_number):
        raise NEQTaken(enrolment.neq or enrolment.client_number)


def refuse_a_silent_source(enrolment: Enrolment, reason: str) -> None:
    """
    Refuse to go on while a source is silent, unless it is said how one made sure without it.

    :raises SourceSilent: if it is not
    """
    submission = last_submission(enrolment)
    made = latest_checks(submission).values() if submission else ()
    if not reason.strip() and any(each.outcome == Outcome.SILENT for each in made):
        raise SourceSilent


def _draw(enrolment: Enrolment, authority: Authority) -> None:
    """Draw whether a low-risk approval is looked at again, by somebody else."""
    percent = policy("enrolment-second-look-percent", legal_day(authority.at))
    if enrolment.risk == Risk.LOW and is_drawn(enrolment.public_id, percent):
        SecondLook.objects.create(enrolment=enrolment, drawn_at=authority.at)
        publish(SecondLookDrawn(enrolment=str(enrolment.public_id)))


def verified(enrolment: UUID, move: Move, by: Actor) -> tuple[Enrolment, dict[str, Any], Authority]:
    """Lock an enrolment for an officer, with what it said when it was last submitted."""
    found = locked(enrolment)
    authority = require(by, Right.VERIFY)
    ENROLMENT.target(move, State(found.state))  # a draft is none of the officer's business
    submission = last_submission(found)
    assert submission is not None  # noqa: S101 - the states that allow these moves come after a submission
    answers = submission.said["answers"]
    if relation_of(by, found, answers):
        raise VerifiedByTheSamePerson
    return found, submission.said, authority


def channel_of(said: Mapping[str, Any]) -> Channel:
    """Return how invitations travel: by mail and post, unless a paper form asks for the post alone."""
    conditions = said.get("assisted", {}).get("conditions", {})
    return Channel.POST if conditions.get("paper_delivery") == BY_POST else Channel.LETTER


def _opened(enrolment: Enrolment, answers: Mapping[str, Any], authority: Authority) -> Enterprise:
    hold_number(enrolment.neq, enrolment.client_number)
    refuse_a_number_taken(enrolment)
    enterprise = open_enterprise(
        key=uuid5(enrolment.public_id, "enterprise"), kind=EnterpriseKind(answers["kind"]), name=answers["name"],
        neq=answers.get("neq", ""), is_established_in_quebec=answers["is_established_in_quebec"] == YES,
        by=authority.by,
    )  # fmt: skip
    if answers.get("rq_source") == OWN:
        Identifier.objects.create(
            enterprise=enterprise, kind=Identifier.Kind.REVENU_QUEBEC, value=answers["rq_number"],
            during=DateTimeTZRange(authority.at, None),
        )  # fmt: skip
    return enterprise


def _designated(enrolment: Enrolment, said: Mapping[str, Any], authority: Authority) -> tuple[Newcomer, list[Newcomer]]:
    """Designate who was named, and return them: the representative, then those in charge."""
    answers, asked_by = said["answers"], authority.by.person.public_id
    mandate = [each["id"] for each in said["documents"] if each["purpose"] == Purpose.MANDATE]
    evidence = {"enrolment": str(enrolment.public_id), "documents": mandate}
    ra = bring_in(representative(answers), key=uuid5(enrolment.public_id, "ra"), asked_by=asked_by)
    rses = [
        bring_in(named, key=uuid5(enrolment.public_id, f"rse {place}"), asked_by=asked_by)
        for place, named in enumerate([in_charge(answers), *others_in_charge(answers)])
    ]
    places = [(ra, Role.RA, *basis_of(answers)), *((rse, Role.RSE, Basis.NAMED, "") for rse in rses)]
    for place, (newcomer, role, basis, function) in enumerate(places):
        designate(
            key=uuid5(enrolment.public_id, f"designate {place}"), enterprise=enrolment.enterprise,  # type: ignore[arg-type]
            person=newcomer.person, role=role, basis=basis, function=function, evidence=evidence,
            during=DateTimeTZRange(authority.at, None), by=authority.by,
        )  # fmt: skip
    return ra, rses


def _invite(
    enterprise: Enterprise, said: Mapping[str, Any], ra: Newcomer, rses: Sequence[Newcomer], under: Authority
) -> None:  # fmt: skip
    """Invite each of them once: the first in charge where they said, the others at the enterprise."""
    answers, channel = said["answers"], channel_of(said)
    invited = {rses[0].person.pk: (rses[0], letter_address(answers))}
    for newcomer, named in zip(
        [*rses[1:], ra], [*others_in_charge(answers), representative(answers)], strict=True
    ):  # fmt: skip
        invited.setdefault(newcomer.person.pk, (newcomer, firm_address(answers, named)))
    for newcomer, address in invited.values():
        issue(newcomer, enterprise=enterprise, channel=channel, address=address, under=under)


def _tell_the_representative(enrolment: Enrolment, ra: Newcomer, rses: Sequence[Newcomer]) -> None:
    """Give the representative the user codes, their own and those of the persons in charge; never a secret."""
    language = ra.person.language
    others = [(each.person, user_code.grouped(each.login.user_code)) for each in rses if each.person != ra.person]
    context = {
        "enrolment": enrolment, "ra": ra, "others": others, "is_same": len(others) < len(rses),
        "ra_code": user_code.grouped(ra.login.user_code), "sign_in": addresses.sign_in(language),
    }  # fmt: skip
    key = f"enrolment {enrolment.public_id} user codes"
    tell("user_codes", key=key, to=ra.login.email, language=language, context=context)
