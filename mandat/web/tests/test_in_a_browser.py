"""Every page in Chromium, in both languages: what axe finds, what overflows a narrow screen, what the console says."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from mandat.web.tests.places import in_both_languages, pages_of

pytestmark = pytest.mark.browser

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
#: Where to keep pictures: `make screens`.
PICTURES = os.environ.get("MANDAT_SCREENS")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def open_page(chromium: Browser, server, browser) -> Page:
    """Return a tab with the session of a browser; what its console says is kept in `page.said`."""
    tab = chromium.new_context(viewport=WIDE, base_url=server.url, reduced_motion="reduce")
    if session := browser.cookies.get("session"):
        tab.add_cookies([{"name": "session", "value": session.value, "url": server.url}])
    page = tab.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.said.append(str(error)))
    return page


def keep(page: Page, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def hindrances(page: Page, **options) -> list[tuple[str, str]]:
    found = Axe().run(page, options=options).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found]


def faults_of(page: Page, name: str, *, is_french: bool) -> list[object]:
    """Return what is wrong with an open page: light, dark, then narrow."""
    keep(page, f"{name}-wide")
    faults: list[object] = hindrances(page, runOnly=RULES) if is_french else []
    page.emulate_media(color_scheme="dark")
    keep(page, f"{name}-wide-dark")
    faults += hindrances(page, runOnly=["color-contrast"]) if is_french else []
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)
    keep(page, f"{name}-narrow")
    too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    said = [line for line in page.said if "Failed to load resource" not in line]  # a 404 is said so
    return faults + ["overflows"] * too_wide + said


@pytest.mark.parametrize(
    "who", ["nobody", "rse", "ra", "accountant", "stranger", "supervisor", "officer", "applicant", "verifier1"]
)
def test_no_page_hinders_or_overflows(chromium, live_server, visitors, who):
    found = {}
    for reader, address, _ in in_both_languages(pages_of(visitors)):
        if reader != who:
            continue
        page = open_page(chromium, live_server, visitors.browser(who))
        page.goto(address)
        page.evaluate("document.fonts.ready")
        name = f"{who}{address.replace(str(visitors.own_firm.public_id), 'firme').replace('/', '.').rstrip('.')}"
        found[name] = faults_of(page, name, is_french=not address.startswith("/en"))
        page.context.close()
    assert found
    assert not {name: faults for name, faults in found.items() if faults}
