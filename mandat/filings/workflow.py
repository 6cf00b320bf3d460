"""The states of a filing, and the moves between them: the one table that pages, commands and tests read."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from mandat.platform.workflow import Workflow


class State(TextChoices):
    """Where a filing stands."""

    DRAFT = "draft", _("Brouillon")
    SUBMITTED = "submitted", _("Déposée")
    UNDER_REVIEW = "under_review", _("À l’étude")
    RETURNED = "returned", _("Correction demandée")
    ACCEPTED = "accepted", _("Acceptée")
    REFUSED = "refused", _("Refusée")
    WITHDRAWN = "withdrawn", _("Retirée")


class Move(TextChoices):
    """What may be done to a filing."""

    SUBMIT = "submit", _("Signer et déposer")
    TAKE_UP = "take_up", _("Prendre en charge")
    RETURN = "return", _("Demander une correction")
    ACCEPT = "accept", _("Accepter")
    REFUSE = "refuse", _("Refuser")
    WITHDRAW = "withdraw", _("Retirer la demande")


STANDARD = Workflow(
    (Move.SUBMIT, State.SUBMITTED, [State.DRAFT, State.RETURNED]),
    (Move.TAKE_UP, State.UNDER_REVIEW, [State.SUBMITTED]),
    (Move.RETURN, State.RETURNED, [State.UNDER_REVIEW]),
    (Move.ACCEPT, State.ACCEPTED, [State.UNDER_REVIEW]),
    (Move.REFUSE, State.REFUSED, [State.UNDER_REVIEW]),
    (Move.WITHDRAW, State.WITHDRAWN, [State.DRAFT, State.SUBMITTED, State.RETURNED]),
)

#: Where the firm may still change what it says.
OPEN_TO_CHANGE = frozenset({State.DRAFT, State.RETURNED})
#: Where the regulator has something to do.
AWAITING_REVIEW = frozenset({State.SUBMITTED, State.UNDER_REVIEW})
