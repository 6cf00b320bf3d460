"""A person's sessions: which are open, in which browsers, and how to end them."""

from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mandat.identity.commands import end_own_session, end_sessions_of_person, forget_all_devices, forget_device
from mandat.identity.devices import Ending as Forgetting
from mandat.identity.devices import devices_of, logins_of
from mandat.identity.lasting import idle_at
from mandat.identity.models import Ending, Session
from mandat.identity.queries import open_sessions
from mandat.web.account.activity import last_seen, note_activity
from mandat.web.account.resuming import page_before
from mandat.web.account.session import proven_lately
from mandat.web.asking import Request
from mandat.web.proof import with_next

PAGE = "mandat/web/person/sessions.html"
ASK = "mandat/web/person/end_sessions.html"


@require_safe
def sessions(request: Request) -> HttpResponse:
    """Show a person the sessions open in their name, the present one first."""
    found = list(open_sessions(request.actor.person, request.at))
    others = [each for each in found if each.pk != request.own_session.pk]
    own = request.own_session
    context = {
        "devices": devices_of(request.actor.person, request.at),
        "own": own, "others": others, "idle_at": idle_at(own, request.at), "seen_at": last_seen(request, own),
    }  # fmt: skip
    return render(request, PAGE, context)


def prove_first(request: Request) -> HttpResponse | None:
    """Return where to prove oneself again before a gesture that asks for it, or None for whoever has just done so."""
    if proven_lately(request, request.at):
        return None
    return redirect(with_next("mfa_reauthenticate", request.path))


@require_http_methods(["GET", "HEAD", "POST"])
def end_one(request: Request, session: UUID) -> HttpResponse:
    """Ask whether one session is to be ended, then end it."""
    shown = open_sessions(request.actor.person, request.at).filter(public_id=session).first()
    if request.method != "POST":
        if shown is None:
            raise Http404
        return ask(request, what="one", session=shown)
    if asked := prove_first(request):
        return asked
    try:
        end_own_session(session_id=session, by=request.actor)
    except Session.DoesNotExist as foreign:
        raise Http404 from foreign
    messages.success(request, _("C’est fait : cette session n’ouvre plus rien."))
    return redirect("account:sessions")


@require_http_methods(["GET", "HEAD", "POST"])
def end_others(request: Request) -> HttpResponse:
    """Ask whether every other session is to be ended, then end them."""
    if request.method != "POST":
        return ask(request, what="others")
    if asked := prove_first(request):
        return asked
    person, own = request.actor.person, request.own_session
    ended = end_sessions_of_person(person=person, ending=Ending.ENDED_ELSEWHERE, but=own)
    said = ngettext("C’est fait : %(count)d session fermée.", "C’est fait : %(count)d sessions fermées.", ended)
    messages.success(request, said % {"count": ended})
    return redirect("account:sessions")


@require_http_methods(["GET", "HEAD", "POST"])
def end_all(request: Request) -> HttpResponse:
    """Ask whether to sign out everywhere, here too, then do it. It gives nothing, so it asks for no proof."""
    if request.method != "POST":
        return ask(request, what="all")
    end_sessions_of_person(person=request.actor.person, ending=Ending.ENDED_ELSEWHERE, but=request.own_session)
    for each in logins_of(request.actor.person, request.at):
        forget_all_devices(login=each, ending=Forgetting.SIGNED_OUT)
    get_adapter().logout(request)
    return redirect("account_login")


@require_POST
def forget(request: Request, device: UUID) -> HttpResponse:
    """Ask one of one's remembered browsers for a code again. It gives nothing, so it asks for no proof."""
    forget_device(device=device, by=request.actor)
    messages.success(request, _("C’est fait : cet appareil devra donner un code."))
    return redirect("account:sessions")


@require_POST
def stay(request: Request) -> HttpResponse:
    """Prolong one's session: the answer to the warning before its end. A script sends it and stays on its page."""
    is_script = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    response = HttpResponse(status=204) if is_script else redirect(page_before(request))
    note_activity(request.own_session, request.at, response)
    return response


def ask(request: Request, **what: Any) -> HttpResponse:
    """Ask before ending sessions."""
    context = what | {"is_proven": proven_lately(request, request.at)}
    return render(request, ASK, context)
