"""One proxy on an RSE's pages: what it rests on, changed, suspended, confirmed; and what is added to a block."""

from datetime import timedelta

import pytest

from mandat.access.decision import Matter, decide
from mandat.access.rights import Right
from mandat.access.tests.factories import DesignationFactory, actor
from mandat.access.tests.test_versions import widen
from mandat.platform.clock import end_of, now
from mandat.web.firm.tests.house import House, text
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return House()


def page_of(house, proxy, place=""):
    return house.page(f"acces/procurations/{proxy.public_id}/{place}")


def may(house, right, block="BF-REP", matter=None):
    return bool(decide(house.user.person, right, house.firm, block, now(), matter=matter or Matter()))


def standing(house):
    return house.user.person.proxies.get(revoked_at=None)


def change(house, proxy, *, left, until, reason="", at=None):
    asked = {"key": "b3b5b6a0-1111-4111-8111-000000000001", "rights_left": left, "until": until, "reason": reason}
    return (at or house.at_rse).post(page_of(house, proxy, "changer"), asked)


def test_a_right_is_taken_out_and_the_rest_stays(house):
    proxy = house.give(rights=[Right.VIEW, Right.SIGN])
    answer = change(house, proxy, left=["view"], until=house.until.isoformat(), reason="Change de poste")
    left = standing(house)
    assert answer["Location"].endswith(page_of(house, left))
    assert (may(house, Right.VIEW), may(house, Right.SIGN)) == (True, False)
    shown = text(house.at_rse.get(page_of(house, left)))
    for said in ("Accordée", "Réduite", "Change de poste", str(house.rse.person)):
        assert said in shown


def test_the_end_is_put_off_with_the_same_rights(house):
    proxy = house.give(rights=[Right.VIEW, Right.SIGN])
    later = house.until + timedelta(days=90)
    change(house, proxy, left=["view", "sign"], until=later.isoformat())
    assert standing(house).during.upper == end_of(later)
    assert "Prolongée" in text(house.at_rse.get(page_of(house, standing(house))))


@pytest.mark.parametrize(
    ("left", "days", "said"),
    [
        ([], 0, "Il ne reste aucun droit"),
        (["view", "sign"], 0, "Rien n’est changé"),
        (["view"], 5, "Faites-le en deux fois"),
        (["view", "sign"], 5000, "C’est trop loin"),
        (["view", "sign"], -100, "Ce jour est passé"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_changed(house, left, days, said):
    proxy = house.give(rights=[Right.VIEW, Right.SIGN])
    until = (house.until + timedelta(days=days)).isoformat()
    assert said in text(change(house, proxy, left=left, until=until), 422)
    assert standing(house) == proxy


def test_a_proxy_is_suspended_then_restored_and_its_holder_is_told_each_time(house):
    proxy = house.give(rights=[Right.SIGN])
    house.at_rse.post(page_of(house, proxy, "suspendre"), {"reason": "Congé"})
    assert not may(house, Right.SIGN)
    assert "Suspendue" in text(house.at_rse.get(house.page_of(house.user)))
    assert "Congé" in text(house.at_rse.get(page_of(house, proxy)))
    house.at_rse.post(page_of(house, proxy, "suspendre"))
    assert may(house, Right.SIGN)


def test_where_two_are_asked_the_second_reads_and_confirms(house):
    house.firm.second_person_for = ["sign"]
    house.firm.save()
    house.registration.refresh_from_db()
    proxy = house.give(rights=[Right.SIGN])
    assert "Attend une seconde personne" in text(house.at_rse.get(house.page_of(house.user)))
    house.at_rse.post(page_of(house, proxy, "confirmer"))
    assert not may(house, Right.SIGN)
    second = browser_of(actor(DesignationFactory(enterprise=house.firm).person))
    assert "Deux personnes répondent" in text(second.get(page_of(house, proxy, "confirmer")))
    second.post(page_of(house, proxy, "confirmer"))
    assert may(house, Right.SIGN)
    assert "Confirmée par une seconde personne" in text(second.get(page_of(house, proxy)))


def test_an_ra_reads_and_changes_nothing(house):
    proxy = house.give(rights=[Right.VIEW, Right.SIGN])
    assert "Révoquer" not in text(house.at_ra.get(page_of(house, proxy)))
    for place in ("changer", "suspendre", "confirmer"):
        assert house.at_ra.post(page_of(house, proxy, place)).status_code == 403
    assert standing(house) == proxy


def test_the_proxy_of_another_firm_is_not_found(house):
    elsewhere = House().give()
    for place in ("", "changer", "suspendre", "confirmer"):
        assert house.at_rse.get(page_of(house, elsewhere, place)).status_code == 404


# What is added to a block


def test_what_is_added_is_shown_with_who_gains_it_and_serves_once_accepted(house):
    house.give(rights=[Right.SIGN])
    assert "Voir ce qui s’ajoute" not in text(house.at_rse.get(house.page("services/")))
    widen("BF-REP")
    assert "Voir ce qui s’ajoute" in text(house.at_rse.get(house.page("services/")))
    shown = text(house.at_rse.get(house.page("services/ajouts")))
    for said in ("Ajout 2.", "Étienne Gagnon-Roy", str(house.rse.person)):
        assert said in shown
    assert not may(house, Right.SIGN, matter=Matter(version=2))
    house.at_rse.post(house.page("services/ajouts"), {"versions": ["BF-REP=2"]})
    assert may(house, Right.SIGN, matter=Matter(version=2))
    assert "Rien ne s’ajoute" in text(house.at_rse.get(house.page("services/ajouts")))


@pytest.mark.parametrize("sent", [[], ["BF-REP=3"], ["BF-RAD=2"], ["rien"]])
def test_nothing_else_than_what_was_shown_is_accepted(house, sent):
    widen("BF-REP")
    assert "Rien n’a été accepté" in text(house.at_rse.post(house.page("services/ajouts"), {"versions": sent}), 422)
    house.registration.refresh_from_db()
    assert house.registration.versions == {}
