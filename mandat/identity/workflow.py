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
