"""Questions about persons and logins."""

from mandat.identity import user_code
from mandat.identity.models import Login, LoginLink, canonical_email
from mandat.platform.clock import AppNow


def login_named(typed: str) -> Login | None:
    """Return the active login that a user code or an e-mail address names, however it was typed."""
    if "@" in typed:
        named = Login.objects.filter(email=canonical_email(typed))
    else:
        named = Login.objects.filter(user_code=user_code.canonical(typed))
    return named.filter(is_active=True).first()


def link_of(login: Login) -> LoginLink | None:
    """Return the link in force of a login, with its person and `at`, the instant of the reading: one statement."""
    return linked(login.pk)


def linked(login: int) -> LoginLink | None:
    """Return the link in force of a login, by its key, with the login, its person, and `at`: one statement."""
    links = LoginLink.objects.filter(login=login, during__contains=AppNow())
    return links.select_related("person", "login").annotate(at=AppNow()).order_by("id").first()
