"""The door where services send persons: who they are, what may be told of them, and back with a code."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mandat.access.queries import enterprises_of
from mandat.identity.actor import Assurance
from mandat.openid.asking import Asked, Parameters, Returned, read_request
from mandat.openid.commands.entering import ChallengeUsed, NotAgreed, NotTheirs, Proof, ServiceClosed, enter
from mandat.openid.errors import CannotReturn, InvalidRequest, OAuthRefused
from mandat.openid.hints import hinted
from mandat.openid.jose import NotGenuine
from mandat.openid.models import Subject
from mandat.openid.queries import client_named, standing_consent
from mandat.openid.scopes import Scope
from mandat.openid.tokens import ACR
from mandat.platform.clock import now
from mandat.web.asking import Request
from mandat.web.openid.answers import answered, as_lists, cannot, language_asked, page_of, query_of, turned_down

#: What a browser’s session keeps of requests that asked for a new proof: when, by the fingerprint of each.
FRESH = "openid_fresh"
MOST_KEPT = 5
ORDER = list(Assurance)


class Step(Exception):
    """Something is to be done on another page before the person goes back to the service."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def authorize(request: Request) -> HttpResponse:
    """Send a person back to the service with a code or a refusal, or first to where something is to be done."""
    given = as_lists(request.GET if request.method == "GET" else request.POST)
    if request.method == "POST":  # a browser sends no session along with another site’s form: ask again by address
        return HttpResponseRedirect(f"{request.path}?{query_of(given)}", status=303)
    try:
        asked = read_request(given, client_named)
        return redirect(back_with_a_code(request, asked, given))
    except CannotReturn as stranded:
        return cannot(request, stranded.why, language=language_asked(given))
    except Returned as returned:
        return redirect(turned_down(returned))
    except Step as step:
        return redirect(step.address)


def back_with_a_code(request: Request, asked: Asked, given: Parameters) -> str:
    """
    Return the address of the service with a code for it, where nothing is left to be asked of the person.

    :raises Step: if something is to be asked on another page
    :raises Returned: if the service wants nothing to be asked, or something is amiss
    """
    identify(request, asked, given)
    if "consent" in asked.prompt or not is_agreed(request, asked):
        raise _ask(asked, given, "entry:consent", silent="consent_required")
    choices = enterprises_to_choose(request, asked)
    if len(choices) > 1:
        raise _ask(asked, given, "entry:consent", silent="interaction_required")
    return issue(request, asked, choices[0].public_id if choices else None)


def identify(request: Request, asked: Asked, given: Parameters) -> None:
    """
    See that whoever is asked for is signed in, as lately and as surely as the service asks.

    :raises Step: if they are to sign in, or to prove again who they are
    :raises Returned: if they would have to and the service wants nothing to be asked, or another is signed in
    """
    going_on = {"next": page_of("entry:go_on", language_asked(given), query_of(given))}
    if request.actor is None:
        if "login" in asked.prompt:
            _remember(request, given)
        raise _ask(asked, given, "account_login", silent="login_required", **going_on)
    _see_hint(request, asked)
    if not _is_fresh(request, asked, given):
        _remember(request, given)
        raise _ask(asked, given, "mfa_reauthenticate", silent="login_required", **going_on)
    if not _is_sure(request, asked) and "none" not in asked.prompt and not _proven_for(request, given):
        _remember(request, given)
        raise _ask(asked, given, "mfa_reauthenticate", silent="login_required", **going_on)


def _ask(asked: Asked, given: Parameters, view: str, *, silent: str, **query: str) -> Exception:
    """Return the step to a page; or, where the service wants nothing to be asked, the refusal."""
    if "none" in asked.prompt:
        return Returned(OAuthRefused(silent, "something is to be asked of the person"), asked.redirect_uri, asked.state)
    return Step(page_of(view, language_asked(given), urlencode(query) if query else query_of(given)))


def _see_hint(request: Request, asked: Asked) -> None:
    """
    See that the person whom the service has in mind is the one who is here.

    :raises Returned: if it is another, or the hint is not ours
    """
    if not asked.id_token_hint:
        return
    try:
        sub = str(hinted(asked.id_token_hint).claims["sub"])
    except NotGenuine as forged:
        refused = InvalidRequest("id_token_hint is not an ID token of ours")
        raise Returned(refused, asked.redirect_uri, asked.state) from forged
    theirs = Subject.objects.filter(sector=asked.client.sector, person=request.actor.person, sub=sub)
    if not theirs.exists():
        refused_other = OAuthRefused("login_required", "another person is signed in")
        raise Returned(refused_other, asked.redirect_uri, asked.state)


def _is_fresh(request: Request, asked: Asked, given: Parameters) -> bool:
    """Tell whether the person has proven who they are as lately as the service asks."""
    if _proven_for(request, given):
        return True
    age: timedelta = request.at - request.actor.at
    is_old = asked.max_age is not None and age > timedelta(seconds=asked.max_age)
    return not is_old and "login" not in asked.prompt


def _is_sure(request: Request, asked: Asked) -> bool:
    """Tell whether the session is as sure as the least of what the service would like. A wish: it is asked once."""
    wished = [each for each, acr in ACR.items() if acr in asked.acr_values]
    return not wished or ORDER.index(Assurance(request.actor.assurance)) >= min(map(ORDER.index, wished))


def _fingerprint(given: Parameters) -> str:
    return hashlib.sha256(query_of(given).encode()).hexdigest()[:32]


def _remember(request: Request, given: Parameters) -> None:
    """Keep when this request asked for a new proof, so that it is asked once."""
    kept: dict[str, Any] = request.session.get(FRESH, {})
    kept.setdefault(_fingerprint(given), now().isoformat())
    request.session[FRESH] = dict(list(kept.items())[-MOST_KEPT:])


def _proven_for(request: Request, given: Parameters) -> bool:
    asked_at = request.session.get(FRESH, {}).get(_fingerprint(given))
    return asked_at is not None and bool(request.actor.at >= datetime.fromisoformat(asked_at))


def is_agreed(request: Request, asked: Asked) -> bool:
    """Tell whether the person has let the service know all of what it asks."""
    consent = standing_consent(asked.client, request.actor.person)
    return consent is not None and consent.covers(asked.scopes)


def enterprises_to_choose(request: Request, asked: Asked) -> list[Any]:
    """Return the enterprises that the person may say they act for, if the service asks."""
    if Scope.ENTERPRISE not in asked.scopes:
        return []
    return list(enterprises_of(request.actor.person, request.at).order_by("sort_name", "id"))


def issue(request: Request, asked: Asked, enterprise: Any) -> str:
    """
    Return the address of the service with a code.

    :raises Returned: if what was agreed, chosen or served has changed since
    """
    proof = Proof(request.actor, request.own_session)
    try:
        code = enter(asked=asked, enterprise_id=enterprise, by=proof)
    except ChallengeUsed as used:
        refused: OAuthRefused = InvalidRequest("code_challenge has served before")
        raise Returned(refused, asked.redirect_uri, asked.state) from used
    except ServiceClosed as closed:
        raise CannotReturn("client_id names no client that is served") from closed
    except (NotAgreed, NotTheirs) as changed:
        refused = OAuthRefused("access_denied", "the person has not agreed")
        raise Returned(refused, asked.redirect_uri, asked.state) from changed
    request.session.pop(FRESH, None)
    return answered(asked, code=code)
