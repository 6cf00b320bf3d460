"""
What a paper form says, read in the child process: its fields, the words printed on it, its two-dimensional codes, and a
picture of each page, drawn anew so that nothing of the file itself reaches a browser.
"""

import base64
import hashlib
import io
import unicodedata
from collections.abc import Iterator
from typing import Any, BinaryIO

import pypdfium2
import zxingcpp
from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from mandat.platform.inspection.findings import Kind, Unfit, must

MOST_FIELDS, MOST_PAGES, LONGEST = 400, 12, 20_000
#: Points of the pictures: enough to read handwriting on a page, and for codes to be found.
WIDTH, WIDTH_FOR_CODES = 1240, 2480
_QUALITY = 75
#: The flags of a field that say what it is: lines, secret, circles, button, list, comb, rich text.
_MATTERS = 0x303F000


def read_paper(file: BinaryIO, kind: Kind) -> dict[str, Any]:
    """
    Return what a paper form says.

    :raises FoundUnfit: if it would take too much to read
    """
    return _of_pdf(file) if kind is Kind.PDF else _of_image(file)


def _of_image(file: BinaryIO) -> dict[str, Any]:
    file.seek(0)
    with Image.open(file, formats=("PNG", "JPEG")) as image:
        image.draft("RGB", (WIDTH_FOR_CODES, WIDTH_FOR_CODES))
        upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((WIDTH_FOR_CODES, 2 * WIDTH_FOR_CODES))
    return {"fields": {}, "marks": 0, "words": "", "codes": _codes_of(upright), "pages": [_picture(upright)]}


def _of_pdf(file: BinaryIO) -> dict[str, Any]:
    file.seek(0)
    content = file.read()
    reader = PdfReader(io.BytesIO(content))
    must(len(reader.pages) <= MOST_PAGES, Unfit.HEAVY)
    fields = dict(_fields_of(reader))
    document = pypdfium2.PdfDocument(content)
    document.init_forms()
    words, codes, pages = hashlib.sha256(), [], []
    for page in document:
        words.update(" ".join(page.get_textpage().get_text_range().split()).encode("utf-8", "replace"))
        drawn = _drawn(page)
        codes += _codes_of(drawn)
        pages.append(_picture(drawn))
    marks = sum(_marks_of(page) for page in reader.pages)
    return {"fields": fields, "marks": marks, "words": words.hexdigest(), "codes": codes, "pages": pages}


def _drawn(page: Any) -> Image.Image:
    width, height = page.get_size()
    must(width > 0 and 0 < height <= 3 * width, Unfit.HEAVY)
    image: Image.Image = page.render(scale=WIDTH_FOR_CODES / width).to_pil().convert("RGB")
    return image


def _picture(image: Image.Image) -> str:
    small = image.copy()
    small.thumbnail((WIDTH, 2 * WIDTH))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=_QUALITY)
    return base64.b64encode(out.getvalue()).decode()


def _codes_of(image: Image.Image) -> list[str]:
    return [each.text[:200] for each in zxingcpp.read_barcodes(image)]


def _fields_of(reader: PdfReader) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every field that stands alone or that holds a group of boxes, by its full name."""
    form = reader.root_object.get("/AcroForm")
    form = form.get_object() if form is not None else None
    waiting = [(each, "") for each in _list_of(form, "/Fields")]
    seen: set[int] = set()
    while waiting:
        place, above = waiting.pop(0)
        number = place.idnum if isinstance(place, IndirectObject) else id(place)
        field = place.get_object()
        if number in seen or not isinstance(field, DictionaryObject):
            continue
        seen.add(number)
        must(len(seen) <= MOST_FIELDS, Unfit.HEAVY)
        own = _text(field.get("/T"))
        name = f"{above}.{own}" if above and own else own or above
        if field.get("/FT"):
            yield name, _described(field)
        else:
            waiting += [(each, name) for each in _list_of(field, "/Kids")]


def _list_of(found: Any, name: str) -> list[Any]:
    inside = found.get(name) if isinstance(found, DictionaryObject) else None
    inside = inside.get_object() if inside is not None else None
    return list(inside)[: MOST_FIELDS + 1] if isinstance(inside, ArrayObject) else []


def _described(field: DictionaryObject) -> dict[str, Any]:
    """Return what a field says, and what it is: that must be what was handed out."""
    options = [_text(each) for each in _list_of(field, "/Opt")]
    flags = field.get("/Ff", 0)
    shape = [str(field.get("/FT")), int(flags) & _MATTERS, int(field.get("/MaxLen", 0) or 0), options]
    return {"value": _text(field.get("/V")), "is_fixed": bool(int(flags) & 1), "shape": shape}


def _text(found: Any) -> str:
    found = found.get_object() if found is not None else ""
    if isinstance(found, bytes):
        found = found.decode("latin-1")
    return unicodedata.normalize("NFC", str(found))[:LONGEST] if isinstance(found, str) else ""


def _marks_of(page: Any) -> int:
    """Count what was laid over the page since: everything that is neither a field nor a link."""
    kinds = [each.get_object().get("/Subtype") for each in _list_of(page, "/Annots")]
    return sum(kind not in {"/Widget", "/Link"} for kind in kinds)
