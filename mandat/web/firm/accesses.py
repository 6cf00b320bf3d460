"""Who may act for the firm: its people, what each of them may do, and what is over."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mandat.access.commands.restoring import is_asleep
from mandat.access.models import Proxy
from mandat.access.queries import designations_of, past_proxies, people_of, standing_proxies, users_of
from mandat.access.rights import Right
from mandat.enrolment.commands.invitations import MAY_RENEW
from mandat.enrolment.models import Channel
from mandat.enrolment.queries import has_pending_invitation, pending_invitations
from mandat.enterprises.models import Designation, Role, User
from mandat.identity import user_code
from mandat.identity.models import Person
from mandat.platform.clock import legal_day
from mandat.platform.text import fold
from mandat.reference.queries import entries
from mandat.web.asking import Request
from mandat.web.firm.guards import guard_of
from mandat.web.firm.reproofs import reproof_seen_by
from mandat.web.paging import paged

LIST, PERSON, PAST = (f"mandat/web/firm/{page}.html" for page in ("accesses", "person", "past_proxies"))
#: How many past proxies a person's own page recalls.
RECALLED = 20


class SearchForm(forms.Form):
    """Words of the name to look for."""

    name = forms.CharField(label=gettext_lazy("Nom"), required=False, max_length=100)


@dataclass(frozen=True)
class InABlock:
    """A proxy, the name of its block, and who gave and revoked it."""

    proxy: Proxy
    block: str
    is_without_effect: bool  # the firm does not use the block any more
    is_suspended: bool = False
    given_by: str = ""
    revoked_by: str = ""

    @property
    def awaits(self) -> bool:
        """Tell whether a second person is still to confirm it."""
        return self.proxy.awaits


@dataclass(frozen=True)
class Row:
    """A user, and what they may do."""

    user: User
    proxies: list[InABlock]


@require_safe
def people(request: Request, firm: UUID) -> HttpResponse:
    """Show who may act for the firm, and in what capacity."""
    form = SearchForm(request.GET)
    form.full_clean()
    found = users_of(request.firm, request.at).annotate(is_pending=has_pending_invitation("person"))
    if words := fold(form.cleaned_data.get("name", "")):
        found = found.filter(person__sort_name__contains=words)
    page, kept = paged(found, request)
    context = {
        "search": form,
        "page": page,
        "kept": kept,
        "rows": _rows(request, page.object_list),
        "in_charge": guard_of(request.firm, request.at),
        "designated": _in_charge(designations_of(request.firm, request.at)),
        "may_administer": bool(request.place.decide(Right.ADMINISTER)),
        "may_designate": bool(request.place.decide(Right.DESIGNATE)),
        "waiting": [(each, each.is_usable(request.at)) for each in pending_invitations(request.firm.pk).order_by("id")],
    }
    return render(request, LIST, context)


def _rows(request: Request, users: Iterable[User]) -> list[Row]:
    """Return the users of a page with their proxies: one statement for each thing told, however long the page."""
    shown = list(users)
    held = standing_proxies(request.firm, request.at).filter(person__in=[user.person_id for user in shown])
    proxies: dict[int | None, list[InABlock]] = {}
    for each in in_blocks(request, held):
        proxies.setdefault(each.proxy.person_id, []).append(each)
    return [Row(user, proxies.get(user.person_id, [])) for user in shown]


def _in_charge(designations: Iterable[Designation]) -> list[tuple[Person, list[Designation]]]:
    held: dict[Person, list[Designation]] = {}
    for each in designations:
        held.setdefault(each.person, []).append(each)
    return list(held.items())


def in_blocks(request: Request, proxies: Iterable[Proxy]) -> list[InABlock]:
    """Return proxies with the names of their blocks, and whether the firm uses these."""
    named = {each.code: each.label for each in entries("block", legal_day(request.at))}
    used = request.place.blocks_used
    return [
        InABlock(each, named.get(each.block, each.block), each.block not in used, each.is_suspended(request.at))
        for each in proxies
    ]


def with_givers(shown: list[InABlock]) -> list[InABlock]:
    """Return the same, with the names of those who gave and revoked: one statement for all."""
    under = [(each.proxy.granted_under, each.proxy.revoked_under or {}) for each in shown]
    ids = {person for pair in under for authority in pair if (person := authority.get("person"))}
    who = {str(each.public_id): str(each) for each in Person.objects.filter(public_id__in=ids)}
    return [
        replace(each, given_by=who.get(given.get("person", ""), ""), revoked_by=who.get(revoked.get("person", ""), ""))
        for each, (given, revoked) in zip(shown, under, strict=True)
    ]


def on_one_filing(request: Request, filing: UUID) -> list[InABlock]:
    """Return the proxies on one filing that still stand, each with its holder."""
    held = standing_proxies(request.firm, request.at).filter(subject=filing).select_related("person")
    return with_givers(in_blocks(request, held))


@require_safe
def past(request: Request, firm: UUID) -> HttpResponse:
    """Show the proxies that ended or were revoked: nothing given is forgotten."""
    page, kept = paged(past_proxies(request.firm, request.at), request)
    return render(
        request, PAST, {"page": page, "kept": kept, "rows": with_givers(in_blocks(request, page.object_list))}
    )


@require_safe
def person(request: Request, firm: UUID, person: UUID) -> HttpResponse:
    """Show what one person may do for the firm, and what is over."""
    someone = get_object_or_404(people_of(request.firm), public_id=person)
    return render(request, PERSON, {"someone": someone, **_told_of(request, someone)})


def channels_of(request: Request) -> list[str]:
    """Return which invitations the reader may renew or cancel: an RSE those by user code, an RA those by letter."""
    held = {right for right in (Right.ADMINISTER, Right.DESIGNATE) if request.place.decide(right)}
    return [str(channel) for channel, rights in MAY_RENEW.items() if held & set(rights)]


def _told_of(request: Request, someone: Person) -> dict[str, Any]:
    user = users_of(request.firm, request.at).filter(person=someone).first()
    invitation = pending_invitations(request.firm.pk).filter(person=someone).first()
    by_code = invitation is not None and invitation.channel == Channel.USER_CODE
    is_own = someone == request.actor.person
    standing = standing_proxies(request.firm, request.at).filter(person=someone)
    over = past_proxies(request.firm, request.at).filter(person=someone)[:RECALLED]
    may_administer, may_designate = (bool(request.place.decide(each)) for each in (Right.ADMINISTER, Right.DESIGNATE))
    reproof, objects = reproof_seen_by(request, someone)
    designations = list(designations_of(request.firm, request.at).filter(person=someone))
    led = next((each.public_id for each in designations if each.role == Role.RSE), None)
    return {
        "user": user,
        "is_asleep": may_administer and is_asleep(someone),
        "reproof": reproof,
        "objects": objects,
        "designations": designations,
        "may_end": led is not None and not is_own and (may_administer or may_designate),
        "replaceable": led if may_designate and not is_own else None,
        "may_be_named": may_designate and led is None,
        "standing": with_givers(in_blocks(request, standing)),
        "past": with_givers(in_blocks(request, over)),
        "invitation": invitation,
        "code": user_code.grouped(invitation.login.user_code) if by_code and may_administer and invitation else "",
        "may_renew": invitation is not None and invitation.channel in channels_of(request),
        "is_expired": invitation is not None and not invitation.is_usable(request.at),
        "may_administer": may_administer,
        "may_grant": may_administer and user is not None and not is_own,
    }
