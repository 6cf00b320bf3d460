"""Signing in, proving oneself again, signing out: allauth's steps, on our pages."""

from io import BytesIO
from typing import Any

import qrcode
from allauth.account import views as allauth_views
from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.stages import LoginStage
from allauth.account.utils import get_login_redirect_url
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as mfa_views
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django.views.generic.edit import FormView
from qrcode.image.svg import SvgPathFillImage

from mandat.identity.commands import renew_recovery_codes
from mandat.identity.second_factor import recovery_codes
from mandat.web.account.forms import CodeForm, SetUpForm
from mandat.web.account.resuming import why_left
from mandat.web.account.session import SHOW_RECOVERY_CODES, prove_again
from mandat.web.account.stages import SetUpStage
from mandat.web.asking import Request

UNPROCESSABLE = 422


class Corrected:
    """A form that is to be corrected is shown again, and says by its status that nothing was done."""

    def form_invalid(self, form: Form) -> HttpResponse:
        """Show the form again, with what is to be corrected."""
        context = self.get_context_data(form=form)  # type: ignore[attr-defined]
        return self.render_to_response(context, status=UNPROCESSABLE)  # type: ignore[attr-defined]


class SignIn(Corrected, allauth_views.LoginView):
    """The user code or the e-mail address, and the password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the page shows: the form, and why one is out, if a session has just ended."""
        return super().get_context_data(**kwargs) | {"why": why_left(self.request)}


class SignOut(allauth_views.LogoutView):
    """A confirmation, then the end of the session."""


class Step(Corrected, FormView):
    """A step of a sign-in, after the password."""

    @property
    def step(self) -> LoginStage:
        """Return the step of allauth’s that this page serves."""
        return self.request._login_stage  # type: ignore[attr-defined] # noqa: SLF001 - left there by allauth

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return what the form needs: whose sign-in this is."""
        return super().get_form_kwargs() | {"user": self.step.login.user}

    def form_valid(self, form: Form) -> HttpResponse:
        """Pass on to the next step, or sign in."""
        form.save()  # type: ignore[attr-defined]
        return self.step.exit()


@method_decorator(login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login"), name="dispatch")
class EnterCode(Step):
    """A code of the second factor."""

    form_class = CodeForm
    template_name = "mfa/authenticate.html"


set_up_step = login_stage_required(stage=SetUpStage.key, redirect_urlname="account_login")


@method_decorator(set_up_step, name="dispatch")
class SetUp(Step):
    """The first second factor of a login."""

    form_class = SetUpForm
    template_name = "mfa/totp/activate_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return what the form needs: the key, and whose sign-in this is."""
        return super().get_form_kwargs() | {"secret": get_totp_secret()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the page shows: the key, in groups that one can type."""
        secret = get_totp_secret()
        groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        return super().get_context_data(**kwargs) | {"secret": groups}

    def form_valid(self, form: Form) -> HttpResponse:
        """Sign in, and show the recovery codes."""
        onward = super().form_valid(form)
        clear_totp_secret(self.request)
        self.request.session[SHOW_RECOVERY_CODES] = True
        return redirect(with_next("mfa_view_recovery_codes", onward["Location"]))


@require_safe
@set_up_step
def set_up_drawing(request: Request) -> HttpResponse:
    """Draw the key of the second factor being set up, for an application to read."""
    login = request._login_stage.login.user  # type: ignore[attr-defined] # noqa: SLF001 - left there by allauth
    drawn = BytesIO()
    qrcode.make(get_adapter().build_totp_url(login, get_totp_secret()), image_factory=SvgPathFillImage).save(drawn)
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_recovery_codes(request: Request) -> HttpResponse:
    """Show new recovery codes until the person says that they are kept; afterwards, only how many are left."""
    if request.method == "POST":
        request.session.pop(SHOW_RECOVERY_CODES, None)
        return redirect(get_login_redirect_url(request))
    codes = recovery_codes(request.actor.login)
    shown = codes if request.session.get(SHOW_RECOVERY_CODES) else []
    context = {"codes": [f"{each[:4]} {each[4:]}" for each in shown], "count": len(codes)}
    return render(request, "mfa/recovery_codes/index.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def make_recovery_codes(request: Request) -> HttpResponse:
    """Replace the recovery codes, after the person has proven again who they are."""
    raise_if_reauthentication_required(request, app="allauth.mfa")
    if request.method == "POST":
        renew_recovery_codes(by=request.actor)
        request.session[SHOW_RECOVERY_CODES] = True
        return redirect("mfa_view_recovery_codes")
    return render(request, "mfa/recovery_codes/generate.html")


class Again:
    """A proof given again: the session takes a new id, and remembers when."""

    def form_valid(self, form: Form) -> HttpResponse:
        """Go back to what asked for the proof, in a session under a new id."""
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        prove_again(self.request, by=self.request.actor)  # type: ignore[attr-defined]
        return response


class PasswordAgain(Again, Corrected, allauth_views.ReauthenticateView):
    """The password, once more."""


class CodeAgain(Again, Corrected, mfa_views.ReauthenticateView):
    """A code of the second factor, once more."""


def with_next(view: str, onward: str) -> str:
    """Return the address of a page that leads on to another."""
    return f"{reverse(view)}?{urlencode({'next': onward})}"
