"""What the provider’s tokens and keys last: dated reference data, dated like every other policy."""

from datetime import datetime, timedelta
from typing import Final

from mandat.platform.clock import legal_day
from mandat.reference.queries import entry

CODE: Final = "code-seconds"
ID_TOKEN: Final = "id-token-seconds"  # noqa: S105 - the name of an entry
ACCESS_TOKEN: Final = "access-token-seconds"  # noqa: S105 - the name of an entry
SECRET_GRACE: Final = "secret-grace-hours"  # noqa: S105 - the name of an entry
KEY_LEAD: Final = "key-lead-hours"
KEY_DAYS: Final = "key-days"


def limit(code: str, at: datetime) -> int:
    """
    Return a limit of the policy.

    :raises NoEntry: if the policy says nothing of it on that day
    """
    return int(entry("openid_policy", code, legal_day(at)).values["value"])


def seconds(code: str, at: datetime) -> timedelta:
    """Return a duration that the policy gives in seconds."""
    return timedelta(seconds=limit(code, at))


def hours(code: str, at: datetime) -> timedelta:
    """Return a duration that the policy gives in hours."""
    return timedelta(hours=limit(code, at))


def days(code: str, at: datetime) -> timedelta:
    """Return a duration that the policy gives in days."""
    return timedelta(days=limit(code, at))
