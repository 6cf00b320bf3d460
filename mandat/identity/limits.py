"""
How often one may be wrong, without locking out whom it protects.

A try is counted before it is made, by one statement that no burst can outrun, and given back if it was right. Whoever
guesses is held by the pair (login, address), by the address, and, from however many addresses, by the login. A browser
that has signed in before is held by its own count alone, so that guesses made elsewhere never keep its person out.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from mandat.identity.models import Tries
from mandat.platform.clock import legal_day, now
from mandat.reference.queries import entries

#: The entries of the policy that say how many, and within how long.
PAIR, ADDRESS, LOGIN, LOGIN_IN_ALL, DEVICE, CLIENT = (
    f"tries-per-{each}" for each in ("pair", "address", "login", "login-in-all", "device", "client")
)  # fmt: skip

_COUNT = """
INSERT INTO identity_tries AS kept (key, made, until) VALUES {rows}
ON CONFLICT (key) DO UPDATE SET
  made = CASE WHEN kept.until <= %s THEN 1 ELSE kept.made + 1 END,
  until = CASE WHEN kept.until <= %s THEN excluded.until ELSE kept.until END
RETURNING key, made, until
"""


class TooManyTries(Exception):
    """It was tried too often. One may try again at this instant."""

    def __init__(self, until: datetime, at: datetime) -> None:
        super().__init__(until)
        self.until, self.seconds = until, max(1, int((until - at).total_seconds()))


@dataclass(frozen=True)
class Bound:
    """How many tries one key allows within a period."""

    key: str
    most: int
    within: timedelta


def bound(policy: str, *parts: str, at: datetime) -> Bound:
    """Return the bound that a policy sets to what is named by some words, which are hashed."""
    return bounds([(policy, parts)], at=at)[0]


def bounds(asked: Sequence[tuple[str, Sequence[str]]], *, at: datetime) -> list[Bound]:
    """Return several bounds, whose policies are read by one statement."""
    said = {
        each.code: each.values for each in entries("identity_policy", legal_day(at)).filter(code__startswith="tries-")
    }
    return [
        Bound(_key(policy, *parts), said[policy]["value"], timedelta(minutes=said[policy]["minutes"]))
        for policy, parts in asked
    ]


def _key(*parts: str) -> str:
    typed = "\0".join(parts).encode("utf-8", "replace")
    return hmac.digest(settings.SECRET_KEY.encode(), b"tries " + typed, "sha256").hex()


@dataclass
class Try:
    """One try that was counted; `rollback()` gives it back, once it was seen to be right."""

    counted: list[Bound]

    def rollback(self) -> None:
        """Give the try back."""
        keys, self.counted = [each.key for each in self.counted], []
        for key in sorted(keys):  # one by one, in order: no two wait for each other
            with connection.cursor() as cursor:
                cursor.execute("UPDATE identity_tries SET made = greatest(made - 1, 0) WHERE key = %s", [key])


def count(*stages: Sequence[Bound], at: datetime) -> Try:
    """
    Count one try. A bound of a later stage counts only what those before it let through.

    :raises TooManyTries: if one of them lets no more through
    """
    counted: list[Bound] = []
    for stage in stages:
        counted += stage
        if until := _counted(stage, at):
            raise TooManyTries(until, at)
    return Try(counted)


def _counted(stage: Sequence[Bound], at: datetime) -> datetime | None:
    """Count in one statement; return until when a bound stands in the way."""
    by_key = {each.key: each for each in stage}
    values = [value for key in sorted(by_key) for value in (key, 1, at + by_key[key].within)]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(rows=", ".join(["(%s, %s, %s)"] * len(by_key))), [*values, at, at])
        found = cursor.fetchall()
    return max((until for key, made, until in found if made > by_key[key].most), default=None)


def count_try(named: str, *, address: str, device: str = "") -> Try:
    """
    Count a try against a login, from an address, by a browser that has signed in before or not.

    :raises TooManyTries: if there were too many
    """
    at = now()
    if device:
        return count(bounds([(DEVICE, [named, device])], at=at), at=at)
    narrow_and_wide = [(PAIR, [named, address]), (ADDRESS, [address]), (LOGIN, [named]), (LOGIN_IN_ALL, [named])]
    found = bounds(narrow_and_wide, at=at)
    return count(found[:2], found[2:3], found[3:], at=at)


def count_asked(named: str, *, address: str) -> None:
    """
    Count a question that anybody may ask of a login. No bound lies on the login: nobody asks in another’s place.

    :raises TooManyTries: if it was asked too often from there
    """
    at = now()
    count(bounds([(PAIR, ["asked", named, address]), (ADDRESS, [address])], at=at), at=at)


def require_fewer_failures(policy: str, *parts: str) -> None:
    """
    Go on unless as many failures were counted as the policy bears. What is right is never counted.

    :raises TooManyTries: if there were too many
    """
    at = now()
    asked = bound(policy, *parts, at=at)
    kept = Tries.objects.filter(key=asked.key, until__gt=at, made__gte=asked.most).first()
    if kept is not None:
        raise TooManyTries(kept.until, at)


def count_failure(policy: str, *parts: str) -> None:
    """
    Count what was seen to be wrong.

    :raises TooManyTries: if there were more than the policy bears
    """
    at = now()
    count([bound(policy, *parts, at=at)], at=at)


def count_work(named: str) -> None:
    """
    Count what somebody signed in does by name, as often as one address may try.

    :raises TooManyTries: if they did it too often
    """
    at = now()
    count(bounds([(ADDRESS, ["work", named])], at=at), at=at)


def forget_tries(named: str) -> None:
    """Forget what was tried against a login by others, once its holder has proven who they are."""
    Tries.objects.filter(key__in=[_key(LOGIN, named), _key(LOGIN_IN_ALL, named)]).delete()


def forget_old_tries() -> None:
    """Forget the tries whose period is over."""
    Tries.objects.filter(until__lte=now()).delete()
