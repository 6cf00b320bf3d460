"""A firm of the demonstration that was sold, and the request that others act for it: its notices are out, and wait."""

from io import BytesIO

from mandat.demo.firms import Firm
from mandat.demo.people import DOMAIN, key
from mandat.enrolment.commands.handover_desk import notify
from mandat.enrolment.commands.handovers import answer_handover, attach_to_handover, begin_handover, submit_handover
from mandat.enrolment.models import Handover
from mandat.enrolment.workflow import HandoverState
from mandat.identity.actor import Actor
from mandat.platform.files import store

DEED = (
    "Extrait du contrat de vente (pièce d’exemple).\nLes actionnaires vendent toutes les actions de la firme; la "
    "nouvelle assemblée nomme Solange Bérubé à la présidence.\n"
)
SAID = {
    "ground": "sold", "words": "La firme a été vendue. Sa nouvelle présidente doit pouvoir agir avant la prochaine "
    "échéance; les dirigeants d’hier n’y sont plus.",
    "asker": "Hélène Castonguay", "capacity": "Avocate de l’acheteur",
    "ra_given_name": "Solange", "ra_family_name": "Bérubé", "ra_function": "Présidente", "ra_basis": "office",
    "ra_email": f"solange-berube@{DOMAIN}", "ra_language": "fr", "street": "12, rue des Calfats", "city": "Québec",
    "province": "Québec, Canada", "postal_code": "G1K 9Z3", "rse_is_ra": "no", "rse_given_name": "Malik",
    "rse_family_name": "D’Amours", "rse_email": f"malik-d-amours@{DOMAIN}", "rse_language": "fr",
}  # fmt: skip


def ask_for_relief(firm: Firm, verifier: Actor) -> Handover:
    """Ask that others act for a firm, and have its notices sent, from wherever an earlier run left it."""
    asker = f"helene-castonguay@{DOMAIN}"
    handover = begin_handover(key=key("handover", firm.neq), email=asker, language="fr").one
    if handover.state == HandoverState.DRAFT:
        answer_handover(handover=handover.public_id, answers=SAID | {"neq": firm.neq})
        deed = store(BytesIO(DEED.encode()), name="contrat-de-vente.txt", media_type="text/plain")
        attach_to_handover(handover=handover.public_id, file=deed)
        handover = submit_handover(key=key("submit handover", firm.neq), handover=handover.public_id)
    if handover.state == HandoverState.ASKED:
        handover = notify(handover=handover.public_id, by=verifier)
    return handover
