"""What may be done to persons, their logins, their factors and their sessions."""

from mandat.identity.commands.emails import (
    EmailLinkUnusable,
    SameEmail,
    TooManyChanges,
    ask_for_email,
    choose_language,
    confirm_email,
    undo_email,
)
from mandat.identity.commands.factors import check_second_factor, renew_recovery_codes, set_up_second_factor
from mandat.identity.commands.logins import EmailTaken, create_login, link_login
from mandat.identity.commands.people import create_person, restore_person, suspend_person
from mandat.identity.commands.recovery import (
    RecoveryUnusable,
    ask_for_access,
    mail_password_link,
    recall_user_code,
    recover_password,
    stop_recovery,
)
from mandat.identity.commands.sessions import (
    Device,
    end_own_session,
    end_sessions_of_login,
    end_sessions_of_person,
    lapse,
    note_presence,
    note_proof,
    open_session,
    sign_out,
)

__all__ = [
    "Device",
    "EmailLinkUnusable",
    "EmailTaken",
    "RecoveryUnusable",
    "SameEmail",
    "TooManyChanges",
    "ask_for_access",
    "ask_for_email",
    "check_second_factor",
    "choose_language",
    "confirm_email",
    "create_login",
    "create_person",
    "end_own_session",
    "end_sessions_of_login",
    "end_sessions_of_person",
    "lapse",
    "link_login",
    "mail_password_link",
    "note_presence",
    "note_proof",
    "open_session",
    "recall_user_code",
    "recover_password",
    "renew_recovery_codes",
    "restore_person",
    "set_up_second_factor",
    "sign_out",
    "stop_recovery",
    "suspend_person",
    "undo_email",
]
