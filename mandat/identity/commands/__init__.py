"""What may be done to persons, their logins, their factors and their sessions."""

from mandat.identity.commands.factors import check_second_factor, renew_recovery_codes, set_up_second_factor
from mandat.identity.commands.logins import EmailTaken, create_login, link_login
from mandat.identity.commands.people import create_person, restore_person, suspend_person
from mandat.identity.commands.sign_ins import record_sign_in, record_sign_out

__all__ = [
    "EmailTaken",
    "check_second_factor",
    "create_login",
    "create_person",
    "link_login",
    "record_sign_in",
    "record_sign_out",
    "renew_recovery_codes",
    "restore_person",
    "set_up_second_factor",
    "suspend_person",
]
