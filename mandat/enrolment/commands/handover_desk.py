"""
What the verification desk does about handovers. Nothing acts before the last of its moves.

Uncontested, one officer accepts once the time to object is over. Contested, both sides are heard, one officer
recommends and another accepts. Nobody decides what names them, nor what concerns a firm of theirs.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access.commands import designate, revoke_designation
from mandat.access.commands.designations import locked
from mandat.access.decision import Authority, Right, require
from mandat.access.queries import designations_of
from mandat.access.retries import in_one_transaction
from mandat.enrolment.commands.handovers import locked_handover, spoken
from mandat.enrolment.commands.invitations import issue
from mandat.enrolment.commands.people import Newcomer, bring_in
from mandat.enrolment.errors import IsContested, NoAccount, SameOfficer, TimeToObject, VerifiedByTheSamePerson
from mandat.enrolment.events import HandoverMoved
from mandat.enrolment.handover_form import letter_to, names_an_rse, new_ra, new_rse, people_named
from mandat.enrolment.handover_notices import give_codes_to, send_notices
from mandat.enrolment.handover_queries import competing, may_decide_contested, what_it_says
from mandat.enrolment.models import Channel, Handover
from mandat.enrolment.reading import Named
from mandat.enrolment.relations import has_or_had_a_place
from mandat.enrolment.workflow import HANDOVER, HandoverMove, HandoverState
from mandat.enterprises.models import Basis, Enterprise, Role
from mandat.filings.errors import ReasonMissing
from mandat.identity.actor import Actor
from mandat.platform.clock import end_of, legal_day
from mandat.platform.events import publish
from mandat.reference.queries import policy
from mandat.register.agreement import plain_name

#: Why a request is refused when another about the same enterprise is accepted.
ANOTHER_WAS_ACCEPTED = {
    "fr": "Une autre demande au sujet de cette firme a été acceptée.",
    "en": "Another request about this firm was accepted.",
}


@in_one_transaction
def notify(*, handover: UUID, by: Actor) -> Handover:
    """
    Tell everyone with standing, by mail and by post, and let the time to object run. What they may do goes on.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if it names them, or concerns a firm of theirs
    :raises NoAccount: if no account has the NEQ
    :raises MoveNotAllowed: if it was notified, decided or withdrawn already
    """
    found, authority = _verified(handover, HandoverMove.NOTIFY, by)
    if found.enterprise is None:
        raise NoAccount
    days = policy("handover-objection-days", legal_day(authority.at))
    found.objections_until = end_of(legal_day(authority.at) + timedelta(days=days))
    send_notices(found, authority.at)
    return _moved(found, HandoverMove.NOTIFY, authority)


@in_one_transaction
def contest(*, handover: UUID, reason: str, by: Actor) -> Handover:
    """
    Treat a request as contested though nobody objects: the risk asks for two officers.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if it names them, or concerns a firm of theirs
    :raises ReasonMissing: if no reason is given
    :raises MoveNotAllowed: if it does not wait for objections
    """
    found, authority = _verified(handover, HandoverMove.CONTEST, by)
    return _moved(found, HandoverMove.CONTEST, authority, reason=_reason(reason))


@in_one_transaction
def hear(*, handover: UUID, question: str, by: Actor) -> Handover:
    """
    Ask both sides to answer in writing, within the days of the policy.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if it names them, or concerns a firm of theirs
    :raises WordsMissing: if nothing is asked
    :raises MoveNotAllowed: if it is not contested
    """
    found, authority = _verified(handover, HandoverMove.HEAR, by)
    words, at = spoken(question), authority.at
    found.heard_at = at
    found.heard_until = end_of(legal_day(at) + timedelta(days=policy("handover-hearing-days", legal_day(at))))
    found.statements.create(by=by.person, words=words, at=at)
    return _moved(found, HandoverMove.HEAR, authority)


@in_one_transaction
def recommend(*, handover: UUID, reason: str, ending: Collection[UUID], by: Actor) -> Handover:
    """
    Propose that a contested request be accepted, why, and whose places would end: another officer accepts, or not.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if it names them, or concerns a firm of theirs
    :raises ReasonMissing: if no reason is given
    :raises TimeToObject: if both sides have neither answered nor had the time to
    :raises MoveNotAllowed: if both sides are not being heard
    """
    found, authority = _verified(handover, HandoverMove.RECOMMEND, by)
    if not may_decide_contested(found, authority.at):
        raise TimeToObject
    said = {"ending": sorted(str(each) for each in ending)}
    return _moved(found, HandoverMove.RECOMMEND, authority, reason=_reason(reason), said=said)


@in_one_transaction
def send_back(*, handover: UUID, reason: str, by: Actor) -> Handover:
    """
    Not confirm what another officer recommends, and say why.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if it names them, or concerns a firm of theirs
    :raises ReasonMissing: if no reason is given
    :raises MoveNotAllowed: if nothing is recommended
    """
    found, authority = _verified(handover, HandoverMove.SEND_BACK, by)
    return _moved(found, HandoverMove.SEND_BACK, authority, reason=_reason(reason))


@in_one_transaction
def refuse_handover(*, handover: UUID, reason: str, by: Actor) -> Handover:
    """
    Refuse a request, and say why. What was in force stays so.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if it names them, or concerns a firm of theirs
    :raises ReasonMissing: if no reason is given
    :raises TimeToObject: if it is contested and both sides have neither answered nor had the time to
    :raises MoveNotAllowed: if it is contested and not heard yet, or decided
    """
    found, authority = _verified(handover, HandoverMove.REFUSE, by)
    if found.state == HandoverState.HEARING and not may_decide_contested(found, authority.at):
        raise TimeToObject
    return _moved(found, HandoverMove.REFUSE, authority, reason=_reason(reason))


@in_one_transaction
def approve_handover(*, handover: UUID, ending: Collection[UUID], by: Actor, reason: str = "") -> Handover:
    """
    Designate and invite whom the request names, as at enrolment, then end the former places: all or nothing.

    `ending` names designations; a recommendation has named them already. Other requests about the firm are refused.

    :raises AccessDenied: if `by` is no verification officer
    :raises VerifiedByTheSamePerson: if it names them, or concerns a firm of theirs
    :raises TimeToObject: if the time to object is not over
    :raises IsContested: if another request concerns the same enterprise: it is treated as contested first
    :raises SameOfficer: if `by` recommended it
    :raises EmailOfAnother: if somebody of another name has one of the addresses
    :raises LastRSE: if nobody effective would be left
    :raises MoveNotAllowed: if it was not notified, is contested and not recommended, or is decided
    """
    known = Handover.objects.select_related("enterprise").get(public_id=handover)
    if known.enterprise:
        locked(known.enterprise)  # of two requests about one firm, the second sees what the first has done
    found, authority = _verified(handover, HandoverMove.APPROVE, by)
    if found.state == HandoverState.NOTIFIED:
        _see_that_nobody_objects(found, authority)
    else:
        ending = _recommended_by_another(found, by)
    assert found.enterprise is not None  # noqa: S101 - by a constraint, once notified
    answers = what_it_says(found)
    evidence = {"handover": str(found.public_id), "documents": _ids(found)}
    invited = _designated(found, found.enterprise, answers, evidence, authority)
    _end(found.enterprise, ending, found, authority)
    for newcomer, named in invited:
        address = letter_to(named, answers)
        issue(newcomer, enterprise=found.enterprise, channel=Channel.LETTER, address=address, under=authority)
    give_codes_to(found, [newcomer for newcomer, _named in invited])
    for other in competing(found):
        why = ANOTHER_WAS_ACCEPTED[other.language]
        _moved(locked_handover(other.public_id), HandoverMove.SET_ASIDE, authority, reason=why)
    return _moved(found, HandoverMove.APPROVE, authority, reason=reason.strip())


def _see_that_nobody_objects(handover: Handover, authority: Authority) -> None:
    if handover.objections_until is None or authority.at < handover.objections_until:
        raise TimeToObject
    if competing(handover).exists():
        raise IsContested


def _recommended_by_another(handover: Handover, by: Actor) -> list[UUID]:
    made = handover.history.filter(move=HandoverMove.RECOMMEND).order_by("-id")[0]
    if made.by_id == by.person.pk:
        raise SameOfficer
    return [UUID(each) for each in made.said["ending"]]


def _designated(
    handover: Handover, firm: Enterprise, answers: Any, evidence: dict[str, Any], authority: Authority
) -> list[tuple[Newcomer, Named]]:  # fmt: skip
    """Give whom a request names their places, and return those to invite, each once."""
    ra, rse = new_ra(answers), new_rse(answers)
    invited: dict[Named, Newcomer] = {}
    for named, role in ((ra, Role.RA), (rse, Role.RSE)):
        if named is None:
            continue
        newcomer = invited.setdefault(named, _brought(handover, named, role, authority))
        if designations_of(firm, authority.at).filter(person=newcomer.person, role=role).exists():
            continue
        basis = Basis(answers["ra_basis"]) if role == Role.RA else Basis.NAMED
        designate(
            key=uuid5(handover.public_id, f"designate {role}"), enterprise=firm, person=newcomer.person, role=role,
            basis=basis, function=answers["ra_function"] if role == Role.RA else "", evidence=evidence,
            during=DateTimeTZRange(authority.at, None), by=authority.by,
        )  # fmt: skip
    return [(newcomer, named) for named, newcomer in invited.items()]


def _brought(handover: Handover, named: Named, role: Role, authority: Authority) -> Newcomer:
    return bring_in(named, key=uuid5(handover.public_id, role.value), asked_by=authority.by.person.public_id)


def _end(firm: Enterprise, ending: Iterable[UUID], handover: Handover, authority: Authority) -> None:
    """End the former places, but for those of persons whom the request names again in the same role."""
    answers = what_it_says(handover)
    again = {role: named.email for role, named in ((Role.RA, new_ra(answers)), (Role.RSE, new_rse(answers))) if named}
    roles = [Role.RA, Role.RSE] if names_an_rse(answers) else [Role.RA]
    theirs = designations_of(firm, authority.at).filter(public_id__in=list(ending), role__in=roles)
    for each in theirs:
        emails = each.person.links.filter(during__contains=authority.at).values_list("login__email", flat=True)
        if again.get(Role(each.role)) not in set(emails):
            revoke_designation(designation_id=each.public_id, reason=handover.number, by=authority.by)


def _ids(handover: Handover) -> list[str]:
    return [str(each) for each in handover.documents.filter(removed_at=None).values_list("public_id", flat=True)]


def _verified(handover: UUID, move: HandoverMove, by: Actor) -> tuple[Handover, Authority]:
    """Lock a handover for an officer who has no part in it."""
    found = locked_handover(handover)
    authority = require(by, Right.VERIFY)
    HANDOVER.target(move, HandoverState(found.state))
    answers = what_it_says(found)
    named = people_named(answers)
    addresses = {found.email, *(each.email for each in named)}
    names = {plain_name(str(each)) for each in named} | {plain_name(answers["asker"])}
    if by.login.email in addresses or plain_name(str(by.person)) in names or _is_of_the_firm(found, by):
        raise VerifiedByTheSamePerson
    return found, authority


def _is_of_the_firm(handover: Handover, by: Actor) -> bool:
    """Return whether somebody has, or had, a place in the firm, or was told of the request."""
    if handover.enterprise is None:
        return False
    held = has_or_had_a_place(by.person, handover.enterprise)
    return held or handover.notices.filter(person=by.person).exists()


def _moved(
    handover: Handover, move: HandoverMove, authority: Authority, *, reason: str = "", said: Any = None
) -> Handover:  # fmt: skip
    handover.make(move, at=authority.at, under=authority, reason=reason[:2000], said=said)
    publish(HandoverMoved(handover=str(handover.public_id), move=move))
    return handover


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()
