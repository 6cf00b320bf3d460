"""
What takes two persons in an enterprise: chosen by its RSEs. To ask for more is immediate; to ask for less takes two.

An enterprise with one effective RSE cannot choose it: nobody could ever confirm. One that comes down to a single RSE
keeps what it had chosen: were the one who is left to undo it alone, removing the others would be a way around it.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from mandat.access.commands.changes import ConfirmedTooLate, NothingToConfirm, SamePerson
from mandat.access.commands.designations import locked
from mandat.access.commands.proxies import RightsImpossible, answer_by, ids_of
from mandat.access.decision import Authority, require
from mandat.access.events import ProxyFell, SecondPersonAsked, SecondPersonChanged, SecondPersonKept
from mandat.access.models import Proxy, SecondPersonChange
from mandat.access.queries import effective_rses
from mandat.access.retries import in_one_transaction, refusing
from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.access.workflow import ChangeMove, ChangeState
from mandat.enterprises.models import Enterprise
from mandat.identity.actor import Actor
from mandat.platform.clock import now
from mandat.platform.events import publish

#: One to act, another to confirm.
RSES_NEEDED = 2
#: Under whose authority what nobody confirmed falls: nobody's.
FALLING = {"rule": "what a second person does not confirm in time falls"}


class OnlyOneRSE(Exception):
    """The enterprise has nobody who could be the second person."""


class AlreadyAsked(Exception):
    """A change that takes something away waits already for a second person."""


class NothingChanged(Exception):
    """What takes two persons is so already."""


@in_one_transaction
def choose_second_person(
    *, enterprise: Enterprise, rights: Collection[Right], by: Actor
) -> list[SecondPersonChange]:  # fmt: skip
    """
    Choose the rights that nobody gives alone: what is added holds at once, what is taken away waits for another RSE.

    :raises AccessDenied: if `by` is no RSE
    :raises RightsImpossible: if a proxy cannot give one of them
    :raises OnlyOneRSE: if something is added, and nobody else could confirm
    :raises AlreadyAsked: if something is taken away, while another such change waits
    :raises NothingChanged: if it is so already
    """
    if not RIGHTS_OF_A_PROXY.issuperset(rights):
        raise RightsImpossible
    enterprise = locked(enterprise)
    authority = require(by, Right.ADMINISTER, enterprise=enterprise)
    held, wanted = set(enterprise.second_person_for), {str(Right(each)) for each in rights}
    added, dropped = sorted(wanted - held), sorted(held - wanted)
    if not added and not dropped:
        raise NothingChanged
    if added and effective_rses(enterprise, authority.at).count() < RSES_NEEDED:
        raise OnlyOneRSE
    lapse_changes(authority.at, enterprise=enterprise)
    return [
        *([_added(enterprise, added, authority)] if added else []),
        *([_asked(enterprise, dropped, authority)] if dropped else []),
    ]


def _added(enterprise: Enterprise, rights: list[str], authority: Authority) -> SecondPersonChange:
    enterprise.second_person_for = sorted({*enterprise.second_person_for, *rights})
    enterprise.save(update_fields=["second_person_for"])
    change = SecondPersonChange.objects.create(
        enterprise=enterprise, added=rights, state=ChangeState.MADE, asked_by=authority.by.person,
        asked_at=authority.at, asked_under=authority.as_record(),
    )  # fmt: skip
    publish(SecondPersonChanged(**_ids(change)))
    return change


def _asked(enterprise: Enterprise, rights: list[str], authority: Authority) -> SecondPersonChange:
    with refusing("one_second_person_change_asked_at_once", AlreadyAsked):
        change = SecondPersonChange.objects.create(
            enterprise=enterprise, dropped=rights, asked_by=authority.by.person, asked_at=authority.at,
            asked_under=authority.as_record(), answer_by=answer_by(authority.at),
        )  # fmt: skip
    publish(SecondPersonAsked(**_ids(change)))
    return change


@in_one_transaction
def confirm_change(*, change_id: UUID, by: Actor) -> SecondPersonChange:
    """
    Confirm, as the second person, that fewer acts take two persons.

    :raises AccessDenied: if `by` is no RSE
    :raises SamePerson: if `by` asked for it, by whatever login
    :raises NothingToConfirm: if it was answered before
    :raises ConfirmedTooLate: if the time to answer is over
    """
    change, enterprise, authority = _locked(change_id, by)
    if by.person == change.asked_by:
        raise SamePerson
    change.make(ChangeMove.CONFIRM, at=authority.at, under=authority.as_record())
    enterprise.second_person_for = sorted(set(enterprise.second_person_for) - set(change.dropped))
    enterprise.save(update_fields=["second_person_for"])
    publish(SecondPersonChanged(**_ids(change)))
    return change


@in_one_transaction
def drop_change(*, change_id: UUID, reason: str, by: Actor) -> SecondPersonChange:
    """
    Withdraw what one has asked, or refuse what another has: what takes two persons stays so.

    :raises AccessDenied: if `by` is no RSE
    :raises NothingToConfirm: if it was answered before
    :raises ConfirmedTooLate: if the time to answer is over
    """
    change, _enterprise, authority = _locked(change_id, by)
    move = ChangeMove.WITHDRAW if by.person == change.asked_by else ChangeMove.REFUSE
    change.make(move, at=authority.at, under=authority.as_record(), reason=reason)
    publish(SecondPersonKept(**_ids(change), state=change.state))
    return change


def _locked(change_id: UUID, by: Actor) -> tuple[SecondPersonChange, Enterprise, Authority]:
    """Return a change that waits, its enterprise, both locked, and the authority to answer it."""
    enterprise = locked(Enterprise.objects.get(second_person_changes__public_id=change_id))
    target = SecondPersonChange.objects.select_for_update(of=["self"], no_key=True)
    target = target.select_related("enterprise", "asked_by").filter(public_id=change_id).order_by("id")
    authority = require(by, Right.ADMINISTER, enterprise=enterprise, target=target)
    change = target[0]
    if change.state != ChangeState.ASKED:
        raise NothingToConfirm
    if change.answer_by is not None and change.answer_by <= authority.at:
        raise ConfirmedTooLate
    return change, enterprise, authority


def lapse_changes(at: datetime, *, enterprise: Enterprise | None = None) -> None:
    """Let fall the changes that nobody confirmed in time, of one enterprise or of all."""
    waiting = SecondPersonChange.objects.filter(state=ChangeState.ASKED, answer_by__lte=at)
    mine = waiting.filter(enterprise=enterprise) if enterprise else waiting
    for change in mine.select_for_update(of=("self",), no_key=True).select_related("enterprise").order_by("id"):
        change.make(ChangeMove.LAPSE, at=at, under=FALLING)
        publish(SecondPersonKept(**_ids(change), state=change.state))


@in_one_transaction
def lapse_what_waits() -> None:
    """Let fall what no second person confirmed in time: changes, and proxies, whose dates are free again."""
    at = now()
    lapse_changes(at)
    fallen = Proxy.objects.filter(needs_second=True, confirmed_at=None, revoked_at=None, answer_by__lte=at)
    fallen = fallen.select_related("enterprise", "person", "mandatary")
    for proxy in fallen.select_for_update(of=("self",), no_key=True).order_by("id"):
        proxy.revoke(at=at, under=FALLING, reason="")
        publish(ProxyFell(**ids_of(proxy)))


def _ids(change: SecondPersonChange) -> dict[str, str]:
    return {"enterprise": str(change.enterprise.public_id), "change": str(change.public_id)}
