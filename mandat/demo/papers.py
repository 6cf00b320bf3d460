"""A paper that waits at the desk of the demonstration: a scan of a form that nobody can tell, to be typed."""

import io

from PIL import Image, ImageDraw

from mandat.demo.people import key
from mandat.enrolment.commands import receive_paper
from mandat.identity.actor import Actor
from mandat.platform.files import store
from mandat.platform.inspection.apart import Paper
from mandat.platform.inspection.findings import Kind

#: In capitals without accents, as many fill in a form by hand: the font of the drawing knows no others.
WRITTEN = (
    "DESIGNATION", "", "PARTICULIER HORS QUEBEC", "NEQ - AUCUN", "MAELLE BOISCLAIR-NGATA",
    "41, WHARF STREET, HALIFAX B3H 9Z9", "CLIENT - VOIR LA LETTRE JOINTE", "", "HALIFAX, 2026-11-17",
)  # fmt: skip


def scanned() -> bytes:
    """Return the picture of a page written on by hand, or nearly."""
    page = Image.new("RGB", (1240, 1604), "white")
    pen = ImageDraw.Draw(page)
    for line, words in enumerate(WRITTEN):
        pen.text((120, 140 + 90 * line), words, fill="#1b2a4a", font_size=36)
    out = io.BytesIO()
    page.save(out, "JPEG", quality=80)
    return out.getvalue()


def receive(verifier: Actor) -> None:
    """Let a scan come in, once."""
    content = scanned()
    file = store(io.BytesIO(content), name="numérisation-0117.jpg", media_type="image/jpeg")
    paper = Paper(Kind.JPEG, {}, 0, "", [], [content])
    receive_paper(key=key("paper", "scan"), file=file, paper=paper, pages=[file.sha256], by=verifier)
