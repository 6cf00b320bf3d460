"""
Files, kept by content: where one lies is its hash, so the same content lies there once and a changed one is found out.

The content is stored before the row that names it is committed: a failed act leaves content that nothing names, never a
row without its content.

Where the deployment has a scanner, a content is scanned by a job, once, and given out to nobody before that has found
nothing. A scanner that is silent makes it wait, and decides nothing.
"""

import hashlib
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, ClassVar

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce
from procrastinate.contrib.django import app

from mandat.platform.clock import now
from mandat.platform.durable import write_durably
from mandat.platform.effects import WAITS, attempt, defer, require_transaction
from mandat.platform.events import Event, publish
from mandat.platform.models import Scan, StoredFile
from mandat.platform.scanner import ScannerSilent, scanner

_CHUNK = 1024 * 1024
_LONGEST_NAME, _LONGEST_SUFFIX = 150, 12
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,48}/[a-z0-9][a-z0-9.+-]{0,48}")


class FileCorrupted(Exception):
    """What lies at a file's place is not what was stored."""


@dataclass(frozen=True, kw_only=True)
class FileScanned(Event):
    """A content was searched for malicious software; its scan says what was found."""

    aggregate: ClassVar[str] = "scan"
    scan: str


class DurableFolder(FileSystemStorage):
    """A folder whose files are whole or absent. What lies there already is the same content: it may be replaced."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_overwrite=True)

    def _save(self, name: str, content: "File[bytes]") -> str:
        write_durably(Path(self.path(name)), content.chunks(_CHUNK))
        return name


def store(stream: IO[bytes], *, name: str, media_type: str) -> StoredFile:
    """Store a file under its hash, order its scan, and return the row that names it."""
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryFile() as copy:
        for chunk in _chunks_of(stream):
            digest.update(chunk)
            size += len(chunk)
            copy.write(chunk)
        sha256 = digest.hexdigest()
        if not default_storage.exists(place_of(sha256)):
            copy.seek(0)
            default_storage.save(place_of(sha256), File(copy))
    known = media_type.lower() if _MEDIA_TYPE.fullmatch(media_type.lower()) else "application/octet-stream"
    with transaction.atomic():
        return StoredFile.objects.create(
            sha256=sha256, size=size, name=shown_name(name), media_type=known, stored_at=now(), scan=order_scan(sha256)
        )


def open_verified(file: StoredFile) -> "File[bytes]":
    """
    Open a file, once its content has been read through and found unchanged.

    :raises FileCorrupted: if it is missing or has changed
    """
    return open_content(file.sha256)


def open_content(sha256: str) -> "File[bytes]":
    """
    Open the content of that hash, once it has been read through and found unchanged.

    :raises FileCorrupted: if it is missing or has changed
    """
    try:
        opened: File[bytes] = default_storage.open(place_of(sha256))
    except FileNotFoundError as error:
        raise FileCorrupted(f"{sha256} is missing") from error
    digest = hashlib.sha256()
    for chunk in _chunks_of(opened):
        digest.update(chunk)
    if digest.hexdigest() != sha256:
        opened.close()
        raise FileCorrupted(f"{sha256} has changed")
    opened.seek(0)
    return opened


def order_scan(sha256: str) -> Scan | None:
    """
    Order the scan of a content in the current transaction, once; none where there is no scanner.

    :raises TransactionManagementError: outside a transaction
    """
    require_transaction()
    if scanner() is None:
        return Scan.objects.filter(sha256=sha256).first()  # what an earlier scanner found stays true
    scan, is_new = Scan.objects.get_or_create(sha256=sha256, defaults={"ordered_at": now()})
    if is_new:
        defer(scan)
    return scan


@app.task(name=Scan.job, retry=WAITS)
def scan_file(effect: str) -> None:
    """Scan a content."""
    attempt(Scan, effect, search)


def search(scan: Scan) -> None:
    """
    Scan a content now, and keep what is found.

    :raises ScannerSilent: if the scanner cannot tell
    :raises FileCorrupted: if the content is not what was stored
    """
    search_by = scanner()
    if search_by is None:
        raise ScannerSilent("SCANNER=none")
    with open_content(scan.sha256) as content:
        verdict = search_by.scan(content)
    scan.is_clean, scan.found = verdict
    scan.save(update_fields=["is_clean", "found"])
    publish(FileScanned(scan=str(scan.public_id)))


def weight_of(documents: QuerySet[Any]) -> int:
    """Return how many bytes the files of some documents hold together."""
    return documents.aggregate(together=Coalesce(Sum("file__size"), 0))["together"]


def place_of(sha256: str) -> str:
    """Return where content lies in the storage."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def shown_name(name: str) -> str:
    """Return a file's name fit to be shown: no path, no control or direction marks, not too long."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(each for each in last if unicodedata.category(each)[0] != "C")
    clean = " ".join(visible.split()).lstrip(".")
    suffix = PurePosixPath(clean).suffix[:_LONGEST_SUFFIX]
    stem = clean[: len(clean) - len(PurePosixPath(clean).suffix)][: _LONGEST_NAME - len(suffix)]
    return stem + suffix or "document"


def _chunks_of(stream: "IO[bytes] | File[bytes]") -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk
