"""Codes by e-mail on the pages, where a policy names them: for who has nothing better, said to be weak, never to recover."""

import re

import pytest

from mandat.identity.commands import mail_password_link
from mandat.identity.factor_policy import Factor, FactorPolicy
from mandat.identity.tests.people import PASSWORD, login, login_with_second_factor, person
from mandat.platform.models import Mail
from mandat.web.account.tests.test_recovery import choose, link_to, signs_in

pytestmark = pytest.mark.django_db
BY_EMAIL = FactorPolicy((Factor.PASSKEY, Factor.TOTP, Factor.EMAIL))


@pytest.fixture(autouse=True)
def policy_on(monkeypatch):
    for where in ("mandat.access.asked", "mandat.web.account.standing"):
        monkeypatch.setattr(f"{where}.factor_policy", lambda *_: BY_EMAIL)


@pytest.fixture
def someone():
    return login()


def knock(client, of):
    return client.post("/entrer", {"login": of.email, "password": PASSWORD})


def last_code(of) -> str:
    return re.search(r"\b\d{8}\b", Mail.objects.filter(to=of.email).latest("id").text).group()


def test_who_has_nothing_else_enters_by_a_code_sent_and_reads_that_it_is_weak(client, someone):
    assert knock(client, someone)["Location"] == "/entrer/code"
    page = client.get("/entrer/code").content.decode()
    assert "C’est le moyen le plus faible" in page
    assert client.post("/entrer/code/courriel")["Location"] == "/entrer/code"
    assert client.post("/entrer/code", {"code": "00000000"}).status_code == 422
    sent = last_code(someone)
    assert client.post("/entrer/code", {"code": sent}).status_code == 302
    assert client.get("/compte/").status_code == 200
    assert someone.email in client.get("/compte/facons-d-entrer/").content.decode()
    client.post("/sortir")
    knock(client, someone)
    assert client.post("/entrer/code", {"code": sent}).status_code == 422, "it served"


def test_who_has_an_application_is_sent_none(client):
    other = login_with_second_factor(email="marc@exemple.test", of=person("Marc", "Roy"))
    knock(client, other)
    assert "par courriel" not in client.get("/entrer/code").content.decode()
    client.post("/entrer/code/courriel")
    assert not Mail.objects.filter(to=other.email).exists()


def test_a_code_by_mail_never_replaces_a_lost_password(client, someone):
    """The link lies in the same mailbox: both would be one proof."""
    knock(client, someone)
    client.post("/entrer/code/courriel")
    sent = last_code(someone)
    mail_password_link(login_id=someone.pk)
    assert choose(link_to(someone), sent).status_code == 422
    assert signs_in(someone, PASSWORD)
