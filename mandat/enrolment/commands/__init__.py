"""The verbs of enrolment, by who speaks them: the applicant, the verification desk, the RSE, whoever is invited."""

from mandat.enrolment.commands.applying import (
    Saved,
    answer_evidence,
    attach_document,
    begin_enrolment,
    remove_document,
    save_answers,
    submit_enrolment,
    withdraw_enrolment,
)
from mandat.enrolment.commands.asking import ask_for_a_person, ask_who_is_in_charge
from mandat.enrolment.commands.beginning import Begun
from mandat.enrolment.commands.checking import check_again
from mandat.enrolment.commands.desk import (
    answer_call,
    ask_evidence,
    look_again,
    propose,
    reconsider,
    resume,
    step_aside,
)
from mandat.enrolment.commands.invitations import (
    activate,
    activate_from_outside,
    cancel_invitation,
    decline_invitation,
    prove_second_part,
    reissue_invitation,
)
from mandat.enrolment.commands.papers import (
    Issued,
    issue_form,
    link_paper,
    receive_paper,
    set_aside_paper,
    type_paper,
)
from mandat.enrolment.commands.posting import print_letter_of
from mandat.enrolment.commands.registering import accept_registration, refuse_registration, register_with_regulator
from mandat.enrolment.commands.reproofs import (
    ask_the_desk,
    code_to_hand_over,
    refuse_reproof,
    replace_factor,
    report_lost_factor,
    start_reproof,
    stop_reproof,
)
from mandat.enrolment.commands.staff import invite_staff
from mandat.enrolment.commands.users import NewUser, create_user
from mandat.enrolment.commands.verifying import approve, refuse, return_for_correction, take_up
from mandat.enrolment.errors import EmailOfAnother

__all__ = [
    "Begun",
    "EmailOfAnother",
    "Issued",
    "NewUser",
    "Saved",
    "accept_registration",
    "activate",
    "activate_from_outside",
    "answer_call",
    "answer_evidence",
    "approve",
    "ask_evidence",
    "ask_for_a_person",
    "ask_the_desk",
    "ask_who_is_in_charge",
    "attach_document",
    "begin_enrolment",
    "cancel_invitation",
    "check_again",
    "code_to_hand_over",
    "create_user",
    "decline_invitation",
    "invite_staff",
    "issue_form",
    "link_paper",
    "look_again",
    "print_letter_of",
    "propose",
    "prove_second_part",
    "receive_paper",
    "reconsider",
    "refuse",
    "refuse_registration",
    "refuse_reproof",
    "register_with_regulator",
    "reissue_invitation",
    "remove_document",
    "replace_factor",
    "report_lost_factor",
    "resume",
    "return_for_correction",
    "save_answers",
    "set_aside_paper",
    "start_reproof",
    "step_aside",
    "stop_reproof",
    "submit_enrolment",
    "take_up",
    "type_paper",
    "withdraw_enrolment",
]
