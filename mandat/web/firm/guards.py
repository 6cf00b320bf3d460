"""Whether a firm has enough persons in charge of its accesses: what its pages say of it, and the next step."""

from dataclasses import dataclass
from datetime import datetime

from mandat.access.queries import effective_rses
from mandat.enterprises.models import Enterprise
from mandat.platform.clock import legal_day
from mandat.reference.queries import entries


@dataclass(frozen=True)
class Guard:
    """How many persons can act as RSE, how many the policy of the day recommends, how many it requires."""

    effective: int
    recommended: int
    required: int
    is_in_recovery: bool

    @property
    def lacks(self) -> bool:
        """Tell whether there are fewer than recommended, or required."""
        return self.effective < max(self.recommended, self.required)

    @property
    def is_below_the_rule(self) -> bool:
        """Tell whether there are fewer than the rule requires."""
        return self.effective < self.required


def guard_of(firm: Enterprise, at: datetime) -> Guard:
    """Return how a firm stands."""
    asked = entries("policy", legal_day(at)).filter(code__in=["rse-recommended", "rse-required"])
    numbers = {each.code: int(each.values["value"]) for each in asked}  # by one statement: homes are opened often
    return Guard(
        effective=effective_rses(firm, at).count(),
        recommended=numbers["rse-recommended"],
        required=numbers["rse-required"],
        is_in_recovery=firm.state == Enterprise.State.IN_RECOVERY,
    )
