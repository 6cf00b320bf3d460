"""The rights there are. Which path carries each is in `decision`; which state or role carries each is in `standing`."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Right(TextChoices):
    """What one may do. The first four are inside a block; the next two come with a role; the rest are the staff's."""

    VIEW = "view", _("Consulter")
    PREPARE = "prepare", _("Préparer")
    SIGN = "sign", _("Signer")
    PAY = "pay", _("Payer")
    ADMINISTER = "administer", _("Administrer les accès")
    DESIGNATE = "designate", _("Désigner les responsables")
    VERIFY = "verify", _("Vérifier les identités")
    EXAMINE = "examine", _("Étudier les demandes")
    COLLECT = "collect", _("Percevoir et rembourser")
    SUPERVISE = "supervise", _("Superviser le personnel et les données de référence")
    AUDIT = "audit", _("Contrôler sans modifier")


#: Inside a block; `sign` includes submitting.
RIGHTS_OF_A_PROXY = frozenset({Right.VIEW, Right.PREPARE, Right.SIGN, Right.PAY})
#: Over the enterprise itself: the RSE administers its accesses, the RA designates its RSEs.
RIGHTS_OF_A_ROLE = frozenset({Right.ADMINISTER, Right.DESIGNATE})
#: On the regulator's side, whatever the enterprise.
RIGHTS_OF_STAFF = frozenset({Right.VERIFY, Right.EXAMINE, Right.COLLECT, Right.SUPERVISE, Right.AUDIT})
