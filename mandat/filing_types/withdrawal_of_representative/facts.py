"""What the file and the reference data say, for the forms and checks of a withdrawal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mandat.reference.models import Entry
from mandat.reference.queries import NoEntry
from mandat.register.models import Registrant
from mandat.register.queries import attachments_in_force

_LISTS = ("withdrawal_reason", "time_limit", "individual_category", "discipline")


@dataclass(frozen=True)
class Attached:
    """One attachment in force."""

    individual: str
    name: str
    regime: str
    code: str
    since: date


@dataclass(frozen=True)
class Facts:
    """The attachments in force on a day, and the lists that the answers are taken from."""

    on: date
    attached: tuple[Attached, ...]
    lists: Mapping[str, Mapping[str, Entry]]

    def of(self, individual: str) -> list[Attached]:
        """Return the attachments of an individual."""
        return [each for each in self.attached if each.individual == individual]

    def name_of(self, individual: str) -> str:
        """Return an individual's name, or nothing if they are not attached."""
        return next((each.name for each in self.of(individual)), "")

    def label(self, kind: str, code: str) -> str:
        """Return what people call a code; the code itself if the list does not have it."""
        found = self.lists.get(kind, {}).get(code)
        return found.label if found else code

    def label_of(self, attached: Attached) -> str:
        """Return what people call what somebody is attached for."""
        return self.label("discipline" if attached.regime == "distribution" else "individual_category", attached.code)

    def days(self, limit: str) -> int:
        """
        Return a time limit in days.

        :raises NoEntry: if the reference data have no such limit on this day
        """
        if limit not in self.lists["time_limit"]:
            raise NoEntry(f"time_limit {limit} on {self.on}")
        return int(self.lists["time_limit"][limit].values["days"])


def facts_of(registrant: Registrant, on: date) -> Facts:
    """Return the facts as they stand on a day, in two statements."""
    attached = tuple(
        Attached(str(each.individual.public_id), str(each.individual), each.regime, each.code, each.during.lower)
        for each in attachments_in_force(registrant, on)
    )
    lists: dict[str, dict[str, Any]] = {kind: {} for kind in _LISTS}
    for entry in Entry.objects.filter(kind__in=_LISTS, during__contains=on):
        lists[entry.kind][entry.code] = entry
    return Facts(on, attached, lists)
