"""The first second factor of a login, or the one that the policy asks for: a step of the sign-in."""

from io import BytesIO
from typing import Any

import qrcode
from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST, require_safe
from qrcode.image.svg import SvgPathFillImage

from mandat.identity.actor import Method
from mandat.identity.commands import HasFactors, add_passkey
from mandat.identity.factor_policy import Factor
from mandat.identity.models import Login
from mandat.identity.passkeys import PasskeyRefused, Purpose
from mandat.identity.queries import link_of
from mandat.identity.second_factor import recovery_codes
from mandat.web.account.ceremonies import answered, asked_to_register
from mandat.web.account.forms import NameForm, SetUpForm
from mandat.web.account.session import SHOW_RECOVERY_CODES, methods_proven
from mandat.web.account.stages import SetUpStage
from mandat.web.account.standing import policy_at_sign_in
from mandat.web.account.views import Step
from mandat.web.proof import with_next

set_up_step = login_stage_required(stage=SetUpStage.key, redirect_urlname="account_login")


@method_decorator(set_up_step, name="dispatch")
class SetUp(Step):
    """A second factor to set up: a passkey, or an application of codes where the policy accepts it."""

    form_class = SetUpForm
    template_name = "mfa/totp/activate_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return what the form needs: the key, whose sign-in this is, and what they have proven."""
        proven = methods_proven(self.request, self.login)
        return super().get_form_kwargs() | {"secret": get_totp_secret(), "user": self.login, "methods": proven}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the page shows: what is accepted, and the key, in groups that one can type."""
        asked = policy_at_sign_in(self.login)
        shown = {"by_passkey": Factor.PASSKEY in asked.accepted, "by_app": Factor.TOTP in asked.accepted}
        context = {
            "name_form": NameForm(),
            "drawing": "",
            "secret": grouped(get_totp_secret()),
            "form_action": reverse("mfa_activate_totp"),
        }
        return context | shown | super().get_context_data(**kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        """Sign in, and show the recovery codes."""
        onward = super().form_valid(form)
        clear_totp_secret(self.request)
        return shown_after(self.request, onward, self.login)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Set the application up; where the policy does not accept it, or another was set up meanwhile, begin again."""
        if Factor.TOTP not in policy_at_sign_in(self.login).accepted:
            return redirect("mfa_activate_totp")
        try:
            return super().post(request, *args, **kwargs)
        except HasFactors:
            return self.step.abort()


@method_decorator(set_up_step, name="dispatch")
class SetUpPasskey(SetUp):
    """The first passkey of a login."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        named = NameForm(request.POST)
        unsent = {name: value for name, value in self.get_form_kwargs().items() if name not in {"data", "files"}}
        if not named.is_valid():
            context = self.get_context_data(form=SetUpForm(**unsent), name_form=named)
            return self.render_to_response(context, status=422)
        try:
            self.add(named.cleaned_data["name"])
        except PasskeyRefused:
            return self.passkey_refused(SetUpForm(**unsent))
        except HasFactors:
            return self.step.abort()
        return shown_after(request, self.step.exit(), self.login)

    def add(self, name: str) -> None:
        """
        Keep the passkey that the browser has made; it counts as proven.

        :raises PasskeyRefused: if the answer is not one to what was asked
        :raises HasFactors: if the login has a second factor already, which was not proven
        """
        ceremony, answer = answered(self.request, Purpose.REGISTER)
        add_passkey(
            login=self.login, ceremony=ceremony, answer=answer, name=name, policy=policy_at_sign_in(self.login),
            methods=methods_proven(self.request, self.login),
        )  # fmt: skip
        record_authentication(self.request, self.login, "mfa", type=str(Method.PASSKEY), reauthenticated=True)


def shown_after(request: HttpRequest, onward: HttpResponse, login: Login) -> HttpResponse:
    """Show the recovery codes that have just been made, on the way to what was asked for."""
    if "Location" not in onward or not recovery_codes(login):
        return onward
    request.session[SHOW_RECOVERY_CODES] = True
    return redirect(with_next("mfa_view_recovery_codes", onward["Location"]))


@require_POST
@set_up_step
def ask_to_set_up(request: HttpRequest) -> HttpResponse:
    """Ask a browser to make the first passkey of a login."""
    login: Login = request._login_stage.login.user  # type: ignore[attr-defined] # noqa: SLF001 - left there by allauth
    link = link_of(login)
    return asked_to_register(request, login, name=str(link.person) if link else "")


@require_safe
@set_up_step
def set_up_drawing(request: HttpRequest) -> HttpResponse:
    """Draw the key of the application being set up."""
    return drawing_of(request._login_stage.login.user)  # type: ignore[attr-defined] # noqa: SLF001 - left there by allauth


def drawing_of(login: Login) -> HttpResponse:
    """Draw the key that waits to be set up, for an application to read."""
    drawn = BytesIO()
    qrcode.make(get_adapter().build_totp_url(login, get_totp_secret()), image_factory=SvgPathFillImage).save(drawn)
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


def grouped(secret: str) -> str:
    """Return a key in groups that one can type."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
