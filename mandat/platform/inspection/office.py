"""Word and Excel files: a plain archive with nothing hidden, whose parts hold neither code nor another file."""

import re
import stat
import zipfile
from typing import BinaryIO
from xml.etree import ElementTree as ET

from mandat.platform.inspection.findings import Kind, Unfit, must
from mandat.platform.sin import is_said_to_hold_a_sin

MOST_PARTS, MOST_UNPACKED, MOST_RATIO = 3_000, 150 * 1024 * 1024, 300
_CHUNK = 1024 * 1024
_END_OF_DIRECTORY, _HEADER, _SMALL = 22, 30, 1024 * 1024
_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": Kind.WORD,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": Kind.EXCEL,
}
_OTHER_FILES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"MZ", b"%PDF-", b"\x7fELF", b"#!", b"Rar!", b"7z\xbc\xaf")
_ACTIVE_PARTS = re.compile(r"vbaproject|activex|/embeddings/|\.(?:exe|dll|js|vbs|bat|cmd|ps1|hta|lnk)$", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def read_office(file: BinaryIO) -> Kind:
    """
    Read a Word or Excel file through.

    :raises FoundUnfit: if it is not fit to be kept
    """
    size = file.seek(0, 2)
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        must(len(parts) <= MOST_PARTS, Unfit.HEAVY)
        must(sum(each.file_size for each in parts) <= MOST_UNPACKED, Unfit.HEAVY)
        must(not any(each.flag_bits & 1 for each in parts), Unfit.PROTECTED)
        must(_lies_plainly(archive, parts, size), Unfit.BROKEN)
        must("[Content_Types].xml" in archive.namelist(), Unfit.KIND)
        kind = _kind_of(_content_of(archive, archive.getinfo("[Content_Types].xml")))
        left = MOST_UNPACKED
        for each in parts:
            must(not _ACTIVE_PARTS.search(each.filename), Unfit.ACTIVE)
            content = _content_of(archive, each, left)
            left -= len(content)
            _must_be_still(each.filename, content)
    return kind


def _lies_plainly(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], size: int) -> bool:
    """Tell whether an archive has nothing before, between, over or after its parts, and only honest names."""
    names = [each.filename for each in parts]
    if len({each.casefold() for each in names}) != len(names) or archive.comment:
        return False
    for each in parts:
        said = each.orig_filename
        if said != each.filename or said.startswith("/") or "\\" in said or ":" in said or not said.isprintable():
            return False
        if ".." in said.split("/") or stat.S_ISLNK(each.external_attr >> 16):
            return False
        if each.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            return False
    end = 0
    for each in sorted(parts, key=lambda part: part.header_offset):
        if each.header_offset < end or (end == 0 and each.header_offset):
            return False
        end = each.header_offset + _HEADER + len(each.filename.encode()) + each.compress_size
    return end <= archive.start_dir < size - _END_OF_DIRECTORY + 1


def _content_of(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int = MOST_UNPACKED) -> bytes:
    """Unpack a part, and no more of it than is given, whatever its header says."""
    content = bytearray()
    with archive.open(part) as opened:
        while chunk := opened.read(_CHUNK):
            content += chunk
            must(len(content) <= most, Unfit.HEAVY)
            is_small = len(content) <= _SMALL
            must(is_small or len(content) <= MOST_RATIO * max(part.compress_size, 1), Unfit.HEAVY)
    return bytes(content)


def _kind_of(types: bytes) -> Kind:
    must(b"<!" not in types, Unfit.ACTIVE)
    said = {each.get("ContentType", "") for each in ET.fromstring(types)}  # noqa: S314 (no entity: see above)
    must(not any("macroenabled" in each.lower() for each in said), Unfit.ACTIVE)
    kinds = {_MAIN[each] for each in said if each in _MAIN}
    must(len(kinds) == 1, Unfit.KIND)
    return kinds.pop()


def _must_be_still(name: str, content: bytes) -> None:
    must(not content.startswith(_OTHER_FILES), Unfit.ACTIVE)
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return
    must(b"<!DOCTYPE" not in content and b"<!ENTITY" not in content, Unfit.ACTIVE)
    must(b"<!\x00D\x00O" not in content and b"\x00<\x00!\x00D" not in content, Unfit.ACTIVE)
    if name.endswith(".rels"):
        for each in ET.fromstring(content):  # noqa: S314 (no entity: see above)
            is_outside = each.get("TargetMode") == "External"
            must(not is_outside or each.get("Type", "").endswith("/hyperlink"), Unfit.ACTIVE)
    elif name.startswith(("word/document", "xl/sharedStrings", "xl/worksheets/")):
        must(b"ddeLink" not in content and b"DDEAUTO" not in content, Unfit.ACTIVE)
        must(not is_said_to_hold_a_sin(_TAG.sub(" ", content.decode(errors="replace"))), Unfit.SIN)
