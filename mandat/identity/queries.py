"""Questions about persons and logins."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value

from mandat.identity import user_code
from mandat.identity.lasting import COARSELY
from mandat.identity.models import (
    Ending,
    Login,
    LoginLink,
    PasswordRecovery,
    Person,
    SecurityNote,
    Session,
    canonical_email,
)
from mandat.identity.tokens import digest
from mandat.platform.clock import AppNow


def login_named(typed: str) -> Login | None:
    """Return the active login that a user code or an e-mail address names, however it was typed."""
    if "@" in typed:
        named = Login.objects.filter(email=canonical_email(typed))
    else:
        named = Login.objects.filter(user_code=user_code.canonical(typed))
    return named.filter(is_active=True).first()


def link_of(login: Login) -> LoginLink | None:
    """Return the link in force of a login, with its person."""
    links = LoginLink.objects.filter(login=login, during__contains=AppNow())
    return links.select_related("person", "login").order_by("id").first()


def session_named(session: UUID) -> Session | None:
    """Return a session with its login, its person, whether that is still so, and the instant `at`: one statement."""
    links = LoginLink.objects.filter(login=OuterRef("login"), person=OuterRef("person"), during__contains=AppNow())
    named = Session.objects.filter(public_id=session).select_related("person", "login")
    return named.annotate(at=AppNow(), is_linked=Exists(links)).order_by("id").first()


def recovery_of(token: str, *, is_locked: bool = False) -> PasswordRecovery | None:
    """Return the recovery of a lost password that a link names."""
    named = PasswordRecovery.objects.filter(link_hash=digest(token)).select_related("login")
    return (named.select_for_update(of=("self",)) if is_locked else named).first()


def open_sessions(person: Person, at: datetime) -> QuerySet[Session]:
    """Return the sessions of a person that may still act, the one last used first."""
    held = Session.objects.filter(person=person, ended_at=None, ends_at__gt=at, seen_at__gt=_seen_since(at))
    return held.select_related("login").order_by("-seen_at", "-id")


def lapsed(at: datetime) -> dict[Ending, Q]:
    """Return which sessions have ended by themselves and do not say so yet, by why."""
    return {
        Ending.EXPIRED: Q(ended_at=None, ends_at__lte=at),
        Ending.IDLE: Q(ended_at=None, ends_at__gt=at, seen_at__lte=_seen_since(at)),
    }


def _seen_since(at: datetime) -> Any:
    """Return since when a session must have been used to be open: its own minutes, and what its row may lag behind."""
    idle = ExpressionWrapper(F("idle_minutes") * Value(timedelta(minutes=1)), output_field=DurationField())
    return Value(at - COARSELY) - idle


def notes_of(person: Person) -> QuerySet[SecurityNote]:
    """Return what a person was told of what happened to their access, the last first."""
    return SecurityNote.objects.filter(person=person).select_related("login").order_by("-at", "-id")


def sessions_named(named: Collection[str]) -> dict[str, Session]:
    """Return some sessions by their public ids."""
    return {str(each.public_id): each for each in Session.objects.filter(public_id__in=named).order_by("id")}
