"""Signing in, by a password and a second factor or by a passkey alone; signing out. allauth's steps, on our pages."""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login as SignInUnderWay
from allauth.account.stages import LoginStage
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic.edit import FormView

from mandat.identity import policy
from mandat.identity.actor import Method
from mandat.identity.commands import prove_passkey, remember_device, send_email_code
from mandat.identity.email_codes import SentLately
from mandat.identity.factor_policy import Factor
from mandat.identity.limits import TooManyTries, count_asked
from mandat.identity.models import Login
from mandat.identity.passkeys import PasskeyRefused, Purpose
from mandat.identity.queries import link_of
from mandat.identity.second_factor import means_of
from mandat.platform.clock import now
from mandat.web.account.browsers import device_of
from mandat.web.account.ceremonies import answered, asked_to_prove
from mandat.web.account.forms import CodeAtEntryForm, SignInForm
from mandat.web.account.limits import address_of, too_many
from mandat.web.account.resuming import why_left
from mandat.web.account.stages import ProveStage
from mandat.web.account.standing import policy_at_sign_in
from mandat.web.proof import with_next

UNPROCESSABLE = 422


class Corrected:
    """A form that is to be corrected is shown again, and says by its status that nothing was done."""

    def form_invalid(self, form: Form) -> HttpResponse:
        """Show the form again, with what is to be corrected."""
        context = self.get_context_data(form=form)  # type: ignore[attr-defined]
        return self.render_to_response(context, status=UNPROCESSABLE)  # type: ignore[attr-defined]

    def passkey_refused(self, form: Form) -> HttpResponse:
        """Show the page again, saying that the passkey proved nothing."""
        self.extra_context = {"is_passkey_refused": True}
        context = self.get_context_data(form=form)  # type: ignore[attr-defined]
        return self.render_to_response(context, status=UNPROCESSABLE)  # type: ignore[attr-defined]


class SignIn(Corrected, allauth_views.LoginView):
    """The user code or the e-mail address, and the password; or a passkey."""

    extra_context = {"is_passkey_refused": False}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the page shows: where each of its forms goes, and why one is out, if a session has just ended."""
        onward = get_next_redirect_url(self.request) or ""
        ways_in = {"by_passkey": "passkey_login", "by_password": "account_login"}
        where = {name: with_next(view, onward) for name, view in ways_in.items()}
        return where | {"why": why_left(self.request)} | super().get_context_data(**kwargs)


class SignOut(allauth_views.LogoutView):
    """A confirmation, then the end of the session."""


class EnterAlone(SignIn):
    """A passkey, and nothing else: it says whose it is, and its device has known its holder."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            ceremony, answer = answered(request, Purpose.ENTER)
            login = prove_passkey(ceremony=ceremony, answer=answer, login=None)
        except PasskeyRefused:
            return self.passkey_refused(SignInForm(request=request))
        record_authentication(request, login, "mfa", type=str(Method.PASSKEY), passwordless=True)
        under_way = SignInUnderWay(user=login, redirect_url=get_next_redirect_url(request))
        response: HttpResponse = perform_login(request, under_way)
        return response


@never_cache
@require_POST
def ask_to_enter(request: HttpRequest) -> HttpResponse:
    """Ask a browser for any passkey that it holds of ours."""
    try:
        count_asked("passkey", address=address_of(request))
    except TooManyTries as many:
        return too_many(request, many)
    return asked_to_prove(request, Purpose.ENTER)


class Step(Corrected, FormView):
    """A step of a sign-in, after the password."""

    extra_context = {"is_passkey_refused": False}

    @property
    def step(self) -> LoginStage:
        """Return the step of allauth’s that this page serves."""
        return self.request._login_stage  # type: ignore[attr-defined] # noqa: SLF001 - left there by allauth

    @property
    def login(self) -> Login:
        """Return whose sign-in this is."""
        return self.step.login.user

    def form_valid(self, form: Form) -> HttpResponse:
        """Pass on to the next step, or sign in."""
        form.save()  # type: ignore[attr-defined]
        return self.step.exit()


prove_step = login_stage_required(stage=ProveStage.key, redirect_urlname="account_login")


@method_decorator(prove_step, name="dispatch")
class EnterCode(Step):
    """A second factor: a passkey, or a code."""

    form_class = CodeAtEntryForm
    template_name = "mfa/authenticate.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.means: tuple[Factor, ...] = ()
        self.hours = 0

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Learn with what this login may prove itself."""
        asked = policy_at_sign_in(self.login)
        self.means = asked.to_prove(means_of(self.login))
        self.hours = policy.limit(policy.REMEMBERED_HOURS, now()) if asked.remembers_devices else 0
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]
        return response

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return what the form needs: whose code it is, of which factors, and for how long a device is remembered."""
        return super().get_form_kwargs() | {"user": self.login, "among": codes_of(self.means), "hours": self.hours}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the page offers."""
        return super().get_context_data(**kwargs) | ways(self.means) | {"form_action": reverse("mfa_authenticate")}

    def form_valid(self, form: Form) -> HttpResponse:
        """Sign in, and remember the device if its holder asks for it and the policy lets it."""
        response = super().form_valid(form)
        if self.hours and form.cleaned_data.get("remember"):
            remember(self.request, response, self.login)
        return response


@method_decorator(prove_step, name="dispatch")
class EnterPasskey(EnterCode):
    """A passkey, after the password."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            ceremony, answer = answered(request, Purpose.SECOND_FACTOR)
            prove_passkey(ceremony=ceremony, answer=answer, login=self.login)
        except PasskeyRefused:
            unsent = {name: value for name, value in self.get_form_kwargs().items() if name not in {"data", "files"}}
            return self.passkey_refused(CodeAtEntryForm(**unsent))
        record_authentication(request, self.login, "mfa", type=str(Method.PASSKEY))
        return self.step.exit()


@require_POST
@prove_step
def ask_for_passkey(request: HttpRequest) -> HttpResponse:
    """Ask a browser for a passkey of the login whose password was given."""
    whose = request._login_stage.login.user  # type: ignore[attr-defined] # noqa: SLF001 - left there by allauth
    return asked_to_prove(request, Purpose.SECOND_FACTOR, whose)


@require_POST
@prove_step
def send_code(request: HttpRequest) -> HttpResponse:
    """Send a code by e-mail, to a login that may prove itself so."""
    login: Login = request._login_stage.login.user  # type: ignore[attr-defined] # noqa: SLF001 - left there by allauth
    link = link_of(login)
    if link and Factor.EMAIL in policy_at_sign_in(login).to_prove(means_of(login)):
        send_to(request, login, link.person)
    return redirect("mfa_authenticate")


def send_to(request: HttpRequest, login: Login, person: Any) -> None:
    """Send a code by e-mail, and say so."""
    try:
        send_email_code(login=login, person=person)
    except SentLately:
        messages.info(request, _("Un code vient de partir. Attendez une minute avant d’en demander un autre."))
    else:
        messages.success(request, _("Un code part par courriel. Il sert une fois."))


def codes_of(means: tuple[Factor, ...]) -> tuple[Factor, ...]:
    """Return the means that are codes."""
    return tuple(each for each in means if each != Factor.PASSKEY)


def ways(means: tuple[Factor, ...]) -> dict[str, bool]:
    """Return what a page offers to prove oneself with."""
    return {
        "by_passkey": Factor.PASSKEY in means,
        "by_app": Factor.TOTP in means,
        "by_spare": Factor.SPARE in means,
        "by_email": Factor.EMAIL in means,
    }


def remember(request: HttpRequest, response: HttpResponse, login: Login) -> None:
    """Have the browser keep that it is remembered, where no script reads it."""
    device = device_of(request)
    token = remember_device(login=login, browser=", ".join(each for each in (device.browser, device.system) if each))
    response.set_cookie(
        settings.REMEMBERED_COOKIE_NAME, token, max_age=policy.limit(policy.REMEMBERED_HOURS, now()) * 3600,
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip
