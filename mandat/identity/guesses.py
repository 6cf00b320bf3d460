"""How many wrong codes are bearable: counted under a lock, so that none of many at once goes uncounted."""

from datetime import datetime

from mandat.identity import policy
from mandat.identity.limits import TooManyTries
from mandat.identity.models import GuessCount, Login

Kind = GuessCount.Kind
SECONDS = 30


class TooManyGuesses(TooManyTries):
    """Too many wrong codes in these 30 seconds. The next ones may be tried."""


class FactorLocked(Exception):
    """Too many wrong codes in a row: no code of this factor counts until it is replaced."""


def step_of(at: datetime) -> int:
    """Return the number of the 30-second step that an instant falls in."""
    return int(at.timestamp()) // SECONDS


def open_count(login: Login, kind: Kind, *, at: datetime) -> GuessCount:
    """
    Return the count of a factor's wrong codes, locked: whoever guesses at the same time waits.

    :raises TooManyGuesses: if there were too many in this step
    :raises FactorLocked: if there were too many in a row
    """
    GuessCount.objects.get_or_create(login=login, kind=kind)
    count = GuessCount.objects.select_for_update(of=["self"]).get(login=login, kind=kind)
    if count.locked_at is not None:
        raise FactorLocked
    if count.step == step_of(at) and count.in_step >= policy.limit(policy.GUESSES_IN_A_STEP, at):
        raise TooManyGuesses(datetime.fromtimestamp((count.step + 1) * SECONDS, tz=at.tzinfo), at)
    return count


def count_wrong(count: GuessCount, *, at: datetime) -> bool:
    """Count a wrong code; return whether it was the one that locks the factor."""
    step = step_of(at)
    count.in_step = count.in_step + 1 if count.step == step else 1
    count.step, count.in_all = step, count.in_all + 1
    is_last = count.in_all >= policy.limit(policy.GUESSES_IN_ALL, at)
    count.locked_at = at if is_last else None
    count.save()
    return is_last


def count_right(count: GuessCount) -> None:
    """Forget the wrong codes in a row; those of this step stay counted."""
    if count.in_all:
        count.in_all = 0
        count.save(update_fields=["in_all"])


def is_locked(login: Login, kind: Kind) -> bool:
    """Return whether a factor is locked."""
    return GuessCount.objects.filter(login=login, kind=kind, locked_at__isnull=False).exists()


def forget_guesses(login: Login, *kinds: Kind) -> None:
    """Begin counting anew: the factor was replaced."""
    GuessCount.objects.filter(login=login, kind__in=kinds).update(in_all=0, in_step=0, locked_at=None)
