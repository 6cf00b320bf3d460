"""Many enrolments that wait at the desk, each with its checks and its case: copies of one, made in a few statements."""

import uuid
from datetime import timedelta

from mandat.access.rights import Right
from mandat.casework.models import Case
from mandat.enrolment.models import Enrolment, EnrolmentCheck, EnrolmentMove, Risk
from mandat.enrolment.queries import QUEUE, last_submission
from mandat.enrolment.tests.world import World

#: One in five is of high risk, one in five of medium.
RISKS = (Risk.HIGH, Risk.MEDIUM, Risk.LOW, Risk.LOW, Risk.LOW)
WEIGHTS = {Risk.HIGH: 2, Risk.MEDIUM: 1, Risk.LOW: 0}
BATCH = 1_000


def _copied(row, **changed):
    kept = {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}
    return type(row)(**kept | {"id": None, "public_id": uuid.uuid4()} | changed)


def waiting(world: World, count: int) -> list[Enrolment]:
    """Have enrolments of as many firms wait, the last the oldest; one in ten is in the officer's hands."""
    one = world.submitted()
    move = last_submission(one)
    firms = Enrolment.objects.count()
    rows = [
        _copied(
            one, number=f"E-2026-{firms + place:06}-0", neq=f"11{firms + place:08}", name=f"Firme {firms + place}",
            risk=RISKS[place % 5], submitted_at=one.submitted_at - timedelta(minutes=place),
        )
        for place in range(1, count)
    ]  # fmt: skip
    made = [one, *Enrolment.objects.bulk_create(rows, BATCH)]
    moves = EnrolmentMove.objects.bulk_create([_copied(move, enrolment_id=each.pk) for each in made[1:]], BATCH)
    checks = list(move.checks.all())
    EnrolmentCheck.objects.bulk_create(
        (_copied(check, submission_id=each.pk) for each in moves for check in checks), BATCH
    )  # fmt: skip
    Case.objects.bulk_create(
        (
            Case(
                subject_kind="enrolment", subject_id=each.public_id, queue=QUEUE, right=Right.VERIFY,
                opened_at=each.submitted_at, weight=WEIGHTS[each.risk],
                assigned_to=world.officer.person if place % 10 == 0 else None,
            )
            for place, each in enumerate(made)
        ),
        BATCH,
    )  # fmt: skip
    return made
