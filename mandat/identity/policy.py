"""The authentication policy: dated reference data, read as of an instant."""

from datetime import datetime
from typing import Final

from mandat.platform.clock import legal_day
from mandat.reference.queries import entry

PASSWORD_ALONE: Final = "password-alone"  # noqa: S105 - the name of an entry
PASSWORD_WITH_SECOND_FACTOR: Final = "password-with-second-factor"  # noqa: S105 - the name of an entry
TOTP_STEPS_EITHER_SIDE: Final = "totp-steps-either-side"
SESSION_HOURS: Final = "session-hours"
SESSION_IDLE: Final = "session-idle-minutes"
SESSION_IDLE_OF_STAFF: Final = "session-idle-minutes-of-staff"
STEP_UP_MINUTES: Final = "step-up-minutes"


def limit(code: str, at: datetime) -> int:
    """
    Return a limit of the authentication policy.

    :raises NoEntry: if the policy says nothing of it on that day
    """
    return int(entry("identity_policy", code, legal_day(at)).values["value"])
