"""Pages in Chromium: what axe finds, what overflows a narrow screen, what the console says."""

import contextlib
import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page

from mandat.web.tests.places import in_both_languages, pages_of
from tests.drills.recorder import FULL_SIZE

pytestmark = pytest.mark.browser

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 740}
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


def pages_to_open(visitors, who) -> list[str]:
    """Return each kind of page once, in French; all of them, in both languages, at full size or for their pictures."""
    pages = list(pages_of(visitors))
    if FULL_SIZE or PICTURES:
        return [address for reader, address, _ in in_both_languages(pages) if reader == who]
    first: dict[tuple[str, int], tuple[str, str]] = {}
    for reader, address, status in pages:
        first.setdefault((view_of(address), status), (reader, address))
    return [address for reader, address in first.values() if reader == who]


def view_of(address: str) -> str:
    """Return the name of the view that answers at an address; blank where there is none."""
    with contextlib.suppress(Resolver404):
        return resolve(address.partition("?")[0]).view_name
    return ""


@pytest.mark.drill("AX-1")
@pytest.mark.parametrize(
    "who", ["nobody", "rse", "ra", "accountant", "stranger", "supervisor", "officer", "applicant", "verifier1"]
)
def test_no_page_hinders_or_overflows(chromium, live_server, visitors, who, drill):
    found, to_open = {}, pages_to_open(visitors, who)
    assert drill.size(len(to_open), full=len(to_open)) == len(to_open)
    for address in to_open:
        page = open_page(chromium, live_server, visitors.browser(who))
        page.goto(address)
        page.evaluate("document.fonts.ready")
        name = f"{who}{address.replace(str(visitors.own_firm.public_id), 'firme').replace('/', '.').rstrip('.')}"
        found[name] = faults_of(page, name, is_french=not address.startswith("/en"))
        page.context.close()
    assert not {name: faults for name, faults in found.items() if faults}


#: What has the focus: is it seen, and is it under something else?
FOCUSED = """() => {
  const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
  if (e === document.body) return null;
  const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
  return {
    said: `${e.tagName} ${(e.textContent || e.name || "").trim().slice(0, 60)}`,
    is_seen: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2,
    is_covered: top !== null && !e.contains(top) && !top.contains(e),
  };
}"""
FOCUSABLE = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea")]
  .filter(each => each.checkVisibility({visibilityProperty: true}) && !each.closest("[popover]:not(:popover-open)")).length"""


@pytest.mark.parametrize(("who", "path"), [("nobody", "inscription"), ("rse", "demandes"), ("rse", "acces/")])
def test_the_keyboard_alone_reaches_everything_and_shows_where_it_is(chromium, live_server, visitors, who, path):
    page = open_page(chromium, live_server, visitors.browser(who))
    page.goto(f"/{path}" if who == "nobody" else f"/d/{visitors.own_firm.public_id}/{path}")
    reached = []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(120):
        focused = page.evaluate(FOCUSED)
        if focused is None:
            break
        reached.append(focused)
        page.keyboard.press("Tab")
    assert not [each["said"] for each in reached if not each["is_seen"] or each["is_covered"]]
    assert len(reached) >= page.evaluate(FOCUSABLE)
