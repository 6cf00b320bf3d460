"""A firm where two persons answer for what is given; and a firm whose last person in charge cannot leave, then is gone."""

import re

import pytest
from playwright.sync_api import expect

from mandat.demo.firms import FIRMS
from tests.journeys.people import Post, Somebody

pytestmark = pytest.mark.browser


def test_one_gives_another_confirms_a_third_acts(chromium, live):
    """The second firm of the demonstration: `rse` gave, `rse2` confirms, `accountant` may then sign."""
    giver, second = Somebody(chromium, live), Somebody(chromium, live)
    giver.enters("rse")
    giver.page.get_by_role("link", name=FIRMS[1].name).first.click()
    giver.reads("gestes de vous attendent un autre responsable")
    home = giver.page.url
    giver.goes_to(f"{home}acces/")
    giver.clicks("Nadia Lavigne-Ostiguy")
    giver.page.get_by_role("main").get_by_role("link", name=re.compile("Dossier client")).first.click()
    giver.reads("Attend une seconde personne")
    expect(giver.page.get_by_role("link", name="Lire et confirmer")).to_have_count(0)  # A alone cannot
    second.enters("rse2")
    second.goes_to(home)
    second.reads_title("On attend votre confirmation")
    second.clicks("Procuration de Nadia Lavigne-Ostiguy")
    second.clicks("Confirmer la procuration")
    second.reads("En vigueur")
    holder = Somebody(chromium, live)
    holder.enters("accountant")
    holder.goes_to(home)
    holder.reads("Consulter, signer")
    assert "seconde personne a confirmé" in Post(live).mail_to("accountant@demo.test", about="Vous pouvez agir")
    assert not giver.complaints + second.complaints + holder.complaints


def test_the_last_in_charge_reads_why_they_stay_and_the_desk_sees_a_firm_left_alone(chromium, live):
    """`rse` alone is in charge of the first firm; the last firm of the demonstration was left alone."""
    last, desk = Somebody(chromium, live), Somebody(chromium, live)
    last.enters("rse")
    last.page.get_by_role("link", name=FIRMS[0].name).first.click()
    last.reads("Un seul responsable peut agir")
    last.goes_to("/compte/droits")
    last.clicks(f"Quitter la firme {FIRMS[0].name}")
    last.reads("Vous êtes la dernière personne responsable")
    desk.enters("verifier1")
    desk.goes_to("/agence/dossiers")
    desk.page.get_by_role("link", name=FIRMS[-1].name).first.click()
    desk.reads("n’a plus de responsable")
    assert FIRMS[-1].name in Post(live).mail_to("verifier1@demo.test", about="reprise")
    assert not last.complaints + desk.complaints
