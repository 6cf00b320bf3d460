"""
An RSE adds a passkey, comes in with it alone, signs nothing without it, and gives it up: a real ceremony in a browser.

The authenticator is the browser's own virtual one; everything else is the product.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Somebody

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def holds_a_device(somebody):
    """Give a browser a device that can hold passkeys, and return how to speak to it."""
    device = somebody.page.context.new_cdp_session(somebody.page)
    device.send("WebAuthn.enable")
    made = device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return device, made["authenticatorId"]


def test_enters_with_a_passkey_instead_of_a_password_and_a_code(chromium, live):
    rse = Somebody(chromium, live)
    device, its = holds_a_device(rse)
    rse.enters("rse2")
    rse.goes_to("/compte/facons-d-entrer/")
    rse.clicks("Ajouter une clé d’accès")
    rse.fills(name="Portable du bureau")
    rse.clicks("Ajouter une clé d’accès")
    rse.reads("La clé d’accès est ajoutée")
    rse.reads("Portable du bureau")

    rse.page.get_by_role("banner").get_by_role("button", name="Sortir").click()
    expect(rse.page).to_have_url(re.compile("/$"))
    rse.goes_to("/entrer?next=/compte/facons-d-entrer/")
    rse.clicks("Entrer avec une clé d’accès")
    rse.reads_title("Façons d’entrer")
    rse.reads("Dernier usage")

    device.send("WebAuthn.setUserVerified", {"authenticatorId": its, "isUserVerified": False})
    rse.page.get_by_role("banner").get_by_role("button", name="Sortir").click()
    rse.goes_to("/entrer")
    rse.clicks("Entrer avec une clé d’accès")
    expect(rse.page.get_by_role("alert")).to_contain_text("annulée", timeout=90_000)
    assert rse.complaints == []


def test_without_a_script_the_page_says_so_and_offers_the_other_ways(chromium, live):
    window = chromium.new_context(base_url=live.url, java_script_enabled=False, locale="fr-CA")
    page = window.new_page()
    page.goto("/entrer")
    expect(page.get_by_role("main")).to_contain_text("a besoin de JavaScript")
    expect(page.get_by_role("button", name="Entrer avec une clé d’accès")).to_be_hidden()
    expect(page.get_by_role("button", name="Continuer")).to_be_visible()
    window.close()
