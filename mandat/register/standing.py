"""What the register says of the enterprises that stand for its registrants: whether any registration holds still."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from mandat.access.causes import Cause, Fact
from mandat.access.commands.causes import hear_all
from mandat.enterprises.models import ReportSource
from mandat.enterprises.workflow import RegistrationState
from mandat.platform.clock import legal_day, now
from mandat.register.models import Import, Registrant, Registration
from mandat.register.vocabulary import Standing

#: The states in which an online registration may be stopped, or come back.
ALIVE = (RegistrationState.ACTIVE, RegistrationState.SUSPENDED)


def cause_in(registrations: Collection[Registration], on: date, *, online: UUID) -> Fact | None:
    """
    Return why a registrant may not be served online on a day, if it may not. Pure.

    One that never had a registration, or whose first is to come, is not yet anything: nothing is concluded.
    """
    over = [end for each in registrations if (end := _end(each)) is not None and end <= on]
    holding = [each for each in registrations if each.during.lower <= on and (_end(each) or date.max) > on]
    if not holding:
        return Fact(Cause.REGISTRATION_ENDED, since=max(over), registration=online) if over else None
    if all(each.state == Standing.SUSPENDED for each in holding):
        since = max(each.during.lower for each in holding)
        return Fact(Cause.REGISTRATION_SUSPENDED, since=since, registration=online)
    return None


def _end(registration: Registration) -> date | None:
    end: date | None = registration.during.upper
    return end


def push_standings() -> int:
    """Have `access` hear what the register says today of each enterprise online; return of how many it is news."""
    at = now()  # before the register is read: whoever reads later is heard as later
    last = Import.objects.order_by("-id").values_list("id", flat=True).first() or 0
    linked = Registrant.objects.filter(service_registration__state__in=ALIVE)
    linked = linked.select_related("service_registration__enterprise").prefetch_related("registrations")
    said: dict[UUID, list[Fact]] = {}
    for enterprise, fact in _facts(linked.order_by("id"), legal_day(at)):
        said.setdefault(enterprise, []).extend([fact] if fact else [])
    return hear_all(ReportSource.REGISTER, {key: tuple(facts) for key, facts in said.items()}, as_of=at, serial=last)


def _facts(registrants: Iterable[Registrant], on: date) -> Iterable[tuple[UUID, Fact | None]]:
    for each in registrants:
        online = each.service_registration
        if online is not None:
            yield (
                online.enterprise.public_id,
                cause_in(each.registrations.all(), on, online=online.public_id),
            )
