"""
The content of a submission: what the signer saw, whole, so that it can be read alone in thirty years.

It holds who signs and in what capacity; the answers as the forms understood them, and beside them as people read them;
the documents by their hashes; the warnings that the signer passed over; and, for a correction, the hash of the
submission before.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from mandat.access.decision import Authority
from mandat.filings.definition import Section, Weight
from mandat.filings.models import FilingDocument, Submission
from mandat.filings.reading import Reading

FORMAT = "mandat-filing/1"


def content_of(
    reading: Reading, *, documents: Iterable[FilingDocument], signer: Authority, previous: Submission | None
) -> dict[str, Any]:  # fmt: skip
    """Return what is frozen of a filing, as plain values."""
    filing, warnings = reading.filing, reading.of_weight(Weight.WARNS)
    registrant = filing.registrant
    return {
        "format": FORMAT,
        "filing": str(filing.public_id),
        "number": filing.number,
        "ordinal": previous.ordinal + 1 if previous else 1,
        "supersedes": previous.sha256 if previous else None,
        "type": {"code": filing.type_code, "version": filing.type_version, "title": str(filing.filing_type.title)},
        "registrant": {
            "id": str(registrant.public_id), "client_number": registrant.client_number, "name": registrant.name,
        },
        "signer": {
            "id": str(signer.by.person.public_id), "name": str(signer.by.person), "capacities": signer.capacities,
        },
        "answers": {name: plain(value) for name, value in reading.answers.items()},
        "documents": [document_as_filed(each) for each in documents],
        "warnings": [{"field": each.field, "message": each.message, "rule": str(each.rule)} for each in warnings],
        "language": get_language(),
        "shown": [section_as_shown(each) for each in reading.summary],
    }  # fmt: skip


def document_as_filed(document: FilingDocument) -> dict[str, Any]:
    """Return what is frozen of a document."""
    file = document.file
    return {"name": document.name, "sha256": file.sha256, "size": file.size, "media_type": file.media_type}


def section_as_shown(section: Section) -> dict[str, Any]:
    """Return what is frozen of a section of the summary."""
    return {"title": section.title, "rows": [list(row) for row in section.rows]}


def plain(value: Any) -> Any:
    """
    Return an answer as canonical JSON holds it.

    :raises TypeError: if a form made of it something we have no way to write
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, Iterable):
        return [plain(each) for each in value]
    raise TypeError(f"no way to write a {type(value).__name__} in a filing")


def says_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two submissions hold the same answers and documents."""
    return all(one[part] == other[part] for part in ("answers", "documents"))
