"""
What is not done on an old proof: the acts that ask, within the last minutes, for a second factor.

One map, beside that of permissions.py, and one answer: prove who you are, then find again what you had typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from mandat.web.account.session import proven_lately
from mandat.web.asking import Request

#: What was typed waits here, in the session, while the person proves who they are.
TYPED = "typed_before_proof"
#: More than any of these forms holds; a session is no place for more.
MOST_FIELDS = 500


@dataclass(frozen=True)
class Binding:
    """
    An act that asks for a fresh proof; `act` is the word of its button.

    `is_asked_first`: the page itself opens only with a proof, and what it is sent is never kept (it holds secrets).
    `back`: the page where the act is read over, to go back to; otherwise what was typed is offered again.
    """

    act: Any
    is_asked_first: bool = False
    back: str = ""


FACTOR = Binding(_("Changer mes façons d’entrer"), is_asked_first=True)

#: Every act that binds a firm, opens an access, decides, or changes how one enters. A test names those that do not.
PROVEN: dict[str, Binding] = {
    "firm:sign": Binding(_("Signer et déposer"), back="firm:review"),
    "firm:withdraw": Binding(_("Retirer la demande")),
    "firm:grant": Binding(_("Donner la procuration")),
    "firm:grant_on_filing": Binding(_("Donner la procuration")),
    "firm:revoke": Binding(_("Révoquer la procuration")),
    "firm:change_proxy": Binding(_("Garder ce changement")),
    "firm:suspend_proxy": Binding(_("Suspendre ou rétablir la procuration")),
    "firm:confirm_proxy": Binding(_("Confirmer la procuration")),
    "firm:end_designation": Binding(_("Mettre fin à la responsabilité")),
    "firm:handovers": Binding(_("Répondre à une demande de relève")),
    "firm:name_rse": Binding(_("Désigner un responsable")),
    "firm:mandataries": Binding(_("Proposer une procuration à une organisation")),
    "firm:accept_external": Binding(_("Accepter d’agir pour un client")),
    "firm:name_person": Binding(_("Habiliter une personne")),
    "firm:revoke_external": Binding(_("Mettre fin")),
    "firm:give_up_external": Binding(_("Renoncer")),
    "firm:end_naming": Binding(_("Mettre fin")),
    "firm:second_person": Binding(_("Choisir ce qui demande deux personnes")),
    "firm:confirm_change": Binding(_("Confirmer qu’une seule personne suffit")),
    "firm:drop_change": Binding(_("Écarter la demande")),
    "firm:bulk_done": Binding(_("Faire ce que dit le fichier")),
    "firm:rights_request": Binding(_("Accorder ce qui est demandé")),
    "firm:refuse_request": Binding(_("Refuser ce qui est demandé")),
    "firm:confirm_identity": Binding(_("Confirmer l’identité de cette personne")),
    "firm:refuse_identity": Binding(_("Refuser l’identité de cette personne")),
    "firm:news": Binding(_("Accepter ce qui est coché")),
    "firm:wake": Binding(_("Rouvrir cet accès")),
    "firm:new_user": Binding(_("Ajouter cette personne")),
    "firm:renew_invitation": Binding(_("Envoyer un nouveau lien")),
    "firm:register": Binding(_("Transmettre l’inscription aux services")),
    "firm:choose_blocks": Binding(_("Enregistrer le choix des blocs")),
    "staff:accept": Binding(_("Accepter la demande")),
    "staff:refuse": Binding(_("Refuser la demande")),
    "staff:enrolment_approved": Binding(_("Approuver l’inscription")),
    "staff:enrolment_proposed": Binding(_("Proposer l’approbation")),
    "staff:enrolment_refused": Binding(_("Refuser l’inscription")),
    "staff:handover_act": Binding(_("Faire avancer la demande de relève")),
    "staff:report_departure": Binding(_("Mettre fin à une place"), is_asked_first=True),
    "staff:departure_act": Binding(_("Décider d’un départ")),
    "staff:paper_link": Binding(_("Relier le papier")),
    "staff:paper_set_aside": Binding(_("Écarter le papier")),
    "staff:invitation_letter": Binding(_("Imprimer la lettre")),
    "staff:invitation_renewed": Binding(_("Renouveler l’invitation")),
    "staff:accept_registration": Binding(_("Accepter l’inscription aux services")),
    "staff:refuse_registration": Binding(_("Refuser l’inscription aux services")),
    "staff:invite": Binding(_("Inviter cette personne")),
    "staff:renew_staff_invitation": Binding(_("Envoyer un nouveau lien"), back="staff:staff_invitation"),
    "staff:cancel_staff_invitation": Binding(_("Annuler l’invitation"), back="staff:staff_invitation"),
    "staff:new_role": Binding(_("Proposer le rôle")),
    "staff:confirm_role": Binding(_("Confirmer le rôle")),
    "staff:drop_role": Binding(_("Écarter la proposition")),
    "staff:keep_role": Binding(_("Garder le rôle")),
    "staff:end_role": Binding(_("Mettre fin au rôle")),
    "staff:new_client": Binding(_("Enregistrer le service")),
    "staff:change_client": Binding(_("Modifier le service")),
    "staff:renew_client_secret": Binding(_("Renouveler le secret")),
    "staff:disable_client": Binding(_("Désactiver le service")),
    "staff:enable_client": Binding(_("Réactiver le service")),
    "staff:suspend_person": Binding(_("Suspendre cette personne")),
    "staff:set_cause_aside": Binding(_("Écarter cette cause")),
    "staff:heed_cause": Binding(_("Reprendre cette cause")),
    "staff:hold_account": Binding(_("Suspendre le compte à la main")),
    "staff:release_account": Binding(_("Lever la suspension faite à la main")),
    "staff:restore_person": Binding(_("Rétablir cette personne")),
    "staff:reproof": Binding(_("Confirmer l’identité de cette personne")),
    "staff:refuse_reproof": Binding(_("Refuser l’identité de cette personne")),
    "account:end_session": Binding(_("Fermer cette session"), back="account:end_session"),
    "account:end_others": Binding(_("Fermer les autres sessions"), back="account:end_others"),
    "account:email": Binding(_("Changer mon courriel"), is_asked_first=True),
    **dict.fromkeys(
        (
            "account:new_passkey",
            "account:new_passkey_challenge",
            "account:name_passkey",
            "account:drop_passkey",
            "account:application",
            "account:application_drawing",
            "account:drop_application",
            "account:password",
            "account:unlink_outside",
            "mfa_generate_recovery_codes",
        ),
        FACTOR,
    ),
}


def with_next(view: str, onward: str) -> str:
    """Return the address of a page that leads on to another, if there is one."""
    return f"{reverse(view)}?{urlencode({'next': onward})}" if onward else reverse(view)


def ask_for_proof(request: Request) -> HttpResponse | None:
    """Return None if the act may go on, or the way to the proof that it asks for, with what was typed kept."""
    match = request.resolver_match
    binding = PROVEN.get(match.view_name) if match else None
    is_an_act = request.method not in {"GET", "HEAD", "OPTIONS"}
    if match is None or binding is None or not (is_an_act or binding.is_asked_first):
        return None
    if proven_lately(request, request.at):
        if is_an_act:
            request.session.pop(TYPED, None)
        return None
    if binding.back:
        return redirect(with_next("mfa_reauthenticate", reverse(binding.back, kwargs=match.kwargs)))
    if is_an_act and not binding.is_asked_first:
        keep_typed(request, match.view_name)
    return redirect(with_next("mfa_reauthenticate", request.get_full_path()))


def keep_typed(request: HttpRequest, view: str) -> None:
    """Keep what was typed until the person has proven who they are."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    kept = [(name, value) for name, value in fields if name != "csrfmiddlewaretoken"][:MOST_FIELDS]
    request.session[TYPED] = {"view": view, "address": request.get_full_path(), "fields": kept}


def typed_for(request: HttpRequest, address: str) -> Mapping[str, Any] | None:
    """Return what was typed on the page of an address before the proof, and the act it was for; or nothing."""
    kept = request.session.get(TYPED)
    return kept if kept and kept["address"] == address and kept["view"] in PROVEN else None


def act_of(kept: Mapping[str, Any]) -> Any:
    """Return the word of the button of an act that waits."""
    return PROVEN[kept["view"]].act
