"""The recovery codes: shown once, counted afterwards, made anew."""

from allauth.account.utils import get_login_redirect_url
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mandat.identity.commands import renew_recovery_codes
from mandat.identity.second_factor import recovery_codes
from mandat.web.account.session import SHOW_RECOVERY_CODES
from mandat.web.asking import Request


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Request) -> HttpResponse:
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
def renew(request: Request) -> HttpResponse:
    """Replace the recovery codes: an act that asks for a fresh proof, as `proof` says."""
    if request.method == "POST":
        renew_recovery_codes(by=request.actor)
        request.session[SHOW_RECOVERY_CODES] = True
        return redirect("mfa_view_recovery_codes")
    return render(request, "mfa/recovery_codes/generate.html")
