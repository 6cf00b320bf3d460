"""The pages of one's sessions and of one's history."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mandat.identity.commands import Device, open_session
from mandat.identity.models import Ending, SecurityNote, Session
from mandat.identity.queries import link_of
from mandat.identity.tests.people import login_with_second_factor, person
from mandat.identity.tests.test_sessions import told
from mandat.web.account.tests.test_sessions import NOON, is_in, sign_in, someone  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 "
    "Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def two(someone):  # noqa: F811
    """Return two browsers of one person, both signed in."""
    first, second = Client(headers={"User-Agent": FIREFOX}), Client(headers={"User-Agent": IPHONE})
    sign_in(first, someone)
    sign_in(second, someone, steps=1)
    return first, second


def text(client, address="/compte/sessions"):
    return client.get(address).content.decode()


def test_shows_the_present_session_and_the_others_in_plain_words(two):
    page = text(two[0])
    assert page.index("Firefox sur Windows") < page.index("Autres sessions") < page.index("Safari sur iPhone")
    assert "mot de passe, code de validation" in page


def test_shows_nothing_of_others_nor_of_what_has_ended(two, at):
    marc = login_with_second_factor(email="marc@exemple.test", of=person("Marc", "Roy"))
    sign_in(Client(headers={"User-Agent": FIREFOX.replace("Windows", "Linux")}), marc)
    two[1].post("/sortir")
    page = text(two[0])
    assert "Linux" not in page
    assert "Safari" not in page
    assert "Aucune autre session" in page


def test_a_session_without_activity_is_no_longer_shown_though_nobody_ended_it(two, at):
    for minutes in (20, 34):
        at(NOON + timedelta(minutes=minutes))
        page = text(two[0])
    assert "Safari" not in page


def test_ends_another_session_at_its_next_request(two):
    first, second = two
    other = Session.objects.get(system="iPhone")
    address = f"/compte/sessions/{other.public_id}/fermer"
    assert "Fermer la session de Safari sur iPhone?" in text(first, address)
    assert first.post(address).headers["Location"] == "/compte/sessions"
    assert not is_in(second)
    assert is_in(first)
    other.refresh_from_db()
    assert other.ending == Ending.ENDED_ELSEWHERE
    assert "fermée depuis une autre" in second.get("/entrer").content.decode()


def test_ends_all_the_others_and_keeps_this_one(two):
    first, second = two
    assert "1 session fermée" in first.post("/compte/sessions/autres/fermer", follow=True).content.decode()
    assert (is_in(first), is_in(second)) == (True, False)


def test_signs_out_everywhere_here_too(two):
    first, second = two
    assert first.post("/compte/sessions/toutes/fermer").headers["Location"] == "/entrer"
    assert (is_in(first), is_in(second)) == (False, False)


@pytest.mark.parametrize("what", ["one", "others"])
def test_ending_others_asks_for_a_proof_first(two, at, what):
    first, second = two
    at(NOON + timedelta(minutes=6))
    other = Session.objects.get(system="iPhone").public_id
    address = f"/compte/sessions/{other if what == 'one' else 'autres'}/fermer"
    assert first.post(address).headers["Location"] == f"/entrer/confirmer/code?next={quote(address, safe='')}"
    assert is_in(second)


def test_nobody_ends_the_session_of_another_person(two, someone):  # noqa: F811
    marc = login_with_second_factor(email="marc@exemple.test", of=person("Marc", "Roy"))
    stranger = Client()
    sign_in(stranger, marc)
    address = f"/compte/sessions/{Session.objects.get(system='iPhone').public_id}/fermer"
    assert (stranger.get(address).status_code, stranger.post(address).status_code) == (404, 404)
    assert is_in(two[1])


# The history


def test_shows_what_happened_the_last_first_and_where(two):
    told()
    page = text(two[0], "/compte/historique")
    assert page.index("Safari sur iPhone") < page.index("Firefox sur Windows")
    assert "Session ouverte" in page


def test_shows_nothing_of_what_happened_to_others(two):
    marc = login_with_second_factor(email="marc@exemple.test", of=person("Marc", "Roy"))
    sign_in(Client(headers={"User-Agent": FIREFOX.replace("Windows", "Linux")}), marc)
    told()
    assert "Linux" not in text(two[0], "/compte/historique")


def statements(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", ["/compte/sessions", "/compte/historique"])
def test_costs_as_many_statements_for_forty_as_for_two(two, someone, address):  # noqa: F811
    told()
    few = statements(two[0], address)
    for _ in range(40):
        open_session(
            login=someone, person=link_of(someone).person, methods=["password"], device=Device(), idle_minutes=30
        )
    told()
    assert statements(two[0], address) == few


def test_the_history_is_never_changed(two):
    told()
    with pytest.raises(DatabaseError), transaction.atomic():
        SecurityNote.objects.all().delete()


def test_goes_page_by_page(two, someone):  # noqa: F811
    for number in range(60):
        SecurityNote.objects.create(
            person=link_of(someone).person, event="RecoveryCodesRenewed", at=NOON,
            event_id=f"00000000-0000-4000-8000-{number:012d}",
        )  # fmt: skip
    assert "Page 1 de 2" in text(two[0], "/compte/historique")


def test_a_person_finds_the_pages_from_any_of_them(two):
    for address in ("/compte/", "/compte/sessions", "/compte/historique"):
        assert 'href="/compte/sessions"' in text(two[0], address)
