"""Why somebody may, or may not: on a page and for programs, the same answer as the decision."""

import pytest

from mandat.access.decision import decide
from mandat.access.rights import RIGHTS_OF_A_PROXY, RIGHTS_OF_A_ROLE, Right
from mandat.access.tests.factories import PersonFactory
from mandat.platform.clock import now
from mandat.web.firm.tests.house import BLOCKS, House, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return House()


def asked(house, right, block="BF-REP", **more):
    return house.at_rse.get(house.page_of(house.user, "pourquoi"), {"right": right, "block": block, **more})


def test_a_yes_shows_the_chain_with_its_dates_and_who_gave_it(house):
    house.give(rights=[Right.SIGN])
    shown = text(asked(house, "sign"))
    assert "Permis par une procuration" in shown
    assert f"accordée par {house.rse.person}" in shown


def test_a_no_shows_the_missing_link_and_who_can_supply_it(house):
    shown = text(asked(house, "sign"))
    assert "Aucune procuration ne permet" in shown
    assert "Qui peut le fournir" in shown
    assert str(house.rse.person) in shown


def test_programs_are_answered_as_the_decision_is_on_every_question(house):
    house.give(rights=[Right.VIEW, Right.PAY])
    for right in RIGHTS_OF_A_PROXY | RIGHTS_OF_A_ROLE:
        for block in (*BLOCKS, "BF-RAD"):
            record = asked(house, right.value, block, **{"as": "json"}).json()
            expected = decide(house.user.person, right, house.firm, block, now())
            assert record["decision"] is bool(expected)
            assert record["chain"] == expected.as_record()["chain"]
            assert ("can_help" in record) is not record["decision"]


def test_a_question_that_does_not_exist_is_said_so(house):
    assert asked(house, "voler").status_code == 422


def test_strangers_and_users_learn_nothing(house):
    house.give()
    assert house.at_user.get(house.page_of(house.user, "pourquoi")).status_code == 403
    nobody = PersonFactory().public_id
    assert house.at_rse.get(house.page(f"acces/{nobody}/pourquoi")).status_code == 404
