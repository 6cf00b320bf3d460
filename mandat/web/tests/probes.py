"""Questions put to an open page in Chromium: each answers the faults that it finds, as texts."""

from playwright.sync_api import Page

#: Twice the size that a browser gives to text: what a person chooses in its settings.
TWICE = {"standard": 32, "fixed": 26}
#: How far what is on a page may move while it comes, at most (a score of 0.1 is said to be good).
MOVES_AT_MOST = 0.005

_SAID = "const said = (e) => `${e.tagName} ${(e.textContent || e.name || '').trim().slice(0, 50)}`;"
_GESTURES = """const gestures = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter(e => e.checkVisibility({visibilityProperty: true}));"""

SCROLLS_SIDEWAYS = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3)
  .map(e => `too wide: ${e.tagName} ${(e.textContent || "").trim().slice(0, 50)}`)"""

#: A target of 24 px, its label counted; a link in a sentence is as high as its line.
SMALL_TARGETS = f"""() => {{ {_SAID} {_GESTURES}
  const isBigEnough = (e) => {{ const r = e.getBoundingClientRect(); return r.width >= 24 && r.height >= 24 || r.bottom < 0; }};
  const isInASentence = (e) => getComputedStyle(e).display === "inline" && e.closest("p, .prose, small, .note");
  return gestures.filter(e => ![e, ...(e.labels ?? [])].some(isBigEnough) && !isInASentence(e)).map(e => "small: " + said(e));
}}"""

#: Give the focus to each in turn: is its ring seen, and is it under something else?
LOST_FOCUS = f"""() => {{ {_SAID} {_GESTURES}
  const at = document.activeElement;
  const faults = gestures.filter(e => {{
    e.focus();
    const s = getComputedStyle(e), r = e.getClientRects()[0], top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
    const isRinged = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2;
    return !isRinged || top !== null && !e.contains(top) && !top.contains(e) && ![...e.labels ?? []].some(l => l.contains(top));
  }}).map(e => "focus unseen: " + said(e));
  at.focus();
  scrollTo(0, 0);
  return faults;
}}"""

UNNAMED_LIVE_PARTS = """() => [...document.querySelectorAll("[aria-live], [data-doorbell-topic]")]
  .filter(e => !e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby")).map(e => "unnamed live part: " + e.outerHTML.slice(0, 80))"""

MOVING = """() => [...document.querySelectorAll("*")]
  .filter(e => { const s = getComputedStyle(e); return s.transitionDuration !== "0s" || s.animationName !== "none"; })
  .map(e => "moves: " + e.outerHTML.slice(0, 60))"""

#: Under forced colours, a drawing of the colour of the page is not seen, and a main button must not look like any other.
UNSEEN_DRAWINGS = """() => {
  const page = getComputedStyle(document.body).backgroundColor;
  const unseen = [...document.querySelectorAll("svg, svg text")].filter(e => e.checkVisibility() && !e.closest(".btn.main")).filter(e => {
    const s = getComputedStyle(e);
    return (e.tagName === "text" ? s.fill : s.stroke === "none" ? s.color : s.stroke) === page;
  }).map(e => "unseen drawing: " + e.outerHTML.slice(0, 60));
  const likeAnyOther = [...document.querySelectorAll(".btn.main")].filter(e => getComputedStyle(e).backgroundColor === page);
  const first = document.querySelector("main a[href], main button, a[href]");
  first.focus();
  const hasNoRing = getComputedStyle(first).outlineColor === page ? ["no ring"] : [];
  return [...unseen, ...likeAnyOther.map(e => "like any other: " + e.textContent.trim()), ...hasNoRing];
}"""

SHIFTS = """() => new Promise(done => {
  let shifts = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => shifts += e.value)).observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(shifts), 50);
})"""

#: What paper keeps of an open page: no gesture, no way elsewhere.
ON_PAPER = """() => [...document.querySelectorAll("nav a, .btn, button, input:not([type=hidden])")]
  .filter(e => e.checkVisibility()).map(e => "printed: " + e.outerHTML.slice(0, 60))"""


def faults_at_any_size(page: Page, *, narrow: dict[str, int]) -> list[str]:
    """Return what a page loses when its text is twice as large, when it is narrow, and under a finger."""
    sizes = page.context.new_cdp_session(page)
    sizes.send("Page.setFontSizes", {"fontSizes": TWICE})
    faults = page.evaluate(SCROLLS_SIDEWAYS)
    sizes.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
    page.set_viewport_size(narrow)
    return faults + page.evaluate(SCROLLS_SIDEWAYS) + page.evaluate(SMALL_TARGETS)


def faults_in_any_colours(page: Page) -> list[str]:
    """Return what a page loses where the system chooses the colours, and what moves though nothing should."""
    faults = page.evaluate(LOST_FOCUS) + page.evaluate(UNNAMED_LIVE_PARTS) + page.evaluate(MOVING)
    page.emulate_media(forced_colors="active")
    faults += page.evaluate(UNSEEN_DRAWINGS)
    page.emulate_media(forced_colors="none")
    return faults


def shifts_of(page: Page) -> list[str]:
    """Return whether what is on an open page moved while it came."""
    shifts = page.evaluate(SHIFTS)
    return [f"moved by {shifts:.4f}"] * (shifts > MOVES_AT_MOST)
