"""How a withdrawal reads: in lists, and before one signs."""

from mandat.filing_types.withdrawal_of_representative.facts import Facts
from mandat.filings.definition import Typed
from mandat.filings.summary import summary_of

summary = summary_of


def about(typed: Typed, facts: Facts) -> str:
    """Return who is withdrawn."""
    return facts.name_of(str(typed.get("representative") or ""))
