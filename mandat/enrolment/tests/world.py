"""An enrolment at any of its states, with its applicant's answers and a verification officer."""

import uuid
from io import BytesIO

from mandat.access.commands import NEQTaken
from mandat.access.tests.factories import StaffAssignmentFactory, actor
from mandat.enrolment import consent
from mandat.enrolment.commands import (
    approve,
    ask_evidence,
    attach_document,
    begin_enrolment,
    propose,
    refuse,
    return_for_correction,
    save_answers,
    submit_enrolment,
    take_up,
    withdraw_enrolment,
)
from mandat.enrolment.models import Enrolment, Purpose
from mandat.enrolment.steps import STEPS
from mandat.enrolment.workflow import State
from mandat.platform.files import store

ANSWERS = {
    "kind": "legal_person", "has_neq": "yes", "neq": "1199999021", "name": "Courtage Rive-Haute inc.",
    "is_established_in_quebec": "yes",
    "street": "2200, boulevard de l’Estacade", "city": "Montréal", "province": "Québec, Canada",
    "postal_code": "H3B 9Z1",
    "rq_source": "own", "rq_number": "1299999013",
    "ra_given_name": "Solange", "ra_family_name": "Bérubé", "ra_function": "Présidente", "ra_basis": "office",
    "ra_email": "Solange.Berube@demo.test", "ra_language": "fr",
    "rse_is_ra": "no", "rse_given_name": "Malik", "rse_family_name": "D’Amours", "rse_email": "malik@demo.test",
    "rse_language": "fr", "rse_street": "12, rue des Calfats", "rse_city": "Québec", "rse_province": "Québec, Canada",
    "rse_postal_code": "G1K 9Z3", "rse_more": "0",
}  # fmt: skip
SEVERAL = ANSWERS | {
    "rse_more": "2",
    "rse2_given_name": "Flavie", "rse2_family_name": "Ouellet", "rse2_email": "flavie@demo.test", "rse2_language": "en",
    "rse3_given_name": "Igor", "rse3_family_name": "Tessier", "rse3_email": "igor@demo.test", "rse3_language": "fr",
}  # fmt: skip
_FIRM = {name: ANSWERS[name] for name in ("street", "city", "province", "postal_code")}
_OWNER = {
    "owner_path": "self", "owner_given_name": "Solange", "owner_family_name": "Bérubé",
    "owner_email": "solange.berube@demo.test", "owner_language": "fr",
}  # fmt: skip
ALONE = _FIRM | _OWNER | {
    "kind": "sole_proprietor", "has_neq": "yes", "neq": "2299999153", "name": "Solange Bérubé, courtage",
    "is_established_in_quebec": "yes", "rq_source": "own", "rq_number": "1299999013",
}  # fmt: skip
OUTSIDE = _FIRM | _OWNER | {
    "kind": "individual_outside_quebec", "has_neq": "no", "client_number": "3000999001", "name": "Solange Bérubé",
    "identity_proof": "Passeport", "is_established_in_quebec": "no", "city": "Moncton",
    "province": "Nouveau-Brunswick, Canada", "postal_code": "E1C 9Z9",
}  # fmt: skip


#: How an officer made sure, where the source is silent: in tests, the enterprises register always is.
SURE = "Vérifié au registre, à l’écran."


class World:
    """What drives an enrolment from its beginning to its end."""

    def __init__(self):
        self.officer = actor(StaffAssignmentFactory().person)
        self.code = ""

    def begun(self) -> Enrolment:
        begun = begin_enrolment(key=uuid.uuid4(), email="demande@demo.test", language="fr")
        self.code = begun.code
        return begun.one

    def answered(self, **said) -> Enrolment:
        return self.answer(self.begun(), **(ANSWERS | said))

    def answer(self, enrolment, **said) -> Enrolment:
        for step in STEPS:
            if names := said.keys() & step.base_fields.keys():
                now_said = {name: enrolment.answers.get(name) for name in step.base_fields}
                answers = now_said | {name: said[name] for name in names}
                enrolment = save_answers(
                    enrolment=enrolment.public_id, step=step.code, answers=answers, revision=enrolment.revision
                ).enrolment
        return enrolment

    def attach(self, enrolment, purpose=Purpose.MANDATE, name="mandat.pdf", content=b"%PDF-1.7") -> Enrolment:
        file = store(BytesIO(content), name=name, media_type="application/pdf")
        attach_document(enrolment=enrolment.public_id, purpose=purpose, file=file, revision=enrolment.revision)
        return Enrolment.objects.get(pk=enrolment.pk)

    def submit(self, enrolment, key=None) -> Enrolment:
        return submit_enrolment(
            key=key or uuid.uuid4(), enrolment=enrolment.public_id, revision=enrolment.revision,
            accepted=consent.CURRENT,
        )  # fmt: skip

    def submitted(self, **said) -> Enrolment:
        return self.submit(self.answered(**said))

    def under_review(self, **said) -> Enrolment:
        return take_up(enrolment=self.submitted(**said).public_id, by=self.officer)

    def evidence(self, **said) -> Enrolment:
        """An enrolment of which a document is asked."""
        return ask_evidence(
            enrolment=self.under_review(**said).public_id, wanted=["RESOLUTION"], words="La résolution signée.",
            by=self.officer,
        )  # fmt: skip

    def proposed(self, **said) -> Enrolment:
        """An enrolment whose approval is proposed, and waits."""
        return propose(enrolment=self.risky(**said).public_id, by=self.officer, reason=SURE)

    def risky(self, **said) -> Enrolment:
        """An enrolment in verification, of high risk: a twin competes, a number and an address do not agree."""
        said = {"neq": "1199999014", "postal_code": "E1C 9Z9"} | said
        self.submitted(**said)
        return self.under_review(**said)

    def returned(self, **said) -> Enrolment:
        corrections = {"neq": "Ce NEQ n’est pas celui de ce nom."}
        return return_for_correction(
            enrolment=self.under_review(**said).public_id, corrections=corrections, by=self.officer
        )

    def approved(self, **said) -> Enrolment:
        return approve(enrolment=self.under_review(**said).public_id, by=self.officer, reason=SURE)

    #: What an approval is refused by when another account has the number.
    taken = NEQTaken

    def approve(self, enrolment) -> Enrolment:
        """Take up what was submitted, and approve it."""
        take_up(enrolment=enrolment.public_id, by=self.officer)
        return approve(enrolment=enrolment.public_id, by=self.officer, reason=SURE)

    def refused(self, **said) -> Enrolment:
        return refuse(enrolment=self.under_review(**said).public_id, reason="Entreprise inconnue.", by=self.officer)

    def withdrawn(self) -> Enrolment:
        return withdraw_enrolment(enrolment=self.begun().public_id)

    def in_state(self, state: State) -> Enrolment:
        makers = {State.DRAFT: self.answered, State.APPROVED: lambda: self.approved(neq="2299999013")}
        return makers.get(state, getattr(self, state.value, self.answered))()
