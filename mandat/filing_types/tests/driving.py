"""A withdrawal driven from its beginning to its acceptance, whatever code it goes by."""

from datetime import timedelta

from mandat.filings.commands import accept, save_answers, take_up
from mandat.filings.models import Filing
from mandat.filings.tests.world import World
from mandat.platform.clock import legal_day, now
from mandat.register.queries import attachments_in_force
from mandat.register.tests.factories import AttachmentFactory


class Office(World):
    """A firm with two representatives, in securities."""

    def __init__(self, *, type_code="REP-RETRAIT"):
        super().__init__()
        self.type_code, self.today = type_code, legal_day(now())
        self.leaving, self.staying = (AttachmentFactory(registrant=self.registrant).individual for _ in range(2))

    def answers(self, **other):
        good = {
            "representative": str(self.leaving.public_id), "attachments": [self.code], "reason": "MOVED",
            "reason_details": "", "cessation_date": self.today.isoformat(), "complaints": "no",
            "complaints_details": "", "custody": "firm", "custodian": "", "contact_name": "Ève Roy",
            "contact_phone": "418 555-0123", "contact_email": "eve@exemple.ca", "declaration": True,
        }  # fmt: skip
        return good | other

    @property
    def code(self):
        return attachments_in_force(self.registrant, self.today).first().code

    def written(self, **other):
        """Return a draft with every step answered."""
        filing = self.begun(type_code=self.type_code)
        for step in filing.filing_type.steps:
            revision = Filing.objects.get(pk=filing.pk).revision
            save_answers(
                filing=filing.public_id, step=step.code, answers=self.answers(**other), revision=revision,
                by=self.signer,
            )  # fmt: skip
        return Filing.objects.get(pk=filing.pk)

    def accepted_withdrawal(self, **other):
        filing = self.written(**other)
        self.submit(filing)
        take_up(filing=filing.public_id, by=self.officer)
        return accept(filing=filing.public_id, by=self.officer)

    def attached(self, days=0):
        """Return who is attached some days from today."""
        there = attachments_in_force(self.registrant, self.today + timedelta(days=days))
        return {each.individual for each in there}
