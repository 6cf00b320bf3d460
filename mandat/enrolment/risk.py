"""
How much an enrolment asks to be looked at twice, and what that asks of the desk. Pure.

What weighs, and how much, is the dated list `risk_factor`; from how much on, and what follows, are policies.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from mandat.enrolment.models import Outcome, Risk

#: Checks that compare with a file kept by others, those that reckon, and those that compare answers with one another.
ON_FILE = ("registered", "registered_name", "registered_address", "name_on_file")
RECKONED = ("neq_digit", "rq_digit", "neq_family")
COHERENT = ("outside", "postal_code")


@dataclass(frozen=True)
class Signals:
    """What is known of an enrolment when its risk is weighed."""

    outcomes: Mapping[str, str] = field(default_factory=dict)  # by the code of the check
    is_by_mandate: bool = False
    has_neq: bool = True
    was_refused: bool = False  # another enrolment of the same number was

    def any(self, outcome: Outcome, *codes: str) -> bool:
        """Tell whether a check came out so; one of these, or any."""
        return any(found == outcome for code, found in self.outcomes.items() if not codes or code in codes)


#: What may weigh, by its code in the reference data.
FACTORS: Mapping[str, Callable[[Signals], bool]] = {
    "MANDATE": lambda said: said.is_by_mandate,
    "NO-NEQ": lambda said: not said.has_neq,
    "NO-RIGHT": lambda said: said.any(Outcome.DIFFERS, "practice"),
    "TWIN": lambda said: said.any(Outcome.DIFFERS, "neq_twin"),
    "ENROLLED": lambda said: said.any(Outcome.DIFFERS, "neq_enrolled"),
    "OF-ANOTHER": lambda said: said.any(Outcome.DIFFERS, "addresses_of_others"),
    "ON-FILE": lambda said: said.any(Outcome.DIFFERS, *ON_FILE),
    "RECKONED": lambda said: said.any(Outcome.DIFFERS, *RECKONED),
    "COHERENT": lambda said: said.any(Outcome.DIFFERS, *COHERENT),
    "NEAR": lambda said: said.any(Outcome.NEAR),
    "OFFICER": lambda said: said.any(Outcome.UNKNOWN, "known_officer"),
    "SILENT": lambda said: said.any(Outcome.SILENT),
    "REFUSED": lambda said: said.was_refused,
}


@dataclass(frozen=True)
class Weighed:
    """A level, and what made it so: codes with their points, the heaviest first."""

    level: Risk
    reasons: tuple[tuple[str, int], ...]


def weigh(said: Signals, points: Mapping[str, int], levels: Mapping[str, int]) -> Weighed:
    """Return the risk of an enrolment: a factor without points on that day weighs nothing."""
    found = [(code, points[code]) for code, holds in FACTORS.items() if points.get(code) and holds(said)]
    total = sum(each for _, each in found)
    level = Risk.HIGH if total >= levels["high"] else Risk.MEDIUM if total >= levels["medium"] else Risk.LOW
    return Weighed(level, tuple(sorted(found, key=lambda each: -each[1])))


@dataclass(frozen=True)
class Asked:
    """What a risk asks of an approval: a second officer, and days during which those concerned may object."""

    is_of_two: bool = False
    hold_days: int = 0

    @property
    def is_proposed_first(self) -> bool:
        """Tell whether an approval is proposed before it is carried out."""
        return self.is_of_two or self.hold_days > 0


def asked_of(risk: str, *, holds: Mapping[str, int], of_two: Collection[str]) -> Asked:
    """Return what a risk asks of an approval. One that was never weighed asks for what the highest does."""
    level = risk or Risk.HIGH
    return Asked(is_of_two=level in of_two, hold_days=holds[level])


def is_drawn(enrolment: UUID, percent: int) -> bool:
    """Tell whether an approval is looked at again: drawn by its id, so that whoever doubts the draw does it again."""
    drawn = int.from_bytes(hashlib.sha256(b"second look " + enrolment.bytes).digest()[:8], "big")
    return drawn % 100 < percent
