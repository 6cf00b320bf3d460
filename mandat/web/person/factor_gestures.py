"""What a person does with their own factors: add, name, remove. Each asks for a fresh proof, as `proof` says."""

from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mandat.access.asked import policy_for
from mandat.identity.actor import Method
from mandat.identity.commands import LastFactor, NoPasskey, add_passkey, remove_passkey, remove_second_factor
from mandat.identity.commands import rename_passkey as rename
from mandat.identity.factor_policy import Factor
from mandat.identity.passkeys import PasskeyRefused, Purpose, passkey_named
from mandat.identity.second_factor import factors_of, recovery_codes
from mandat.web.account.ceremonies import answered, asked_to_register
from mandat.web.account.forms import NameForm, SetUpForm
from mandat.web.account.invitation import INVITED
from mandat.web.account.session import SHOW_RECOVERY_CODES
from mandat.web.account.set_up import drawing_of, grouped
from mandat.web.asking import Request

ADD, NAME, REMOVE, APP, REMOVE_APP = (
    f"mandat/web/person/{page}.html"
    for page in ("passkey_add", "passkey_name", "passkey_remove", "application", "application_remove")
)
UNPROCESSABLE = 422
ANY_METHOD = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(ANY_METHOD)
def new_passkey(request: Request) -> HttpResponse:
    """Ask how to call a new passkey, then keep what the browser has made."""
    named = NameForm(request.POST if request.method == "POST" else None)
    is_refused = False
    if named.is_valid():
        try:
            return _added(request, named.cleaned_data["name"])
        except PasskeyRefused:
            is_refused = True
    context = {"form": named, "is_passkey_refused": is_refused}
    return render(request, ADD, context, status=UNPROCESSABLE if named.is_bound else 200)


def _added(request: Request, name: str) -> HttpResponse:
    actor, had_spare = request.actor, bool(recovery_codes(request.actor.login))
    ceremony, answer = answered(request, Purpose.REGISTER)
    add_passkey(
        login=actor.login, ceremony=ceremony, answer=answer, name=name, methods=actor.methods,
        policy=policy_for(actor.person, request.at),
    )  # fmt: skip
    request.session.pop(INVITED, None)
    messages.success(request, _("La clé d’accès est ajoutée. Elle suffit maintenant pour entrer."))
    return _shown_after(request, had_spare=had_spare)


def _shown_after(request: Request, *, had_spare: bool) -> HttpResponse:
    """Show the recovery codes, if they have just been made."""
    if had_spare or not recovery_codes(request.actor.login):
        return redirect("account:factors")
    request.session[SHOW_RECOVERY_CODES] = True
    return redirect("mfa_view_recovery_codes")


@never_cache
@require_POST
def ask_for_new_passkey(request: Request) -> HttpResponse:
    """Ask the browser to make a passkey."""
    return asked_to_register(request, request.actor.login, name=str(request.actor.person))


def _own(request: Request, passkey: UUID) -> Authenticator:
    found = passkey_named(request.actor.login, passkey)
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(ANY_METHOD)
def name_passkey(request: Request, passkey: UUID) -> HttpResponse:
    """Ask for another name, then give it."""
    found = _own(request, passkey)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": found.data["name"]})
    if form.is_valid():
        try:
            rename(passkey=passkey, name=form.cleaned_data["name"], by=request.actor)
        except NoPasskey as gone:
            raise Http404 from gone
        messages.success(request, _("La clé d’accès a son nouveau nom."))
        return redirect("account:factors")
    context = {"form": form, "name": found.data["name"]}
    return render(request, NAME, context, status=UNPROCESSABLE if form.is_bound else 200)


@never_cache
@require_http_methods(ANY_METHOD)
def drop_passkey(request: Request, passkey: UUID) -> HttpResponse:
    """Ask whether a passkey is to go, then remove it; never the last that the policy asks for."""
    found = _own(request, passkey)
    if request.method == "POST":
        return _dropped(request, passkey)
    return render(request, REMOVE, {"name": found.data["name"]})


def _dropped(request: Request, passkey: UUID) -> HttpResponse:
    try:
        remove_passkey(
            passkey=passkey, policy=policy_for(request.actor.person, request.at), session=request.own_session,
            by=request.actor,
        )  # fmt: skip
    except NoPasskey as gone:
        raise Http404 from gone
    except LastFactor:
        return _kept(request)
    messages.success(request, _("La clé d’accès est retirée. Effacez-la aussi de l’appareil."))
    return redirect("account:factors")


def _kept(request: Request) -> HttpResponse:
    messages.warning(
        request, _("Rien n’est retiré : c’est votre dernier second facteur. Ajoutez-en un autre, puis revenez.")
    )
    return redirect("account:factors")


@never_cache
@require_http_methods(ANY_METHOD)
def application(request: Request) -> HttpResponse:
    """Set up an application of codes, in place of the one before; nothing changes until its first code is right."""
    if not policy_for(request.actor.person, request.at).accepts(Factor.TOTP):
        raise Http404
    actor, had_spare = request.actor, bool(recovery_codes(request.actor.login))
    needs: dict[str, Any] = {"user": actor.login, "secret": get_totp_secret(), "methods": actor.methods}
    form = SetUpForm(request.POST if request.method == "POST" else None, **needs)
    if form.is_valid():
        clear_totp_secret(request)
        record_authentication(request, actor.login, "mfa", type=str(Method.TOTP), reauthenticated=True)
        messages.success(request, _("L’application est prête. Ses codes comptent dès maintenant."))
        return _shown_after(request, had_spare=had_spare)
    context = {
        "form": form, "secret": grouped(get_totp_secret()), "by_passkey": False, "form_action": "",
        "drawing": reverse("account:application_drawing"), "is_replaced": Factor.TOTP in factors_of(actor.login),
    }  # fmt: skip
    return render(request, APP, context, status=UNPROCESSABLE if form.is_bound else 200)


@never_cache
@require_safe
def application_drawing(request: Request) -> HttpResponse:
    """Draw the key that waits to be set up."""
    return drawing_of(request.actor.login)


@never_cache
@require_http_methods(ANY_METHOD)
def drop_application(request: Request) -> HttpResponse:
    """Ask whether the application of codes is to go, then remove it; never the last that the policy asks for."""
    if request.method != "POST":
        return render(request, REMOVE_APP)
    try:
        remove_second_factor(
            policy=policy_for(request.actor.person, request.at), by=request.actor, session=request.own_session
        )
    except LastFactor:
        return _kept(request)
    messages.success(request, _("L’application est retirée : ses codes n’ouvrent plus rien."))
    return redirect("account:factors")
