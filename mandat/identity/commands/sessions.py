"""What may be done to sessions: opened, proven again, ended. An end holds from the next request on, in any process."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from mandat.identity import policy
from mandat.identity.actor import Actor, assurance_of
from mandat.identity.events import SessionsEnded, SignedIn, SignedOut
from mandat.identity.models import Ending, Login, Person, Session
from mandat.identity.queries import lapsed
from mandat.platform.clock import AppNow, now
from mandat.platform.events import publish

#: How many sessions are swept in one transaction.
AT_ONCE = 200


@dataclass(frozen=True)
class Device:
    """What a browser says of itself, coarsely: enough for its person to know it again."""

    browser: str = ""
    system: str = ""
    address: str | None = None


@transaction.atomic
def open_session(
    *, login: Login, person: Person, methods: Collection[str], device: Device, idle_minutes: int
) -> Session:  # fmt: skip
    """Open a session for a person who has just proven who they are, and tell it."""
    at = now()
    session = Session.objects.create(
        login=login, person=person, opened_at=at, seen_at=at, idle_minutes=idle_minutes,
        ends_at=at + timedelta(hours=policy.limit(policy.SESSION_HOURS, at)),
        methods=list(methods), assurance=assurance_of(methods),
        browser=device.browser, system=device.system, address=device.address,
    )  # fmt: skip
    publish(
        SignedIn(
            login=str(login.public_id),
            person=str(person.public_id),
            methods="+".join(methods),
            session=str(session.public_id),
            is_new_browser=not _is_known(session),
        )
    )
    return session


def _is_known(session: Session) -> bool:
    """Tell whether the login was opened from such a browser before; the first of all is no surprise to its person."""
    before = Session.objects.filter(login=session.login, person=session.person).exclude(pk=session.pk)
    return before.filter(browser=session.browser, system=session.system).exists() or not before.exists()


def note_proof(*, session: Session, methods: Collection[str]) -> None:
    """Keep what a session's person has proven since it opened."""
    Session.objects.filter(pk=session.pk).update(methods=list(methods), assurance=assurance_of(methods))


def note_presence(*, session: Session, at: datetime) -> None:
    """Keep that a session's person did something."""
    Session.objects.filter(pk=session.pk, ended_at=None).update(seen_at=at)


@transaction.atomic
def sign_out(*, by: Actor, session: Session) -> None:
    """Close a person's own session."""
    if _end(Q(pk=session.pk), Ending.SIGNED_OUT):
        publish(SignedOut(login=str(by.login.public_id), person=str(by.person.public_id)))


@transaction.atomic
def lapse(*, session: Session, ending: Ending) -> None:
    """Write down, and tell, the end of a session that came by itself: without activity, or at the end of its time."""
    _end_and_tell(Q(pk=session.pk), ending, None)


def sweep_sessions() -> int:
    """Write down, and tell, each end that came by itself and that no request has met; return how many there were."""
    at, ended = now(), 0
    for ending, which in lapsed(at).items():
        while found := list(Session.objects.filter(which).order_by("id").values_list("pk", flat=True)[:AT_ONCE]):
            with transaction.atomic():  # some at a time: nobody who comes back waits for all of them
                ended += _end_and_tell(which & Q(pk__in=found), ending, None)
    return ended


@transaction.atomic
def end_sessions_of_login(*, login: Login, ending: Ending, but: Session | None = None) -> int:
    """End the sessions that a login opened, but one; return how many there were."""
    return _end_and_tell(Q(login=login), ending, but)


@transaction.atomic
def end_sessions_of_person(*, person: Person, ending: Ending, but: Session | None = None) -> int:
    """End the sessions of a person, but one; return how many there were."""
    return _end_and_tell(Q(person=person), ending, but)


@transaction.atomic
def end_own_session(*, session_id: UUID, by: Actor) -> None:
    """
    End one of a person's own sessions; a second time is harmless.

    :raises Session.DoesNotExist: if the person has no such session
    """
    session = Session.objects.get(public_id=session_id, person=by.person)
    _end_and_tell(Q(pk=session.pk), Ending.ENDED_ELSEWHERE, None)


def _end_and_tell(whose: Q, ending: Ending, but: Session | None) -> int:
    ended = _end(whose & ~Q(pk=but.pk if but else None), ending)
    for person, login in sorted({(str(each.person.public_id), str(each.login.public_id)) for each in ended}):
        of_it = [str(each.public_id) for each in ended if str(each.login.public_id) == login]
        publish(SessionsEnded(login=login, person=person, sessions=of_it, ending=ending))
    return len(ended)


def _end(which: Q, ending: Ending) -> list[Session]:
    """End what is open, and return it. A session ends once: whoever comes second finds nothing to end."""
    with transaction.atomic():
        found = Session.objects.select_for_update(of=["self"], no_key=True).select_related("person", "login")
        ended = list(found.filter(which, ended_at=None).order_by("id"))
        Session.objects.filter(pk__in=[each.pk for each in ended]).update(ended_at=AppNow(), ending=ending)
    return ended
