"""A new second factor in place of one that is lost: an application of codes, or a passkey, as the policy accepts."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import qrcode
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from qrcode.image.svg import SvgPathFillImage

from mandat.access.asked import policy_for
from mandat.enrolment.backing import is_backed
from mandat.enrolment.commands import replace_factor
from mandat.enrolment.errors import ReproofUnusable, WrongPassword, WrongSecondPart
from mandat.enrolment.helping import helpers_for
from mandat.enrolment.models import Reproof
from mandat.enrolment.queries import reproof_of
from mandat.enrolment.workflow import ReproofState
from mandat.identity.factor_policy import Factor
from mandat.identity.models import Login
from mandat.identity.new_factor import FactorNotAccepted, NewApplication, NewFactor, NewPasskey
from mandat.identity.passkeys import Answered, PasskeyRefused, Purpose
from mandat.identity.second_factor import WrongCode
from mandat.platform.clock import now
from mandat.web.account.ceremonies import answered, asked_to_replace
from mandat.web.account.forms import WRONG_CODE, NameForm, code_field, password_field
from mandat.web.account.limits import count_attempt
from mandat.web.account.lost_factor import closed
from mandat.web.account.new_password import NewPasswordForm
from mandat.web.account.session import SHOW_RECOVERY_CODES
from mandat.web.account.set_up import grouped
from mandat.web.asking import Request
from mandat.web.proof import with_next

PAGE, BY_PASSKEY, WAIT = (
    f"mandat/web/account/{page}.html" for page in ("factor_prove", "factor_prove_passkey", "factor_wait")
)
UNPROCESSABLE = 422


class SecondPart(forms.Form):
    """The code handed over."""

    second = forms.CharField(
        label=gettext_lazy("Code remis ou reçu par la poste"),
        help_text=gettext_lazy("Douze signes. Les traits d’union ne comptent pas."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        error_messages={"required": gettext_lazy("Tapez ce code.")},
    )


class FirstCode(SecondPart):
    """And the first code of the new application."""

    code = code_field(
        label=gettext_lazy("Code de la nouvelle application"),
        hint=gettext_lazy("Les six chiffres que l’application affiche maintenant."),
    )


class WithPassword(forms.Form):
    """And the password, which is not lost."""

    password = password_field()
    is_shown = False

    def __init__(self, request: HttpRequest, **_more: Any) -> None:
        super().__init__(request.POST if request.method == "POST" else None)


class ApplicationForm(WithPassword, FirstCode):
    """Both parts, the password and a first code."""

    field_order = ("second", "password", "code")


class NewPasswordAndApplicationForm(NewPasswordForm, FirstCode):
    """The same, with a new password."""

    field_order = ("second", "password", "again", "code")


class PasskeyForm(WithPassword, NameForm, SecondPart):
    """Both parts, the password, and what to call the passkey."""

    field_order = ("second", "password", "name")


class NewPasswordAndPasskeyForm(NewPasswordForm, NameForm, SecondPart):
    """The same, with a new password."""

    field_order = ("second", "password", "again", "name")


View = Callable[[Request, Reproof, str], HttpResponse]


def confirmed(view: View) -> Callable[[Request, str], HttpResponse]:
    """Give a page the lost factor that its link names, once it may be replaced; or say what is waited for."""

    @wraps(view)
    def page(request: Request, token: str) -> HttpResponse:
        reproof, at = reproof_of(token), now()
        if reproof is None or not reproof.is_open(at):
            return closed(request, reproof)
        if reproof.state == ReproofState.ASKED or reproof.waits(at):
            context = {"reproof": reproof, "helpers": helpers_for(reproof, at), "token": token}
            return render(request, WAIT, context)
        if not (reproof.is_usable(at) and is_backed(reproof, at)):
            return closed(request, reproof)
        return view(request, reproof, token)

    return page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def by_application(request: Request, reproof: Reproof, token: str) -> HttpResponse:
    """Ask for both parts, the password and the first code of a new application."""
    asked = policy_for(reproof.person, now())
    if not asked.accepts(Factor.TOTP):
        return redirect("reproof_passkey", token)
    form = _form(request, reproof, ApplicationForm, NewPasswordAndApplicationForm)
    if form.is_bound and form.is_valid():
        new = NewApplication(get_totp_secret(), form.cleaned_data["code"])
        if done := _replaced(request, reproof, token, form, new):
            return done
    secret = get_totp_secret()
    context = {
        "form": form, "reproof": reproof, "token": token, "secret": grouped(secret),
        "drawing": drawing_of(reproof.login, secret), "by_passkey": asked.accepts(Factor.PASSKEY),
    }  # fmt: skip
    return render(request, PAGE, context, status=UNPROCESSABLE if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def by_passkey(request: Request, reproof: Reproof, token: str) -> HttpResponse:
    """Ask for both parts, the password and what the browser answers."""
    asked, is_refused = policy_for(reproof.person, now()), False
    if not asked.accepts(Factor.PASSKEY):
        return redirect("reproof", token)
    form = _form(request, reproof, PasskeyForm, NewPasswordAndPasskeyForm)
    if form.is_bound and form.is_valid():
        try:
            new = NewPasskey(Answered(*answered(request, Purpose.REPLACE)), form.cleaned_data["name"])
            if done := _replaced(request, reproof, token, form, new):
                return done
        except PasskeyRefused:
            is_refused = True
    context = {
        "form": form, "reproof": reproof, "token": token, "is_passkey_refused": is_refused,
        "by_app": asked.accepts(Factor.TOTP),
    }  # fmt: skip
    return render(request, BY_PASSKEY, context, status=UNPROCESSABLE if form.errors or is_refused else 200)


@never_cache
@require_POST
def ask_for_passkey(request: Request, token: str) -> HttpResponse:
    """Ask the browser to make the passkey; it serves for nothing without both parts and the password."""
    reproof, at = reproof_of(token), now()
    if reproof is None or not reproof.is_usable(at) or reproof.waits(at):
        return closed(request, reproof)
    return asked_to_replace(request, reproof.login, name=str(reproof.person))


def _form(
    request: Request, reproof: Reproof, with_password: Callable[..., forms.Form], with_new: Callable[..., forms.Form]
) -> forms.Form:
    return (with_new if reproof.forgot_password else with_password)(request, login=reproof.login)


def drawing_of(login: Login, secret: str) -> SafeString:
    """Draw a key for an application to read, within the page."""
    drawn = qrcode.make(get_adapter().build_totp_url(login, secret), image_factory=SvgPathFillImage)
    return mark_safe(drawn.to_string(encoding="unicode"))  # noqa: S308 - drawn here, of nothing typed


def _replaced(
    request: Request, reproof: Reproof, token: str, form: forms.Form, new: NewFactor
) -> HttpResponse | None:  # fmt: skip
    said = form.cleaned_data
    usage = count_attempt(request, key=f"login:{reproof.login_id}", login=reproof.login)
    try:
        replace_factor(token=token, second=said["second"], password=said["password"], new=new)
    except WrongSecondPart:
        form.add_error("second", _("Ce code n’est pas celui qui va avec ce lien. Relisez-le, puis recommencez."))
    except WrongPassword:
        form.add_error("password", _("Ce n’est pas le mot de passe de votre accès. Recommencez."))
    except WrongCode:
        usage.rollback()
        form.add_error("code", WRONG_CODE)
    except PasskeyRefused:
        usage.rollback()
        raise
    except (ReproofUnusable, FactorNotAccepted):
        return closed(request, reproof_of(token))
    else:
        usage.rollback()
        return _ready(request, new)
    return None


def _ready(request: Request, new: NewFactor) -> HttpResponse:
    """Lead to the sign-in, after which the new recovery codes are shown."""
    clear_totp_secret(request)
    request.session[SHOW_RECOVERY_CODES] = True
    if new.kind == Factor.PASSKEY:
        said = _("Votre nouvelle clé d’accès est installée. Entrez maintenant avec elle.")
    else:
        said = _("Votre nouveau second facteur est installé. Entrez maintenant, avec le prochain code affiché.")
    messages.success(request, said)
    return redirect(with_next("account_login", reverse("mfa_view_recovery_codes")))
