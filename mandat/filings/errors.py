"""What may stand in the way of a filing, named for what is true."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mandat.filings.definition import Finding

if TYPE_CHECKING:
    from mandat.filings.models import Filing


class NotOnline(Exception):
    """The registrant is linked to no enterprise of the identity half: nobody can act for it here."""


class StaleDraft(Exception):
    """Somebody changed the filing since the caller saw it. It comes along as it is now, its answers included."""

    def __init__(self, filing: "Filing") -> None:
        super().__init__(f"revision {filing.revision} is current")
        self.filing = filing


class ClosedToChange(Exception):
    """The filing is neither a draft nor returned for correction."""


class TooMuchTogether(Exception):
    """The documents would weigh more together than `most` megabytes."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class UnknownStep(LookupError):
    """The filing's type has no such step, or no step with such a field."""


class AnswerTooLong(ValueError):
    """An answer is longer than any that a person would type."""


class FilingIncomplete(Exception):
    """Something holds the filing back: these findings, errors first."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(", ".join(each.field for each in findings))
        self.findings = list(findings)


class NothingChanged(Exception):
    """A correction was asked for, and the filing says what it said before."""


class EffectImpossible(Exception):
    """What the acceptance would change no longer stands as it did; says in words what is in the way."""


class FiledByTheSamePerson(Exception):
    """Nobody examines what they wrote or signed themselves."""


class ReasonMissing(ValueError):
    """The firm is owed a reason, or what to correct."""
