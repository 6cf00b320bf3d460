"""What opening a file may find. Without Django, for the child process that opens files has none."""

from enum import Enum


class Kind(Enum):
    """A kind of file that people hand in, and the endings that its name may have."""

    PDF = "pdf", ".pdf"
    PNG = "png", ".png"
    JPEG = "jpeg", ".jpg", ".jpeg"
    WORD = "word", ".docx"
    EXCEL = "excel", ".xlsx"
    TEXT = "text", ".txt", ".csv"

    def __init__(self, code: str, *endings: str) -> None:
        self.code, self.endings = code, endings


class Unfit(Enum):
    """Why a file is not kept."""

    KIND = "kind"  # of no kind that we open, or of two at once
    PROTECTED = "protected"  # by a password
    ACTIVE = "active"  # holds code, another file, or a call to one
    BROKEN = "broken"  # cannot be read to its end
    HEAVY = "heavy"  # would take too much memory or time to read
    SIN = "sin"  # holds a social insurance number


class FoundUnfit(Exception):
    """A file is not fit to be kept; its argument says why."""

    def __init__(self, why: Unfit) -> None:
        super().__init__(why)
        self.why = why


def must(condition: object, why: Unfit) -> None:
    """
    Go on if a condition holds.

    :raises FoundUnfit: if it does not
    """
    if not condition:
        raise FoundUnfit(why)
