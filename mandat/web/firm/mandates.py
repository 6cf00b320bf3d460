"""Organisations that act for a firm, and firms that an organisation acts for: both sides of the same proxies."""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mandat.access.commands import (
    AlreadyGranted,
    AlreadyRevoked,
    SamePerson,
    SelfGrant,
    external,
    namings,
    revoke_proxy,
)
from mandat.access.commands.changes import AlreadyOver
from mandat.access.commands.proxies import AssuranceTooLow, last_day_of_a_proxy
from mandat.access.mandataries import ExternalProposal, Naming
from mandat.access.models import Proxy
from mandat.access.rights import Right
from mandat.access.workflow import ProposalState
from mandat.enrolment.queries import neq_of, registrations_with_regulator
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Designation, Enterprise, Identifier, IdentifierKind, Role, User
from mandat.identity.models import Person
from mandat.platform.clock import AppNow, last_day, legal_day
from mandat.reference.queries import entries
from mandat.web.access_words import block_name
from mandat.web.asking import Request
from mandat.web.firm.access_forms import ReasonForm
from mandat.web.firm.mandate_forms import NameForm, ProposalForm
from mandat.web.keys import key_of

MANDATARIES, CLIENTS, NAME, ANSWER = (
    f"mandat/web/firm/{page}.html" for page in ("mandataries", "clients", "name_person", "mandate_answer")
)
UNPROCESSABLE = 422


@dataclass
class Told:
    """A proxy between two firms, with whom the mandatary named under it."""

    proxy: Proxy
    block: str
    people: list[Naming] = field(default_factory=list)
    is_suspended: bool = False

    @property
    def is_stopped(self) -> bool:
        """Tell whether the mandatary's own account lets nobody act now."""
        return self.proxy.mandatary is not None and self.proxy.mandatary.state == Enterprise.State.SUSPENDED


@require_http_methods(["GET", "HEAD", "POST"])
def mandataries(request: Request, firm: UUID) -> HttpResponse:
    """Show which organisations act for the firm and through whom, and let an RSE propose it to another."""
    registration = registrations_with_regulator(request.firm).first()
    today = legal_day(request.at)
    used = registration.accepted_blocks if registration else []
    blocks = list(entries("block", today).filter(code__in=used)) if may_administer(request) else []
    form = ProposalForm(
        request.POST if request.method == "POST" else None,
        blocks=blocks, today=today, longest=last_day_of_a_proxy(today),
    )  # fmt: skip
    if form.is_bound and registration and blocks and form.is_valid() and _proposed(request, registration, form):
        return redirect("firm:mandataries", firm)
    given = Proxy.objects.filter(enterprise=request.firm, mandatary__isnull=False)
    context = {
        "form": form, "key": request.POST.get("key") or uuid4(), "may_administer": may_administer(request),
        "told": _told(request, given),
        "open": _open(request, ExternalProposal.objects.filter(enterprise=request.firm)),
    }  # fmt: skip
    return render(request, MANDATARIES, context, status=UNPROCESSABLE if form.errors else 200)


def _proposed(request: Request, registration: Any, form: ProposalForm) -> bool:
    mandatary = _named(form.cleaned_data["number"])
    if mandatary is None:
        form.add_error("number", _("Aucun compte ici ne porte exactement ce numéro. Vérifiez-le avec l’organisation."))
        return False
    try:
        external.propose_external(
            key=key_of(request), registration=registration, mandatary=mandatary, rights=form.rights(),
            until=form.cleaned_data["until"], by=request.actor,
        )  # fmt: skip
    except external.OneselfAsMandatary:
        form.add_error("number", _("C’est le numéro de votre firme. Écrivez celui de l’organisation mandataire."))
    except external.MandataryCannotAct:
        form.add_error("number", _("Le compte de cette organisation ne permet à personne d’agir en ce moment."))
    except external.AlreadyProposed:
        form.add_error("number", _("Une proposition à cette organisation attend déjà sa réponse."))
    except AssuranceTooLow:
        form.add_error(None, _("Entrez d’abord d’une façon plus sûre : ces droits ne se donnent pas autrement."))
    else:
        messages.success(request, _("C’est proposé. Rien n’est permis tant que l’organisation n’accepte pas."))
        return True
    return False


def _named(number: str) -> Enterprise | None:
    """Return the one firm that bears exactly this number, or this public reference; nothing is ever listed."""
    neqs = Identifier.objects.filter(kind=IdentifierKind.NEQ, value=number, during__contains=AppNow())
    wanted = Q(pk__in=neqs.values("enterprise"))
    with contextlib.suppress(ValueError):
        wanted |= Q(public_id=UUID(number))
    return Enterprise.objects.exclude(state=Enterprise.State.CLOSED).filter(wanted).order_by("id").first()


@require_safe
def clients(request: Request, firm: UUID) -> HttpResponse:
    """Show for whom the firm acts as a mandatary, what is proposed to it, and whom it named."""
    received = Proxy.objects.filter(mandatary=request.firm)
    context = {
        "told": _told(request, received), "may_administer": may_administer(request),
        "open": _open(request, ExternalProposal.objects.filter(mandatary=request.firm)),
        "neq": neq_of(request.firm),
    }  # fmt: skip
    return render(request, CLIENTS, context)


def may_administer(request: Request) -> bool:
    """Tell whether the reader is in charge of the firm's accesses."""
    return bool(request.place.decide(Right.ADMINISTER))


def _open(request: Request, proposals: QuerySet[ExternalProposal]) -> list[dict[str, Any]]:
    waiting = proposals.filter(state=ProposalState.PROPOSED, answer_by__gt=request.at)
    found = waiting.select_related("enterprise", "mandatary", "asked_by").order_by("id")
    return [{"proposal": each, "rights": _by_block(request, each)} for each in found]


def _by_block(request: Request, proposal: ExternalProposal) -> list[tuple[str, list[Right]]]:
    return [
        (block_name(code, request.at), [right for right in Right if right in rights])
        for code, rights in sorted(proposal.rights.items())
    ]


def _told(request: Request, proxies: QuerySet[Proxy]) -> list[Told]:
    """Return the proxies that stand, with whom is named under each: two statements, however many there are."""
    standing = proxies.filter(revoked_at=None, during__endswith__gt=request.at)
    found = standing.select_related("enterprise", "mandatary").order_by("mandatary__sort_name", "block", "id")
    told = {
        each.pk: Told(each, block_name(each.block, request.at), is_suspended=each.is_suspended(request.at))
        for each in found
    }
    named = Naming.objects.filter(proxy__in=told, revoked_at=None, during__endswith__gt=request.at)
    for naming in named.select_related("person").order_by("person__sort_name", "id"):
        told[naming.proxy_id].people.append(naming)
    return list(told.values())


@require_http_methods(["GET", "HEAD", "POST"])
def name_person(request: Request, firm: UUID, proxy: UUID) -> HttpResponse:
    """Ask whom of the organisation acts for a client, within what was received, then name them."""
    standing = Proxy.objects.filter(mandatary=request.firm, revoked_at=None, during__endswith__gt=request.at)
    found = get_object_or_404(standing.select_related("enterprise"), public_id=proxy)
    form = NameForm(
        request.POST if request.method == "POST" else None, people=people_of_its_own(request),
        received=found.rights, today=legal_day(request.at), longest=last_day(found.during.upper),
    )  # fmt: skip
    if form.is_bound and form.is_valid() and _is_named(request, found, form):
        return redirect("firm:clients", firm)
    context = {
        "form": form, "proxy": found, "block": block_name(found.block, request.at),
        "key": request.POST.get("key") or uuid4(),
    }  # fmt: skip
    return render(request, NAME, context, status=UNPROCESSABLE if form.errors else 200)


def people_of_its_own(request: Request) -> QuerySet[Person]:
    """Return the users and the RSEs of the firm."""
    users = User.objects.filter(in_force(request.at), enterprise=request.firm).values("person")
    rses = Designation.objects.filter(in_force(request.at), enterprise=request.firm, role=Role.RSE).values("person")
    return Person.objects.filter(Q(pk__in=users) | Q(pk__in=rses)).order_by("sort_name", "id")


def _is_named(request: Request, proxy: Proxy, form: NameForm) -> bool:
    try:
        namings.name_person(
            key=key_of(request), proxy_id=proxy.public_id, person=form.cleaned_data["person"], rights=form.rights(),
            until=form.cleaned_data["until"], by=request.actor,
        )  # fmt: skip
    except AlreadyGranted:
        form.add_error("person", _("Cette personne est déjà habilitée ici. Mettez d’abord fin à son habilitation."))
    except SelfGrant:
        form.add_error("person", _("Cette personne a donné la procuration au nom du client : nommez-en une autre."))
    except namings.WiderThanReceived:
        form.add_error("until", _("C’est plus que ce que l’organisation a reçu."))
    except AssuranceTooLow:
        form.add_error(None, _("Entrez d’abord d’une façon plus sûre : ces droits ne se donnent pas autrement."))
    except (AlreadyRevoked, AlreadyOver):
        form.add_error(None, _("La procuration vient de prendre fin : rien n’a été changé."))
    else:
        messages.success(request, _("C’est fait : la personne est habilitée, et le client sait qui agit."))
        return True
    return False


@dataclass(frozen=True)
class Gesture:
    """What a page asks before it is done: in words, by which command, and where one comes back to."""

    title: str
    lead: str
    button: str
    done: str
    back: str
    run: Callable[[str], Any]
    asks_why: bool = True


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: Request, firm: UUID, thing: UUID, act: str) -> HttpResponse:
    """Ask before something is accepted, declined, withdrawn or ended, then do it."""
    gesture, rows = GESTURES[act](request, thing)
    form = ReasonForm(request.POST if request.method == "POST" else None) if gesture.asks_why else None
    if request.method != "POST" or (form is not None and not form.is_valid()):
        context = {"gesture": gesture, "form": form, "rows": rows}
        return render(request, ANSWER, context, status=UNPROCESSABLE if form and form.errors else 200)
    refusals: dict[type[Exception], str] = {
        SamePerson: _("Vous l’avez proposé : une autre personne doit l’accepter."),
        external.AlreadyAnswered: _("La proposition a déjà sa réponse, ou son temps est passé : rien n’a été changé."),
        external.NoLongerBacked: _("Qui l’a proposé ne peut plus le donner : l’entreprise doit proposer de nouveau."),
        AlreadyRevoked: _("C’était déjà terminé : rien n’a été changé."),
    }
    try:
        gesture.run(form.cleaned_data["reason"] if form else "")
    except tuple(refusals) as refused:
        messages.warning(request, refusals[type(refused)])
    else:
        messages.success(request, gesture.done)
    return redirect(gesture.back, firm)


def _proposal(request: Request, thing: UUID, *, side: str) -> tuple[ExternalProposal, Iterable[Any]]:
    found = ExternalProposal.objects.select_related("enterprise", "mandatary", "asked_by")
    proposal = get_object_or_404(found, public_id=thing, **{side: request.firm})
    return proposal, _by_block(request, proposal)


def _accept(request: Request, thing: UUID) -> tuple[Gesture, Iterable[Any]]:
    proposal, rows = _proposal(request, thing, side="mandatary")
    gesture = Gesture(
        _("Accepter d’agir pour %(firm)s?") % {"firm": proposal.enterprise.name},
        _("L’organisation n’agit que par les personnes que vous habilitez ensuite, jamais plus largement."),
        _("Accepter"), _("C’est accepté. Habilitez maintenant les personnes qui agiront."), "firm:clients",
        lambda _reason: external.accept_external(proposal_id=thing, by=request.actor), asks_why=False,
    )  # fmt: skip
    return gesture, rows


def _decline(request: Request, thing: UUID) -> tuple[Gesture, Iterable[Any]]:
    proposal, rows = _proposal(request, thing, side="mandatary")
    gesture = Gesture(
        _("Décliner la proposition de %(firm)s?") % {"firm": proposal.enterprise.name},
        _("Aucun accès ne change. L’entreprise l’apprend par courriel."), _("Décliner"), _("C’est décliné."),
        "firm:clients",
        lambda reason: external.decline_external(proposal_id=thing, reason=reason, by=request.actor),
    )  # fmt: skip
    return gesture, rows


def _withdraw(request: Request, thing: UUID) -> tuple[Gesture, Iterable[Any]]:
    proposal, rows = _proposal(request, thing, side="enterprise")
    gesture = Gesture(
        _("Retirer la proposition à %(firm)s?") % {"firm": proposal.mandatary.name}, _("Aucun accès ne change."),
        _("Retirer"), _("C’est retiré."), "firm:mandataries",
        lambda reason: external.withdraw_external(proposal_id=thing, reason=reason, by=request.actor),
    )  # fmt: skip
    return gesture, rows


def _revoke(request: Request, thing: UUID) -> tuple[Gesture, Iterable[Any]]:
    proxy = get_object_or_404(
        Proxy.objects.select_related("mandatary"), public_id=thing, enterprise=request.firm, mandatary__isnull=False
    )
    gesture = Gesture(
        _("Mettre fin à la procuration de %(firm)s?") % {"firm": proxy.mandatary},
        _("C’est immédiat : plus personne de cette organisation n’agit ici dans ce bloc."), _("Mettre fin"),
        _("C’est terminé, dès maintenant."), "firm:mandataries",
        lambda reason: revoke_proxy(proxy_id=thing, reason=reason, by=request.actor),
    )  # fmt: skip
    return gesture, _of_proxy(request, proxy)


def _give_up(request: Request, thing: UUID) -> tuple[Gesture, Iterable[Any]]:
    proxy = get_object_or_404(Proxy.objects.select_related("enterprise"), public_id=thing, mandatary=request.firm)
    gesture = Gesture(
        _("Renoncer à agir pour %(firm)s?") % {"firm": proxy.enterprise.name},
        _("C’est immédiat : aucune de vos personnes n’agit plus pour ce client dans ce bloc."), _("Renoncer"),
        _("C’est terminé, dès maintenant."), "firm:clients",
        lambda reason: external.give_up_external(proxy_id=thing, reason=reason, by=request.actor),
    )  # fmt: skip
    return gesture, _of_proxy(request, proxy)


def _end_name(request: Request, thing: UUID) -> tuple[Gesture, Iterable[Any]]:
    found = Naming.objects.select_related("proxy__enterprise", "person")
    naming = get_object_or_404(found, public_id=thing, proxy__mandatary=request.firm)
    gesture = Gesture(
        _("Mettre fin à l’habilitation de %(name)s?") % {"name": naming.person},
        _("C’est immédiat, dans tous ses onglets."), _("Mettre fin"), _("C’est terminé, dès maintenant."),
        "firm:clients", lambda reason: namings.revoke_naming(naming_id=thing, reason=reason, by=request.actor),
    )  # fmt: skip
    return gesture, [(block_name(naming.proxy.block, request.at), [each for each in Right if each in naming.rights])]


def _of_proxy(request: Request, proxy: Proxy) -> Iterable[Any]:
    return [(block_name(proxy.block, request.at), [each for each in Right if each in proxy.rights])]


GESTURES: dict[str, Callable[[Request, UUID], tuple[Gesture, Iterable[Any]]]] = {
    "accept": _accept, "decline": _decline, "withdraw": _withdraw, "revoke": _revoke, "give_up": _give_up,
    "end_name": _end_name,
}  # fmt: skip
