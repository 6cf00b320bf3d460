"""The automatic checks of an enrolment, made at its submission and again when a source speaks; and its risk."""

from datetime import datetime
from uuid import UUID

from mandat.access.decision import Right, require
from mandat.access.retries import in_one_transaction
from mandat.enrolment import checks
from mandat.enrolment.events import EnrolmentCheckedAgain
from mandat.enrolment.facts import facts_of
from mandat.enrolment.models import Enrolment, EnrolmentCheck, EnrolmentMove
from mandat.enrolment.queries import last_submission, latest_checks
from mandat.enrolment.reading import basis_of
from mandat.enrolment.risk import Signals, weigh
from mandat.enrolment.workflow import AWAITING_APPLICANT, AWAITING_VERIFICATION, State
from mandat.enterprises.models import Basis
from mandat.identity.actor import Actor
from mandat.platform.clock import legal_day, now
from mandat.platform.events import publish
from mandat.reference.queries import entries, policy


def check(enrolment: Enrolment, submission: EnrolmentMove, at: datetime) -> bool:
    """
    Ask every source of what was submitted, keep what is new, and weigh the risk: within the caller's transaction.

    Tells whether anything was new: what a source says again is not written again.
    """
    answers = submission.said["answers"]
    before = latest_checks(submission)
    turn = max((each.turn for each in before.values()), default=0) + 1
    made = [
        EnrolmentCheck(
            submission=submission, code=kind.code, outcome=found.outcome, found=found.said[:300], at=at, turn=turn
        )
        for kind, found in checks.run(answers, facts_of(enrolment, answers))
    ]
    new = [each for each in made if _is_new(each, before.get(each.code))]
    EnrolmentCheck.objects.bulk_create(new)
    _weigh(enrolment, answers, {each.code: each.outcome for each in made}, at)
    return bool(new)


def _is_new(made: EnrolmentCheck, before: EnrolmentCheck | None) -> bool:
    return before is None or (before.outcome, before.found) != (made.outcome, made.found)


def _weigh(enrolment: Enrolment, answers: dict[str, str], outcomes: dict[str, str], at: datetime) -> None:
    today = legal_day(at)
    number = {"neq": enrolment.neq} if enrolment.neq else {"neq": "", "client_number": enrolment.client_number}
    refused = Enrolment.objects.filter(**number, state=State.REFUSED).exclude(pk=enrolment.pk)
    said = Signals(
        outcomes=outcomes, is_by_mandate=basis_of(answers)[0] == Basis.MANDATE, has_neq=bool(enrolment.neq),
        was_refused=refused.exists(),
    )  # fmt: skip
    points = {each.code: each.values["points"] for each in entries("risk_factor", today)}
    weighed = weigh(said, points, policy("enrolment-risk-levels", today))
    enrolment.risk, enrolment.risk_reasons = weighed.level, [list(each) for each in weighed.reasons]
    enrolment.save(update_fields=["risk", "risk_reasons"])


@in_one_transaction
def check_again(*, enrolment: UUID, by: Actor | None = None) -> bool:
    """
    Ask every source again, and tell whether one now says something else; of an enrolment that is decided, nothing.

    Without `by`, it is a source that speaks again, or a twin that was submitted: nobody asks.

    :raises AccessDenied: if `by` is no verification officer
    """
    found = Enrolment.objects.select_for_update(of=("self",)).get(public_id=enrolment)
    if by is not None:
        require(by, Right.VERIFY)
    submission = last_submission(found)
    if submission is None or found.state not in AWAITING_VERIFICATION | AWAITING_APPLICANT:
        return False
    is_new = check(found, submission, now())
    if is_new:
        publish(EnrolmentCheckedAgain(enrolment=str(found.public_id)))
    return is_new
