"""The person in charge of a firm's services comes in, reads the page in English, and leaves."""

import re

import pytest
from playwright.sync_api import expect

from mandat.demo.people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]


def test_signs_in_with_a_code_changes_language_and_signs_out(browser, live):
    browser.goto("/")
    browser.get_by_role("main").get_by_role("link", name="Entrer").click()
    expect(browser).to_have_title(re.compile("^Entrer"))

    browser.get_by_label("Code d’utilisateur ou courriel").fill("rse@demo.test")
    browser.get_by_label("Mot de passe").fill(PASSWORD)
    browser.get_by_role("button", name="Continuer").click()
    expect(browser.get_by_role("heading", level=1)).to_have_text("Entrez votre code de validation")

    browser.get_by_label("Code de validation").fill(live.code_of("rse"))
    browser.get_by_role("button", name="Entrer").click()
    expect(browser.get_by_role("heading", level=1)).to_have_text("Bonjour, Claire.")
    expect(browser.get_by_role("main")).to_contain_text("Gestion Anse-Bleue inc.")

    browser.get_by_role("link", name="English").click()
    expect(browser).to_have_url(re.compile("/en/compte/$"))
    expect(browser.locator("html")).to_have_attribute("lang", "en-CA")
    expect(browser.get_by_role("main")).to_contain_text("Gestion Anse-Bleue inc.")

    browser.get_by_role("banner").get_by_role("button").click()
    expect(browser).to_have_url(re.compile("/en/$"))
    browser.goto("/compte/")
    expect(browser).to_have_url(re.compile("/entrer"))


def test_a_wrong_password_is_told_at_its_field_and_keeps_what_was_typed(browser):
    browser.goto("/entrer")
    browser.get_by_label("Code d’utilisateur ou courriel").fill("rse@demo.test")
    browser.get_by_label("Mot de passe").fill("pas la bonne phrase")
    browser.get_by_role("button", name="Continuer").click()
    named = browser.get_by_label("Code d’utilisateur ou courriel")
    expect(named).to_have_value("rse@demo.test")
    expect(named).to_have_attribute("aria-invalid", "true")
    expect(browser.get_by_label("Mot de passe")).to_have_value("")
    expect(browser).to_have_title(re.compile("^Erreur"))
