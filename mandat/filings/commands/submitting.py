"""What those who sign do: file, and take back what they filed."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import IntegrityError
from psycopg import Error

from mandat.access.decision import Authority, Right, require
from mandat.access.retries import in_one_transaction
from mandat.filings.canonical import canonical, sha256_of
from mandat.filings.definition import Weight
from mandat.filings.errors import FilingIncomplete, NothingChanged, ReasonMissing
from mandat.filings.events import FilingSubmitted, FilingWithdrawn
from mandat.filings.freezing import content_of, says_the_same
from mandat.filings.locking import firm_of, locked, locked_for_submission, must_be_as_seen
from mandat.filings.models import Filing, Submission
from mandat.filings.number import filing_number
from mandat.filings.queries import as_filed, documents_of
from mandat.filings.reading import read
from mandat.filings.workflow import Move
from mandat.identity.actor import Actor
from mandat.platform.clock import legal_day
from mandat.platform.events import publish
from mandat.platform.idempotency import IdempotencyConflict


@contextmanager
def a_key_serves_once() -> Iterator[None]:
    """
    Say by its name what happens to two different requests that use one key at the same instant.

    :raises IdempotencyConflict: for the second
    """
    try:
        yield
    except IntegrityError as violated:
        if (
            isinstance(violated.__cause__, Error)
            and violated.__cause__.diag.constraint_name == "one_submission_per_key"
        ):
            raise IdempotencyConflict("submit_filing") from violated
        raise


@a_key_serves_once()
@in_one_transaction
def submit_filing(*, key: UUID, filing: UUID, revision: int, by: Actor) -> Submission:
    """
    Sign a filing as it was shown, and submit it for review. Asked twice with the same key, it is done once.

    :raises AccessDenied: if `by` may not sign in the filing's block
    :raises ClosedToChange: if the filing is neither a draft nor returned
    :raises StaleDraft: if it is no longer what the signer saw
    :raises FilingIncomplete: if something holds it back
    :raises NothingChanged: if it was returned, and says what it said before
    :raises IdempotencyConflict: if the key served for another filing, revision or person
    """
    found, serial = locked_for_submission(filing)
    if twin := Submission.objects.filter(key=key).order_by("id").first():
        if (twin.filing_id, twin.revision, twin.signed_by_id) != (found.pk, revision, by.person.pk):
            raise IdempotencyConflict("submit_filing")
        return twin
    authority = require(by, Right.SIGN, enterprise=firm_of(found.registrant), block=found.block, matter=found.matter)
    must_be_as_seen(found, revision)
    is_first = serial is not None
    if serial is not None:
        found.number = filing_number(legal_day(authority.at).year, serial)
    submission = _frozen(found, authority, previous=None if is_first else found.submissions.latest("ordinal"))
    submission.key = key
    submission.save()
    found.make(Move.SUBMIT, under=authority, submission=submission)
    publish(
        FilingSubmitted(
            filing=str(found.public_id), submission=str(submission.public_id), submitted_by=str(by.person.public_id)
        ),
        found.list_topic,
    )
    return submission


def _frozen(filing: Filing, authority: Authority, *, previous: Submission | None) -> Submission:
    reading = read(filing, authority.at)
    if reading.of_weight(Weight.ERROR):
        raise FilingIncomplete(reading.findings)
    filing.about = reading.about
    content = content_of(reading, documents=documents_of(filing), signer=authority, previous=previous)
    if previous and says_the_same(content, as_filed(previous)):
        raise NothingChanged(filing.number)
    frozen = canonical(content)
    return Submission(
        filing=filing, ordinal=content["ordinal"], revision=filing.revision, content=frozen.decode(),
        sha256=sha256_of(frozen), signed_by=authority.by.person, at=authority.at, authority=authority.as_record(),
    )  # fmt: skip


@in_one_transaction
def withdraw(*, filing: UUID, reason: str, by: Actor) -> Filing:
    """
    Take back a filing before it is decided. What was signed takes a signer to withdraw, and a reason.

    :raises AccessDenied: if `by` may not sign in the filing's block, nor prepare for one never submitted
    :raises ReasonMissing: if it was submitted and no reason is given
    :raises MoveNotAllowed: if it is under review, or decided
    """
    found = locked(filing)
    right = Right.SIGN if found.number else Right.PREPARE
    authority = require(by, right, enterprise=firm_of(found.registrant), block=found.block, matter=found.matter)
    if found.number and not reason.strip():
        raise ReasonMissing
    submission = found.submissions.order_by("ordinal").last()
    found.make(Move.WITHDRAW, under=authority, submission=submission, reason=reason.strip())
    publish(FilingWithdrawn(filing=str(found.public_id), withdrawn_by=str(by.person.public_id)), found.list_topic)
    return found
