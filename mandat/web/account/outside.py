"""Entering by an outside provider, and linking one to the login that one is in by."""

from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login as SignIn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mandat.enrolment.commands import activate_from_outside, prove_second_part
from mandat.enrolment.errors import InvitationUnusable, WrongSecondPart
from mandat.enrolment.models import Invitation
from mandat.enrolment.queries import invitation_of
from mandat.identity.actor import Assurance, Method
from mandat.openid.models import OutsideLink
from mandat.openid.outside.asking import (
    AnswerRefused,
    ClocksDiffer,
    PersonRefused,
    Said,
    Unreachable,
    begin,
    finish,
)  # fmt: skip
from mandat.openid.outside.linking import LastWayIn, LinkedToAnother, link_outside, unlink_outside
from mandat.openid.outside.providers import Provider, providers
from mandat.openid.queries import login_linked_to, outside_links_of
from mandat.platform.clock import now
from mandat.web.account.session import proven_lately
from mandat.web.asking import Request
from mandat.web.proof import with_next
from mandat.web.public.activation import SecondPartForm, closed, home_of

KEPT, PROVEN = "outside", "outside_activation"
ACTIVATE, UNPROCESSABLE = "mandat/web/public/activation_outside.html", 422
BAD_GATEWAY, REFUSED, CONFLICT = 502, 400, 409
METHODS = {
    Assurance.ONE_FACTOR: Method.OUTSIDE,
    Assurance.TWO_FACTORS: Method.OUTSIDE_TWO_FACTORS,
    Assurance.PHISHING_RESISTANT: Method.OUTSIDE_PHISHING_RESISTANT,
}
#: What went wrong, in words, and what to do.
WRONG: dict[type[Exception], Any] = {
    Unreachable: gettext_lazy("Ce fournisseur ne répond pas comme il faut en ce moment. Réessayez dans quelques minutes, ou entrez avec votre code d’utilisateur."),  # noqa: E501
    ClocksDiffer: gettext_lazy("L’horloge de ce fournisseur et la nôtre ne s’accordent pas. Avisez-nous; d’ici là, entrez avec votre code d’utilisateur."),  # noqa: E501
    PersonRefused: gettext_lazy("Vous n’êtes pas allé au bout chez ce fournisseur. Rien n’a été fait; recommencez si vous le voulez."),  # noqa: E501
    AnswerRefused: gettext_lazy("La réponse de ce fournisseur n’est pas celle que ce navigateur attendait. Recommencez depuis la page d’entrée, dans un seul onglet."),  # noqa: E501
    LinkedToAnother: gettext_lazy("Cette identité est déjà reliée à un autre accès, ou votre accès à une autre identité de ce fournisseur. Déliez d’abord l’ancienne."),  # noqa: E501
}  # fmt: skip


@never_cache
@require_safe
def go(request: Request, provider: str) -> HttpResponse:
    """Send a person who wants to enter to an outside provider."""
    if request.actor is not None:
        return redirect("account:home")
    return _sent_out(request, _known(provider), {"next": request.GET.get("next", "")})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: Request, token: str, provider: str) -> HttpResponse:
    """Ask for the second part of an invitation, then offer the way to the provider: no form leads out by itself."""
    where, invitation = _known(provider), invitation_of(token)
    if invitation is None or not invitation.is_usable(now()):
        return closed(request, invitation)
    form = SecondPartForm(request.POST if request.method == "POST" else None, invitation=invitation)
    if form.is_valid():
        try:
            proven = prove_second_part(token=token, second=form.cleaned_data["second"])
        except WrongSecondPart:
            form.add_error("second", _("Ce code n’est pas celui qui va avec ce lien. Relisez-le, puis recommencez."))
        except InvitationUnusable:
            return closed(request, invitation_of(token))
        else:
            request.session[PROVEN] = {"invitation": str(proven.public_id), "second": proven.second_hash}
            return redirect("public:activate_outside", token, provider)
    is_proven = request.session.get(PROVEN, {}).get("second") == invitation.second_hash
    context = {"form": form, "invitation": invitation, "token": token, "provider": where, "is_proven": is_proven}
    return render(request, ACTIVATE, context, status=UNPROCESSABLE if form.errors else 200)


@never_cache
@require_safe
def go_and_activate(request: Request, token: str, provider: str) -> HttpResponse:
    """Send a person who has both parts of an invitation to the provider that they will enter by."""
    proven, where = request.session.pop(PROVEN, None), _known(provider)
    if proven is None:
        return redirect("public:activate_outside", token, provider)
    return _sent_out(request, where, proven)


def _activated(request: Request, said: Said, kept: dict[str, str]) -> HttpResponse:
    try:
        invitation = activate_from_outside(
            invitation_id=UUID(kept["invitation"]), second_hash=kept["second"], said=said
        )
    except InvitationUnusable:
        return closed(request, Invitation.objects.filter(public_id=kept["invitation"]).first())
    if request.actor is not None:
        logout(request)
    record_authentication(request, invitation.login, "outside", type=METHODS[said.assurance].value)
    return perform_login(request, SignIn(user=invitation.login, redirect_url=home_of(invitation), signup=False))


@never_cache
@require_safe
def connect(request: Request, provider: str) -> HttpResponse:
    """Send a person who has just proven who they are to the provider that they want to enter by."""
    if not proven_lately(request, request.at):
        return redirect(with_next("mfa_reauthenticate", reverse("account:outside")))
    return _sent_out(request, _known(provider), {"session": str(request.own_session.public_id)})


def _known(code: str) -> Provider:
    try:
        return providers()[code]
    except KeyError as unknown:
        raise Http404 from unknown


def _sent_out(request: Request, provider: Provider, purpose: dict[str, str]) -> HttpResponse:
    try:
        address, kept = begin(provider, return_to=_callback(), language=get_language() or "fr", at=now())
    except Unreachable as unreachable:
        return _failed(request, unreachable, provider)
    request.session[KEPT] = kept | purpose
    return redirect(address)


def _callback() -> str:
    return settings.PUBLIC_URL + reverse("outside_return")


@never_cache
@require_safe
def come_back(request: Request) -> HttpResponse:
    """Read what the provider says, once; then link it, or sign in whoever it is linked to."""
    kept = request.session.pop(KEPT, None)
    provider = providers().get(kept["provider"]) if kept else None
    if kept is None or provider is None:
        return _failed(request, AnswerRefused("nothing was asked"), None)
    try:
        answer = {name: values[0] for name, values in request.GET.lists() if len(values) == 1}
        said = finish(provider, kept, answer, return_to=_callback(), at=now())
        if "invitation" in kept:
            return _activated(request, said, kept)
        return _linked(request, said, kept) if "session" in kept else _entered(request, said, provider, kept)
    except (Unreachable, AnswerRefused, LinkedToAnother) as failed:
        return _failed(request, failed, provider)


def _failed(request: Request, failed: Exception, provider: Provider | None) -> HttpResponse:
    status = BAD_GATEWAY if isinstance(failed, Unreachable) else REFUSED
    context = {"why": WRONG[type(failed)], "provider": provider}
    return render(request, "mandat/web/openid/outside_failed.html", context, status=status)


def _linked(request: Request, said: Said, kept: dict[str, str]) -> HttpResponse:
    if request.actor is None or str(request.own_session.public_id) != kept["session"]:
        raise AnswerRefused("another session")
    if not proven_lately(request, request.at):
        raise AnswerRefused("the proof is too old")
    link_outside(said=said, by=request.actor)
    messages.success(request, _("C’est relié : vous pourrez entrer par là."))
    return redirect("account:outside")


def _entered(request: Request, said: Said, provider: Provider, kept: dict[str, str]) -> HttpResponse:
    if request.actor is not None:  # signed in meanwhile, in another tab
        return redirect("account:home")
    login = login_linked_to(said.issuer, said.sub)
    if login is None:
        return render(request, "mandat/web/openid/outside_unknown.html", {"provider": provider}, status=REFUSED)
    record_authentication(request, login, "outside", type=METHODS[said.assurance].value)
    onward = kept.get("next") or None
    if onward and not url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        onward = None
    return perform_login(request, SignIn(user=login, redirect_url=onward, signup=False))


@require_safe
def links(request: Request) -> HttpResponse:
    """Show the providers that one may enter by, and those that one does."""
    linked = {each.issuer: each for each in outside_links_of(request.actor.login)}
    rows = [(each, linked.pop(each.issuer, None)) for each in providers().values()]
    context = {"rows": rows, "others": list(linked.values()), "is_proven": proven_lately(request, request.at),
               "prove": with_next("mfa_reauthenticate", reverse("account:outside"))}  # fmt: skip
    return render(request, "mandat/web/person/outside.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def unlink(request: Request, link: UUID) -> HttpResponse:
    """Ask, then let an outside identity go."""
    found = get_object_or_404(OutsideLink, public_id=link, login=request.actor.login, during__upper_inf=True)
    if request.method != "POST":
        return render(request, "mandat/web/person/unlink_outside.html", {"link": found})
    try:
        unlink_outside(link_id=link, by=request.actor)
    except LastWayIn:
        messages.error(request, _("C’est votre seule façon d’entrer : choisissez d’abord un mot de passe."))
    else:
        messages.success(request, _("C’est délié : on n’entre plus par là."))
    return redirect("account:outside")
