"""Why somebody may, or may not: on a page and for programs, the same answer as the decision."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mandat.access.decision import decide
from mandat.access.rights import RIGHTS_OF_A_PROXY, RIGHTS_OF_A_ROLE, Right
from mandat.access.tests.factories import PersonFactory
from mandat.platform.clock import now
from mandat.web.firm.tests.house import BLOCKS, House, text
from mandat.web.firm.tests.office import PREPARES, Desk

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
    assert "Qui peut le faire" in shown
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


def test_everybody_reads_the_why_of_themselves_and_only_those_in_charge_that_of_others(house):
    house.give()
    own = text(house.at_user.get(house.page_of(house.user, "pourquoi"), {"right": "sign", "block": "BF-REP"}))
    assert "La procuration ne comprend pas ce droit" in own
    assert str(house.rse.person) in own
    assert house.page("acces/procurations") not in own  # what they may not open is not offered
    assert house.at_user.get(house.page_of(house.rse, "pourquoi")).status_code == 403
    assert house.at_ra.get(house.page_of(house.user, "pourquoi")).status_code == 200
    nobody = PersonFactory().public_id
    assert house.at_rse.get(house.page(f"acces/{nobody}/pourquoi")).status_code == 404
    assert house.at_user.get(house.page(f"acces/{nobody}/pourquoi")).status_code == 403


def test_somebody_of_another_firm_does_not_find_the_page(house):
    elsewhere = House()
    assert elsewhere.at_rse.get(house.page_of(elsewhere.rse, "pourquoi")).status_code == 404


@pytest.mark.parametrize("language", ["", "/en"])
def test_a_refusal_says_what_to_do_who_can_and_where_it_is_explained(house, language):
    house.give(rights=[Right.VIEW])
    address = language + house.page("acces/tableau")
    shown = text(house.at_user.get(address), 403)
    why = f"{language}{house.page_of(house.user, 'pourquoi')}?right=administer"
    assert why in shown
    assert str(house.ra.person) in shown
    assert {"": "Désigner une personne responsable", "/en": "Designate a person in charge"}[language] in shown
    assert house.at_user.get(why).status_code == 200


def test_a_program_is_refused_in_json_with_the_same_answer(house):
    house.give(rights=[Right.VIEW])
    answer = house.at_user.get(house.page("acces/tableau"), headers={"Accept": "application/json"})
    said = answer.json()
    assert answer.status_code == 403
    assert (said["missing"]["kind"], said["missing"]["ground"]) == ("rse", "absent")
    assert (said["remedy"]["kind"], said["can_help"]["helper"]) == ("name_rse", "ra")
    assert house.at_user.get(said["why"] + "&as=json").json()["missing"] == said["missing"]


def test_a_refusal_about_one_filing_is_explained_about_that_filing():
    desk = Desk()
    filing = desk.written()
    shown = text(desk.browser_with(*PREPARES).get(desk.page(filing, "relire")))
    assert f"right=sign&amp;block={filing.block}&amp;filing={filing.public_id}" in shown
    assert 'aria-disabled="true"' in shown
    assert "filing=" not in text(desk.at_signer.get(desk.page(filing, "relire")))


def test_whoever_can_supply_it_is_led_to_the_gesture_already_filled(house):
    shown = text(asked(house, "sign"))
    assert f'href="{house.page_of(house.user, "accorder")}?BF-REP=sign"' in shown
    form = text(house.at_rse.get(house.page_of(house.user, "accorder"), {"BF-REP": "sign"}))
    assert re.search(r'name="BF-REP" value="sign"[^>]* checked', form)
    house.give(rights=[Right.VIEW])
    assert "/revoquer" in text(asked(house, "sign"))


def test_the_chain_is_drawn_from_the_recognition_to_the_right_and_said_in_words(house):
    house.give(rights=[Right.SIGN])
    shown = text(asked(house, "sign"))
    drawing = shown[shown.index('<svg class="drawn-chain"') :]
    drawing = drawing[: drawing.index("<details")]
    said = re.search(r'<desc id="chain-said">(.*?)</desc>', drawing).group(1)
    order = [house.firm.name, str(house.rse.person), "Procuration", "Gagnon-Roy", "version 1", "Signer"]
    places = [said.index(each) for each in order[:-1]] + [said.rindex(order[-1])]
    assert places == sorted(places)
    listed = shown[shown.index("<details") :]
    for each in order:
        assert each in listed


def test_every_answer_is_drawn_whatever_is_missing(house):
    """No ground, and no kind of link, that the drawing does not know."""
    for right in RIGHTS_OF_A_PROXY | RIGHTS_OF_A_ROLE:
        for someone in (house.user, house.rse, house.ra):
            for block in ("BF-REP", "BF-RAD"):
                shown = house.at_rse.get(house.page_of(someone, "pourquoi"), {"right": right.value, "block": block})
                assert "drawn-chain" in text(shown)


def test_the_page_asks_as_much_whoever_it_is_about(house):
    house.give(rights=[Right.SIGN])
    text(asked(house, "sign"))
    with CaptureQueriesContext(connection) as once:
        asked(house, "sign")
    assert len(once) <= 22, "\n".join(each["sql"] for each in once.captured_queries)
