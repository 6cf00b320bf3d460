"""The state of a person, and what may change it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from mandat.platform.workflow import Workflow


class PersonState(TextChoices):
    """Whether a person may sign in."""

    ACTIVE = "active", _("Actif")
    SUSPENDED = "suspended", _("Suspendu")


class PersonMove(TextChoices):
    """What may be done to a person's standing."""

    SUSPEND = "suspend", _("Suspendre")
    RESTORE = "restore", _("Rétablir")


PERSON = Workflow(
    (PersonMove.SUSPEND, PersonState.SUSPENDED, [PersonState.ACTIVE]),
    (PersonMove.RESTORE, PersonState.ACTIVE, [PersonState.SUSPENDED]),
)


class RecoveryState(TextChoices):
    """What became of the link for a lost password. One out of time is expired: dates say so, no state does."""

    SENT = "sent", _("Envoyé")
    DONE = "done", _("Mot de passe remplacé")
    REPLACED = "replaced", _("Remplacé par un autre")
    STOPPED = "stopped", _("Arrêté par la personne")


class RecoveryMove(TextChoices):
    """What may be done to it."""

    COMPLETE = "complete", _("Choisir un mot de passe")
    REPLACE = "replace", _("Remplacer")
    STOP = "stop", _("Arrêter")


RECOVERY = Workflow(
    (RecoveryMove.COMPLETE, RecoveryState.DONE, [RecoveryState.SENT]),
    (RecoveryMove.REPLACE, RecoveryState.REPLACED, [RecoveryState.SENT]),
    (RecoveryMove.STOP, RecoveryState.STOPPED, [RecoveryState.SENT]),
)


class EmailState(TextChoices):
    """What became of a change of address. One out of time is expired: dates say so, no state does."""

    ASKED = "asked", _("Demandé")
    CONFIRMED = "confirmed", _("Confirmé")
    REPLACED = "replaced", _("Remplacé par une autre demande")
    UNDONE = "undone", _("Annulé depuis l’ancienne adresse")


class EmailMove(TextChoices):
    """What may be done to it."""

    CONFIRM = "confirm", _("Confirmer")
    REPLACE = "replace", _("Remplacer")
    UNDO = "undo", _("Annuler")


EMAIL_CHANGE = Workflow(
    (EmailMove.CONFIRM, EmailState.CONFIRMED, [EmailState.ASKED]),
    (EmailMove.REPLACE, EmailState.REPLACED, [EmailState.ASKED]),
    (EmailMove.UNDO, EmailState.UNDONE, [EmailState.CONFIRMED]),
)
