"""A decision in words: what holds or what is missing, and who can supply it."""

from datetime import datetime

from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mandat.access.decision import Decision
from mandat.access.links import Ground, Kind, Link
from mandat.enterprises.models import Enterprise, ServiceRegistration
from mandat.platform.clock import last_day, legal_day


class Helper(TextChoices):
    """Who can supply a missing link."""

    RSE = "rse", _("Une personne responsable des services électroniques de l’entreprise peut y remédier.")
    RA = "ra", _("Le représentant autorisé de l’entreprise peut y remédier.")
    MANDATARY = (
        "mandatary",
        _("Une personne responsable des services électroniques de l’organisation mandataire peut y remédier."),
    )
    REGULATOR = "regulator", _("Le service d’aide peut y remédier.")
    SUPERVISORS = "supervisors", _("Deux superviseurs peuvent y remédier.")


_PERMITS: dict[tuple[Kind, bool], str | Promise] = {  # by what the chain ends with, and whether that ends
    (Kind.PROXY, True): _("Permis par une procuration en vigueur depuis le %(start)s et valable jusqu’au %(end)s."),
    (Kind.NAMING, True): _(
        "Permis par l’organisation mandataire, qui a habilité cette personne depuis le %(start)s et jusqu’au %(end)s."
    ),
    (Kind.RSE, False): _("Permis à titre de responsable des services électroniques depuis le %(start)s."),
    (Kind.RSE, True): _(
        "Permis à titre de responsable des services électroniques depuis le %(start)s et jusqu’au %(end)s."
    ),
    (Kind.RA, False): _("Permis à titre de représentant autorisé depuis le %(start)s."),
    (Kind.RA, True): _("Permis à titre de représentant autorisé depuis le %(start)s et jusqu’au %(end)s."),
    (Kind.ASSIGNMENT, False): _("Permis par une affectation en vigueur depuis le %(start)s."),
    (Kind.ASSIGNMENT, True): _("Permis par une affectation en vigueur depuis le %(start)s et jusqu’au %(end)s."),
}

_REFUSALS: dict[tuple[Kind, Ground], str | Promise] = {
    (Kind.ENTERPRISE, Ground.ABSENT): _("Cette entreprise n’a pas de compte."),
    (Kind.REGISTRATION, Ground.ABSENT): _("L’entreprise n’est inscrite à aucun service en ligne."),
    (Kind.REGISTRATION, Ground.BLOCK_NOT_ACCEPTED): _("L’entreprise n’a pas choisi ce bloc fonctionnel."),
    (Kind.REGISTRATION, Ground.VERSION_NOT_ACCEPTED): _(
        "Ce service vient d’être ajouté au bloc fonctionnel, et l’entreprise n’a pas encore accepté cet ajout."
    ),
    (Kind.PERSON, Ground.ABSENT): _("Cette personne est inconnue."),
    (Kind.RA, Ground.ABSENT): _("Il faut être représentant autorisé de l’entreprise."),
    (Kind.RA, Ground.ENDED): _("La désignation comme représentant autorisé était valable jusqu’au %(end)s."),
    (Kind.RA, Ground.REVOKED): _("La désignation comme représentant autorisé a été révoquée le %(revoked)s."),
    (Kind.RA, Ground.NOT_YET): _("La désignation comme représentant autorisé entre en vigueur le %(start)s."),
    (Kind.RSE, Ground.ABSENT): _("Il faut être responsable des services électroniques de l’entreprise."),
    (Kind.RSE, Ground.ENDED): _(
        "La désignation comme responsable des services électroniques était valable jusqu’au %(end)s."
    ),
    (Kind.RSE, Ground.REVOKED): _(
        "La désignation comme responsable des services électroniques a été révoquée le %(revoked)s."
    ),
    (Kind.RSE, Ground.NOT_YET): _(
        "La désignation comme responsable des services électroniques entre en vigueur le %(start)s."
    ),
    (Kind.PROXY, Ground.ABSENT): _(
        "Aucune procuration ne permet d’agir pour cette entreprise dans ce bloc fonctionnel."
    ),
    (Kind.PROXY, Ground.ENDED): _("La procuration était valable jusqu’au %(end)s."),
    (Kind.PROXY, Ground.REVOKED): _("La procuration a été révoquée le %(revoked)s."),
    (Kind.PROXY, Ground.NOT_YET): _("La procuration entre en vigueur le %(start)s."),
    (Kind.PROXY, Ground.NOT_CARRIED): _("La procuration ne comprend pas ce droit : %(right)s."),
    (Kind.PROXY, Ground.UNCONFIRMED): _("La procuration attend qu’une seconde personne la confirme."),
    (Kind.PROXY, Ground.SUSPENDED): _("La procuration est suspendue depuis le %(paused)s."),
    (Kind.EXTERNAL, Ground.ABSENT): _("Aucune organisation mandataire n’agit pour cette entreprise dans ce bloc."),
    (Kind.EXTERNAL, Ground.ENDED): _("La procuration de l’organisation mandataire était valable jusqu’au %(end)s."),
    (Kind.EXTERNAL, Ground.REVOKED): _("La procuration de l’organisation mandataire a pris fin le %(revoked)s."),
    (Kind.EXTERNAL, Ground.NOT_YET): _("La procuration de l’organisation mandataire entre en vigueur le %(start)s."),
    (Kind.EXTERNAL, Ground.NOT_CARRIED): _(
        "La procuration de l’organisation mandataire ne comprend pas ce droit : %(right)s."
    ),
    (Kind.EXTERNAL, Ground.UNCONFIRMED): _(
        "La procuration de l’organisation mandataire attend qu’une seconde personne de l’entreprise la confirme."
    ),
    (Kind.EXTERNAL, Ground.SUSPENDED): _(
        "La procuration de l’organisation mandataire est suspendue depuis le %(paused)s."
    ),
    (Kind.MANDATARY, Ground.ABSENT): _("L’organisation mandataire n’a pas de compte."),
    (Kind.MEMBER, Ground.ABSENT): _("Il faut être utilisateur de l’organisation mandataire."),
    (Kind.MEMBER, Ground.ENDED): _("La personne était utilisatrice de l’organisation mandataire jusqu’au %(end)s."),
    (Kind.MEMBER, Ground.REVOKED): _("La personne a quitté l’organisation mandataire le %(revoked)s."),
    (Kind.MEMBER, Ground.NOT_YET): _("La personne entre dans l’organisation mandataire le %(start)s."),
    (Kind.LEADER, Ground.ABSENT): _("Il faut être utilisateur de l’organisation mandataire."),
    (Kind.LEADER, Ground.ENDED): _(
        "La désignation comme responsable, chez l’organisation mandataire, était valable jusqu’au %(end)s."
    ),
    (Kind.LEADER, Ground.REVOKED): _(
        "La désignation comme responsable, chez l’organisation mandataire, a été révoquée le %(revoked)s."
    ),
    (Kind.LEADER, Ground.NOT_YET): _(
        "La désignation comme responsable, chez l’organisation mandataire, entre en vigueur le %(start)s."
    ),
    (Kind.NAMING, Ground.ABSENT): _(
        "L’organisation mandataire n’a pas habilité cette personne à agir pour l’entreprise dans ce bloc."
    ),
    (Kind.NAMING, Ground.ENDED): _("L’habilitation par l’organisation mandataire était valable jusqu’au %(end)s."),
    (Kind.NAMING, Ground.REVOKED): _("L’habilitation par l’organisation mandataire a pris fin le %(revoked)s."),
    (Kind.NAMING, Ground.NOT_YET): _("L’habilitation par l’organisation mandataire entre en vigueur le %(start)s."),
    (Kind.NAMING, Ground.NOT_CARRIED): _(
        "L’habilitation par l’organisation mandataire ne comprend pas ce droit : %(right)s."
    ),
    (Kind.ASSIGNMENT, Ground.ABSENT): _("Aucune affectation ne donne ce droit : %(right)s."),
    (Kind.ASSIGNMENT, Ground.ENDED): _("L’affectation était valable jusqu’au %(end)s."),
    (Kind.ASSIGNMENT, Ground.REVOKED): _("L’affectation a pris fin le %(revoked)s."),
    (Kind.ASSIGNMENT, Ground.NOT_YET): _("L’affectation entre en vigueur le %(start)s."),
    (Kind.ASSIGNMENT, Ground.UNCONFIRMED): _("L’affectation attend la confirmation d’un second superviseur."),
    (Kind.ASSIGNMENT, Ground.NOT_CARRIED): _("L’affectation ne comprend pas ce droit : %(right)s."),
}

_STATES: dict[tuple[Kind, str], str | Promise] = {
    (Kind.ENTERPRISE, Enterprise.State.IN_RECOVERY): _(
        "Le compte de l’entreprise est en reprise : personne ne peut y accorder d’accès tant qu’aucune personne "
        "responsable des services électroniques n’est désignée."
    ),
    (Kind.ENTERPRISE, Enterprise.State.SUSPENDED): _("Le compte de l’entreprise est suspendu."),
    (Kind.ENTERPRISE, Enterprise.State.CLOSED): _("Le compte de l’entreprise est fermé."),
    (Kind.REGISTRATION, ServiceRegistration.State.IN_PROCESS): _(
        "L’inscription de l’entreprise à ces services est en traitement."
    ),
    (Kind.REGISTRATION, ServiceRegistration.State.REFUSED): _(
        "L’inscription de l’entreprise à ces services a été refusée."
    ),
    (Kind.REGISTRATION, ServiceRegistration.State.SUSPENDED): _(
        "L’inscription de l’entreprise à ces services est suspendue : elle permet seulement de consulter."
    ),
    (Kind.REGISTRATION, ServiceRegistration.State.DEACTIVATED): _(
        "L’inscription de l’entreprise à ces services est désactivée."
    ),
    (Kind.MANDATARY, Enterprise.State.SUSPENDED): _("Le compte de l’organisation mandataire est suspendu."),
    (Kind.MANDATARY, Enterprise.State.CLOSED): _("Le compte de l’organisation mandataire est fermé."),
    (Kind.PERSON, "suspended"): _("L’accès de cette personne est suspendu."),
}

#: What only the regulator moves on; one that is refused or over is asked for again by an RSE.
_HELD_BACK = (ServiceRegistration.State.IN_PROCESS, ServiceRegistration.State.SUSPENDED)

_CAN_HELP: dict[Kind, tuple[Helper, ...]] = {
    Kind.ENTERPRISE: (Helper.REGULATOR,),
    Kind.REGISTRATION: (Helper.RSE, Helper.RA, Helper.REGULATOR),
    Kind.PERSON: (Helper.REGULATOR,),
    Kind.RA: (Helper.REGULATOR,),
    Kind.RSE: (Helper.RA, Helper.REGULATOR),
    Kind.PROXY: (Helper.RSE, Helper.RA, Helper.REGULATOR),
    Kind.EXTERNAL: (Helper.RSE, Helper.RA, Helper.REGULATOR),
    Kind.MANDATARY: (Helper.REGULATOR,),
    Kind.MEMBER: (Helper.MANDATARY, Helper.REGULATOR),
    Kind.LEADER: (Helper.MANDATARY, Helper.REGULATOR),
    Kind.NAMING: (Helper.MANDATARY, Helper.REGULATOR),
    Kind.ASSIGNMENT: (Helper.SUPERVISORS,),
}


def in_words(decision: Decision) -> str:
    """Return one sentence: what permits, or what is missing."""
    if decision:
        link = decision.chain[-1]
        return str(_PERMITS[link.kind, link.end is not None]) % _dates(link)
    if decision.missing is None or decision.ground is None:
        raise ValueError("a refusal has its ground and its missing link")
    return str(_refusal(decision.missing, decision.ground, decision.nearest)) % {
        **(_dates(decision.nearest) if decision.nearest else {}),
        "right": decision.right.label if decision.right else "",
    }


def helpers_for(decision: Decision) -> tuple[Helper, ...]:
    """Return who can supply the missing link, the nearest first; the next is asked when there is nobody there."""
    if decision.missing is None:
        return ()
    nearest = decision.nearest.state if decision.nearest else ""
    if (decision.missing, nearest) == (Kind.ENTERPRISE, Enterprise.State.IN_RECOVERY):
        return (Helper.RA, Helper.REGULATOR)
    if decision.ground == Ground.VERSION_NOT_ACCEPTED:
        return (Helper.RSE, Helper.RA, Helper.REGULATOR)
    if decision.missing == Kind.REGISTRATION and nearest in _HELD_BACK:
        return (Helper.REGULATOR,)
    return _CAN_HELP[decision.missing]


def _refusal(missing: Kind, ground: Ground, nearest: Link | None) -> str | Promise:
    of_its_state = nearest and ground in (Ground.INACTIVE, Ground.NOT_CARRIED) and _STATES.get((missing, nearest.state))
    return of_its_state or _REFUSALS[missing, ground]


def _dates(link: Link) -> dict[str, str]:
    return {
        "start": _day(link.start),
        "end": date_format(last_day(link.end)) if link.end else "",
        "revoked": _day(link.revoked_at),
        "paused": _day(link.pauses[-1][0]) if link.pauses else "",
    }


def _day(at: datetime | None) -> str:
    return date_format(legal_day(at)) if at else ""
