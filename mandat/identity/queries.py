"""Questions about persons and logins."""

from uuid import UUID

from django.db.models import Exists, OuterRef

from mandat.identity import user_code
from mandat.identity.models import Login, LoginLink, PasswordRecovery, Session, canonical_email
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
