"""A lost second factor, as its person sees it: asked, or stopped by whoever asked for nothing. See `new_factor`."""

from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mandat.enrolment.commands import ask_the_desk, report_lost_factor, stop_reproof
from mandat.enrolment.errors import ReproofUnusable
from mandat.enrolment.helping import helpers_of
from mandat.enrolment.models import Reproof
from mandat.enrolment.queries import reproof_of
from mandat.enrolment.workflow import OPEN_REPROOFS, ReproofState
from mandat.identity.commands import RecoveryUnusable, stop_recovery
from mandat.identity.models import Login
from mandat.identity.queries import link_of, recovery_of
from mandat.identity.recovering import why_closed
from mandat.platform.clock import now
from mandat.web.account.recovery import closed as closed_recovery
from mandat.web.asking import Request

ASK, ASKED, CLOSED, STOP = (
    f"mandat/web/account/{page}.html" for page in ("factor_ask", "factor_asked", "link_closed", "link_stopped")
)
GONE, NOT_FOUND = 410, 404


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")
def ask(request: Request) -> HttpResponse:
    """Say who may confirm who one is, after the password; then ask them."""
    login = request._login_stage.login.user  # type: ignore[attr-defined] # noqa: SLF001 - left there by allauth
    if request.method != "POST":
        return render(request, ASK, _who_helps(login))
    report_lost_factor(login=login, forgot_password=not login.has_usable_password())
    clear_login(request)
    return redirect("lost_factor_asked")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_by_mail(request: Request, token: str) -> HttpResponse:
    """Say the same to whoever has lost the password too, and opened the mailed link: it ends with that."""
    recovery = recovery_of(token)
    if recovery is None or why_closed(recovery, now()):
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
    return render(request, CLOSED, {"why": _why_closed(reproof), "is_factor": True}, status=GONE)


def _why_closed(reproof: Reproof) -> str:
    if reproof.state not in OPEN_REPROOFS:
        return {ReproofState.LAPSED: "replaced"}.get(ReproofState(reproof.state), reproof.state)
    if not reproof.is_open(now()) or reproof.state == ReproofState.ASKED:
        return "expired"
    return "changed" if reproof.tries_left else "tried_out"
