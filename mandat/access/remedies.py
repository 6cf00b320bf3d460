"""What would supply a missing link: one gesture for each refusal, which opens the way or leads to the next link."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from mandat.access.decision import Decision
from mandat.access.links import Ground, Kind
from mandat.enterprises.models import Enterprise, ServiceRegistration


class Remedy(TextChoices):
    """What to do, in one sentence, said to whoever can do it."""

    GRANT = "grant", _("Accorder une procuration qui comprend ce droit dans ce bloc.")
    REPLACE = (
        "replace",
        _("Révoquer la procuration en place, puis en accorder une qui comprend ce droit dès maintenant."),
    )
    CONFIRM = "confirm", _("Lire la procuration, puis la confirmer : il faut une seconde personne.")
    RESTORE = "restore", _("Rétablir la procuration suspendue.")
    NAME_RSE = "name_rse", _("Désigner une personne responsable des services électroniques.")
    NAME_RA = "name_ra", _("Faire reconnaître un représentant autorisé par le service d’aide.")
    REGISTER = "register", _("Inscrire l’entreprise aux services en ligne.")
    CHOOSE_BLOCK = "choose_block", _("Choisir ce bloc parmi ceux dont l’entreprise se sert.")
    ACCEPT_VERSION = "accept_version", _("Lire ce qui s’ajoute au bloc, puis l’accepter.")
    SETTLE_ACCOUNT = "settle_account", _("Régler avec le service d’aide l’état du compte de l’entreprise.")
    SETTLE_REGISTRATION = (
        "settle_registration",
        _("Régler avec le service d’aide l’état de l’inscription aux services."),
    )
    SETTLE_PERSON = "settle_person", _("Régler avec le service d’aide l’accès de cette personne.")
    EXTEND_EXTERNAL = (
        "extend_external",
        _("Proposer à l’organisation mandataire une procuration qui comprend ce droit dans ce bloc."),
    )
    SETTLE_MANDATARY = "settle_mandatary", _("Régler avec le service d’aide le compte de l’organisation mandataire.")
    ADD_MEMBER = "add_member", _("Faire de la personne un utilisateur de l’organisation mandataire.")
    NAME_PERSON = "name_person", _("Habiliter la personne, au nom de l’organisation mandataire, dans ce bloc.")
    ASSIGN = "assign", _("Affecter la personne à un rôle qui comprend ce droit.")
    CONFIRM_ASSIGNMENT = "confirm_assignment", _("Confirmer l’affectation proposée : il faut un second superviseur.")


_BY_KIND = {
    Kind.ENTERPRISE: Remedy.SETTLE_ACCOUNT,
    Kind.REGISTRATION: Remedy.SETTLE_REGISTRATION,
    Kind.PERSON: Remedy.SETTLE_PERSON,
    Kind.RA: Remedy.NAME_RA,
    Kind.RSE: Remedy.NAME_RSE,
    Kind.PROXY: Remedy.GRANT,
    Kind.EXTERNAL: Remedy.EXTEND_EXTERNAL,
    Kind.MANDATARY: Remedy.SETTLE_MANDATARY,
    Kind.MEMBER: Remedy.ADD_MEMBER,
    Kind.LEADER: Remedy.ADD_MEMBER,
    Kind.NAMING: Remedy.NAME_PERSON,
    Kind.ASSIGNMENT: Remedy.ASSIGN,
}
_BY_GROUND = {
    (Kind.REGISTRATION, Ground.ABSENT): Remedy.REGISTER,
    (Kind.REGISTRATION, Ground.BLOCK_NOT_ACCEPTED): Remedy.CHOOSE_BLOCK,
    (Kind.REGISTRATION, Ground.VERSION_NOT_ACCEPTED): Remedy.ACCEPT_VERSION,
    (Kind.PROXY, Ground.NOT_YET): Remedy.REPLACE,
    (Kind.PROXY, Ground.NOT_CARRIED): Remedy.REPLACE,
    (Kind.PROXY, Ground.UNCONFIRMED): Remedy.CONFIRM,
    (Kind.PROXY, Ground.SUSPENDED): Remedy.RESTORE,
    (Kind.EXTERNAL, Ground.UNCONFIRMED): Remedy.CONFIRM,
    (Kind.EXTERNAL, Ground.SUSPENDED): Remedy.RESTORE,
    (Kind.ASSIGNMENT, Ground.UNCONFIRMED): Remedy.CONFIRM_ASSIGNMENT,
}
_BY_STATE: dict[tuple[Kind, str], Remedy] = {
    (Kind.ENTERPRISE, Enterprise.State.IN_RECOVERY): Remedy.NAME_RSE,
    (Kind.REGISTRATION, ServiceRegistration.State.REFUSED): Remedy.REGISTER,
    (Kind.REGISTRATION, ServiceRegistration.State.DEACTIVATED): Remedy.REGISTER,
}


def remedy_for(decision: Decision) -> Remedy | None:
    """Return what would supply what a refusal misses, or None for a permit."""
    if decision.missing is None or decision.ground is None:
        return None
    state = decision.nearest.state if decision.nearest else ""
    for_its_state = _BY_STATE.get((decision.missing, state))
    return for_its_state or _BY_GROUND.get((decision.missing, decision.ground)) or _BY_KIND[decision.missing]
