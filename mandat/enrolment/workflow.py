"""The states of an enrolment and of an invitation, and the moves between them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from mandat.platform.workflow import Workflow


class State(TextChoices):
    """Where an enrolment stands. One that was left too long is expired: dates say so, no state does."""

    DRAFT = "draft", _("Commencée")
    SUBMITTED = "submitted", _("Transmise")
    UNDER_REVIEW = "under_review", _("En vérification")
    EVIDENCE = "evidence", _("Pièce demandée")
    PROPOSED = "proposed", _("Approbation proposée")
    RETURNED = "returned", _("À corriger")
    APPROVED = "approved", _("Approuvée")
    REFUSED = "refused", _("Refusée")
    WITHDRAWN = "withdrawn", _("Retirée")


class Move(TextChoices):
    """What may be done to an enrolment."""

    SUBMIT = "submit", _("Transmettre")
    TAKE_UP = "take_up", _("Prendre en charge")
    ASK_EVIDENCE = "ask_evidence", _("Demander une pièce")
    ANSWER = "answer", _("Répondre à la demande")
    RESUME = "resume", _("Reprendre sans réponse")
    PROPOSE = "propose", _("Proposer l’approbation")
    RECONSIDER = "reconsider", _("Reprendre la vérification")
    RETURN = "return", _("Renvoyer pour correction")
    APPROVE = "approve", _("Approuver")
    REFUSE = "refuse", _("Refuser")
    WITHDRAW = "withdraw", _("Retirer l’inscription")


ENROLMENT = Workflow(
    (Move.SUBMIT, State.SUBMITTED, [State.DRAFT, State.RETURNED]),
    (Move.TAKE_UP, State.UNDER_REVIEW, [State.SUBMITTED]),
    (Move.RETURN, State.RETURNED, [State.UNDER_REVIEW]),
    (Move.ASK_EVIDENCE, State.EVIDENCE, [State.UNDER_REVIEW]),
    (Move.ANSWER, State.UNDER_REVIEW, [State.EVIDENCE]),
    (Move.RESUME, State.UNDER_REVIEW, [State.EVIDENCE]),
    (Move.PROPOSE, State.PROPOSED, [State.UNDER_REVIEW]),
    (Move.RECONSIDER, State.UNDER_REVIEW, [State.PROPOSED]),
    (Move.APPROVE, State.APPROVED, [State.UNDER_REVIEW, State.PROPOSED]),
    (Move.REFUSE, State.REFUSED, [State.UNDER_REVIEW]),
    (Move.WITHDRAW, State.WITHDRAWN, [State.DRAFT, State.SUBMITTED, State.RETURNED, State.EVIDENCE]),
)

#: What the applicant does; the desk signs all else.
BY_THE_APPLICANT = (Move.SUBMIT, Move.ANSWER, Move.WITHDRAW)
#: Where the applicant may still change what the enrolment says.
OPEN_TO_CHANGE = frozenset({State.DRAFT, State.RETURNED})
#: Where the verification desk has something to do.
AWAITING_VERIFICATION = frozenset({State.SUBMITTED, State.UNDER_REVIEW, State.PROPOSED})
#: Where it waits for the applicant once submitted: the announced delay does not run meanwhile.
AWAITING_APPLICANT = frozenset({State.RETURNED, State.EVIDENCE})
#: Where documents may be joined: with the answers, or as what the desk asked for.
OPEN_TO_DOCUMENTS = OPEN_TO_CHANGE | {State.EVIDENCE}


class InvitationState(TextChoices):
    """What became of an invitation. One whose time has passed is expired: its dates say so, no state does."""

    PENDING = "pending", _("En attente d’activation")
    ACTIVATED = "activated", _("Activée")
    REPLACED = "replaced", _("Remplacée")
    CANCELLED = "cancelled", _("Annulée")
    DECLINED = "declined", _("Déclinée")


class InvitationMove(TextChoices):
    """What may be done to an invitation."""

    ACTIVATE = "activate", _("Activer")
    REPLACE = "replace", _("Remplacer")
    CANCEL = "cancel", _("Annuler")
    DECLINE = "decline", _("Décliner")


INVITATION = Workflow(
    (InvitationMove.ACTIVATE, InvitationState.ACTIVATED, [InvitationState.PENDING]),
    (InvitationMove.REPLACE, InvitationState.REPLACED, [InvitationState.PENDING]),
    (InvitationMove.CANCEL, InvitationState.CANCELLED, [InvitationState.PENDING]),
    (InvitationMove.DECLINE, InvitationState.DECLINED, [InvitationState.PENDING]),
)


class ReproofState(TextChoices):
    """Where a lost second factor stands. One out of time is expired: dates say so, no state does."""

    ASKED = "asked", _("Attend qu’on confirme l’identité")
    STARTED = "started", _("Identité confirmée")
    DONE = "done", _("Second facteur remplacé")
    REFUSED = "refused", _("Identité non confirmée")
    STOPPED = "stopped", _("Arrêté par la personne")
    LAPSED = "lapsed", _("Remplacé par une autre demande")


class ReproofMove(TextChoices):
    """What may be done to it."""

    START = "start", _("Confirmer l’identité")
    AGAIN = "again", _("Refaire le lien et le code")
    COMPLETE = "complete", _("Installer le nouveau facteur")
    REFUSE = "refuse", _("Ne pas confirmer")
    STOP = "stop", _("Arrêter")
    LAPSE = "lapse", _("Laisser")


OPEN_REPROOFS = (ReproofState.ASKED, ReproofState.STARTED)
REPROOF = Workflow(
    (ReproofMove.START, ReproofState.STARTED, [ReproofState.ASKED]),
    (ReproofMove.AGAIN, ReproofState.STARTED, [ReproofState.STARTED]),
    (ReproofMove.COMPLETE, ReproofState.DONE, [ReproofState.STARTED]),
    (ReproofMove.REFUSE, ReproofState.REFUSED, OPEN_REPROOFS),
    (ReproofMove.STOP, ReproofState.STOPPED, OPEN_REPROOFS),
    (ReproofMove.LAPSE, ReproofState.LAPSED, OPEN_REPROOFS),
)


class PaperState(TextChoices):
    """What became of a paper that came in."""

    RECEIVED = "received", _("À taper")
    TYPED = "typed", _("Transmis à la vérification")
    LINKED = "linked", _("Relié à une inscription déjà là")
    SET_ASIDE = "set_aside", _("Écarté")


class PaperMove(TextChoices):
    """What may be done to it."""

    TYPE = "type", _("Transmettre à la vérification")
    LINK = "link", _("Relier")
    SET_ASIDE = "set_aside", _("Écarter")


PAPER = Workflow(
    (PaperMove.TYPE, PaperState.TYPED, [PaperState.RECEIVED]),
    (PaperMove.LINK, PaperState.LINKED, [PaperState.RECEIVED]),
    (PaperMove.SET_ASIDE, PaperState.SET_ASIDE, [PaperState.RECEIVED]),
)


class HandoverState(TextChoices):
    """Where a handover stands. One begun and left too long is expired, an objection time over: dates say so."""

    DRAFT = "draft", _("Commencée")
    ASKED = "asked", _("Transmise")
    NOTIFIED = "notified", _("Avis envoyés")
    CONTESTED = "contested", _("Contestée")
    HEARING = "hearing", _("Les deux côtés sont entendus")
    RECOMMENDED = "recommended", _("Attend une seconde personne du bureau")
    APPROVED = "approved", _("Acceptée")
    REFUSED = "refused", _("Refusée")
    WITHDRAWN = "withdrawn", _("Retirée")


class HandoverMove(TextChoices):
    """What may be done to a handover."""

    SUBMIT = "submit", _("Transmettre")
    NOTIFY = "notify", _("Envoyer les avis")
    OBJECT = "object", _("S’opposer")
    CONTEST = "contest", _("Traiter comme contestée")
    HEAR = "hear", _("Entendre les deux côtés")
    RECOMMEND = "recommend", _("Proposer d’accepter")
    SEND_BACK = "send_back", _("Ne pas confirmer")
    APPROVE = "approve", _("Accepter")
    REFUSE = "refuse", _("Refuser")
    SET_ASIDE = "set_aside", _("Écarter, une autre étant acceptée")
    WITHDRAW = "withdraw", _("Retirer la demande")


_S, _M = HandoverState, HandoverMove
#: Submitted, and not decided.
WAITING_HANDOVERS = (_S.ASKED, _S.NOTIFIED, _S.CONTESTED, _S.HEARING, _S.RECOMMENDED)
#: Somebody objects, or the desk treats it so: it takes two officers.
CONTESTED_HANDOVERS = (_S.CONTESTED, _S.HEARING, _S.RECOMMENDED)
#: Where whoever was told may answer.
OPEN_TO_ANSWERS = (_S.NOTIFIED, *CONTESTED_HANDOVERS)
HANDOVER = Workflow(
    (_M.SUBMIT, _S.ASKED, [_S.DRAFT]),
    (_M.NOTIFY, _S.NOTIFIED, [_S.ASKED]),
    (_M.OBJECT, _S.CONTESTED, [_S.NOTIFIED, _S.RECOMMENDED]),
    (_M.CONTEST, _S.CONTESTED, [_S.NOTIFIED]),
    (_M.HEAR, _S.HEARING, [_S.CONTESTED]),
    (_M.RECOMMEND, _S.RECOMMENDED, [_S.HEARING]),
    (_M.SEND_BACK, _S.HEARING, [_S.RECOMMENDED]),
    (_M.APPROVE, _S.APPROVED, [_S.NOTIFIED, _S.RECOMMENDED]),
    (_M.REFUSE, _S.REFUSED, [_S.ASKED, _S.NOTIFIED, _S.HEARING]),
    (_M.SET_ASIDE, _S.REFUSED, WAITING_HANDOVERS),
    (_M.WITHDRAW, _S.WITHDRAWN, [_S.DRAFT, *WAITING_HANDOVERS]),
)


class DepartureState(TextChoices):
    """Where a departure that was reported to the desk stands."""

    REPORTED = "reported", _("Attend une seconde personne du bureau")
    ENDED = "ended", _("La place a pris fin")
    DROPPED = "dropped", _("Écarté")


class DepartureMove(TextChoices):
    """What may be done to it."""

    END = "end", _("Mettre fin à la place")
    DROP = "drop", _("Écarter")


DEPARTURE = Workflow(
    (DepartureMove.END, DepartureState.ENDED, [DepartureState.REPORTED]),
    (DepartureMove.DROP, DepartureState.DROPPED, [DepartureState.REPORTED]),
)
