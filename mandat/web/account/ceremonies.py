"""What a browser is asked of a passkey, kept in its session until it answers; each once."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse

from mandat.identity.models import Login
from mandat.identity.passkeys import Ceremony, PasskeyRefused, Purpose, ask_to_prove, ask_to_register, ask_to_replace
from mandat.platform.clock import now

KEPT = "passkey_ceremonies"
#: Longer than any answer, shorter than any mischief.
LONGEST = 20_000


class AnswerForm(forms.Form):
    """What the browser answers."""

    credential = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST)


def asked_to_prove(request: HttpRequest, purpose: Purpose, login: Login | None = None) -> JsonResponse:
    """Ask the browser for a passkey, and keep what was asked."""
    options, ceremony = ask_to_prove(purpose, login=login, at=now())
    return _asked(request, options, ceremony)


def asked_to_register(request: HttpRequest, login: Login, *, name: str) -> JsonResponse:
    """Ask the browser to make a passkey, and keep what was asked."""
    options, ceremony = ask_to_register(login, name=name, at=now())
    return _asked(request, options, ceremony)


def asked_to_replace(request: HttpRequest, login: Login, *, name: str) -> JsonResponse:
    """Ask the browser to make the passkey that takes the place of what is lost, and keep what was asked."""
    options, ceremony = ask_to_replace(login, name=name, at=now())
    return _asked(request, options, ceremony)


def _asked(request: HttpRequest, options: dict[str, Any], ceremony: Ceremony) -> JsonResponse:
    request.session[KEPT] = request.session.get(KEPT, {}) | {str(ceremony.purpose): ceremony.as_kept()}
    return JsonResponse(options)


def answered(request: HttpRequest, purpose: Purpose) -> tuple[Ceremony, Any]:
    """
    Return what was asked, which is asked no more, and what the browser answers.

    :raises PasskeyRefused: if nothing was asked, or the answer cannot be read
    """
    waiting = request.session.get(KEPT, {})
    asked, form = waiting.pop(str(purpose), None), AnswerForm(request.POST)
    request.session[KEPT] = waiting
    if asked is None or not form.is_valid():
        raise PasskeyRefused
    try:
        return Ceremony(**asked), json.loads(form.cleaned_data["credential"])
    except (ValueError, RecursionError) as junk:
        raise PasskeyRefused from junk
