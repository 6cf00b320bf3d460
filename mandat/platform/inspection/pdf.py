"""PDF files: every object is looked at; one that runs, sends, opens or holds something else makes the file unfit."""

import time
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from mandat.platform.inspection.findings import Kind, Unfit, must
from mandat.platform.sin import is_said_to_hold_a_sin

MOST_OBJECTS, MOST_PAGES, DEEPEST = 200_000, 5_000, 100
#: Seconds spent on reading the words of a file, from its first page on.
TIME_TO_READ = 0.8
_ACTIVE_KEYS = {
    "/JavaScript", "/JS", "/EmbeddedFiles", "/EmbeddedFile", "/XFA", "/RichMedia", "/RichMediaContent", "/Collection",
    "/FFilter",
}  # fmt: skip
_ACTIONS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie", "/Sound",
    "/RichMediaExecute", "/Trans3D", "/GoTo3DView",
}  # fmt: skip
_ANNOTATIONS = {"/FileAttachment", "/Screen", "/Movie", "/Sound", "/3D", "/RichMedia"}


def read_pdf(file: BinaryIO) -> Kind:
    """
    Read a PDF file through.

    :raises FoundUnfit: if it is not fit to be kept
    """
    head = file.read(1024).lower()
    must(b"<script" not in head and b"<html" not in head, Unfit.KIND)
    must(not zipfile.is_zipfile(file), Unfit.KIND)
    file.seek(0)
    reader = PdfReader(file)
    must(not reader.is_encrypted, Unfit.PROTECTED)
    must(0 < len(reader.pages) <= MOST_PAGES, Unfit.HEAVY)
    ids = _ids_of(reader)
    must(len(ids) <= MOST_OBJECTS, Unfit.HEAVY)
    for number, generation in ids:
        _must_be_still(reader.get_object(IndirectObject(number, generation, reader)))
    opening = reader.root_object.get("/OpenAction")
    opening = opening.get_object() if opening is not None else None
    must(not (isinstance(opening, DictionaryObject) and opening.get("/S") == "/URI"), Unfit.ACTIVE)
    must(not any(map(is_said_to_hold_a_sin, _words_of(reader))), Unfit.SIN)
    return Kind.PDF


def _ids_of(reader: PdfReader) -> set[tuple[int, int]]:
    plain = {(number, generation) for generation, places in reader.xref.items() for number in places if number}
    return plain | {(number, 0) for number in reader.xref_objStm}


def _must_be_still(found: Any, depth: int = 0) -> None:
    """Look at one object and at what it holds itself, not at what it points to: that has its own turn."""
    must(depth <= DEEPEST, Unfit.HEAVY)
    if isinstance(found, DictionaryObject):
        must(not _ACTIVE_KEYS & found.keys(), Unfit.ACTIVE)
        must(found.get("/S") not in _ACTIONS and found.get("/Type") != "/EmbeddedFile", Unfit.ACTIVE)
        must(found.get("/Subtype") not in _ANNOTATIONS or found.get("/Type") == "/Font", Unfit.ACTIVE)
        must(not (isinstance(found, StreamObject) and "/F" in found), Unfit.ACTIVE)  # a stream that lies elsewhere
        for each in found.values():
            _must_be_still(each, depth + 1)
    elif isinstance(found, ArrayObject):
        for each in found:
            _must_be_still(each, depth + 1)


def _words_of(reader: PdfReader) -> Iterator[str]:
    """Yield the words of pages, for as long as reading them is given."""
    until = time.process_time() + TIME_TO_READ
    for page in reader.pages:
        if time.process_time() > until:
            return
        yield page.extract_text()
