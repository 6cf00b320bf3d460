"""What a person may do, for which firms, since when, until when and by whom; and how to leave a firm."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mandat.access.commands import LastRSE
from mandat.access.commands.leaving import NothingHeld, RepresentativeStays, leave_enterprise, what_is_held
from mandat.access.mandataries import Naming
from mandat.access.models import Proxy
from mandat.access.queries import confirmed_assignments, effective_rses
from mandat.enterprises.grants import not_over
from mandat.enterprises.models import Designation, Enterprise, Role, User
from mandat.identity.models import Person
from mandat.platform.clock import legal_day
from mandat.reference.queries import entries
from mandat.web.asking import Request
from mandat.web.firm.depending import what_rests_on
from mandat.web.person.requests import own_requests

PAGE, LEAVE = "mandat/web/person/rights.html", "mandat/web/person/leave.html"
CONFLICT = 409


@dataclass
class Place:
    """What a person has in one firm."""

    firm: Enterprise
    designations: list[Designation] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    proxies: list[Proxy] = field(default_factory=list)
    namings: list[Naming] = field(default_factory=list)


@require_safe
def rights(request: Request) -> HttpResponse:
    """Show a person all that they hold, firm by firm."""
    person = request.actor.person
    places = places_of(person, request.at)
    assignments = list(confirmed_assignments(request.at).filter(person=person).order_by("role", "queue"))
    held = [each for place in places for each in (*place.designations, *place.users, *place.proxies)]
    context = {"places": places, "assignments": assignments, "requests": own_requests(person, request.at)}
    return render(request, PAGE, context | words_for([*held, *assignments], request.at))


def places_of(person: Person, at: datetime) -> list[Place]:
    """Return what a person has, or will have, in each firm, in the order of the firms' names."""
    places: dict[int, Place] = {}
    kinds: list[tuple[Any, str]] = [(Designation, "designations"), (User, "users"), (Proxy, "proxies")]
    for kind, where in kinds:
        held = kind.objects.filter(not_over(at), person=person, revoked_at=None)
        for each in held.select_related("enterprise").order_by("id"):
            place = places.setdefault(each.enterprise_id, Place(each.enterprise))
            getattr(place, where).append(each)
    named = Naming.objects.filter(not_over(at), person=person, revoked_at=None, proxy__revoked_at=None)
    for naming in named.select_related("proxy__enterprise", "proxy__mandatary").order_by("id"):
        client = naming.proxy.enterprise
        places.setdefault(client.pk, Place(client)).namings.append(naming)
    return sorted(places.values(), key=lambda each: (each.firm.sort_name, each.firm.pk))


def words_for(grants: Iterable[Any], at: datetime) -> dict[str, Any]:
    """Return the names that a list of grants needs: of blocks, and of those who gave them."""
    given_by = {each.granted_under.get("person") for each in grants} - {None}
    people = {str(each.public_id): str(each) for each in Person.objects.filter(public_id__in=given_by).order_by("id")}
    return {"blocks": {each.code: each.label for each in entries("block", legal_day(at))}, "givers": people}


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Request, firm: UUID) -> HttpResponse:
    """Ask whether a person leaves a firm, having said what ends; then end it."""
    enterprise = Enterprise.objects.filter(public_id=firm).first()
    if enterprise is None:
        raise Http404
    if request.method == "POST":
        return left(request, enterprise)
    held = [list(each) for each in what_is_held(enterprise, request.actor, request.at)]
    if not any(held):
        raise Http404
    place = Place(enterprise, *held)
    return asked(request, place, why=why_not(place, request))


def why_not(place: Place, request: Request) -> str:
    """Return what stands in the way of leaving, if something does: the command decides again."""
    roles = {each.role for each in place.designations}
    if Role.RA in roles:
        return "representative"
    person = request.actor.person
    if Role.RSE in roles and not effective_rses(place.firm, request.at).exclude(pk=person.pk).exists():
        return "last"
    return ""


def asked(request: Request, place: Place, *, why: str, status: int = 200) -> HttpResponse:
    """Show what ends with a departure, or why it cannot be."""
    context = {"place": place, "why": why} | words_for(place.proxies, request.at)
    is_rse = any(each.role == Role.RSE for each in place.designations)
    context["resting"] = what_rests_on(request.actor.person, place.firm, request.at) if is_rse else None
    return render(request, LEAVE, context, status=status)


def left(request: Request, enterprise: Enterprise) -> HttpResponse:
    """Leave a firm, and say so; a second time changes nothing."""
    place = Place(enterprise)
    try:
        leave_enterprise(enterprise=enterprise, reason=_("Départ volontaire"), by=request.actor)
    except NothingHeld as nothing:
        raise Http404 from nothing
    except RepresentativeStays:
        return asked(request, place, why="representative", status=CONFLICT)
    except LastRSE:
        return asked(request, place, why="last", status=CONFLICT)
    said = _("C’est fait : vous avez quitté %(firm)s. La firme est prévenue.")
    messages.success(request, said % {"firm": enterprise.name})
    return redirect("account:rights")
