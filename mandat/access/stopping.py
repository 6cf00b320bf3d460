"""What follows when a cause from outside stops an enterprise, announces it, or is gone: whom it concerns is told."""

from datetime import datetime
from typing import Any

from mandat.access.business_standing import hear_business_register
from mandat.access.causes import Effect, Standing, label_of, repair_of
from mandat.access.commands.causes import keep_standing
from mandat.access.queries import people_who_can
from mandat.access.rights import Right
from mandat.access.stopped import standings_of
from mandat.access.telling import tell_each
from mandat.business_register.events import ExtractCameIntoUse
from mandat.enterprises.events import (
    CausesReported,
    EnterpriseRenamed,
    EnterpriseResumed,
    EnterpriseStopped,
    RegistrationMoved,
)
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Designation, Enterprise, NameChange
from mandat.identity.models import Person
from mandat.platform.clock import legal_day, now
from mandat.platform.text import day_in_words


def hear_the_extract(_event: ExtractCameIntoUse) -> None:
    """Hear what the extract that came into use says of the enterprises here."""
    hear_business_register()


def keep_stopped(event: RegistrationMoved) -> None:
    """Stop again a registration that was accepted, or taken up by hand, while a cause still holds."""
    enterprise = Enterprise.objects.get(public_id=event.enterprise)
    keep_standing(enterprise_id=enterprise.public_id)


def tell_of_notice(event: CausesReported) -> None:
    """Write to those in charge that something will stop, on which day and what repairs it, while there is time."""
    enterprise, at = Enterprise.objects.get(public_id=event.enterprise), now()
    if coming := [each for each in standings_of(enterprise, at) if each.is_announced(at)]:
        _tell("stop_announced", enterprise, coming, key=event.event_id, at=at)


def tell_of_stop(event: EnterpriseStopped) -> None:
    """Write to those in charge what stopped, which source says why, and what repairs it."""
    enterprise, at = Enterprise.objects.get(public_id=event.enterprise), now()
    if stopping := [each for each in standings_of(enterprise, at) if each.stops(at)]:
        _tell("stopped", enterprise, stopping, key=event.event_id, at=at)


def tell_of_resumption(event: EnterpriseResumed) -> None:
    """Write to those in charge that what had stopped serves again."""
    enterprise, at = Enterprise.objects.get(public_id=event.enterprise), now()
    _tell("resumed", enterprise, [e for e in standings_of(enterprise, at) if e.stops(at)], key=event.event_id, at=at)


def tell_of_name(event: EnterpriseRenamed) -> None:
    """Write to those in charge that the firm bears another name here, and that no right changed."""
    change = NameChange.objects.select_related("enterprise").get(public_id=event.change)
    firm = change.enterprise
    context = {"before": change.before, "after": change.after}
    tell_each("renamed", _in_charge(firm, now()), key=event.event_id, path=f"/d/{firm.public_id}/", context=context)


def tell_desk(event: CausesReported) -> None:
    """Write to the verification desk that a source says something new of an enterprise."""
    enterprise, at = Enterprise.objects.get(public_id=event.enterprise), now()
    context = {"enterprise": enterprise, "causes": Causes(standings_of(enterprise, at), at)}
    desk = people_who_can(None, Right.VERIFY, None, at).order_by("sort_name", "id")
    path = f"/agence/causes/{enterprise.public_id}/"
    tell_each("cause_desk", desk, key=event.event_id, path=path, context=context)


def _tell(template: str, firm: Enterprise, weighed: list[Standing], *, key: str, at: datetime) -> None:
    context: dict[str, Any] = {
        "enterprise": firm, "causes": Causes(weighed, at), "still": bool(weighed),
        "all": any(each.outcome.effect == Effect.SUSPEND for each in weighed),
    }  # fmt: skip
    tell_each(template, _in_charge(firm, at), key=key, path=f"/d/{firm.public_id}/", context=context)


def _in_charge(firm: Enterprise, at: datetime) -> list[Person]:
    """Return the RAs and the RSEs of a firm, whatever its state."""
    held = Designation.objects.filter(in_force(at), enterprise=firm).values("person")
    people = Person.objects.filter(pk__in=held, state=Person.State.ACTIVE)
    return list(people.order_by("sort_name", "id"))


class Causes:
    """Causes as a message tells them: put into words when it is written, in the language of its reader."""

    def __init__(self, weighed: list[Standing], at: datetime) -> None:
        self.weighed, self.at = weighed, at

    def __iter__(self) -> Any:
        return iter([told(each, self.at) for each in self.weighed])

    def __bool__(self) -> bool:
        return bool(self.weighed)


def told(each: Standing, at: datetime) -> dict[str, Any]:
    """Return a cause in words: what, said by whom as of when, since when, what follows from when, what repairs it."""
    return {
        "label": each.outcome.label or each.fact.cause,
        "source": label_of(each.source),
        "as_of": day_in_words(legal_day(each.as_of)),
        "since": day_in_words(each.fact.since) if each.fact.since else "",
        "said": each.fact.said,
        "other": each.fact.other,
        "effect": each.outcome.effect.label,
        "is_staff": each.source == "staff",
        "stops": each.stops(at),
        "is_announced": each.is_announced(at),
        "starts": day_in_words(legal_day(each.starts)),
        "aside_until": day_in_words(legal_day(each.aside_until)) if each.aside_until else "",
        "repair": repair_of(each.fact.cause),
        "cause": each.fact.cause,
        "source_code": each.source,
        "since_day": each.fact.since.isoformat() if each.fact.since else None,
        "as_of_day": legal_day(each.as_of).isoformat(),
    }
