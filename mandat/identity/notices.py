"""
What a person is told of what happens to their access: one catalogue.

An event that stands here makes a line of the person's history; if it is `mailed`, a message as well, in their language.
A new one takes a line here and one in `mandat/subscriptions.py`: `[people.keep_note]`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mandat.identity import events
from mandat.identity.models import Ending
from mandat.platform.events import Event

Words: TypeAlias = str | Promise


def always(_event: Any) -> bool:
    """Tell of each of them."""
    return True


def never(_event: Any) -> bool:
    """Tell of none of them."""
    return False


@dataclass(frozen=True)
class Notice:
    """
    How an event is told: its title in the history, which is the subject of its message, and what the message says.

    A message says what to do if it was somebody else, unless only others do such a thing (`by_person=False`). One that
    may come often is sent once a day (`once_a_day`).
    """

    title: Words
    text: Words
    tells: Callable[[Any], bool] = always
    mailed: Callable[[Any], bool] = always
    by_person: bool = True
    once_a_day: bool = False


CATALOGUE: Mapping[type[Event], Notice] = {
    events.SignedIn: Notice(
        _("Session ouverte"),
        _("Une session vient d’être ouverte à votre nom dans un navigateur que nous ne connaissions pas."),
        mailed=lambda event: event.is_new_browser,
    ),
    events.SessionsEnded: Notice(
        _("Sessions fermées à distance"),
        _("Des sessions ouvertes à votre nom viennent d’être fermées depuis une autre."),
        tells=lambda event: event.ending == Ending.ENDED_ELSEWHERE,
        mailed=never,
    ),
    events.SecondFactorSetUp: Notice(
        _("Second facteur installé"),
        _("Votre accès demande maintenant un code de validation en plus du mot de passe."),
        mailed=never,  # nobody is in before it is done
    ),
    events.RecoveryCodesRenewed: Notice(
        _("Codes de secours refaits"),
        _("De nouveaux codes de secours viennent d’être faits. Les anciens n’ouvrent plus rien."),
    ),
    events.SecondFactorRefused: Notice(
        _("Code de validation refusé"),
        _("Quelqu’un a donné votre mot de passe, puis un code de validation qui n’était pas le bon."),
        once_a_day=True,
    ),
    events.OutsideLinked: Notice(
        _("Autre fournisseur relié"),
        _("On peut maintenant entrer à votre nom par un autre fournisseur d’identité."),
    ),
    events.OutsideUnlinked: Notice(
        _("Autre fournisseur délié"),
        _("On n’entre plus à votre nom par un fournisseur d’identité que vous aviez relié."),
    ),
    events.ConsentGiven: Notice(
        _("Accord donné à un service"),
        _("Un service où vous entrez par nous peut maintenant savoir ce que vous avez accepté de lui dire."),
        mailed=never,  # the person has just read it, on the page where they agreed
    ),
    events.ConsentWithdrawn: Notice(
        _("Accord retiré à un service"),
        _("Un service où vous entriez par nous n’apprend plus rien de vous. Pour y entrer, il faudra accepter encore."),
        mailed=never,
    ),
    events.SecondFactorLocked: Notice(
        _("Codes bloqués"),
        _("Trop de codes faux se sont suivis : ils n’ouvrent plus rien, jusqu’à ce que vous en installiez d’autres."),
    ),
    events.SecondFactorRemoved: Notice(
        _("Application de codes retirée"),
        _("Les codes de votre application n’ouvrent plus rien. Vos autres sessions sont fermées."),
    ),
    events.RecoveryCodeUsed: Notice(
        _("Code de secours utilisé"),
        _("Un de vos codes de secours vient de servir. Chacun ne sert qu’une fois."),
    ),
    events.PasskeyAdded: Notice(
        _("Clé d’accès ajoutée"),
        _("Une clé d’accès de plus permet maintenant d’entrer à votre nom."),
    ),
    events.PasskeyRemoved: Notice(
        _("Clé d’accès retirée"),
        _("Une de vos clés d’accès n’ouvre plus rien. Vos autres sessions sont fermées."),
    ),
    events.PasskeyCopied: Notice(
        _("Clé d’accès refusée : elle semble copiée"),
        _("Deux appareils semblent avoir la même clé d’accès. L’essai est refusé. "
          "Retirez cette clé, puis ajoutez-en une autre."),
    ),
    events.PasswordChanged: Notice(
        _("Mot de passe changé"),
        _("Le mot de passe de votre accès vient d’être changé. Vos autres sessions sont fermées."),
    ),
    events.DeviceRemembered: Notice(
        _("Appareil retenu"),
        _("Pendant quelques heures, le code de validation n’est plus demandé dans ce navigateur."),
        mailed=never,
    ),
    events.DevicesForgotten: Notice(
        _("Appareils oubliés"),
        _("Le code de validation est de nouveau demandé dans vos navigateurs."),
        mailed=never,
    ),
    events.LoginUnlinked: Notice(
        _("Code d’utilisateur retiré"),
        _("Un code d’utilisateur qui était le vôtre ne l’est plus. Vos droits restent les vôtres."),
        by_person=False,
    ),
    events.RecoveryMailed: Notice(
        _("Lien de mot de passe perdu envoyé"),
        _("Un lien pour remplacer votre mot de passe vient de partir à l’adresse de votre accès."),
        mailed=never,  # that very message says it
    ),
    events.RecoveryRefused: Notice(
        _("Mot de passe perdu, second facteur refusé"),
        _("Quelqu’un a ouvert le lien de votre mot de passe perdu, puis donné un code qui n’était pas le bon."),
        once_a_day=True,
    ),
    events.RecoveryStopped: Notice(
        _("Remplacement du mot de passe arrêté"),
        _("Le lien de votre mot de passe perdu n’ouvre plus rien."),
        mailed=never,
    ),
    events.PasswordRecovered: Notice(
        _("Votre mot de passe a été remplacé"),
        _("Votre mot de passe vient d’être remplacé, par un lien envoyé à votre adresse et votre second facteur. "
          "Toutes vos sessions sont terminées."),
    ),
    events.UserCodeRecalled: Notice(
        _("Code d’utilisateur envoyé"), _("Votre code d’utilisateur vient d’être envoyé à votre adresse."), mailed=never
    ),
    events.EmailChangeAsked: Notice(
        _("Changement de courriel demandé"),
        _("Une autre adresse a été demandée pour votre accès. Rien ne change tant qu’elle n’est pas confirmée."),
    ),
    events.EmailChanged: Notice(
        _("Courriel changé"),
        _("Nous écrivons maintenant à une autre adresse. L’ancienne a reçu le moyen d’annuler le changement."),
    ),
    events.EmailChangeUndone: Notice(
        _("Changement de courriel annulé"),
        _("L’ancienne adresse sert de nouveau, et vos sessions sont fermées. Changez votre mot de passe."),
    ),
    events.SecondFactorLost: Notice(
        _("Second facteur déclaré perdu"),
        _("Quelqu’un a dit que vous n’avez plus votre second facteur. Rien ne change avant qu’on vous reconnaisse."),
        mailed=never,  # a message with the link that stops it says so
    ),
    events.ReproofStarted: Notice(
        _("Identité confirmée pour un nouveau second facteur"),
        _("Votre identité a été confirmée. Un lien est parti à votre adresse, un code par une autre voie."),
        mailed=never,  # the message with that link says so
    ),
    events.SecondFactorReplaced: Notice(
        _("Second facteur perdu remplacé"),
        _("Un nouveau second facteur est installé. L’ancien et ses codes de secours n’ouvrent plus rien, et toutes "
          "vos sessions sont terminées."),
    ),
    events.ReproofRefused: Notice(
        _("Identité non confirmée"), _("Votre second facteur reste le même."), mailed=never, by_person=False
    ),
    events.ReproofStopped: Notice(
        _("Remplacement du second facteur arrêté"), _("Votre second facteur reste le même."), mailed=never
    ),
    events.DormancyWarned: Notice(
        _("Suspension annoncée"),
        _("Vous n’êtes pas entré depuis longtemps : sans entrée de votre part, votre accès sera suspendu."),
        mailed=never,  # its own message says when
    ),
    events.PersonSuspended: Notice(
        _("Accès suspendu"),
        _("Vous ne pouvez plus entrer, et vos sessions sont fermées. Parlez-en au RSE de la firme ou au régulateur."),
        by_person=False,
    ),
    events.PersonRestored: Notice(
        _("Accès rétabli"), _("Vous pouvez de nouveau entrer."), by_person=False,
    ),
}  # fmt: skip

#: The same, by the name that a history keeps.
BY_NAME: Mapping[str, Notice] = {kind.__name__: notice for kind, notice in CATALOGUE.items()}
