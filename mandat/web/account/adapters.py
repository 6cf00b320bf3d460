"""Our answers to what allauth leaves to each site."""

from typing import Any, cast
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mandat.identity.commands import sign_out
from mandat.identity.limits import forget_tries
from mandat.identity.models import Login, Person
from mandat.identity.queries import link_of, login_named
from mandat.platform.mail import queue_mail
from mandat.web.account import session
from mandat.web.account.devices import remember
from mandat.web.account.invitation import invite
from mandat.web.account.limits import count_attempt
from mandat.web.person.landing import landing_of

#: One message, whatever was wrong and whatever was typed: it tells nobody which logins exist.
MISMATCH = _(
    "Ce code ou ce courriel ne va pas avec ce mot de passe. Vérifiez les deux, puis recommencez. "
    "Les majuscules comptent dans le mot de passe."
)


class AccountAdapter(DefaultAccountAdapter):
    """Signs in persons, not accounts; says nothing of which logins exist; queues its mail."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": MISMATCH,
        "email_password_mismatch": MISMATCH,
        "incorrect_password": _("Ce n’est pas le mot de passe de votre accès. Recommencez."),
    }

    def get_login_stages(self) -> list[str]:
        """Return the steps after the password: a second factor, entered or set up."""
        return ["mandat.web.account.stages.ProveStage", "mandat.web.account.stages.SetUpStage"]

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Return that nobody signs up alone: access comes by enrolment or invitation."""
        return False

    def is_ajax(self, _request: HttpRequest) -> bool:
        """Return that our pages are pages."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt, once per login however it was named."""
        typed = credentials.get("email") or credentials.get("username") or ""
        login = login_named(typed)
        key = f"login:{login.pk}" if login else f"unknown:{typed.casefold()}"
        self._login_failed_rl_usage = count_attempt(request, key=key, login=login)

    def login(self, request: HttpRequest, user: Login) -> None:
        """Open a session under a new id, unless the person was suspended between two steps."""
        link = link_of(user)
        if link is None or not user.is_active or link.person.state != Person.State.ACTIVE:
            request.session.flush()
            raise ImmediateHttpResponse(redirect("account_login"))
        with transaction.atomic():
            super().login(request, user)
            session.open_for(request, login=user, person=link.person)
        invite(request, login=user, person=link.person)

    def post_login(self, request: HttpRequest, user: Login, **more: Any) -> HttpResponse:
        """Know the browser again next time, and forget what others tried against the login."""
        response: HttpResponse = super().post_login(request, user, **more)
        remember(request, response, user)
        forget_tries(f"login:{user.pk}")
        forget_tries(f"second-factor:{user.pk}")
        return response

    def logout(self, request: HttpRequest) -> None:
        """Close the session."""
        with transaction.atomic():
            if actor := getattr(request, "actor", None):
                sign_out(by=actor, session=request.own_session)  # type: ignore[attr-defined] # read with its actor
            super().logout(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where a person's work is."""
        link = link_of(cast("Login", request.user))
        return landing_of(link.person) if link else reverse("account:home")

    def get_logout_redirect_url(self, _request: HttpRequest) -> str:
        """Return the public home, in the language of the page."""
        return reverse("public:home")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue a mail of allauth's, from our templates."""
        subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", context).split())
        text = render_to_string(f"{template_prefix}_message.txt", context)
        with transaction.atomic():
            queue_mail(key=str(uuid4()), to=email, subject=subject, text=text, language=get_language() or "fr")
