"""The page of one's profile, and the links of a change of address."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from mandat.identity.models import Person
from mandat.identity.tests.people import login, person
from mandat.platform.models import Mail
from mandat.web.account.tests.test_sessions import NOON, is_in, sign_in, someone  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
NEW = "nouvelle@exemple.test"


@pytest.fixture
def mine(client, someone):  # noqa: F811
    sign_in(client, someone)
    return client


def text(response):
    return response.content.decode()


def link_sent(to):
    return re.search(r"/courriel/\w+/\S+", Mail.objects.filter(to=to).latest("id").text)[0]


def test_shows_the_name_the_code_and_the_address_and_whom_to_ask(mine, someone):  # noqa: F811
    page = text(mine.get("/compte/profil"))
    assert "Éloïse Tremblay" in page
    assert someone.email in page
    assert 'name="given_name"' not in page


def test_writes_in_another_language_from_now_on_and_says_so_in_it(mine):
    answer = mine.post("/compte/profil", {"language": "en"})
    assert answer.headers["Location"] == "/en/compte/profil"
    assert Person.objects.get().language == "en"
    assert mine.post("/compte/profil", {"language": "de"}).status_code == 422


def test_a_change_of_address_asks_for_a_proof_first(mine, at):
    at(NOON + timedelta(minutes=6))
    for answer in (mine.get("/compte/profil/courriel"), mine.post("/compte/profil/courriel", {"email": NEW})):
        assert answer.headers["Location"].startswith("/entrer/confirmer/code?next=")
    assert not Mail.objects.exists()


def test_goes_from_the_page_to_the_mailbox_and_back(mine, someone):  # noqa: F811
    assert mine.post("/compte/profil/courriel", {"email": NEW}).headers["Location"] == "/compte/profil/courriel/envoye"
    assert NEW in text(mine.get("/compte/profil"))
    stranger, link = Client(), link_sent(NEW)
    assert "Confirmez ce courriel" in text(stranger.get(link))
    someone.refresh_from_db()
    assert someone.email != NEW
    assert "C’est votre adresse" in text(stranger.post(link))
    someone.refresh_from_db()
    assert someone.email == NEW
    assert stranger.post(link).status_code == 410
    assert is_in(mine)
    undo = link_sent("eloise@exemple.test")
    assert "annulé" in text(stranger.post(undo))
    someone.refresh_from_db()
    assert someone.email == "eloise@exemple.test"
    assert not is_in(mine)


def test_an_address_that_serves_another_is_answered_alike(mine):
    login(email=NEW, of=person("Marc", "Roy"))
    taken = mine.post("/compte/profil/courriel", {"email": NEW}, follow=True)
    free = mine.post("/compte/profil/courriel", {"email": "libre@exemple.test"}, follow=True)
    bare = [re.sub(r'value="\w{64}"|data-\w+="\d+"', "", text(each)) for each in (taken, free)]
    assert bare[0] == bare[1]


@pytest.mark.parametrize("typed", ["", "x", "x@", "eloise@exemple.test", "a@b.c " * 60])
def test_says_at_the_field_what_is_wrong(mine, typed):
    answer = mine.post("/compte/profil/courriel", {"email": typed})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"email"}
    assert not Mail.objects.exists()


@pytest.mark.parametrize("link", ["/courriel/confirmer/rien", "/courriel/annuler/rien"])
def test_a_link_that_opens_nothing_says_so(client, link):
    answer = client.post(link)
    assert answer.status_code == 410
    assert "Ce lien n’ouvre rien" in text(answer)
