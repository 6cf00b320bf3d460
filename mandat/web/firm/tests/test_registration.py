"""The firm's registration with the regulator, on its pages: asked for with its consent, followed, its blocks chosen."""

import uuid

import pytest

from mandat.access.decision import decide
from mandat.access.models import StaffAssignment
from mandat.access.rights import Right
from mandat.access.tests.factories import (
    DesignationFactory,
    EnterpriseFactory,
    IdentifierFactory,
    StaffAssignmentFactory,
    actor,
)
from mandat.enrolment.commands import refuse_registration
from mandat.enterprises.models import ServiceRegistration
from mandat.platform.clock import now
from mandat.register.tests.factories import RegistrantFactory
from mandat.web.firm.tests.house import BLOCKS, House, text
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db
NUMBER, NEQ, NAME = "3009998217", "1199999013", "Gestion Anse-Bleue inc."


class Newcomer:
    """A firm that is not registered with the regulator, and its RSE's browser."""

    def __init__(self):
        self.firm = EnterpriseFactory(name=NAME)
        IdentifierFactory(enterprise=self.firm, value=NEQ)
        self.rse = actor(DesignationFactory(enterprise=self.firm).person)
        self.ra = actor(DesignationFactory(enterprise=self.firm, as_ra=True).person)
        self.at_rse, self.at_ra = browser_of(self.rse), browser_of(self.ra)

    def page(self, place=""):
        return f"/d/{self.firm.public_id}/services/{place}"

    def register(self, **changes):
        asked = {"key": uuid.uuid4(), "client_number": "3009 998 217", "accepted": "on"}
        return self.at_rse.post(self.page("inscrire"), asked | changes)


@pytest.fixture
def newcomer():
    return Newcomer()


@pytest.fixture
def on_file():
    return RegistrantFactory(client_number=NUMBER, neq=NEQ, name=NAME, service_registration=None)


@pytest.fixture
def house():
    return House()


def test_an_unregistered_firm_is_told_what_it_takes(newcomer):
    assert "La firme n’est pas encore inscrite" in text(newcomer.at_rse.get(newcomer.page()))
    assert "Inscrire la firme</a>" not in text(newcomer.at_ra.get(newcomer.page()))
    assert newcomer.at_ra.get(newcomer.page("inscrire")).status_code == 403


def test_what_agrees_is_active_at_once_and_leads_to_the_blocks(newcomer, on_file):
    assert newcomer.register().headers["Location"] == newcomer.page("blocs")
    assert "Acceptée : le dossier concorde" in text(newcomer.at_rse.get(newcomer.page()))


def test_what_differs_waits_and_says_why(newcomer):
    assert newcomer.register().headers["Location"] == newcomer.page()
    shown = text(newcomer.at_rse.get(newcomer.page()))
    assert "En traitement" in shown
    assert "Une personne compare" in shown


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"client_number": "12"}, "compte 10 chiffres"),
        ({"client_number": ""}, "Indiquez le numéro de client"),
        ({"accepted": ""}, "Sans cet accord"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_is_asked(newcomer, typed, said):
    assert said in text(newcomer.register(**typed), 422)
    assert not ServiceRegistration.objects.exists()


def test_a_double_click_and_a_second_tab_ask_once(newcomer, on_file):
    key = uuid.uuid4()
    assert [newcomer.register(key=key).status_code for _ in range(2)] == [302, 302]
    assert newcomer.register().headers["Location"] == newcomer.page()
    assert newcomer.at_rse.get(newcomer.page("inscrire")).headers["Location"] == newcomer.page()
    assert ServiceRegistration.objects.count() == 1


def test_a_refusal_shows_its_reason_and_lets_one_ask_again(newcomer):
    newcomer.register()
    officer = actor(StaffAssignmentFactory(role=StaffAssignment.Role.OFFICER).person)
    refuse_registration(
        registration_id=ServiceRegistration.objects.get().public_id, reason="Ce numéro n’existe pas.", by=officer
    )
    shown = text(newcomer.at_rse.get(newcomer.page()))
    assert "Ce numéro n’existe pas." in shown
    assert newcomer.page("inscrire") in shown
    assert newcomer.register().status_code == 302


def test_the_moving_part_answers_with_the_same_state(newcomer):
    newcomer.register()
    assert "En traitement" in text(newcomer.at_rse.get(newcomer.page("maintenant")))


# Blocks


def test_the_blocks_chosen_are_those_that_the_rse_may_use(newcomer, on_file):
    newcomer.register()
    assert not decide(newcomer.rse.person, Right.SIGN, newcomer.firm, "BF-REP", now())
    newcomer.at_rse.post(newcomer.page("blocs"), {"blocks": ["BF-REP", "BF-LUNE"], "was": ""})
    assert ServiceRegistration.objects.get().accepted_blocks == ["BF-REP"]
    assert decide(newcomer.rse.person, Right.SIGN, newcomer.firm, "BF-REP", now())
    assert "Gestion des représentants" in text(newcomer.at_rse.get(newcomer.page()))


def test_leaving_a_block_with_proxies_asks_first_and_says_whose(house):
    house.give()
    shown = text(house.at_rse.post(house.page("services/blocs"), {"blocks": ["BF-FIN"], "was": " ".join(BLOCKS)}))
    assert "Étienne Gagnon-Roy" in shown
    house.registration.refresh_from_db()
    assert "BF-REP" in house.registration.accepted_blocks
    house.at_rse.post(house.page("services/blocs"), {"blocks": ["BF-FIN"], "was": " ".join(BLOCKS), "confirmed": "1"})
    house.registration.refresh_from_db()
    assert house.registration.accepted_blocks == ["BF-FIN"]
    assert not decide(house.user.person, Right.VIEW, house.firm, "BF-REP", now())


def test_a_stale_page_says_what_is_there_now_and_keeps_what_was_ticked(house):
    first = {"blocks": [*BLOCKS, "BF-AVIS"], "was": " ".join(BLOCKS)}
    assert [house.at_rse.post(house.page("services/blocs"), first).status_code for _ in range(2)] == [302, 302]
    shown = text(house.at_rse.post(house.page("services/blocs"), {"blocks": BLOCKS[:1], "was": " ".join(BLOCKS)}), 422)
    assert "dans une autre page" in shown
    assert "Avis 31-103 et 33-109" in shown
    assert shown.count(" checked") == 1
    house.registration.refresh_from_db()
    assert "BF-AVIS" in house.registration.accepted_blocks


def test_blocks_are_chosen_only_once_the_registration_is_active(newcomer):
    newcomer.register()
    for answer in (newcomer.at_rse.get(newcomer.page("blocs")), newcomer.at_rse.post(newcomer.page("blocs"))):
        assert answer.headers["Location"] == newcomer.page()


def test_the_ra_sees_the_blocks_and_does_not_change_them(house):
    assert "Changer ce choix" not in text(house.at_ra.get(house.page("services/")))
    assert house.at_ra.post(house.page("services/blocs"), {"blocks": []}).status_code == 403
