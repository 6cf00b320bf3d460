"""Pages in Chromium: what axe finds, what overflows or moves, what the keyboard and paper keep, what the console says."""

import contextlib
import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, expect

from mandat.web.tests.places import in_both_languages, pages_of
from mandat.web.tests.probes import ON_PAPER, faults_at_any_size, faults_in_any_colours, shifts_of
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
    page.said, page.elsewhere = [], []
    page.on("console", lambda message: page.said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.said.append(str(error)))
    ours = (server.url, settings.DOORBELL_URL, "data:")
    page.on("request", lambda asked: page.elsewhere.append(asked.url) if not asked.url.startswith(ours) else None)
    return page


def keep(page: Page, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def hindrances(page: Page, rules: list[str]) -> list[tuple[str, str]]:
    """Return what axe finds: read by the page once, and asked only for what is wrong."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    asked = {"runOnly": rules, "resultTypes": ["violations"]}
    found = page.evaluate("asked => axe.run(document, asked)", asked)["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found]


def faults_of(page: Page, name: str, *, is_french: bool) -> list[object]:
    """Return what is wrong with an open page: light, in any colours, dark, with large text, then narrow."""
    keep(page, f"{name}-wide")
    faults: list[object] = [*shifts_of(page), *page.elsewhere]
    faults += hindrances(page, RULES) if is_french else []
    faults += faults_in_any_colours(page) if is_french else []
    page.emulate_media(color_scheme="dark")
    keep(page, f"{name}-wide-dark")
    faults += hindrances(page, ["color-contrast"]) if is_french else []
    page.emulate_media(color_scheme="light")
    faults += faults_at_any_size(page, narrow=NARROW)
    keep(page, f"{name}-narrow")
    page.emulate_media(color_scheme="dark")
    keep(page, f"{name}-narrow-dark")
    return faults + [line for line in page.said if "Failed to load resource" not in line]  # a 404 is said so


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
    page = open_page(chromium, live_server, visitors.browser(who))
    for address in to_open:
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light")
        page.said, page.elsewhere = [], []
        page.goto(address)
        page.evaluate("document.fonts.ready")
        name = f"{who}{address.replace(str(visitors.own_firm.public_id), 'firme').replace('/', '.').rstrip('.')}"
        found[name] = faults_of(page, name, is_french=not address.startswith("/en"))
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


def test_the_keyboard_alone_reaches_everything_and_shows_where_it_is(chromium, live_server, visitors):
    firm = f"/d/{visitors.own_firm.public_id}/"
    for who, address in (("nobody", "/inscription"), ("rse", f"{firm}demandes"), ("rse", f"{firm}acces/")):
        page = open_page(chromium, live_server, visitors.browser(who))
        page.goto(address)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        reached = reached_by_tab(page)
        assert not [each["said"] for each in reached if not each["is_seen"] or each["is_covered"]]
        assert len(reached) >= page.evaluate(FOCUSABLE)


def reached_by_tab(page: Page) -> list[dict]:
    """Return what the tab key reaches on a page, one after the other."""
    reached = []
    for _ in range(120):
        focused = page.evaluate(FOCUSED)
        if focused is None:
            break
        reached.append(focused)
        page.keyboard.press("Tab")
    return reached


def test_nothing_moves_when_the_fonts_come_late(chromium, live_server, client):
    page = open_page(chromium, live_server, client)
    page.set_viewport_size(NARROW)
    waiting: list = []

    def hold(font):
        waiting.append(font)

    page.route("**/*.woff2", hold)
    page.goto("/aide/rse", wait_until="domcontentloaded")
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    assert waiting
    page.route("**/*.woff2", lambda font: font.continue_())
    for font in waiting:
        font.continue_()
    assert page.evaluate("document.fonts.ready.then(fonts => fonts.check('1rem Radio Canada'))")
    assert not shifts_of(page)


def test_paper_keeps_the_words_the_firm_the_number_and_the_addresses_and_no_gesture(chromium, live_server, visitors):
    receipt = next(address for _, address, _ in pages_of(visitors) if "/recus/" in address)
    page = open_page(chromium, live_server, visitors.browser("rse"))
    page.emulate_media(media="print")
    for address in (f"/d/{visitors.own_firm.public_id}/dossier", "/avant-de-commencer", receipt):
        page.goto(address)
        assert not page.evaluate(ON_PAPER), address
    number = page.locator("dd.nowrap").inner_text().strip()
    assert page.locator(".running").inner_text() == f"{visitors.own_firm.name} · {number}"
    assert page.locator(".running").evaluate("e => getComputedStyle(e).position") == "fixed"  # so, on each sheet
    page.goto("/aide/rse")
    assert f"{live_server.url}/aide/rse" in page.locator("footer").inner_text()
    after = page.locator(".prose a").first.evaluate("e => getComputedStyle(e, '::after').content")
    assert "/aide/" in after


RING = 'document.querySelector("[data-doorbell-topic]").dispatchEvent(new CustomEvent("ring"))'
CHANGE = 'document.querySelector("[data-doorbell-topic] caption").append("autre chose")'


def test_a_part_that_changes_says_so_once_and_keeps_the_focus_where_it_was(chromium, live_server, visitors):
    page = open_page(chromium, live_server, visitors.browser("rse"))
    page.goto(f"/d/{visitors.own_firm.public_id}/demandes")
    link = page.locator("[data-doorbell-topic] th a").first
    link.focus()
    for gesture, said in ((RING, ""), (f"{CHANGE}; {RING}", "La page vient d’être mise à jour.")):
        with page.expect_response("**/demandes/maintenant"):
            page.evaluate(gesture)
        expect(page.locator("[data-doorbell-topic].htmx-settling, .htmx-swapping")).to_have_count(0)
        expect(link).to_be_focused()
        expect(page.get_by_role("status")).to_contain_text(said)
    expect(page.locator("caption").first).not_to_contain_text("autre chose")
