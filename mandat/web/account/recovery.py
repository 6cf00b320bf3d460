"""A lost password, a lost user code: asked by anybody, and one answer whoever they are."""

from allauth.core.exceptions import ImmediateHttpResponse
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mandat.identity.commands import RecoveryUnusable, ask_for_access, recover_password, stop_recovery
from mandat.identity.commands.recovery import Lost
from mandat.identity.factor_policy import Factor
from mandat.identity.guesses import FactorLocked, TooManyGuesses
from mandat.identity.limits import TooManyTries, count_asked
from mandat.identity.models import PasswordRecovery
from mandat.identity.passkeys import Answered, PasskeyRefused, Purpose
from mandat.identity.queries import recovery_of
from mandat.identity.recovering import means_to_recover, why_closed
from mandat.identity.second_factor import WrongCode
from mandat.platform.clock import now
from mandat.web.account.ceremonies import answered, asked_to_prove
from mandat.web.account.forms import LOCKED, WRONG_CODE, code_field
from mandat.web.account.limits import address_of, count_attempt, too_many
from mandat.web.account.new_password import NewPasswordForm
from mandat.web.account.standing import policy_at_sign_in
from mandat.web.asking import Request

ASK, SENT, CHOOSE, BY_PASSKEY, CLOSED, STOP = (
    f"mandat/web/account/{page}.html"
    for page in ("lost", "lost_sent", "new_password", "new_password_passkey", "link_closed", "link_stopped")
)
LOST_FACTOR = "mandat/web/account/lost_factor.html"
UNPROCESSABLE, GONE, NOT_FOUND = 422, 410, 404


class WhoForm(forms.Form):
    """Whom to write to."""

    typed = forms.CharField(
        label=gettext_lazy("Code d’utilisateur ou courriel"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Tapez votre code d’utilisateur ou votre courriel.")},
    )


class WhereForm(forms.Form):
    """To which address to write."""

    typed = forms.CharField(
        label=gettext_lazy("Votre courriel"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": gettext_lazy("Tapez votre courriel.")},
    )


FORMS = {Lost.PASSWORD: WhoForm, Lost.USER_CODE: WhereForm}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: Request, lost: str) -> HttpResponse:
    """Ask whom to write to; then say one thing, whoever that is."""
    what = Lost(lost)
    form = FORMS[what](request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data["typed"]
        try:
            count_asked(typed.casefold(), address=address_of(request))
        except TooManyTries as many:
            raise ImmediateHttpResponse(too_many(request, many)) from many
        ask_for_access(typed=typed, lost=what)
        return redirect("lost_sent")
    return render(request, ASK, {"form": form, "lost": what}, status=UNPROCESSABLE if form.errors else 200)


@require_safe
def lost_factor(request: Request) -> HttpResponse:
    """Say what to do without a second factor: no mail alone replaces it."""
    return render(request, LOST_FACTOR)


@require_safe
def sent(request: Request) -> HttpResponse:
    """Say that a mail has gone, if there was anybody to write to."""
    return render(request, SENT)


class ChooseForm(NewPasswordForm):
    """The second factor, then the new password."""

    code = code_field(
        label=gettext_lazy("Code de validation"),
        hint=gettext_lazy(
            "Les six chiffres que votre application affiche en ce moment, ou l’un de vos codes de secours."
        ),
    )
    field_order = ("code", "password", "again")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: Request, token: str) -> HttpResponse:
    """Ask for a code of the second factor and a new password. Opening the page uses nothing up."""
    recovery = recovery_of(token)
    if recovery is None or why_closed(recovery, now()):
        return closed(request, recovery)
    means = _means(recovery)
    if means == (Factor.PASSKEY,):
        return redirect("recovery_passkey", token)
    form = ChooseForm(request, login=recovery.login)
    if form.is_bound and form.is_valid():
        try:
            return _chosen(request, recovery, token, form, form.cleaned_data["code"])
        except (WrongCode, TooManyGuesses):
            form.add_error("code", WRONG_CODE)
        except FactorLocked:
            form.add_error("code", LOCKED)
        except RecoveryUnusable:
            return closed(request, recovery_of(token))
    context = {"form": form, "recovery": recovery, "token": token, "by_passkey": Factor.PASSKEY in means}
    return render(request, CHOOSE, context, status=UNPROCESSABLE if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose_with_passkey(request: Request, token: str) -> HttpResponse:
    """Ask for a new password, which a passkey seals."""
    recovery, is_refused = recovery_of(token), False
    if recovery is None or why_closed(recovery, now()):
        return closed(request, recovery)
    means = _means(recovery)
    if Factor.PASSKEY not in means:
        return redirect("recovery_link", token)
    form = NewPasswordForm(request, login=recovery.login)
    if form.is_bound and form.is_valid():
        try:
            return _chosen(request, recovery, token, form, Answered(*answered(request, Purpose.RECOVER)))
        except PasskeyRefused:
            is_refused = True
        except RecoveryUnusable:
            return closed(request, recovery_of(token))
    context = {
        "form": form, "recovery": recovery, "token": token, "is_passkey_refused": is_refused,
        "by_code": means != (Factor.PASSKEY,),
    }  # fmt: skip
    return render(request, BY_PASSKEY, context, status=UNPROCESSABLE if form.errors or is_refused else 200)


@never_cache
@require_POST
def ask_for_passkey(request: Request, token: str) -> HttpResponse:
    """Ask a browser for a passkey of whoever the link was mailed to."""
    recovery = recovery_of(token)
    if recovery is None or why_closed(recovery, now()):
        return closed(request, recovery)
    return asked_to_prove(request, Purpose.RECOVER, recovery.login)


def _means(recovery: PasswordRecovery) -> tuple[Factor, ...]:
    return means_to_recover(recovery.login, policy_at_sign_in(recovery.login))


def _chosen(
    request: Request, recovery: PasswordRecovery, token: str, form: NewPasswordForm, proof: str | Answered
) -> HttpResponse:
    usage = count_attempt(request, key=f"second-factor:{recovery.login_id}", login=recovery.login)
    recover_password(
        token=token, proof=proof, password=form.cleaned_data["password"], asked=policy_at_sign_in(recovery.login)
    )
    usage.rollback()
    if isinstance(proof, str):
        said = _(
            "Votre mot de passe est remplacé, et vos sessions sont terminées. Entrez avec le prochain code affiché."
        )
    else:
        said = _("Votre mot de passe est remplacé, et vos sessions sont terminées. Entrez maintenant.")
    messages.success(request, said)
    return redirect("account_login")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: Request, token: str) -> HttpResponse:
    """Ask whether the link is to be ended, then end it: its holder did not ask for it."""
    recovery = recovery_of(token)
    if recovery is None or why_closed(recovery, now()):
        return closed(request, recovery)
    if request.method != "POST":
        return render(request, STOP, {"token": token, "is_done": False})
    try:
        stop_recovery(token=token)
    except RecoveryUnusable:
        return closed(request, recovery_of(token))
    return render(request, STOP, {"is_done": True})


def closed(request: Request, recovery: PasswordRecovery | None) -> HttpResponse:
    """Say why a link opens nothing, and what to do."""
    if recovery is None:
        return render(request, CLOSED, {"why": "unknown"}, status=NOT_FOUND)
    return render(request, CLOSED, {"why": why_closed(recovery, now()) or "expired"}, status=GONE)
