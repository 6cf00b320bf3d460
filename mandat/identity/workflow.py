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
