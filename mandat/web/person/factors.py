"""The page « Façons d’entrer »: a person's factors in plain words, and what may be done with each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mandat.access.asked import policy_for
from mandat.identity.commands import decline_passkey
from mandat.identity.factor_policy import Factor, FactorPolicy
from mandat.identity.guesses import Kind, is_locked
from mandat.identity.passkeys import passkeys_of
from mandat.identity.second_factor import factors_of, recovery_codes
from mandat.web.account.invitation import INVITED
from mandat.web.asking import Request

FACTORS = "mandat/web/person/factors.html"
STRONG, GOOD, WEAK = _("Résiste à l’hameçonnage"), _("Bonne protection"), _("Protection faible")


@dataclass(frozen=True)
class Passkey:
    """A passkey, as its holder knows it."""

    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None
    is_synced: bool
    may_go: bool


def shown_passkey(kept: Authenticator, *, may_go: bool) -> Passkey:
    """Return a passkey as a page shows it."""
    said = kept.data
    return Passkey(said["id"], said["name"], kept.created_at, kept.last_used_at, said["is_synced"], may_go)


@never_cache
@require_safe
def factors(request: Request) -> HttpResponse:
    """Show a person how they may come in, how strong each way is, and when it last served."""
    login, asked = request.actor.login, policy_for(request.actor.person, request.at)
    return render(request, FACTORS, shown(login, asked))


def shown(login: Any, asked: FactorPolicy) -> dict[str, Any]:
    """Return what the page shows."""
    owned, kept = factors_of(login), list(passkeys_of(login))
    left = owned - (set() if len(kept) > 1 else {Factor.PASSKEY})
    may_go = asked.may_lose(Factor.PASSKEY, left=left)
    app = Authenticator.objects.filter(user=login, type=Authenticator.Type.TOTP).first()
    return {
        "passkeys": [shown_passkey(each, may_go=may_go) for each in kept],
        "app": app,
        "app_may_go": app is not None and asked.may_lose(Factor.TOTP, left=owned - {Factor.TOTP}),
        "app_is_accepted": asked.accepts(Factor.TOTP),
        "app_is_locked": is_locked(login, Kind.TOTP),
        "app_is_only_in_demonstration": Factor.TOTP in asked.only_in_demonstration,
        "spare_count": len(recovery_codes(login)),
        "spare_is_accepted": asked.accepts(Factor.SPARE) and bool(owned),
        "email": login.email if Factor.EMAIL in asked.to_prove(owned) else "",
        "invites": asked.invites(owned),
        "asked": asked.accepted[0],
        "strong": STRONG, "good": GOOD, "weak": WEAK,
    }  # fmt: skip


@require_POST
def decline(request: Request) -> HttpResponse:
    """Invite a person no more to add a passkey."""
    decline_passkey(by=request.actor)
    request.session.pop(INVITED, None)
    return redirect("account:home")
