"""What a session keeps of a sign-in, and whether it still holds."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth import logout
from django.http import HttpRequest

from mandat.identity import policy
from mandat.identity.actor import SECOND_FACTORS, Actor, Method, actor_of
from mandat.identity.models import Login, LoginLink, Person
from mandat.platform.clock import now

KEPT = "sign_in"
SHOW_RECOVERY_CODES = "show_recovery_codes"
#: What a step-up asks for: more than the password, which a session may outlive.
STRONG = SECOND_FACTORS | {Method.PASSKEY}


def methods_proven(request: HttpRequest, login: Login) -> list[str]:
    """Return the methods that a browser has proven for a login, each once, in order."""
    records = get_authentication_records(request, login)
    return list(dict.fromkeys(each.get("type") or each["method"] for each in records))


def open_for(request: HttpRequest, *, login: Login, person: Person) -> None:
    """Keep in the session whom it was opened for, when, how, and when it ends whatever happens."""
    at, methods = now(), methods_proven(request, login)
    request.session[KEPT] = {
        "person": str(person.public_id),
        "at": at.isoformat(),
        "ends_at": (at + timedelta(hours=policy.limit(policy.SESSION_HOURS, at))).isoformat(),
        "methods": methods,
        "strong_at": None if STRONG.isdisjoint(methods) else at.isoformat(),
    }


def prove_again(request: HttpRequest, *, by: Actor) -> None:
    """Note that the person has just proven again who they are, and change the session's id."""
    at, records = now().isoformat(), get_authentication_records(request, by.login)
    proven = {"at": at, "methods": methods_proven(request, by.login)}
    if records and records[-1].get("type") in STRONG:
        proven["strong_at"] = at
    request.session[KEPT] = request.session[KEPT] | proven
    request.session.cycle_key()


def proven_lately(request: HttpRequest, at: datetime) -> bool:
    """Tell whether the person has proven a second factor within the minutes that the policy asks of one who signs."""
    strong_at = request.session.get(KEPT, {}).get("strong_at")
    age = timedelta(minutes=policy.limit(policy.STEP_UP_MINUTES, at))
    return strong_at is not None and at - datetime.fromisoformat(strong_at) < age


def actor_from(request: HttpRequest) -> Actor | None:
    """Return who is acting, or nobody; a session that no longer holds is ended. Leaves `request.at` with somebody."""
    login = request.user
    if not isinstance(login, Login):
        return None
    kept, link = request.session.get(KEPT), login.link
    if kept is None or link is None or not _holds(kept, link):
        logout(request)
        return None
    request.at = link.at  # type: ignore[attr-defined] # annotated where it was read
    return actor_of(login, person=link.person, at=datetime.fromisoformat(kept["at"]), methods=kept["methods"])


def _holds(kept: dict[str, Any], link: LoginLink) -> bool:
    is_the_same = kept["person"] == str(link.person.public_id)
    read_at: datetime = link.at  # type: ignore[attr-defined] # annotated where it was read
    is_in_time = read_at < datetime.fromisoformat(kept["ends_at"])
    return is_the_same and is_in_time and link.person.state == Person.State.ACTIVE
