"""Names of the trade that pages look up."""

from datetime import datetime

from mandat.platform.clock import legal_day
from mandat.reference.queries import NoEntry, entry


def block_name(code: str, at: datetime) -> str:
    """Return what a block is called, or its code if the catalogue of the day lacks it."""
    try:
        return entry("block", code, legal_day(at)).label
    except NoEntry:
        return code
