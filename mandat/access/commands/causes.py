"""
What stops an enterprise from outside: heard from its sources, weighed, and brought about; undone when it is corrected.

Nothing is ended or deleted: an account or its services are suspended, so that every right that still stands serves
again once the cause is gone. See `mandat.access.causes` for how the words of several sources rank.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from mandat.access.causes import (
    BY_CAUSE,
    Cause,
    Fact,
    Reported,
    Standing,
    account_move,
    heard_after,
    name_wanted,
    registration_move,
)
from mandat.access.commands.designations import locked
from mandat.access.commands.recovery import keep_recovery
from mandat.access.decision import require
from mandat.access.retries import in_one_transaction
from mandat.access.rights import Right
from mandat.access.stopped import as_reported, enterprises_with_causes, is_by_cause, standings_of
from mandat.enterprises.events import (
    CausesReported,
    EnterpriseRenamed,
    EnterpriseResumed,
    EnterpriseStopped,
    RegistrationMoved,
)
from mandat.enterprises.models import (
    Enterprise,
    Report,
    ReportHistory,
    ReportSource,
    Role,
    ServiceRegistration,
    SetAside,
)
from mandat.enterprises.workflow import EnterpriseMove, RegistrationMove
from mandat.identity.actor import Actor
from mandat.platform.clock import legal_day, now
from mandat.platform.events import publish
from mandat.reference.queries import policy


class CauseNotSaid(Exception):
    """No source says this of the enterprise now."""


class AlreadyAside(Exception):
    """The cause is set aside already."""


class AlreadyHeld(Exception):
    """The staff hold the account already, or hold it no more."""


@in_one_transaction
def hear(
    *, enterprise_id: UUID, reported: Reported, under: Mapping[str, object] | None = None, reason: str = ""
) -> bool:  # fmt: skip
    """Keep what a source says of an enterprise, and bring about what follows; return whether that is news."""
    enterprise = locked(Enterprise.objects.get(public_id=enterprise_id))
    row = enterprise.reports.filter(source=reported.source).first()
    kept, at = as_reported(row) if row else None, now()
    stands = heard_after(kept, reported, at)
    if stands is kept or stands == kept:
        return False
    facts = [each.as_record() for each in stands.facts]
    Report.objects.update_or_create(
        enterprise=enterprise, source=stands.source,
        defaults={"as_of": stands.as_of, "serial": stands.serial, "facts": facts, "heard_at": at},
    )  # fmt: skip
    if {each.key for each in stands.facts} == {each.key for each in (kept.facts if kept else ())}:
        return False
    told = ReportHistory.objects.create(
        enterprise=enterprise, source=stands.source, as_of=stands.as_of, facts=facts, at=at, reason=reason,
        authority=dict(under or {}),
    )  # fmt: skip
    publish(CausesReported(enterprise=str(enterprise.public_id), report=str(told.public_id)))
    keep_standing(enterprise_id=enterprise_id)
    return True


def hear_all(source: ReportSource, said: Mapping[UUID, tuple[Fact, ...]], *, as_of: datetime, serial: int = 0) -> int:
    """Hear what a source says of many enterprises as of one instant; return of how many it is news."""
    began = now()
    rows = Report.objects.filter(source=source, enterprise__public_id__in=said).select_related("enterprise")
    kept = {each.enterprise.public_id: as_reported(each) for each in rows}
    reports = {key: Reported(source, as_of, serial, facts) for key, facts in said.items()}
    same = {key for key, each in reports.items() if key in kept and kept[key].says_as(each)}
    unmoved = Report.objects.filter(source=source, enterprise__public_id__in=same, heard_at__lte=began)
    older = Q(as_of__lt=as_of) | Q(as_of=as_of, serial__lt=serial)
    unmoved.filter(older).update(as_of=as_of, serial=serial)
    return sum(hear(enterprise_id=key, reported=each) for key, each in reports.items() if key not in same)


@in_one_transaction
def keep_standing(*, enterprise_id: UUID) -> Enterprise | None:
    """Bring an enterprise and its registrations to what follows from what its sources say; return it if that moved."""
    enterprise, at = locked(Enterprise.objects.get(public_id=enterprise_id)), now()
    weighed = standings_of(enterprise, at)
    under = _under(weighed, at)
    account = _keep_account(enterprise, weighed, at, under)  # of another sort than the rest: their words are the same
    moves = [account, *_keep_registrations(enterprise, weighed, at, under)]
    named = str(enterprise.public_id)
    if EnterpriseMove.SUSPEND in moves or RegistrationMove.SUSPEND in moves:
        causes = sorted({each.fact.cause for each in weighed if each.stops(at)})
        publish(EnterpriseStopped(enterprise=named, causes=causes, of_account=account == EnterpriseMove.SUSPEND))
    elif any(moves):
        publish(EnterpriseResumed(enterprise=named, of_account=account == EnterpriseMove.REINSTATE))
    if account == EnterpriseMove.REINSTATE and enterprise.designations.filter(role=Role.RSE).exists():
        keep_recovery(enterprise_id=enterprise_id)
    return enterprise if any(moves) else None


def keep_standings() -> list[Enterprise]:
    """Bring about what time alone changes: a notice that is over, a cause set aside for long enough, a policy."""
    at = now()
    due = [each for each in enterprises_with_causes() if _is_to_move(each, at)]
    return [kept for each in due if (kept := keep_standing(enterprise_id=each.public_id))]


def _is_to_move(enterprise: Enterprise, at: datetime) -> bool:
    weighed = standings_of(enterprise, at)
    if account_move(enterprise.state, weighed, at, is_ours=is_by_cause(enterprise)):
        return True
    return any(
        registration_move(each.public_id, each.state, weighed, at, is_ours=is_by_cause(each))
        for each in enterprise.registrations.order_by("id")
    )


def _keep_account(
    enterprise: Enterprise, weighed: list[Standing], at: datetime, under: dict[str, object]
) -> EnterpriseMove | None:  # fmt: skip
    move = account_move(enterprise.state, weighed, at, is_ours=is_by_cause(enterprise))
    if move:
        enterprise.make(move, at=at, under=under)
    return move


def _keep_registrations(
    enterprise: Enterprise, weighed: list[Standing], at: datetime, under: dict[str, object]
) -> list[RegistrationMove]:  # fmt: skip
    moves = []
    kept = ServiceRegistration.objects.filter(enterprise=enterprise).select_for_update(of=("self",), no_key=True)
    for each in kept.order_by("id"):
        move = registration_move(each.public_id, each.state, weighed, at, is_ours=is_by_cause(each))
        if move:
            reason = "; ".join(dict.fromkeys(one.outcome.label_fr for one in weighed if one.stops(at)))
            each.make(move, at=at, under=under, reason=reason[:300])
            ids = {"enterprise": str(enterprise.public_id), "registration": str(each.public_id)}
            publish(RegistrationMoved(**ids, state=each.state))
            moves.append(move)
    return moves


def _under(weighed: list[Standing], at: datetime) -> dict[str, object]:
    """Return what is kept beside a move that a cause makes: which facts, as said by whom."""
    said = [{"source": e.source, "as_of": e.as_of.isoformat()} | e.fact.as_record() for e in weighed if e.stops(at)]
    return {"rule": BY_CAUSE, "causes": said}


@in_one_transaction
def follow_name(*, enterprise_id: UUID, source: ReportSource, legal: str, former: Collection[str]) -> bool:
    """Give an enterprise the name that a register gives it now, if it bore one that the register calls former."""
    enterprise = locked(Enterprise.objects.get(public_id=enterprise_id))
    last = enterprise.name_changes.order_by("-id").first()
    is_theirs = last is not None and last.after == enterprise.name and last.authority.get("source") == source
    name = name_wanted(enterprise.name, legal, former, is_theirs=is_theirs)
    if not name:
        return False
    enterprise.rename(name[:300], at=now(), under={"rule": "named as the register says", "source": source.value})
    change = enterprise.name_changes.latest("id")
    publish(EnterpriseRenamed(enterprise=str(enterprise.public_id), change=str(change.public_id)))
    return True


@in_one_transaction
def set_cause_aside(*, enterprise_id: UUID, source: str, cause: str, reason: str, by: Actor) -> SetAside:
    """
    Set aside a cause that is contested or in error, for as long as the policy of the day says; its source goes on.

    :raises AccessDenied: if `by` is no supervisor
    :raises CauseNotSaid: if the source does not say it now
    :raises AlreadyAside: if it is set aside already
    """
    enterprise = locked(Enterprise.objects.get(public_id=enterprise_id))
    authority = require(by, Right.SUPERVISE)
    fact = _said(enterprise, source, cause, authority.at)
    if fact.aside_until:
        raise AlreadyAside
    days = policy("cause-set-aside-days", legal_day(authority.at))
    kept = SetAside.objects.create(
        enterprise=enterprise, source=source, cause=cause, since=fact.fact.since, reason=reason,
        during=DateTimeTZRange(authority.at, authority.at + timedelta(days=days)), authority=authority.as_record(),
    )  # fmt: skip
    keep_standing(enterprise_id=enterprise_id)
    return kept


@in_one_transaction
def heed_cause(*, enterprise_id: UUID, source: str, cause: str, reason: str, by: Actor) -> None:
    """
    Heed again, before its time, a cause that was set aside.

    :raises AccessDenied: if `by` is no supervisor
    :raises CauseNotSaid: if nothing of the kind is set aside now
    """
    enterprise = locked(Enterprise.objects.get(public_id=enterprise_id))
    authority = require(by, Right.SUPERVISE)
    lasting = enterprise.set_aside.filter(source=source, cause=cause, during__contains=authority.at)
    if not (found := list(lasting.order_by("id"))):
        raise CauseNotSaid
    for each in found:
        each.during = DateTimeTZRange(each.during.lower, authority.at)
        each.ended_under, each.end_reason = authority.as_record(), reason
        each.save(update_fields=["during", "ended_under", "end_reason"])
    keep_standing(enterprise_id=enterprise_id)


@in_one_transaction
def hold_account(*, enterprise_id: UUID, reason: str, by: Actor) -> None:
    """
    Suspend an enterprise's account by hand: no register lifts it.

    :raises AccessDenied: if `by` is no supervisor
    :raises AlreadyHeld: if it is held already
    """
    _hold(enterprise_id, reason, by, is_held=True)


@in_one_transaction
def release_account(*, enterprise_id: UUID, reason: str, by: Actor) -> None:
    """
    Lift what `hold_account` did; what a register says still counts.

    :raises AccessDenied: if `by` is no supervisor
    :raises AlreadyHeld: if it is not held
    """
    _hold(enterprise_id, reason, by, is_held=False)


def _hold(enterprise_id: UUID, reason: str, by: Actor, *, is_held: bool) -> None:
    enterprise = locked(Enterprise.objects.get(public_id=enterprise_id))
    authority = require(by, Right.SUPERVISE)
    source = ReportSource.STAFF
    if enterprise.reports.filter(source=source).exclude(facts=[]).exists() == is_held:
        raise AlreadyHeld
    facts = (Fact(Cause.HELD, since=legal_day(authority.at), said=reason),) if is_held else ()
    reported = Reported(source, authority.at, facts=facts)
    hear(enterprise_id=enterprise_id, reported=reported, under=authority.as_record(), reason=reason)


def _said(enterprise: Enterprise, source: str, cause: str, at: datetime) -> Standing:
    found = [e for e in standings_of(enterprise, at) if (e.source, e.fact.cause) == (source, cause)]
    if not found or source == ReportSource.STAFF:
        raise CauseNotSaid
    return found[0]
