"""A firm, those who act for it, and handovers of it at any of their states."""

import re
import uuid
from datetime import timedelta
from io import BytesIO

from mandat.access.tests.factories import (
    DesignationFactory,
    EnterpriseFactory,
    LoginFactory,
    PersonFactory,
    StaffAssignmentFactory,
    actor,
)
from mandat.enrolment.commands.handover_answers import answer_notice
from mandat.enrolment.commands.handover_desk import approve_handover, contest, hear, notify, recommend, refuse_handover
from mandat.enrolment.commands.handovers import (
    answer_handover,
    attach_to_handover,
    begin_handover,
    submit_handover,
    withdraw_handover,
)
from mandat.enrolment.models import Answer, Handover
from mandat.enrolment.workflow import HandoverState
from mandat.enterprises.models import Designation, Identifier
from mandat.platform.clock import now
from mandat.platform.files import store
from mandat.platform.models import Mail

NEQ = "1199999021"
SAID = {
    "ground": "nobody", "neq": NEQ, "words": "La seule administratrice est décédée le 3 novembre.",
    "asker": "Me Hélène Castonguay", "capacity": "Liquidatrice de la succession",
    "ra_given_name": "Solange", "ra_family_name": "Bérubé", "ra_function": "Présidente", "ra_basis": "office",
    "ra_email": "solange@demo.test", "ra_language": "fr", "street": "12, rue des Calfats", "city": "Québec",
    "province": "Québec, Canada", "postal_code": "G1K 9Z3", "rse_is_ra": "no", "rse_given_name": "Malik",
    "rse_family_name": "D’Amours", "rse_email": "malik@demo.test", "rse_language": "fr",
}  # fmt: skip


class Relief:
    """A firm with one RA and two RSEs, two officers, and the gestures of a handover."""

    def __init__(self, rses=2, name="Gestion Anse-Bleue inc."):
        self.firm = EnterpriseFactory(name=name)
        Identifier.objects.create(enterprise=self.firm, kind="neq", value=NEQ, during=(now() - timedelta(days=9), None))
        self.ra = self.holder("Roméo", as_ra=True)
        self.rses = [self.holder(f"Rita{place}") for place in range(rses)]
        self.officer, self.second = (actor(StaffAssignmentFactory().person) for _ in range(2))

    def holder(self, name, **more):
        login = LoginFactory(email=f"{name.lower().replace('é', 'e')}@demo.test", person=PersonFactory(given_name=name))
        DesignationFactory(enterprise=self.firm, person=login.links.get().person, **more)
        return login.links.get().person

    def begun(self, email="castonguay@demo.test") -> Handover:
        return begin_handover(key=uuid.uuid4(), email=email, language="fr").one

    def drafted(self, email="castonguay@demo.test", **said) -> Handover:
        handover = self.begun(email)
        answer_handover(handover=handover.public_id, answers=SAID | said)
        file = store(BytesIO(b"%PDF-1.7 " + email.encode()), name="acte.pdf", media_type="application/pdf")
        attach_to_handover(handover=handover.public_id, file=file)
        return handover

    def asked(self, **said) -> Handover:
        return submit_handover(key=uuid.uuid4(), handover=self.drafted(**said).public_id)

    def notified(self, **said) -> Handover:
        return notify(handover=self.asked(**said).public_id, by=self.officer)

    def objected(self, by=None, **said) -> Handover:
        handover = self.notified(**said)
        self.answer(handover, by or self.rses[0])
        return Handover.objects.get(pk=handover.pk)

    contested = objected

    def answer(self, handover, who, answer=Answer.OBJECTS, words="Je dirige toujours cette firme."):
        return answer_notice(notice=handover.notices.get(person=who).public_id, answer=answer, words=words)

    def hearing(self, **said) -> Handover:
        return hear(handover=self.objected(**said).public_id, question="Qui dirige la firme?", by=self.officer)

    def places(self):
        return [each.public_id for each in Designation.objects.filter(enterprise=self.firm, revoked_at=None)]

    def recommended(self, **said) -> Handover:
        handover = self.hearing(**said)
        Handover.objects.filter(pk=handover.pk).update(heard_until=now() - timedelta(seconds=1))
        return recommend(
            handover=handover.public_id, reason="L’acte le prouve.", ending=self.places(), by=self.officer
        )  # fmt: skip

    def approve(self, handover, by=None, ending=None):
        ending = self.places() if ending is None else ending
        return approve_handover(handover=handover.public_id, ending=ending, by=by or self.officer)

    def let_pass(self, handover) -> Handover:
        """Let the time to object run out."""
        Handover.objects.filter(pk=handover.pk).update(objections_until=now() - timedelta(seconds=1))
        return Handover.objects.get(pk=handover.pk)

    def approved(self, **said) -> Handover:
        return self.approve(self.let_pass(self.notified(**said)))

    def refused(self, **said) -> Handover:
        return refuse_handover(
            handover=self.asked(**said).public_id, reason="Aucun acte ne le prouve.", by=self.officer
        )

    def withdrawn(self, **said) -> Handover:
        return withdraw_handover(handover=self.asked(**said).public_id)

    def in_state(self, state) -> Handover:
        return self.drafted() if state == HandoverState.DRAFT else getattr(self, state.value)()

    def contest(self, handover):
        return contest(handover=handover.public_id, reason="Deux demandes.", by=self.officer)

    def link_to(self, person) -> str:
        sent = Mail.objects.filter(to=person.links.get().login.email, text__contains="/avis/").latest("id")
        return re.search(r"/avis/\S+", sent.text).group()
