"""What the acceptance of a withdrawal changes: each attachment ends on the day of cessation, even one still to come."""

from datetime import date

from mandat.access.decision import Authority
from mandat.filings.definition import Answers
from mandat.filings.models import Filing
from mandat.register.commands import end_attachment
from mandat.register.models import Individual


def end_attachments(filing: Filing, filed: Answers, under: Authority) -> None:
    """End every attachment that the filing names."""
    individual = Individual.objects.get(public_id=filed["representative"])
    for code in filed["attachments"]:
        end_attachment(
            individual=individual,
            registrant=filing.registrant,
            code=code,
            on=date.fromisoformat(filed["cessation_date"]),
            reason=filed["reason"],
            under=under.as_record(),
            cause=str(filing.public_id),
        )
