"""
When a right was last used: one day for each person, firm, block and right, so that what no longer serves is seen.

Noted once the act has succeeded, outside its transaction: no act waits for another's note, and one that fails notes
nothing. A process that has noted a right of the day asks nothing more of the database about it until the next day, and
the note itself changes a row only if it is of an earlier day.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from mandat.access.models import LastUse
from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.enterprises.models import Enterprise
from mandat.identity.models import Person
from mandat.platform.clock import legal_day, now
from mandat.reference.queries import policy

Key = tuple[int, int, str, str]

NOTE = """
INSERT INTO access_lastuse AS known (enterprise_id, person_id, block, "right", day) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (enterprise_id, person_id, block, "right") DO UPDATE SET day = excluded.day WHERE known.day < excluded.day
"""
#: How many a process remembers of a day before it begins again.
REMEMBERED = 50_000


class _Day:
    """What this process has noted, of one day."""

    def __init__(self) -> None:
        self.day = date.min
        self.noted: set[Key] = set()

    def has(self, key: Key, day: date) -> bool:
        """Tell whether a use was noted on that day already."""
        return day == self.day and key in self.noted

    def add(self, key: Key, day: date) -> None:
        """Remember that a use was noted."""
        if day != self.day or len(self.noted) >= REMEMBERED:
            self.day, self.noted = day, set()
        self.noted.add(key)


_today = _Day()


def note_use(person: Person, enterprise: Enterprise, block: str, rights: Iterable[Right], at: datetime) -> None:
    """Note that a person used rights in a block, once the transaction that they act in has succeeded."""
    day = legal_day(at)
    used = sorted(right.value for right in set(rights) & RIGHTS_OF_A_PROXY)
    keys: list[Key] = [(enterprise.pk, person.pk, block, right) for right in used]
    new = [key for key in keys if not _today.has(key, day)]
    if new:
        transaction.on_commit(lambda: _note(new, day), robust=True)


def _note(keys: list[Key], day: date) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(NOTE, [(*key, day) for key in keys])
    for key in keys:
        _today.add(key, day)


def forget_notes() -> None:
    """Make this process ask the database again: for tests, which undo what it wrote."""
    _today.noted.clear()


def last_uses(enterprise: Enterprise, people: Iterable[int]) -> Mapping[tuple[int, str], date]:
    """Return the last day on which each of these persons used any right in each block of an enterprise."""
    found = LastUse.objects.filter(enterprise=enterprise, person__in=list(people)).order_by()
    return {
        (each["person_id"], each["block"]): each["last"]
        for each in found.values("person_id", "block").annotate(last=Max("day"))
    }


def forget_old_uses() -> int:
    """Forget what was last used longer ago than the policy of the day keeps; return how many were forgotten."""
    today = legal_day(now())
    kept = timedelta(days=policy("last-use-days", today))
    return LastUse.objects.filter(day__lt=today - kept).delete()[0]
