"""Several proxies by a file, on pages: tried first, done once."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mandat.access.models import Proxy
from mandat.access.tests.factories import BLOCK, DesignationFactory, ServiceRegistrationFactory, UserFactory, actor
from mandat.openid.tests.world import browser_of
from mandat.platform.clock import legal_day, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return ServiceRegistrationFactory().enterprise


@pytest.fixture
def at_rse(firm):
    return browser_of(actor(DesignationFactory(enterprise=firm).person))[0]


def page_of(firm):
    return f"/d/{firm.public_id}/acces/par-fichier"


def a_file(text, name="droits.csv"):
    return {"table": SimpleUploadedFile(name, text.encode(), content_type="text/csv")}


def test_a_file_is_tried_then_done_once(firm, at_rse):
    user = UserFactory(enterprise=firm).person
    until = legal_day(now()) + timedelta(days=30)
    text = f"geste;personne;bloc;droits;jusqu’au\naccorder;{user};{BLOCK};signer;{until}\naccorder;Personne;{BLOCK};signer;{until}\n"
    trial = at_rse.post(page_of(firm), a_file(text)).content.decode()
    assert "1 ligne serait faite" in trial
    assert "pas elle seule" in trial
    assert not Proxy.objects.exists()
    sent = {name: unescape(re.search(rf'name="{name}" value="([^"]*)"', trial)[1]) for name in ("key", "text")}
    for _ in range(2):
        answer = at_rse.post(f"{page_of(firm)}/faire", sent).content.decode()
    assert "0 ligne" in answer
    assert "Rien à faire" in answer
    assert Proxy.objects.get().person == user


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("nom;prénom\nA;B\n", "droits.csv", "doit nommer les colonnes"),
        ("geste;personne;bloc\n", "droits.csv", "ne contient aucune ligne"),
        ("geste;personne;bloc\n" + "a;b;c\n" * 300, "droits.csv", "plus de 200 lignes"),
        ("%PDF-1.4 rien", "droits.csv", "fichier"),
        ("geste;personne;bloc\n=cmd|'/C calc'!A0;b;c\n", "droits.csv", "fichier"),
    ],
)
def test_a_file_that_is_none_is_said_at_the_field(firm, at_rse, text, name, said):
    answer = at_rse.post(page_of(firm), a_file(text, name))
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_what_no_page_sent_leads_back(firm, at_rse):
    assert at_rse.post(f"{page_of(firm)}/faire", {"text": "rien"}).status_code == 302
