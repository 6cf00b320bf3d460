"""The states of an enterprise's account and of a service registration, and what may change them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from mandat.platform.workflow import Workflow


class EnterpriseState(TextChoices):
    """Whether an enterprise's people may act. In recovery, nobody effective is in charge of its accesses."""

    ACTIVE = "active", _("Active")
    IN_RECOVERY = "in_recovery", _("En reprise")
    SUSPENDED = "suspended", _("Suspendue")
    CLOSED = "closed", _("Fermée")


class EnterpriseMove(TextChoices):
    """What may be done to an enterprise's account."""

    ENTER_RECOVERY = "enter_recovery", _("Mettre en reprise")
    LEAVE_RECOVERY = "leave_recovery", _("Sortir de la reprise")
    SUSPEND = "suspend", _("Suspendre")
    REINSTATE = "reinstate", _("Rétablir")
    CLOSE = "close", _("Fermer")


ENTERPRISE = Workflow(
    (EnterpriseMove.ENTER_RECOVERY, EnterpriseState.IN_RECOVERY, [EnterpriseState.ACTIVE]),
    (EnterpriseMove.LEAVE_RECOVERY, EnterpriseState.ACTIVE, [EnterpriseState.IN_RECOVERY]),
    (EnterpriseMove.SUSPEND, EnterpriseState.SUSPENDED, [EnterpriseState.ACTIVE, EnterpriseState.IN_RECOVERY]),
    (EnterpriseMove.REINSTATE, EnterpriseState.ACTIVE, [EnterpriseState.SUSPENDED]),
    (
        EnterpriseMove.CLOSE,
        EnterpriseState.CLOSED,
        [each for each in EnterpriseState if each != EnterpriseState.CLOSED],
    ),
)


class RegistrationState(TextChoices):
    """What a provider has answered to an enterprise."""

    IN_PROCESS = "in_process", _("En traitement")
    ACTIVE = "active", _("Actif")
    REFUSED = "refused", _("Refusé")
    SUSPENDED = "suspended", _("Suspendu")
    DEACTIVATED = "deactivated", _("Désactivé")


class RegistrationMove(TextChoices):
    """What may be done to a registration."""

    ACTIVATE = "activate", _("Accepter l’inscription")
    REFUSE = "refuse", _("Refuser l’inscription")
    SUSPEND = "suspend", _("Suspendre l’inscription")
    REINSTATE = "reinstate", _("Rétablir l’inscription")
    DEACTIVATE = "deactivate", _("Désactiver l’inscription")


REGISTRATION = Workflow(
    (RegistrationMove.ACTIVATE, RegistrationState.ACTIVE, [RegistrationState.IN_PROCESS]),
    (RegistrationMove.REFUSE, RegistrationState.REFUSED, [RegistrationState.IN_PROCESS]),
    (RegistrationMove.SUSPEND, RegistrationState.SUSPENDED, [RegistrationState.ACTIVE]),
    (RegistrationMove.REINSTATE, RegistrationState.ACTIVE, [RegistrationState.SUSPENDED]),
    (RegistrationMove.DEACTIVATE, RegistrationState.DEACTIVATED, [RegistrationState.ACTIVE]),
)
