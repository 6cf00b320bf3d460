"""Whom a password proves."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password

from mandat.identity.models import Login, Person
from mandat.identity.queries import link_of, login_named


class CodeOrEmail(ModelBackend):
    """A user code or an e-mail address, and a password. One hash is reckoned whatever was typed: time tells nothing."""

    def authenticate(  # type: ignore[override]
        self, _request: Any, *, password: str, username: str = "", email: str = ""
    ) -> Login | None:
        """Return the login that the password proves, if it may sign in."""
        login = login_named(username or email)
        if login is None:
            make_password(password)
            return None
        is_proven = login.check_password(password)
        link = link_of(login)
        if is_proven and link is not None and link.person.state == Person.State.ACTIVE:
            return login
        return None
