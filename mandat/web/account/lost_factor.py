"""A lost second factor, as its person sees it: asked, waited for, replaced; or stopped by whoever asked for nothing."""

from typing import Any

import qrcode
from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import get_adapter
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from qrcode.image.svg import SvgPathFillImage

from mandat.enrolment.commands import ask_the_desk, replace_factor, report_lost_factor, stop_reproof
from mandat.enrolment.errors import ReproofUnusable, WrongPassword, WrongSecondPart
from mandat.enrolment.helping import helpers_for, helpers_of
from mandat.enrolment.models import Reproof
from mandat.enrolment.queries import reproof_of
from mandat.enrolment.workflow import ReproofState
from mandat.identity.commands import RecoveryUnusable, stop_recovery
from mandat.identity.models import Login
from mandat.identity.queries import link_of, recovery_of
from mandat.identity.second_factor import WrongCode
from mandat.platform.clock import now
from mandat.web.account.forms import WRONG_CODE, code_field, password_field
from mandat.web.account.limits import count_attempt
from mandat.web.account.new_password import NewPasswordForm
from mandat.web.account.recovery import closed as closed_recovery
from mandat.web.account.session import SHOW_RECOVERY_CODES
from mandat.web.asking import Request

ASK, ASKED, PROVE, WAIT, CLOSED, STOP = (
    f"mandat/web/account/{page}.html"
    for page in ("factor_ask", "factor_asked", "factor_prove", "factor_wait", "link_closed", "link_stopped")
)
UNPROCESSABLE, GONE, NOT_FOUND = 422, 410, 404


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")
def ask(request: Request) -> HttpResponse:
    """Say who may confirm who one is, after the password; then ask them."""
    login = request._login_stage.login.user  # type: ignore[attr-defined] # noqa: SLF001 - left there by allauth
    if request.method != "POST":
        return render(request, ASK, _who_helps(login))
    report_lost_factor(login=login, forgot_password=False)
    clear_login(request)
    return redirect("lost_factor_asked")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_by_mail(request: Request, token: str) -> HttpResponse:
    """Say the same to whoever has lost the password too, and opened the mailed link: it ends with that."""
    recovery = recovery_of(token)
    if recovery is None or not recovery.is_usable(now()):
        return closed_recovery(request, recovery)
    if request.method != "POST":
        return render(request, ASK, _who_helps(recovery.login) | {"forgot_password": True})
    try:
        stop_recovery(token=token)
    except RecoveryUnusable:
        return closed_recovery(request, recovery_of(token))
    report_lost_factor(login=recovery.login, forgot_password=True)
    return redirect("lost_factor_asked")


def _who_helps(login: Login) -> dict[str, Any]:
    link = link_of(login)
    return {"helpers": helpers_of(link.person, now()) if link else None}


@require_safe
def asked(request: Request) -> HttpResponse:
    """Say what happens next."""
    return render(request, ASKED)


class FactorFields(forms.Form):
    """The code handed over, and the first code of the new application."""

    second = forms.CharField(
        label=gettext_lazy("Code remis ou reçu par la poste"),
        help_text=gettext_lazy("Douze signes. Les traits d’union ne comptent pas."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        error_messages={"required": gettext_lazy("Tapez ce code.")},
    )
    code = code_field(
        label=gettext_lazy("Code de la nouvelle application"),
        hint=gettext_lazy("Les six chiffres que l’application affiche maintenant."),
    )


class WithPasswordForm(FactorFields):
    """The same, with the password, which is not lost."""

    password = password_field()
    field_order = ("second", "password", "code")
    is_shown = False


class WithNewPasswordForm(FactorFields, NewPasswordForm):
    """The same, with a new password."""

    field_order = ("second", "password", "again", "code")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: Request, token: str) -> HttpResponse:
    """Ask for both parts, the password and the first code of a new factor; or say what is waited for."""
    reproof, at = reproof_of(token), now()
    if reproof is None or not reproof.is_open(at):
        return closed(request, reproof)
    if reproof.state == ReproofState.ASKED or reproof.waits(at):
        context = {"reproof": reproof, "helpers": helpers_for(reproof, at), "token": token}
        return render(request, WAIT, context)
    if not reproof.is_usable(at):
        return closed(request, reproof)
    form = _form(request, reproof)
    if form.is_bound and form.is_valid() and (answer := _replaced(request, reproof, token, form)):
        return answer
    return render(request, PROVE, _shown(request, reproof, token, form), status=UNPROCESSABLE if form.errors else 200)


def _form(request: Request, reproof: Reproof) -> forms.Form:
    if reproof.forgot_password:
        return WithNewPasswordForm(request, login=reproof.login)
    return WithPasswordForm(request.POST if request.method == "POST" else None)


def _shown(request: Request, reproof: Reproof, token: str, form: forms.Form) -> dict[str, Any]:
    secret = get_totp_secret()
    return {
        "form": form,
        "reproof": reproof,
        "token": token,
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "drawing": drawing_of(reproof.login, secret),
    }


def drawing_of(login: Login, secret: str) -> SafeString:
    """Draw a key for an application to read, within the page."""
    drawn = qrcode.make(get_adapter().build_totp_url(login, secret), image_factory=SvgPathFillImage)
    return mark_safe(drawn.to_string(encoding="unicode"))  # noqa: S308 - drawn here, of nothing typed


def _replaced(request: Request, reproof: Reproof, token: str, form: forms.Form) -> HttpResponse | None:
    said = form.cleaned_data
    usage = count_attempt(request, key=f"login:{reproof.login_id}", login=reproof.login)
    try:
        replace_factor(
            token=token, second=said["second"], password=said["password"], secret=get_totp_secret(), code=said["code"]
        )
    except WrongSecondPart:
        form.add_error("second", _("Ce code n’est pas celui qui va avec ce lien. Relisez-le, puis recommencez."))
    except WrongPassword:
        form.add_error("password", _("Ce n’est pas le mot de passe de votre accès. Recommencez."))
    except WrongCode:
        usage.rollback()
        form.add_error("code", WRONG_CODE)
    except ReproofUnusable:
        return closed(request, reproof_of(token))
    else:
        usage.rollback()
        return _ready(request)
    return None


def _ready(request: Request) -> HttpResponse:
    """Lead to the sign-in, after which the new recovery codes are shown."""
    clear_totp_secret(request)
    request.session[SHOW_RECOVERY_CODES] = True
    messages.success(
        request, _("Votre nouveau second facteur est installé. Entrez maintenant, avec le prochain code affiché.")
    )
    return redirect("account_login")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: Request, token: str) -> HttpResponse:
    """Ask whether all is to be ended, then end it: the person asked for nothing."""
    reproof = reproof_of(token)
    if reproof is None or not reproof.is_open(now()):
        return closed(request, reproof)
    if request.method != "POST":
        return render(request, STOP, {"is_done": False})
    try:
        stop_reproof(token=token)
    except ReproofUnusable:
        return closed(request, reproof_of(token))
    return render(request, STOP, {"is_done": True})


@require_POST
def desk(request: Request, token: str) -> HttpResponse:
    """Turn to the verification desk."""
    try:
        ask_the_desk(token=token)
    except ReproofUnusable:
        return closed(request, reproof_of(token))
    messages.success(request, _("Le bureau de vérification est prévenu. Il vous appellera."))
    return redirect("reproof", token)


def closed(request: Request, reproof: Reproof | None) -> HttpResponse:
    """Say why a link opens nothing, and what to do."""
    if reproof is None:
        return render(request, CLOSED, {"why": "unknown"}, status=NOT_FOUND)
    why = {ReproofState.LAPSED: "replaced"}.get(ReproofState(reproof.state), reproof.state)
    if reproof.state in {ReproofState.ASKED, ReproofState.STARTED}:
        why = "tried_out" if reproof.state == ReproofState.STARTED and not reproof.tries_left else "expired"
    return render(request, CLOSED, {"why": why, "is_factor": True}, status=GONE)
