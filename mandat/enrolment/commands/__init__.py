"""The verbs of enrolment, by who speaks them: the applicant, the verification desk, the RSE, whoever is invited."""

from mandat.enrolment.commands.applying import (
    Begun,
    Saved,
    attach_document,
    begin_enrolment,
    remove_document,
    save_answers,
    submit_enrolment,
    withdraw_enrolment,
)
from mandat.enrolment.commands.invitations import activate, cancel_invitation, reissue_invitation
from mandat.enrolment.commands.registering import accept_registration, refuse_registration, register_with_regulator
from mandat.enrolment.commands.users import NewUser, create_user
from mandat.enrolment.commands.verifying import approve, refuse, return_for_correction, take_up
from mandat.enrolment.errors import EmailOfAnother

__all__ = [
    "Begun", "EmailOfAnother", "NewUser", "Saved",
    "accept_registration", "activate", "approve", "attach_document", "begin_enrolment", "cancel_invitation",
    "create_user", "refuse", "refuse_registration", "register_with_regulator", "reissue_invitation", "remove_document",
    "return_for_correction", "save_answers", "submit_enrolment", "take_up", "withdraw_enrolment",
]  # fmt: skip
