"""What is asked about enrolments and invitations."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from statistics import median
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from mandat.access.links import Kind
from mandat.access.queries import may, people_who_can
from mandat.access.rights import Right
from mandat.enrolment import codes
from mandat.enrolment.checks import BY_CODE
from mandat.enrolment.errors import WrongFollowUpCode
from mandat.enrolment.models import (
    Channel,
    Enrolment,
    EnrolmentCheck,
    EnrolmentDocument,
    EnrolmentMove,
    Handover,
    Invitation,
    Reproof,
)
from mandat.enrolment.number import NotAnEnrolmentNumber, read_number
from mandat.enrolment.risk import Asked, asked_of
from mandat.enrolment.workflow import (
    AWAITING_APPLICANT,
    AWAITING_VERIFICATION,
    OPEN_REPROOFS,
    InvitationState,
    Move,
    State,
)
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Designation, Enterprise, Identifier, ServiceRegistration, User
from mandat.identity.models import Person
from mandat.platform.clock import AppNow, legal_day
from mandat.reference.queries import policy

#: The queue of the verification desk, as in staff assignments.
QUEUE = "enrolment"
#: The provider that this deployment serves: the regulator.
REGULATOR = "autorite"
#: How many of the last decisions the expected delay is the median of, and how few say nothing.
LAST, FEWEST = 50, 5
_DAY = timedelta(days=1)
One = TypeVar("One", Enrolment, Handover)


def enrolment_with(*, number: str, code: str) -> Enrolment:
    """
    Return the enrolment of a number and a follow-up code.

    :raises WrongFollowUpCode: if there is none: which of the two is wrong is not told
    """
    return found_by_code(Enrolment, number=number, code=code)


def found_by_code(model: type[One], *, number: str, code: str) -> One:
    """
    Return what a number names, if the code that follows it agrees.

    :raises WrongFollowUpCode: if not: which of the two is wrong is not told
    """
    try:
        found = model.objects.filter(number=read_number(number, letter=model.LETTER)).first()
    except NotAnEnrolmentNumber:
        found = None
    if found is None or not codes.agrees(found.code_hash, str(found.public_id), codes.plain(code)):
        raise WrongFollowUpCode
    return found


def enrolments_verifiable_by(person: Person, at: datetime) -> QuerySet[Enrolment]:
    """Return the enrolments that a verification officer may see: those submitted, never a draft."""
    # Verification lies in no firm: `may` needs the name of a column, and asks nothing of it.
    officer = may(person, Right.VERIFY, enterprise="pk", at=at)
    return Enrolment.objects.filter(officer, submitted_at__isnull=False)


def documents_of(enrolment: Enrolment) -> QuerySet[EnrolmentDocument]:
    """Return the documents that go with an enrolment."""
    return enrolment.documents.filter(removed_at=None).select_related("file__scan")


def last_submission(enrolment: Enrolment) -> EnrolmentMove | None:
    """Return what was submitted last, with its checks."""
    submitted = enrolment.history.filter(move=Move.SUBMIT).prefetch_related("checks")
    return submitted.order_by("id").last()


def latest_checks(submission: EnrolmentMove) -> dict[str, EnrolmentCheck]:
    """Return what each check of a submission found last, by its code, in the order in which they are made."""
    made = {each.code: each for each in sorted(submission.checks.all(), key=lambda one: (one.turn, one.pk))}
    return {code: made[code] for code in BY_CODE if code in made}


def last_move(enrolment: Enrolment, move: Move) -> EnrolmentMove | None:
    """Return the last time that a move was made."""
    return enrolment.history.filter(move=move).order_by("id").last()


def asked_since(enrolment: Enrolment) -> datetime:
    """Return since when a document is asked for."""
    asked = last_move(enrolment, Move.ASK_EVIDENCE)
    return asked.at if asked else enrolment.changed_at


def asked_of_approval(enrolment: Enrolment, on: date) -> Asked:
    """Return what the policies of a day ask of an approval."""
    return asked_of(
        enrolment.risk, holds=policy("enrolment-hold-days", on), of_two=policy("enrolment-two-officers", on)
    )


def paused_for(enrolment: Enrolment, at: datetime) -> timedelta:
    """Return how long an enrolment has waited for its applicant since its submission: the clock stops meanwhile."""
    paused, since = timedelta(), None
    for each in enrolment.history.order_by("id"):
        if since is not None:
            paused, since = paused + (each.at - since), None
        if each.after in AWAITING_APPLICANT:
            since = each.at
    return paused if since is None else paused + (at - since)


def last_return(enrolment: Enrolment) -> EnrolmentMove | None:
    """Return what the desk asked to correct, while it is still to be corrected."""
    if enrolment.state != State.RETURNED:
        return None
    return enrolment.history.filter(move=Move.RETURN).order_by("id").last()


def expected_delay(at: datetime) -> timedelta:
    """Return how long a decision takes: the median of the last ones, or what the policy says while there are few."""
    decided = Enrolment.objects.filter(decided_at__isnull=False).order_by("-decided_at", "-id")
    lasted = decided.annotate(lasted=F("decided_at") - F("submitted_at")).values_list("lasted", flat=True)[:LAST]
    if len(delays := [each.total_seconds() for each in lasted]) < FEWEST:
        return int(policy("enrolment-expected-days", legal_day(at))) * _DAY
    return max(timedelta(seconds=median(delays)), _DAY)


def usual_wait(state: State) -> timedelta | None:
    """Return how long enrolments stay in a state: the median of the last that left it; none while they are few."""
    before = EnrolmentMove.objects.filter(enrolment=OuterRef("enrolment"), pk__lt=OuterRef("pk")).order_by("-pk")
    left = EnrolmentMove.objects.filter(before=state).annotate(since=Subquery(before.values("at")[:1])).order_by("-id")
    stays = [(each.at - each.since).total_seconds() for each in left.exclude(since=None)[:LAST]]
    return timedelta(seconds=median(stays)) if len(stays) >= FEWEST else None


def expected_by(enrolment: Enrolment, at: datetime) -> date | None:
    """Return when a decision is expected, or was if it is late; none when none is due."""
    if enrolment.submitted_at is None or enrolment.state not in AWAITING_VERIFICATION:
        return None
    return legal_day(enrolment.submitted_at + expected_delay(at) + paused_for(enrolment, at))


def invitation_of(token: str) -> Invitation | None:
    """Return the invitation that a link names."""
    named = Invitation.objects.filter(link_hash=codes.digest(token))
    return named.select_related("login", "person", "enterprise").first()


def is_backed(invitation: Invitation, at: datetime) -> bool:
    """
    Return whether an invitation still stands for something: an open firm, a place in it, and whoever invited.

    One that an RSE or an RA gave falls with their designation: another of them gives it again.
    """
    if invitation.enterprise is None:
        return _is_backed_by_a_supervisor(invitation, at)
    firm, here = invitation.enterprise, {"enterprise": invitation.enterprise_id}
    designated = Designation.objects.filter(in_force(at), **here)
    has_place = User.objects.filter(in_force(at), person=invitation.person_id, **here).exists()
    has_place = has_place or designated.filter(person=invitation.person_id).exists()
    under = invitation.issued_under
    if {Kind.RSE.value, Kind.RA.value}.isdisjoint(under.get("capacities", [])):
        return firm.state != Enterprise.State.CLOSED and has_place
    inviter = designated.filter(person__public_id=under["person"], person__state=Person.State.ACTIVE)
    return firm.state != Enterprise.State.CLOSED and has_place and inviter.exists()


def _is_backed_by_a_supervisor(invitation: Invitation, at: datetime) -> bool:
    able = people_who_can(None, Right.SUPERVISE, None, at)
    return able.filter(public_id=invitation.issued_under["person"]).exists()


def staff_invitations() -> QuerySet[Invitation]:
    """Return the invitations to the regulator’s side that wait to be activated, those out of time included."""
    waiting = Invitation.objects.filter(channel=Channel.STAFF, state=InvitationState.PENDING)
    return waiting.select_related("login", "person").order_by("id")


def came_in_as_staff(person: Person) -> bool:
    """Return whether somebody came in by an invitation to the regulator’s side, whatever role they have since."""
    of_theirs = Invitation.objects.filter(channel=Channel.STAFF, person=person)
    return of_theirs.filter(state__in=[InvitationState.PENDING, InvitationState.ACTIVATED]).exists()


def pending_invitations(enterprise_id: int) -> QuerySet[Invitation]:
    """Return the invitations of a firm that wait to be activated, those whose time has passed included."""
    waiting = Invitation.objects.filter(enterprise=enterprise_id, state=InvitationState.PENDING)
    return waiting.select_related("login", "person")


def has_pending_invitation(person: str) -> Exists:
    """Return the condition that somebody has not activated their login; `person` names a column of the list."""
    return Exists(Invitation.objects.filter(person=OuterRef(person), state=InvitationState.PENDING))


def enrolments_by_id(ids: Iterable[UUID]) -> dict[UUID, Enrolment]:
    """Return some enrolments by their public ids: what a queue names its cases by."""
    return {each.public_id: each for each in Enrolment.objects.filter(public_id__in=list(ids))}


def registrations_with_regulator(enterprise: Enterprise) -> QuerySet[ServiceRegistration]:
    """Return the registrations of an enterprise with the regulator, the last first: at most one is alive."""
    ours = ServiceRegistration.objects.filter(enterprise=enterprise, provider__code=REGULATOR)
    return ours.select_related("provider", "request__requested_by").order_by("-id")


def neq_of(enterprise: Enterprise) -> str:
    """Return the NEQ of an enterprise, or blank if it has none."""
    held = Identifier.objects.filter(enterprise=enterprise, kind=Identifier.Kind.NEQ, during__contains=AppNow())
    return held.values_list("value", flat=True).first() or ""


def reproof_of(token: str, *, is_locked: bool = False) -> Reproof | None:
    """Return the lost factor that one of its two mailed links names: it stops it, or leads on."""
    hashed = codes.digest(token)
    named = Reproof.objects.filter(Q(link_hash=hashed) | Q(stop_hash=hashed)).select_related("login", "person")
    return (named.select_for_update(of=("self",)) if is_locked else named).order_by("id").first()


def open_reproof_of(person: Person, at: datetime) -> Reproof | None:
    """Return the lost factor of somebody that waits for an answer, or for them."""
    waiting = Reproof.objects.filter(person=person, state__in=OPEN_REPROOFS, expires_at__gt=at)
    return waiting.select_related("login", "person").order_by("-id").first()


def reproofs_by_id(ids: Iterable[UUID]) -> dict[UUID, Reproof]:
    """Return some lost factors by their public ids: what a queue names its cases by."""
    found = Reproof.objects.filter(public_id__in=list(ids)).select_related("person")
    return {each.public_id: each for each in found}
