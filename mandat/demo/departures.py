"""A representative of the demonstration whose office is over: reported, and waiting for a second officer."""

from io import BytesIO

from mandat.demo.firms import Firm
from mandat.demo.people import key
from mandat.enrolment.commands.departures import report_departure
from mandat.enrolment.models import Departure
from mandat.enterprises.models import Designation, Role
from mandat.identity.actor import Actor
from mandat.platform.files import store

LETTER = "Lettre de la firme (pièce d’exemple).\nLe mandat de notre directeur général a pris fin; la suite viendra.\n"


def tell_of_departure(firm: Firm, verifier: Actor) -> Departure:
    """Report that the representative of a firm holds their office no more, once."""
    place = Designation.objects.filter(enterprise__name=firm.name, role=Role.RA).order_by("id")[0]
    letter = store(BytesIO(LETTER.encode()), name="fin-de-mandat.txt", media_type="text/plain")
    return report_departure(
        key=key("departure", firm.neq), designation=place.public_id, cause="MANDATE-OVER",
        words="Lettre de la firme, confirmée au numéro inscrit au registre.", file=letter, by=verifier,
    )  # fmt: skip
