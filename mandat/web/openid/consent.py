"""Where a person reads what a service asks to know, chooses the enterprise they act for, and agrees or not."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mandat.openid.asking import Asked, Parameters, Returned, read_request
from mandat.openid.commands.entering import Proof, ServiceClosed, agree
from mandat.openid.errors import CannotReturn, OAuthRefused
from mandat.openid.queries import client_named, standing_consent
from mandat.openid.scopes import Scope, labels
from mandat.web.asking import Request
from mandat.web.frame import language_of
from mandat.web.openid.answers import as_lists, cannot, page_of, query_of, turned_down
from mandat.web.openid.authorize import Step, enterprises_to_choose, identify, issue
from mandat.web.templatetags.words import provider_name

UNPROCESSABLE = 422


class ChoiceForm(forms.Form):
    """The enterprise that a person says they act for."""

    def __init__(self, *args: Any, enterprises: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enterprise"] = forms.ChoiceField(
            label=_("Pour quelle entreprise?"),
            help_text=_("Le service n’apprend rien des autres, et ne reçoit aucun droit."),
            choices=[(str(each.public_id), each.name) for each in enterprises],
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Choisissez l’entreprise pour laquelle vous agissez."),
                "invalid_choice": _("Vous n’agissez plus pour cette entreprise. Choisissez-en une autre."),
            },
        )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: Request) -> HttpResponse:
    """Ask a person what a service may know, then send them back to it."""
    given = as_lists(request.GET)
    try:
        asked = read_request(given, client_named)
        identify(request, asked, given)
        return _asked_of_person(request, asked)
    except CannotReturn as stranded:
        return cannot(request, stranded.why, language=language_of(request.path_info))
    except Returned as returned:
        return sent(request, turned_down(returned), None)
    except Step as step:
        return redirect(step.address)


def _asked_of_person(request: Request, asked: Asked) -> HttpResponse:
    enterprises = enterprises_to_choose(request, asked)
    form = _form_for(request, enterprises)
    if request.method == "POST" and "refuse" in request.POST:
        refused = OAuthRefused("access_denied", "the person has refused")
        return sent(request, turned_down(Returned(refused, asked.redirect_uri, asked.state)), asked)
    if request.method == "POST" and (form is None or form.is_valid()):
        return _agreed(request, asked, UUID(form.cleaned_data["enterprise"]) if form else _only(enterprises))
    return _page(request, asked, form, enterprises)


def _form_for(request: Request, enterprises: list[Any]) -> ChoiceForm | None:
    """Return the choice to be made; where there is one enterprise or none, nothing is to be chosen."""
    if len(enterprises) < 2:  # noqa: PLR2004 - a choice is among two or more
        return None
    return ChoiceForm(request.POST if request.method == "POST" else None, enterprises=enterprises)


def _only(enterprises: list[Any]) -> UUID | None:
    return enterprises[0].public_id if enterprises else None


def _page(request: Request, asked: Asked, form: ChoiceForm | None, enterprises: list[Any]) -> HttpResponse:
    before = standing_consent(asked.client, request.actor.person)
    known = set(before.scopes) if before else set()
    context = {
        "client": asked.client,
        "provider": provider_name(asked.client.provider),
        "new": labels(each for each in asked.scopes if each not in known),
        "already": labels(each for each in asked.scopes if each in known),
        "form": form,
        "enterprise": enterprises[0] if len(enterprises) == 1 else None,
        "is_without_enterprise": Scope.ENTERPRISE in asked.scopes and not enterprises,
    }
    status = UNPROCESSABLE if form and form.errors else 200
    return render(request, "mandat/web/openid/consent.html", context, status=status)


def _agreed(request: Request, asked: Asked, enterprise: UUID | None) -> HttpResponse:
    proof = Proof(request.actor, request.own_session)
    try:
        agree(asked=asked, by=proof)
    except ServiceClosed as closed:
        raise CannotReturn("client_id names no client that is served") from closed
    return sent(request, issue(request, asked, enterprise), asked)


def sent(request: Request, address: str, asked: Asked | None) -> HttpResponse:
    """
    Send a person on by a page of ours.

    A redirect after a form would have to be allowed by `form-action`, to wherever the service then redirects: a page
    that goes on by itself needs nothing allowed.
    """
    context = {"address": address, "client": asked.client if asked else None}
    return render(request, "mandat/web/openid/onward.html", context)


@never_cache
@require_safe
def go_on(request: Request) -> HttpResponse:
    """Take a person who has just signed in back to the door that sent them."""
    given: Parameters = as_lists(request.GET)
    return sent(request, page_of("openid:authorize", "fr", query_of(given)), None)
