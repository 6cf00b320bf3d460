"""What the giving and the taking back of every dated right share."""

from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.enterprises.grants import Grant


class DatesImpossible(Exception):
    """The dates leave no instant in which the right would hold, or leave a proxy without an end."""


class AlreadyGranted(Exception):
    """An unrevoked one of the same kind holds during some of these dates."""


class AlreadyRevoked(Exception):
    """It was revoked before."""


def from_now_on(during: DateTimeTZRange, at: datetime) -> DateTimeTZRange:
    """
    Return the dates, begun now if they began earlier: nothing holds before it was given.

    :raises DatesImpossible: if they end before they begin
    """
    start = max(during.lower or at, at)
    if during.upper is not None and during.upper <= start:
        raise DatesImpossible
    return DateTimeTZRange(start, during.upper)


def refuse_a_second_revocation(grant: Grant) -> None:
    """
    Let pass what still stands.

    :raises AlreadyRevoked: if it was revoked before
    """
    if grant.revoked_at is not None:
        raise AlreadyRevoked
