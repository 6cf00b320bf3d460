"""What a browser's session keeps of a sign-in, and whether it still holds."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from mandat.identity import policy
from mandat.identity.actor import SECOND_FACTORS, Actor, Method, actor_of
from mandat.identity.commands import lapse, note_proof, open_session
from mandat.identity.lasting import why_over
from mandat.identity.models import Ending, Login, Person, Session
from mandat.identity.queries import session_named
from mandat.platform.clock import now
from mandat.web.account.activity import last_seen
from mandat.web.account.browsers import device_of
from mandat.web.account.resuming import note_end
from mandat.web.person.landing import is_staff

KEPT = "sign_in"
SHOW_RECOVERY_CODES = "show_recovery_codes"
#: What a step-up asks for: more than the password, which a session may outlive.
STRONG = SECOND_FACTORS | {Method.PASSKEY}


def methods_proven(request: HttpRequest, login: Login) -> list[str]:
    """Return the methods that a browser has proven for a login, each once, in order."""
    records = get_authentication_records(request, login)
    return list(dict.fromkeys(each.get("type") or each["method"] for each in records))


def open_for(request: HttpRequest, *, login: Login, person: Person) -> None:
    """Open a session, and keep in the browser's which one it is, when its person proved themselves, and how."""
    code = policy.SESSION_IDLE_OF_STAFF if is_staff(person) else policy.SESSION_IDLE
    opened = open_session(
        login=login, person=person, methods=methods_proven(request, login), device=device_of(request),
        idle_minutes=policy.limit(code, now()),
    )  # fmt: skip
    request.session[KEPT] = kept_of(opened)


def kept_of(opened: Session) -> dict[str, Any]:
    """Return what a browser keeps of a session that has just been opened."""
    at = opened.opened_at.isoformat()
    return {
        "session": str(opened.public_id),
        "at": at,
        "methods": list(opened.methods),
        "strong_at": None if STRONG.isdisjoint(opened.methods) else at,
    }


def prove_again(request: HttpRequest, *, by: Actor) -> None:
    """Note that the person has just proven again who they are, and change the session's id."""
    at, records = now().isoformat(), get_authentication_records(request, by.login)
    proven = {"at": at, "methods": methods_proven(request, by.login)}
    if records and records[-1].get("type") in STRONG:
        proven["strong_at"] = at
    request.session[KEPT] = request.session[KEPT] | proven
    request.session.cycle_key()
    note_proof(session=request.own_session, methods=proven["methods"])  # type: ignore[attr-defined]


def proven_lately(request: HttpRequest, at: datetime) -> bool:
    """Tell whether the person has proven a second factor within the minutes that the policy asks of one who signs."""
    strong_at = request.session.get(KEPT, {}).get("strong_at")
    age = timedelta(minutes=policy.limit(policy.STEP_UP_MINUTES, at))
    return strong_at is not None and at - datetime.fromisoformat(strong_at) < age


def actor_from(request: HttpRequest) -> Actor | None:
    """
    Return who is acting, or nobody; a session that no longer holds is ended.

    Leaves with somebody `request.own_session`, as it was read, and `request.at`, when that was.
    """
    kept = request.session.get(KEPT, {})
    found = session_named(UUID(kept["session"])) if "session" in kept else None
    ending = _why_over(request, found) if found else None
    if found is None or ending is not None:
        _leave(request, found, ending)
        return None
    request.user = found.login
    request.own_session, request.at = found, found.at  # type: ignore[attr-defined] # annotated where it was read
    proven_at = datetime.fromisoformat(kept["at"])
    return actor_of(found.login, person=found.person, at=proven_at, methods=kept["methods"])


def _why_over(request: HttpRequest, found: Session) -> Ending | None:
    at, is_linked = found.at, found.is_linked  # type: ignore[attr-defined] # annotated where it was read
    ending = why_over(found, is_linked=is_linked, at=at, seen_at=last_seen(request, found))
    return ending or (None if _is_under_its_password(request, found.login) else Ending.PASSWORD_CHANGED)


def _is_under_its_password(request: HttpRequest, login: Login) -> bool:
    """Tell whether the password is still the one of the sign-in; a key of ours since replaced counts too."""
    kept = request.session.get(HASH_SESSION_KEY, "")
    hashes = [login.get_session_auth_hash(), *login.get_session_auth_fallback_hash()]
    return any(constant_time_compare(kept, each) for each in hashes)


def _leave(request: HttpRequest, found: Session | None, ending: Ending | None) -> None:
    """Leave the browser without a session, if it had one, and see that its row says so."""
    if SESSION_KEY in request.session:
        logout(request)
    request.user = AnonymousUser()
    if found is None or ending is None:
        return
    if found.ended_at is None:
        lapse(session=found, ending=ending)
    note_end(request, person=str(found.person.public_id), ending=ending)
