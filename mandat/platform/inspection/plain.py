"""Plain text and tables: letters and nothing else, in UTF-8 or as Windows writes it."""

import re
from typing import BinaryIO

from mandat.platform.inspection.findings import Kind, Unfit, must
from mandat.platform.sin import is_said_to_hold_a_sin

_LONGEST = 20 * 1024 * 1024
_NO_LETTER = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_OTHER_KINDS = ("<", "{\\rtf", "#!", "MZ", "%!", "GIF8", "RIFF", "BM")
#: A cell that would call a program when a spreadsheet opens the table: =cmd|' /C calc'!A0
_CALL = re.compile(r"(?:^|[,;\t\"])\s*[=+@-][^,;\t\r\n]*\|[^,;\t\r\n]*!", re.MULTILINE)


def read_plain(file: BinaryIO) -> Kind:
    """
    Read a text through.

    :raises FoundUnfit: if it is not fit to be kept
    """
    content = file.read(_LONGEST + 1)
    must(len(content) <= _LONGEST, Unfit.HEAVY)
    text = _text_of(content)
    must(text.strip() and not _NO_LETTER.search(text), Unfit.KIND)
    must(not text.lstrip("\ufeff \t\r\n").startswith(_OTHER_KINDS), Unfit.KIND)
    must(not _CALL.search(text), Unfit.ACTIVE)
    must(not is_said_to_hold_a_sin(text), Unfit.SIN)
    return Kind.TEXT


def _text_of(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        try:
            return content.decode("cp1252")
        except UnicodeDecodeError:
            return "\0"
