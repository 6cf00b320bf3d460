"""A person comes in, reads the page in English, and leaves; a new one sets up a second factor first."""

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from mandat.demo.people import PASSWORD
from mandat.identity.second_factor import code_of

pytestmark = pytest.mark.browser
NEW = """
from uuid import UUID, uuid4
from mandat.identity.commands import *
asked = {"key": uuid4(), "asked_by": UUID(int=0)}
login = create_login(email="nouvelle@demo.test", password="une phrase bien à elle", **asked)
person = create_person(given_name="Océane", family_name="Thibeault", language="fr", **asked | {"key": uuid4()})
link_login(login=login, person=person)
"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


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


def hindrances(page):
    return [
        (each["id"], each["nodes"][0]["html"])
        for each in Axe().run(page, options={"runOnly": RULES}).response["violations"]
    ]


def title_of(page):
    return expect(page.get_by_role("heading", level=1))


def test_a_new_person_sets_up_a_second_factor_before_anything_else(browser, live):
    live.command("shell", "--no-imports", "-c", NEW)
    browser.goto("/entrer?next=/compte/codes-de-secours")
    browser.get_by_label("Code d’utilisateur ou courriel").fill("nouvelle@demo.test")
    browser.get_by_label("Mot de passe").fill("une phrase bien à elle")
    browser.get_by_role("button", name="Continuer").click()

    title_of(browser).to_have_text("Ajoutez un second facteur")
    drawing = browser.get_by_role("img", name=re.compile("Dessin à faire lire"))
    assert drawing.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    assert hindrances(browser) == []
    key = browser.locator("code").inner_text().replace(" ", "")
    browser.get_by_label("Code de validation").fill(code_of(key, int(time.time()) // 30))
    browser.get_by_role("button", name="Activer").click()

    title_of(browser).to_have_text("Gardez vos codes de secours")
    assert hindrances(browser) == []
    spare = browser.locator("main li code").first.inner_text()
    browser.get_by_role("button", name="Je les ai gardés").click()
    expect(browser.get_by_text("Codes encore utilisables")).to_be_visible()

    browser.goto("/sortir")
    browser.get_by_role("main").get_by_role("button", name="Sortir").click()
    browser.goto("/en/entrer")
    browser.locator("#id_login").fill("nouvelle@demo.test")
    browser.locator("#id_password").fill("une phrase bien à elle")
    browser.get_by_role("main").get_by_role("button", name="Continue").click()
    expect(browser).to_have_url(re.compile("/en/entrer/code$"))
    assert hindrances(browser) == []
    browser.locator("#id_code").fill(spare)
    browser.locator("main form button.main").click()
    expect(browser).to_have_url(re.compile("/en/compte/$"))
