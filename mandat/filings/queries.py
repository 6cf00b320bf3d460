"""What is asked about filings. Which ones a person sees is the decision in set form; a test holds the two together."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from mandat.access.queries import may
from mandat.access.rights import Right
from mandat.filings.canonical import read_canonical
from mandat.filings.models import Filing, FilingDocument, FilingMove, Submission
from mandat.filings.workflow import AWAITING_REVIEW, State
from mandat.identity.models import Person
from mandat.register.models import Registrant

_FIRM = "registrant__service_registration__enterprise"


def filings_visible_to(person: Person, at: datetime) -> QuerySet[Filing]:
    """Return the filings that a person may view on behalf of a firm: the last changed first."""
    viewable = may(person, Right.VIEW, enterprise=_FIRM, block="block", subject="public_id", at=at)
    return Filing.objects.filter(viewable).select_related("registrant")


def filings_of(registrant: Registrant, person: Person, at: datetime) -> QuerySet[Filing]:
    """Return the filings of one registrant that a person may view."""
    return filings_visible_to(person, at).filter(registrant=registrant)


def filings_in(
    registrant: Registrant | None, blocks: Collection[str], subjects: Collection[UUID] = ()
) -> QuerySet[Filing]:  # fmt: skip
    """Return the filings of one registrant, if there is one, in the blocks, or one by one, that a person may view."""
    viewable = Q(block__in=blocks) | Q(public_id__in=subjects)
    return Filing.objects.filter(viewable, registrant=registrant).select_related("registrant")


def filings_examinable_by(person: Person, at: datetime) -> QuerySet[Filing]:
    """Return the filings that an officer may examine or has examined. A draft is the firm's own business."""
    examinable = may(person, Right.EXAMINE, enterprise=_FIRM, block="block", at=at)
    return Filing.objects.filter(examinable).exclude(number="").select_related("registrant")


def filings_awaiting_review(person: Person, at: datetime) -> QuerySet[Filing]:
    """Return an officer's queue: what waits longest first, with since when it waits."""
    submitted = Submission.objects.filter(filing=OuterRef("pk")).order_by("-ordinal").values("at")[:1]
    waiting = filings_examinable_by(person, at).filter(state__in=AWAITING_REVIEW)
    return waiting.annotate(waits_since=Subquery(submitted)).order_by("waits_since", "id")


def timeline(filing: Filing) -> QuerySet[FilingMove]:
    """Return what happened to a filing, the first thing first, each with who did it and what was filed."""
    return filing.history.select_related("by", "submission")


def last_submission(filing: Filing) -> Submission | None:
    """Return what was filed last."""
    return filing.submissions.order_by("ordinal").last()


def as_filed(submission: Submission) -> dict[str, Any]:
    """Return what was filed, as it was frozen: what pages show of a filing that is no longer a draft."""
    content: dict[str, Any] = read_canonical(submission.content.encode())
    return content


def documents_of(filing: Filing) -> QuerySet[FilingDocument]:
    """Return the files that go with a filing."""
    return filing.documents.filter(removed_at=None).select_related("file__scan")


@dataclass(frozen=True)
class Correction:
    """What an officer wants changed: the field, the words, and the step that opens it."""

    step: str
    field: str
    message: str


def corrections_of(filing: Filing) -> list[Correction]:
    """Return what an officer asked to correct, while the filing is in the firm's hands for that."""
    if filing.state != State.RETURNED:
        return []
    asked = filing.history.filter(after=State.RETURNED).latest("id").corrections
    steps = {each["field"]: filing.filing_type.step_of(each["field"]) for each in asked}
    return [Correction(step.code, each["field"], each["message"]) for each in asked if (step := steps[each["field"]])]
