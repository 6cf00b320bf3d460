"""One proxy: what it rests on, what happened to it, and what an RSE does with it between its grant and its end."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mandat.access import commands
from mandat.access.commands.proxies import last_day_of_a_proxy
from mandat.access.models import Proxy
from mandat.access.rights import Right
from mandat.access.simulation import if_changed, simulate
from mandat.platform.clock import end_of, last_day, legal_day
from mandat.web.access_words import block_name
from mandat.web.asking import Request
from mandat.web.chains import Teller
from mandat.web.firm.access_forms import ChangeForm, ReasonForm
from mandat.web.firm.proxy_history import life_of
from mandat.web.keys import key_of
from mandat.web.simulating import Simulated

PROXY, CHANGE, SUSPEND, CONFIRM = (
    f"mandat/web/firm/{page}.html" for page in ("proxy", "change_proxy", "suspend_proxy", "confirm_proxy")
)
UNPROCESSABLE = 422


def found_proxy(request: Request, proxy: UUID) -> Proxy:
    """
    Return a proxy that the firm gave to a person.

    :raises Http404: if there is none
    """
    given = Proxy.objects.select_related("person", "provider", "confirmed_by").filter(enterprise=request.firm)
    return get_object_or_404(given.exclude(person=None), public_id=proxy)


def found_any(request: Request, proxy: UUID) -> Proxy:
    """
    Return a proxy that the firm gave, to a person or to an organisation.

    :raises Http404: if there is none
    """
    given = Proxy.objects.select_related("person", "mandatary", "provider", "confirmed_by")
    return get_object_or_404(given.filter(enterprise=request.firm), public_id=proxy)


def told_of(request: Request, proxy: Proxy) -> dict[str, Any]:
    """Return what every page about one proxy shows."""
    is_over = bool(proxy.revoked_at) or proxy.during.upper <= request.at
    is_own = proxy.person == request.actor.person
    gave = proxy.granted_under.get("person") == str(request.actor.person.public_id)
    awaits = proxy.awaits
    may_administer = bool(request.place.decide(Right.ADMINISTER))
    return {
        "proxy": proxy,
        "someone": proxy.person or proxy.mandatary,
        "block_name": block_name(proxy.block, request.at),
        "is_over": is_over,
        "is_suspended": not is_over and proxy.is_suspended(request.at),
        "awaits": not is_over and awaits,
        "may_change": may_administer and not is_over,
        "may_raise": may_administer and not is_over and not is_own,
        "may_confirm": may_administer
        and not is_over
        and awaits
        and not (gave or is_own or proxy.has_fallen(request.at)),
    }


@require_safe
def proxy(request: Request, firm: UUID, proxy: UUID) -> HttpResponse:
    """Show a proxy: the chain that it is part of, and what happened to it."""
    found = found_proxy(request, proxy)
    context = told_of(request, found)
    is_broken = context["is_over"] or context["awaits"] or context["is_suspended"]
    teller = Teller(request.firm, request.at, request.actor.person, leads=True)
    context["chain"] = teller.chain_of_proxy(found, is_broken=is_broken)
    return render(request, PROXY, context | {"life": life_of(found)})


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, firm: UUID, proxy: UUID) -> HttpResponse:
    """Ask what is left of a proxy, or until when it goes, then narrow or renew it."""
    found = found_proxy(request, proxy)
    context = told_of(request, found)
    if not context["may_change"]:
        return _over(request, found)
    today = legal_day(request.at)
    form = ChangeForm(
        request.POST if request.method == "POST" else None, held=found.rights, until=last_day(found.during.upper),
        today=today, longest=last_day_of_a_proxy(today), may_raise=context["may_raise"],
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        if "preview" not in request.POST:
            return _changed(request, found, form)
        context |= {"simulated": _simulated(request, found, form)}
    context |= {"form": form, "key": request.POST.get("key") or uuid4()}
    return render(request, CHANGE, context, status=UNPROCESSABLE if form.errors else 200)


def _simulated(request: Request, proxy: Proxy, form: ChangeForm) -> Simulated | None:
    """Return what a change would change for the holder."""
    if proxy.person is None:
        return None
    at, rights = request.at, proxy.rights if form.is_longer else form.rights()
    supposed = if_changed(proxy, [Right(each) for each in rights], end=end_of(form.cleaned_data["until"]), at=at)
    return Simulated(simulate(proxy.person, request.firm, [supposed], at), at)


def _changed(request: Request, proxy: Proxy, form: ChangeForm) -> HttpResponse:
    asked = {"key": key_of(request), "proxy_id": proxy.public_id, "until": form.cleaned_data["until"]}
    if form.is_longer:
        return _done(
            request, proxy, lambda: commands.renew_proxy(**asked, by=request.actor),
            _("La procuration est prolongée. Un courriel part à %(person)s."),
        )  # fmt: skip
    return _done(
        request, proxy,
        lambda: commands.narrow_proxy(
            **asked, rights=form.rights(), reason=form.cleaned_data["reason"], by=request.actor
        ),
        _("La procuration est réduite, dès maintenant. Un courriel part à %(person)s."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def suspend(request: Request, firm: UUID, proxy: UUID) -> HttpResponse:
    """Say what a suspension does, then set the proxy aside; or let a suspended one serve again."""
    found = found_proxy(request, proxy)
    context = told_of(request, found)
    if not context["may_change"]:
        return _over(request, found)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        return render(request, SUSPEND, context | {"form": form}, status=UNPROCESSABLE if form.errors else 200)
    if context["is_suspended"]:
        return _done(
            request, found, lambda: commands.restore_proxy(proxy_id=proxy, by=request.actor),
            _("La procuration sert de nouveau. Un courriel part à %(person)s."),
        )  # fmt: skip
    reason = form.cleaned_data["reason"]
    return _done(
        request, found, lambda: commands.suspend_proxy(proxy_id=proxy, reason=reason, by=request.actor),
        _("La procuration est suspendue. %(person)s ne peut plus s’en servir, dès maintenant."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request, firm: UUID, proxy: UUID) -> HttpResponse:
    """Show to a second person what another has given, then confirm it."""
    found = found_any(request, proxy)
    context = told_of(request, found)
    if request.method != "POST":
        return render(request, CONFIRM, context | {"life": life_of(found)})
    return _done(
        request, found, lambda: commands.confirm_proxy(proxy_id=proxy, by=request.actor),
        _("La procuration est confirmée. %(person)s peut s’en servir, dès maintenant."),
    )  # fmt: skip


def _done(request: Request, proxy: Proxy, gesture: Callable[[], Proxy], said: str) -> HttpResponse:
    """Do something to a proxy, and lead to it as it is now, or say why nothing was done."""
    refusals: dict[type[Exception], str] = {
        commands.AlreadyRevoked: _("Cette procuration vient d’être révoquée ou remplacée : rien n’a été changé."),
        commands.AlreadyOver: _("Cette procuration est à son terme : rien n’a été changé."),
        commands.AlreadySuspended: _("Cette procuration était déjà suspendue."),
        commands.NotSuspended: _("Cette procuration n’était pas suspendue."),
        commands.ConfirmedTooLate: _("Le temps de la confirmer est passé : accordez-la de nouveau."),
        commands.NothingToConfirm: _("Cette procuration n’attend aucune confirmation."),
        commands.SamePerson: _(
            "Il faut une autre personne que celle qui a accordé la procuration et que sa titulaire."
        ),
        commands.SelfGrant: _("Personne ne prolonge ni ne rétablit sa propre procuration."),
        commands.AssuranceTooLow: _("Entrez avec un second facteur pour donner ces droits."),
        commands.NotAUser: _("Cette personne n’est plus parmi les utilisateurs de la firme : rien n’a été changé."),
    }
    try:
        now_standing = gesture()
    except tuple(refusals) as refused:
        messages.warning(request, refusals[type(refused)])
        return redirect(page_of(proxy))
    messages.success(request, said % {"person": proxy.person or proxy.mandatary})
    return redirect(page_of(now_standing))


def page_of(proxy: Proxy) -> str:
    """Return where a proxy is read: on its own page, or among those of the organisations that act for the firm."""
    firm = proxy.enterprise.public_id
    return (
        reverse("firm:proxy", args=[firm, proxy.public_id])
        if proxy.person
        else reverse("firm:mandataries", args=[firm])
    )


def _over(request: Request, proxy: Proxy) -> HttpResponse:
    messages.info(request, _("Cette procuration est déjà terminée."))
    return redirect("firm:proxy", request.firm.public_id, proxy.public_id)
