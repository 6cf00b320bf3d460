"""The states of a role of staff, of a change of what takes two persons, of a request for rights, of a proposal."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from mandat.platform.workflow import Workflow


class AssignmentState(TextChoices):
    """What a role of the staff is. It follows from its dates: see `StaffAssignment.state_at`."""

    PROPOSED = "proposed", _("À confirmer")
    HELD = "held", _("Confirmé")
    OVER = "over", _("Terminé")


class AssignmentMove(TextChoices):
    """What may be done to a role of the staff. The last three are nobody's act: a rule of the day makes them."""

    CONFIRM = "confirm", _("Confirmer")
    WITHDRAW = "withdraw", _("Retirer la proposition")
    REFUSE = "refuse", _("Refuser la proposition")
    KEEP = "keep", _("Garder le rôle")
    END = "end", _("Mettre fin au rôle")
    LAPSE = "lapse", _("Laisser tomber la proposition")
    MISS_REVIEW = "miss_review", _("Constater que le rôle n’a pas été revu")
    END_UNREVIEWED = "end_unreviewed", _("Mettre fin au rôle que personne n’a revu")


_P, _H, _O = AssignmentState.PROPOSED, AssignmentState.HELD, AssignmentState.OVER
ASSIGNMENT = Workflow(
    (AssignmentMove.CONFIRM, _H, [_P]),
    (AssignmentMove.WITHDRAW, _O, [_P]),
    (AssignmentMove.REFUSE, _O, [_P]),
    (AssignmentMove.KEEP, _H, [_H]),
    (AssignmentMove.END, _O, [_H]),
    (AssignmentMove.LAPSE, _O, [_O]),  # it is over since its last day; now its dates are free
    (AssignmentMove.MISS_REVIEW, _H, [_H]),
    (AssignmentMove.END_UNREVIEWED, _O, [_H]),
)


class ChangeState(TextChoices):
    """What became of a change of the acts that take two persons."""

    ASKED = "asked", _("Attend une seconde personne")
    MADE = "made", _("Fait")
    WITHDRAWN = "withdrawn", _("Retiré")
    REFUSED = "refused", _("Refusé")
    FALLEN = "fallen", _("Tombé sans réponse")


class ChangeMove(TextChoices):
    """What may be done to such a change. Nobody makes the last: time does."""

    CONFIRM = "confirm", _("Confirmer")
    WITHDRAW = "withdraw", _("Retirer")
    REFUSE = "refuse", _("Refuser")
    LAPSE = "lapse", _("Laisser tomber")


CHANGE = Workflow(
    (ChangeMove.CONFIRM, ChangeState.MADE, [ChangeState.ASKED]),
    (ChangeMove.WITHDRAW, ChangeState.WITHDRAWN, [ChangeState.ASKED]),
    (ChangeMove.REFUSE, ChangeState.REFUSED, [ChangeState.ASKED]),
    (ChangeMove.LAPSE, ChangeState.FALLEN, [ChangeState.ASKED]),
)


class RequestState(TextChoices):
    """What became of a request for rights, of a proposal."""

    ASKED = "asked", _("Attend une réponse")
    GRANTED = "granted", _("Accordée")
    NARROWED = "narrowed", _("Accordée en partie")
    REFUSED = "refused", _("Refusée")
    WITHDRAWN = "withdrawn", _("Retirée")
    LAPSED = "lapsed", _("Tombée sans réponse")


class RequestMove(TextChoices):
    """What may be done to a request for rights. Nobody makes the last: time does, or a departure."""

    GRANT = "grant", _("Accorder")
    NARROW = "narrow", _("Accorder en partie")
    REFUSE = "refuse", _("Refuser")
    WITHDRAW = "withdraw", _("Retirer")
    LAPSE = "lapse", _("Laisser tomber")


REQUEST = Workflow(
    (RequestMove.GRANT, RequestState.GRANTED, [RequestState.ASKED]),
    (RequestMove.NARROW, RequestState.NARROWED, [RequestState.ASKED]),
    (RequestMove.REFUSE, RequestState.REFUSED, [RequestState.ASKED]),
    (RequestMove.WITHDRAW, RequestState.WITHDRAWN, [RequestState.ASKED]),
    (RequestMove.LAPSE, RequestState.LAPSED, [RequestState.ASKED]),
)


class ProposalState(TextChoices):
    """What became of a proposal that another organisation act for an enterprise."""

    PROPOSED = "proposed", _("Attend la réponse du mandataire")
    ACCEPTED = "accepted", _("Acceptée")
    DECLINED = "declined", _("Déclinée")
    WITHDRAWN = "withdrawn", _("Retirée")
    FALLEN = "fallen", _("Tombée sans réponse")


class ProposalMove(TextChoices):
    """What may be done to such a proposal. Nobody makes the last: time does."""

    ACCEPT = "accept", _("Accepter")
    DECLINE = "decline", _("Décliner")
    WITHDRAW = "withdraw", _("Retirer")
    LAPSE = "lapse", _("Laisser tomber")


PROPOSAL = Workflow(
    (ProposalMove.ACCEPT, ProposalState.ACCEPTED, [ProposalState.PROPOSED]),
    (ProposalMove.DECLINE, ProposalState.DECLINED, [ProposalState.PROPOSED]),
    (ProposalMove.WITHDRAW, ProposalState.WITHDRAWN, [ProposalState.PROPOSED]),
    (ProposalMove.LAPSE, ProposalState.FALLEN, [ProposalState.PROPOSED]),
)
