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
EMAIL_LINK_HOURS: Final = "email-link-hours"
EMAIL_UNDO_DAYS: Final = "email-undo-days"
EMAIL_CHANGES_A_DAY: Final = "email-changes-a-day"
DORMANT_WARNING_DAYS: Final = "dormant-warning-days"
DORMANT_SUSPENSION_DAYS: Final = "dormant-suspension-days"
STEP_UP_MINUTES: Final = "step-up-minutes"
PASSWORD_LONGEST: Final = "password-longest"  # noqa: S105 - the name of an entry
PASSWORD_OWN_SIGNS: Final = "password-own-signs"  # noqa: S105 - the name of an entry
RECOVERY_LINK_MINUTES: Final = "recovery-link-minutes"
RECOVERY_LINK_TRIES: Final = "recovery-link-tries"
RECOVERY_MAILS_A_DAY: Final = "recovery-mails-a-day"
REPROOF_DAYS: Final = "reproof-days"
REPROOF_TRIES: Final = "reproof-tries"
REPROOF_HOLD_HOURS: Final = "reproof-hold-hours"
REPROOF_HOLD_HOURS_ELSEWHERE: Final = "reproof-hold-hours-elsewhere"
DEVICE_DAYS: Final = "device-days"
PASSKEY_MINUTES: Final = "passkey-minutes"
GUESSES_IN_A_STEP: Final = "code-guesses-in-a-step"
GUESSES_IN_ALL: Final = "code-guesses-in-all"
REMEMBERED_HOURS: Final = "remembered-device-hours"
REMEMBERED_DEVICES: Final = "remembered-devices"
EMAIL_CODE_MINUTES: Final = "email-code-minutes"
EMAIL_CODE_GUESSES: Final = "email-code-guesses"


def limit(code: str, at: datetime) -> int:
    """
    Return a limit of the authentication policy.

    :raises NoEntry: if the policy says nothing of it on that day
    """
    return int(entry("identity_policy", code, legal_day(at)).values["value"])
