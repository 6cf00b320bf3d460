"""
The designation form as a fillable PDF: drawn once for a version and a language, then marked each time.

WeasyPrint draws it, and weighs tens of megabytes: it is imported when a form is first asked in a version, no sooner.
"""

import io
from functools import cache

import qrcode
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from mandat.enrolment.paper.code import FormCode
from mandat.enrolment.paper.questions import groups, questions, version

KNOWN = ("reference", "version")
_MM = 72 / 25.4
#: Where the code stands: its side, and how far from the top and the right edge of the first page.
_SIDE, _TOP, _RIGHT = 30 * _MM, 14 * _MM, 18 * _MM
_FIXED = 1


@cache
def blank_form(language: str, asked: str) -> bytes:
    """Return the form that nobody was handed yet, in the version `asked`: the one of the day."""
    from mandat.platform.pdf import fillable_pdf_of  # weighs much: see above

    other = "fr" if language == "en" else "en"
    with translation.override(other):
        titles = {"other": other, "other_title": gettext("Formulaire de désignation")}
    with translation.override(language):
        known = {"groups": groups(), "language": language, "brand": "Mandat", "foot": f"{asked} {language}"} | titles
        page = render_to_string("mandat/enrolment/paper/form.html", known)
        labels = {each.name: each.label for each in questions()}
    return _named(fillable_pdf_of(page), labels)


def _named(pdf: bytes, labels: dict[str, str]) -> bytes:
    """Give each field the words that a screen reader says, and leave the circles of a group to their group."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    form: DictionaryObject = writer.root_object["/AcroForm"]  # type: ignore[assignment]
    alone = ArrayObject()
    for each in form["/Fields"]:  # type: ignore[attr-defined]
        field = each.get_object()
        if "/Parent" in field:  # drawn by WeasyPrint as a field of its own beside its group
            del field["/T"]
            continue
        alone.append(each)
        field[NameObject("/TU")] = TextStringObject(labels.get(str(field["/T"]), str(field["/T"])))
    form[NameObject("/Fields")] = alone
    return _written(writer)


def marked_form(blank: bytes, code: FormCode) -> bytes:
    """Return a form that bears its reference and version, to read and in a two-dimensional code."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(blank)))
    said = {"reference": code.reference, "version": code.version}
    writer.update_page_form_field_values(writer.pages[0], said, auto_regenerate=False)
    for each in writer.root_object["/AcroForm"]["/Fields"]:  # type: ignore[index]
        field: DictionaryObject = each.get_object()
        if field["/T"] in KNOWN:
            field[NameObject("/Ff")] = NumberObject(int(field.get("/Ff", 0)) | _FIXED)
    first = writer.pages[0]
    first.merge_page(_drawn(code, float(first.mediabox.width), float(first.mediabox.height)))
    writer.add_metadata({"/Title": code.reference})
    return _written(writer)


def _drawn(code: FormCode, width: float, height: float) -> PageObject:
    """Return a page that holds nothing but the code."""
    drawing = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_Q, border=0)
    drawing.add_data(str(code))
    rows = drawing.get_matrix()
    step = _SIDE / len(rows)
    left, top = width - _RIGHT - _SIDE, height - _TOP
    squares = [
        f"{left + x * step:.3f} {top - (y + 1) * step:.3f} {step:.3f} {step:.3f} re"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    ]
    shown = DecodedStreamObject()
    shown.set_data(("q 0 g " + " ".join(squares) + " f Q").encode())
    page = PageObject.create_blank_page(width=width, height=height)
    page[NameObject("/Contents")] = shown
    return page


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def choices_asked() -> dict[str, list[str]]:
    """Return the codes of each question of the form of the day that has boxes to choose from, in their order."""
    return {each.name: [code for code, _label in each.choices] for each in questions() if each.kind == "choice"}


__all__ = ["KNOWN", "blank_form", "choices_asked", "marked_form", "version"]
