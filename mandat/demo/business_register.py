"""The demonstration's enterprises register: its own firms among some hundreds invented, as of a few days ago."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management import call_command

from mandat.business_register.models import Extract
from mandat.business_register.synthetic import Known, write_extract
from mandat.demo.enrolments import APPLYING, PLACE
from mandat.demo.firms import ACCOUNTANTS, REGISTERED
from mandat.platform.clock import legal_day, now

INVENTED = 300
#: How old the extract is: the Registraire publishes one twice a month.
AGE = timedelta(days=9)
#: What the register says otherwise than those who enrol: a name nearly the same, and one that was struck off.
SAID_OTHERWISE: dict[str, dict[str, Any]] = {
    "3399999054": {"name": "Placement Belle-Marée S.E.N.C."},
    "1199999138": {"status": "RO"},
}

#: Firms with an account here of which the register says what stops them: struck off, taken over, bankrupt.
STOPPED: dict[str, dict[str, Any]] = {
    "1199999088": {"status": "RX"},
    "1199999096": {"status": "RD", "merged_into": ("1199999146", "Hypothèques Grande-Voûte inc.")},
    "1199999104": {"bankrupt": "O"},
}


def load_business_register() -> None:
    """Read the register as any operator does, with `mandat import-business-register`, once."""
    if Extract.objects.filter(is_current=True).exists():
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "JeuDonnees.zip"
        write_extract(path, enterprises=INVENTED, known=known())
        day = (legal_day(now()) - AGE).isoformat()
        call_command("import_business_register", str(path), f"--as-of={day}", stdout=StringIO(), stderr=StringIO())


def known() -> list[Known]:
    """Return the firms of the demonstration, those that enrol included."""
    there = []
    for firm in (*REGISTERED, ACCOUNTANTS):
        place, said = firm.places[0], STOPPED.get(firm.neq, {})
        there.append(Known(firm.neq, firm.name, place.street, place.city, postal_code(place.postal_code), **said))
    for each in APPLYING:
        said = {"name": each.name} | SAID_OTHERWISE.get(each.neq, {})
        where: dict[str, Any] = {
            "street": PLACE["street"],
            "city": PLACE["city"],
            "postal_code": postal_code(PLACE["postal_code"]),
        }
        there.append(Known(neq=each.neq, **(where | said)))
    return there


def postal_code(written: str) -> str:
    """Return a postal code as the register writes it."""
    return written.replace(" ", "")
