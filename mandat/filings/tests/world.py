"""A filing type of the tests, and a firm, its people and an officer to drive it with."""

import uuid
from datetime import date
from typing import ClassVar

from django import forms

from mandat.access.models import StaffAssignment
from mandat.access.tests.factories import (
    DesignationFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    StaffAssignmentFactory,
    actor,
)
from mandat.filings.commands import accept, begin_filing, refuse, return_for_correction, save_answers, submit_filing
from mandat.filings.commands import take_up as take_up_filing
from mandat.filings.commands import withdraw as withdraw_filing
from mandat.filings.definition import FilingType, Finding, Step, Weight
from mandat.filings.models import Filing
from mandat.filings.registry import install
from mandat.filings.summary import summary_of
from mandat.filings.workflow import State
from mandat.register.tests.factories import RegistrantFactory


class Who(Step):
    code, title = "who", "Qui"
    name = forms.CharField(label="Nom", max_length=50)
    day = forms.DateField(label="Jour", input_formats=["%Y-%m-%d"])


class What(Step):
    code, title = "what", "Quoi"
    colours = forms.MultipleChoiceField(label="Couleurs", choices=[("r", "Rouge"), ("v", "Vert")])
    notes = forms.CharField(label="Notes", required=False, widget=forms.Textarea)
    agreed = forms.BooleanField(label="D’accord")


def nobody_is_called_nobody(answers, facts):
    return (
        Finding(field="name", message="Ce nom est pris.", rule="Odyssée, IX")
        if answers.get("name") == "Personne"
        else None
    )


def the_day_is_to_come(answers, facts):
    if "day" not in answers or answers["day"] >= facts:
        return None
    return Finding(field="day", message="Ce jour est passé.", rule="essai, 1", weight=Weight.WARNS)


class Effects:
    """What acceptance did, and whether it must fail."""

    done: ClassVar[list] = []
    fails: ClassVar[bool] = False

    @classmethod
    def apply(cls, filing, filed, under):
        if cls.fails:
            raise RuntimeError("the file could not be changed")
        cls.done.append((filing.number, filed, under))


ESSAI = FilingType(
    code="ESSAI", version=1, title="Dépôt d’essai", block="BF-REP", steps=[Who, What],
    checks=[nobody_is_called_nobody, the_day_is_to_come], facts=lambda registrant, on: on,
    about=lambda typed, facts: str(typed.get("name") or ""), summary=summary_of, effect=Effects.apply,
    effect_in_words=lambda filed, facts: [f"{filed['name']} s’en va."],
)  # fmt: skip
install([ESSAI])

GOOD = {"name": "Ulysse", "day": "2099-01-31", "colours": ["r", "v"], "notes": "", "agreed": True}
DAY = date(2099, 1, 31)


class World:
    """A firm registered online, its RSE, one who holds every right, and two officers."""

    def __init__(self):
        self.registration = ServiceRegistrationFactory()
        self.firm = self.registration.enterprise
        self.registrant = RegistrantFactory(service_registration=self.registration)
        self.rse = actor(DesignationFactory(enterprise=self.firm).person)
        self.proxy = ProxyFactory(enterprise=self.firm, provider=self.registration.provider)
        self.signer = actor(self.proxy.person)
        self.officer, self.other_officer = (
            actor(StaffAssignmentFactory(role=StaffAssignment.Role.OFFICER).person) for _ in range(2)
        )

    def member(self, *rights):
        """Return an actor whose proxy gives these rights, and no other."""
        return actor(
            ProxyFactory(enterprise=self.firm, provider=self.registration.provider, rights=list(rights)).person
        )

    def begun(self, **fields):
        return begin_filing(
            **{"key": uuid.uuid4(), "registrant": self.registrant, "type_code": "ESSAI", "by": self.signer} | fields
        )

    def draft(self, **answers):
        """Return a draft that is complete, but for the answers given."""
        filing = self.begun()
        for step in ("who", "what"):
            self.save(filing, step, **answers)
            filing.refresh_from_db()
        return filing

    def save(self, filing, step, *, by=None, revision=None, **answers):
        return save_answers(
            filing=filing.public_id, step=step, answers=GOOD | answers, by=by or self.signer,
            revision=Filing.objects.get(pk=filing.pk).revision if revision is None else revision,
        )  # fmt: skip

    def submit(self, filing, *, key=None, by=None, revision=None):
        revision = Filing.objects.get(pk=filing.pk).revision if revision is None else revision
        return submit_filing(key=key or uuid.uuid4(), filing=filing.public_id, revision=revision, by=by or self.signer)

    def submitted(self, **answers):
        filing = self.draft(**answers)
        self.submit(filing)
        return Filing.objects.get(pk=filing.pk)

    def under_review(self):
        return take_up_filing(filing=self.submitted().public_id, by=self.officer)

    def returned(self):
        corrections = {"name": "Quel Ulysse ?"}
        return return_for_correction(filing=self.under_review().public_id, corrections=corrections, by=self.officer)

    def accepted(self):
        return accept(filing=self.under_review().public_id, by=self.officer)

    def refused(self):
        return refuse(filing=self.under_review().public_id, reason="Hors délai", by=self.officer)

    def withdrawn(self):
        return withdraw_filing(filing=self.draft().public_id, reason="", by=self.signer)

    def in_state(self, state):
        return {State.DRAFT: self.draft}.get(state, getattr(self, str(state), None))()
