"""The history of rights: every gesture in words, with who made it and why; by name, in both languages, at a fixed cost."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mandat.access.commands import accept_blocks, narrow_proxy, renew_proxy, restore_proxy, revoke_proxy, suspend_proxy
from mandat.access.rights import Right
from mandat.access.tests.factories import DesignationFactory, ProxyFactory
from mandat.web.firm.tests.house import House, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return House()


def shown(house, language="", **asked):
    return text(house.at_rse.get(language + house.page("acces/historique"), asked))


def lived(house):
    """Give a proxy, then do to it all that may be done."""
    proxy = house.give(rights=[Right.VIEW, Right.SIGN])
    suspend_proxy(proxy_id=proxy.public_id, reason="Congé", by=house.rse)
    restore_proxy(proxy_id=proxy.public_id, by=house.rse)
    proxy = narrow_proxy(
        key=uuid.uuid4(), proxy_id=proxy.public_id, rights=[Right.VIEW], until=house.until, reason="Moins", by=house.rse
    )
    proxy = renew_proxy(key=uuid.uuid4(), proxy_id=proxy.public_id, until=house.until + timedelta(days=9), by=house.rse)
    revoke_proxy(proxy_id=proxy.public_id, reason="Départ", by=house.rse)


def test_each_gesture_is_told_the_last_first_with_who_and_why(house):
    lived(house)
    page = shown(house)
    order = ["procuration révoquée", "prolongée", "réduite", "rétablie", "suspendue", "procuration accordée"]
    places = [page.index(each) for each in order]
    assert places == sorted(places)
    for said in ("Départ", "Moins", "Congé", f"par {house.rse.person}", "Étienne Gagnon-Roy"):
        assert said in page
    assert page.count("procuration révoquée") == 1  # what was replaced is told as narrowed, as renewed


def test_it_is_told_in_english_too(house):
    lived(house)
    page = shown(house, "/en")
    for said in ("proxy revoked", "renewed", "narrowed", "proxy granted", f"by {house.rse.person}"):
        assert said in page


def test_places_given_and_ended_blocks_chosen_and_terms_reached_are_told(house):
    DesignationFactory(enterprise=house.firm, revoked=True)
    ProxyFactory(enterprise=house.firm, person=house.user.person, ended=True)
    accept_blocks(registration_id=house.registration.public_id, blocks={"BF-REP"}, catalogue_version=1, by=house.rse)
    page = shown(house)
    for said in ("Place donnée", "Fin", "arrivée à son terme", "Blocs choisis"):
        assert said in page


def test_one_person_is_found_by_name(house):
    lived(house)
    page = shown(house, name="gagnon")
    assert "procuration révoquée" in page
    assert "Représentant autorisé" not in page
    assert "Rien de ce qui est arrivé" in shown(house, name="zzz")


def test_it_costs_the_same_however_much_happened(house):
    lived(house)
    shown(house)
    with CaptureQueriesContext(connection) as short:
        shown(house)
    for _ in range(5):
        ProxyFactory(enterprise=house.firm, revoked=True)
    with CaptureQueriesContext(connection) as long:
        shown(house)
    assert len(long) == len(short)


def test_users_do_not_read_it(house):
    house.give()
    assert house.at_user.get(house.page("acces/historique")).status_code == 403
    assert house.at_ra.get(house.page("acces/historique")).status_code == 200
