"""The two states of a case."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from mandat.platform.workflow import Workflow


class CaseState(TextChoices):
    """Whether somebody has something to do."""

    OPEN = "open", _("Ouvert")
    CLOSED = "closed", _("Fermé")


class CaseMove(TextChoices):
    """What may be done to a case."""

    CLOSE = "close", _("Fermer")
    REOPEN = "reopen", _("Rouvrir")


CASE = Workflow(
    (CaseMove.CLOSE, CaseState.CLOSED, [CaseState.OPEN]),
    (CaseMove.REOPEN, CaseState.OPEN, [CaseState.CLOSED]),
)
