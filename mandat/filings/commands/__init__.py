"""The verbs of a filing, by who speaks them: the firm that writes, the one who signs, the officer who examines."""

from mandat.filings.commands.drafting import Saved, attach_document, begin_filing, remove_document, save_answers
from mandat.filings.commands.examining import accept, refuse, return_for_correction, take_up
from mandat.filings.commands.submitting import submit_filing, withdraw

__all__ = [
    "Saved", "accept", "attach_document", "begin_filing", "refuse", "remove_document", "return_for_correction",
    "save_answers", "submit_filing", "take_up", "withdraw",
]  # fmt: skip
