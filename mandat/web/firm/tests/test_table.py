"""The table of accesses: as of a day, filtered, and as a file that no spreadsheet runs."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mandat.access.commands import suspend_proxy
from mandat.access.last_use import forget_notes
from mandat.access.models import LastUse
from mandat.access.rights import Right
from mandat.access.tests.factories import PersonFactory, ProxyFactory, UserFactory
from mandat.platform.clock import legal_day, now
from mandat.web.firm.tests.house import House, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return House()


def shown(house, at=None, **asked):
    return text((at or house.at_rse).get(house.page("acces/tableau"), asked))


def test_those_in_charge_and_the_holders_are_in_it_and_the_suspended_are_not(house):
    proxy = house.give(rights=[Right.VIEW, Right.SIGN])
    for said in (str(house.rse.person), "Étienne Gagnon-Roy", "Gestion des représentants"):
        assert said in shown(house)
    suspend_proxy(proxy_id=proxy.public_id, reason="", by=house.rse)
    assert "Étienne Gagnon-Roy" not in shown(house)


def test_it_tells_of_another_day(house):
    ProxyFactory(enterprise=house.firm, person=house.user.person, ended=True)  # during 2020
    assert "Étienne Gagnon-Roy" not in shown(house)
    assert "Étienne Gagnon-Roy" in shown(house, on="2020-06-30")
    assert "Étienne Gagnon-Roy" not in shown(house, on="2021-06-30")


@pytest.mark.parametrize(
    ("asked", "is_in_it"),
    [
        ({"block": "BF-REP"}, True),
        ({"block": "BF-FIN"}, False),
        ({"right": "sign"}, True),
        ({"right": "pay"}, False),
        ({"soon": "on"}, True),
        ({"name": "gagnon"}, True),
        ({"name": "personne"}, False),
        ({"title": "inside"}, True),
        ({"title": "outside"}, False),
        ({"title": "rse"}, False),
        ({"title": "filing"}, False),
        ({"unused": "on"}, True),
    ],
)
def test_it_is_filtered_by_block_right_title_name_and_nearness_of_the_end(house, asked, is_in_it):
    house.give(rights=[Right.VIEW, Right.SIGN])
    assert ("Étienne Gagnon-Roy" in shown(house, **asked)) is is_in_it


def test_what_ends_later_does_not_end_soon(house):
    ProxyFactory(enterprise=house.firm, person=house.user.person)
    assert "Étienne Gagnon-Roy" not in shown(house, soon="on")


def test_the_last_use_is_shown_as_of_today_and_what_never_served_is_found(house):
    house.give(rights=[Right.VIEW])
    assert "jamais" in shown(house)
    LastUse.objects.create(
        enterprise=house.firm, person=house.user.person, block="BF-REP", right="view", day=date(2026, 2, 3)
    )
    assert "3 février 2026" in shown(house)
    assert "3 février 2026" not in shown(house, on="2026-11-01")  # what was last is not known of another day
    assert "Étienne Gagnon-Roy" not in shown(house, unused="on")
    file = text(house.at_rse.get(house.page("acces/tableau.csv")))
    assert "Dernier usage" in file
    assert ",2026-02-03\r\n" in file


def test_reading_a_page_of_a_block_notes_the_day(house, django_capture_on_commit_callbacks):
    house.give(rights=[Right.VIEW], block="BF-DOSSIER")
    with django_capture_on_commit_callbacks(execute=True):
        assert house.at_user.get(house.page("dossier")).status_code == 200
    [use] = LastUse.objects.all()
    assert (use.person, use.block, use.right) == (house.user.person, "BF-DOSSIER", "view")
    forget_notes()


def test_a_day_that_does_not_exist_is_said_so(house):
    assert "Cette date n’existe pas" in text(house.at_rse.get(house.page("acces/tableau"), {"on": "2026-02-30"}), 422)


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_of_the_file_is_a_formula(house, start):
    person = PersonFactory(given_name=f"{start}cmd", family_name="Tremblay")
    ProxyFactory(enterprise=house.firm, person=UserFactory(enterprise=house.firm, person=person).person)
    answer = house.at_rse.get(house.page("acces/tableau.csv"))
    assert answer["Content-Disposition"] == f'attachment; filename="acces-{legal_day(now()).isoformat()}.csv"'
    assert f"\r\n'{start}cmd Tremblay," in text(answer)


def test_the_page_asks_as_much_however_long_it_is(house):
    house.give()
    shown(house)
    with CaptureQueriesContext(connection) as short:
        shown(house)
    for _ in range(5):
        ProxyFactory(enterprise=house.firm)
    with CaptureQueriesContext(connection) as long:
        shown(house)
    assert len(long) == len(short)


def test_a_user_does_not_see_it(house):
    house.give()
    assert house.at_user.get(house.page("acces/tableau")).status_code == 403
    assert house.at_user.get(house.page("acces/tableau.csv")).status_code == 403
