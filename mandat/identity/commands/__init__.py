"""What may be done to persons, their logins, their factors and their sessions."""

from mandat.identity.commands.devices import forget_all_devices, forget_device, remember_device
from mandat.identity.commands.emails import (
    EmailLinkUnusable,
    SameEmail,
    TooManyChanges,
    ask_for_email,
    choose_language,
    confirm_email,
    undo_email,
)
from mandat.identity.commands.factors import (
    HasFactors,
    LastFactor,
    check_second_factor,
    decline_passkey,
    remove_second_factor,
    renew_recovery_codes,
    send_email_code,
    set_up_second_factor,
)
from mandat.identity.commands.logins import EmailTaken, create_login, link_login
from mandat.identity.commands.passkeys import NoPasskey, add_passkey, prove_passkey, remove_passkey, rename_passkey
from mandat.identity.commands.passwords import WrongPassword, change_password
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
    "HasFactors",
    "LastFactor",
    "NoPasskey",
    "RecoveryUnusable",
    "SameEmail",
    "TooManyChanges",
    "WrongPassword",
    "add_passkey",
    "ask_for_access",
    "ask_for_email",
    "change_password",
    "check_second_factor",
    "choose_language",
    "confirm_email",
    "create_login",
    "create_person",
    "decline_passkey",
    "end_own_session",
    "end_sessions_of_login",
    "end_sessions_of_person",
    "forget_all_devices",
    "forget_device",
    "lapse",
    "link_login",
    "mail_password_link",
    "note_presence",
    "note_proof",
    "open_session",
    "prove_passkey",
    "recall_user_code",
    "recover_password",
    "remember_device",
    "remove_passkey",
    "remove_second_factor",
    "rename_passkey",
    "renew_recovery_codes",
    "restore_person",
    "send_email_code",
    "set_up_second_factor",
    "sign_out",
    "stop_recovery",
    "suspend_person",
    "undo_email",
]
