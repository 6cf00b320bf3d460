"""What those who prepare a filing do. A draft is shared: each change says which revision its author saw."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from mandat.access.decision import Authority, Right, require
from mandat.access.retries import in_one_transaction
from mandat.filings.definition import Finding, findings_of_form
from mandat.filings.errors import TooMuchTogether, UnknownStep
from mandat.filings.events import FilingBegun
from mandat.filings.locking import firm_of, locked, must_be_as_seen
from mandat.filings.models import Filing, FilingDocument
from mandat.filings.queries import documents_of
from mandat.filings.registry import current
from mandat.filings.typed import typed_in
from mandat.identity.actor import Actor
from mandat.platform.clock import legal_day
from mandat.platform.events import publish, ring
from mandat.platform.files import shown_name, weight_of
from mandat.platform.idempotency import claim
from mandat.platform.models import StoredFile
from mandat.reference.queries import policy
from mandat.register.models import Registrant


@dataclass(frozen=True)
class Saved:
    """A filing whose answers were kept, and what is wrong with the form of those just typed."""

    filing: Filing
    findings: list[Finding]


@in_one_transaction
def begin_filing(*, key: UUID, registrant: Registrant, type_code: str, by: Actor) -> Filing:
    """
    Begin a filing for a registrant.

    :raises UnknownFilingType: if nothing of this kind may be filed
    :raises NotOnline: if the registrant is linked to no enterprise
    :raises AccessDenied: if `by` may not prepare in the type's block
    :raises IdempotencyConflict: if the key served for another request
    """
    request = claim(key, f"begin_filing {type_code} {registrant.public_id}", asked_by=by.person.public_id)
    if request.result:
        return Filing.objects.get(public_id=request.result)
    kind = current(type_code)
    authority = require(by, Right.PREPARE, enterprise=firm_of(registrant), block=kind.block, matter=kind.matter)
    filing = Filing.objects.create(
        registrant=registrant, type_code=kind.code, type_version=kind.version, block=kind.block,
        begun_by=by.person, begun_at=authority.at, begun_under=authority.as_record(), changed_at=authority.at,
    )  # fmt: skip
    request.keep(result=filing.public_id)
    publish(FilingBegun(filing=str(filing.public_id), begun_by=str(by.person.public_id)), filing.list_topic)
    return filing


@in_one_transaction
def save_answers(*, filing: UUID, step: str, answers: Mapping[str, Any], revision: int, by: Actor) -> Saved:
    """
    Keep the answers of one step, good or bad, as they were typed.

    :raises AccessDenied: if `by` may not prepare in the filing's block
    :raises ClosedToChange: if the filing is neither a draft nor returned
    :raises StaleDraft: if somebody changed it since revision `revision`; it comes along as it is now
    :raises UnknownStep: if the type has no such step
    :raises AnswerTooLong: if an answer is longer than any that a person would type
    """
    found, authority = _open_for(filing, revision, by)
    kind = found.filing_type
    if (form := kind.step(step)) is None:
        raise UnknownStep(step)
    facts = kind.facts(found.registrant, legal_day(authority.at))
    found.answers = found.answers | typed_in(form, answers)
    found.about = kind.about(found.answers, facts)[:200]
    _changed(found, authority)
    return Saved(found, findings_of_form(form(found.answers, facts=facts)))


@in_one_transaction
def attach_document(*, filing: UUID, file: StoredFile, revision: int, by: Actor) -> FilingDocument:
    """
    Add a stored file to a filing.

    :raises AccessDenied: if `by` may not prepare in the filing's block
    :raises ClosedToChange: if the filing is neither a draft nor returned
    :raises StaleDraft: if somebody changed it since revision `revision`
    :raises TooMuchTogether: if its documents would weigh too much together
    """
    found, authority = _open_for(filing, revision, by)
    most = policy("filing-documents-megabytes", legal_day(authority.at))
    if file.size + weight_of(documents_of(found)) > most * 1024 * 1024:
        raise TooMuchTogether(most)
    document = found.documents.create(
        file=file, name=shown_name(file.name), attached_by=by.person, attached_at=authority.at
    )  # fmt: skip
    _changed(found, authority)
    return document


@in_one_transaction
def remove_document(*, filing: UUID, document: UUID, revision: int, by: Actor) -> Filing:
    """
    Take a document out of a filing; a second time is harmless. What was filed keeps it.

    :raises AccessDenied: if `by` may not prepare in the filing's block
    :raises ClosedToChange: if the filing is neither a draft nor returned
    :raises StaleDraft: if somebody changed it since revision `revision`
    """
    found, authority = _open_for(filing, revision, by)
    if found.documents.filter(public_id=document, removed_at=None).update(removed_at=authority.at):
        _changed(found, authority)
    return found


def _open_for(filing: UUID, revision: int, by: Actor) -> tuple[Filing, Authority]:
    found = locked(filing)
    authority = require(by, Right.PREPARE, enterprise=firm_of(found.registrant), block=found.block, matter=found.matter)
    must_be_as_seen(found, revision)
    return found, authority


def _changed(filing: Filing, authority: Authority) -> None:
    """Count the change, and ring the pages of those who write along."""
    filing.revision += 1
    filing.changed_at = authority.at
    filing.save(update_fields=["answers", "about", "revision", "changed_at"])
    ring(f"filing:{filing.public_id}", filing.list_topic)
