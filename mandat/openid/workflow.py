"""The state of a client, and what may change it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from mandat.platform.workflow import Workflow


class ClientState(TextChoices):
    """Whether a service may have persons sign in with us."""

    ACTIVE = "active", _("Actif")
    DISABLED = "disabled", _("Désactivé")


class ClientMove(TextChoices):
    """What may be done to a client’s standing."""

    DISABLE = "disable", _("Désactiver")
    ENABLE = "enable", _("Réactiver")


CLIENT = Workflow(
    (ClientMove.DISABLE, ClientState.DISABLED, [ClientState.ACTIVE]),
    (ClientMove.ENABLE, ClientState.ACTIVE, [ClientState.DISABLED]),
)
