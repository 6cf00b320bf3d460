"""A filing read on a day: its steps filled in, what there is to say of them, and how it reads."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mandat.filings.definition import Finding, Section, Step, Weight
from mandat.filings.models import Filing
from mandat.platform.clock import legal_day


@dataclass(frozen=True)
class Reading:
    """What the pages of a draft show, and what its signature freezes."""

    filing: Filing
    steps: list[Step]
    answers: dict[str, Any]
    findings: list[Finding]  # errors first
    summary: list[Section]
    about: str

    def of_weight(self, weight: Weight) -> list[Finding]:
        """Return the findings that hold the filing back, or those that only warn."""
        return [each for each in self.findings if each.weight == weight]


def read(filing: Filing, at: datetime) -> Reading:
    """Read a filing against the facts of a day. What was submitted is read in its submission, not here."""
    kind = filing.filing_type
    facts = kind.facts(filing.registrant, legal_day(at))
    answers, findings = kind.examine(filing.answers, facts)
    steps = [step(filing.answers, facts=facts) for step in kind.steps]
    summary = kind.summary(kind, answers, facts)
    return Reading(filing, steps, answers, findings, summary, kind.about(filing.answers, facts)[:200])
