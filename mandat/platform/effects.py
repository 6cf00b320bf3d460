"""
Effects: what an act sets off outside its own transaction, attempted by a job until it is done.

The row is written and the job deferred with the act; the job locks the row, does the work and marks it done. An attempt
is counted before it begins, so that one that kills the worker counts too. After the last one the effect is set aside
(parked): an error is logged, `queries` shows it, `commands` resumes it. So are events delivered, mail and letters sent.
"""

import logging
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from mandat.platform.workflow import Workflow

if TYPE_CHECKING:
    from mandat.platform.models import Effect

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 7
#: 4 s, 16 s, 64 s, 4 min, 17 min, 68 min: an hour and a half before an effect is set aside.
WAITS = RetryStrategy(exponential_wait=4)


class EffectState(models.TextChoices):
    """How far an effect has come."""

    PENDING = "pending", _("En attente")
    DONE = "done", _("Fait")
    PARKED = "parked", _("Mis de côté")


class EffectMove(models.TextChoices):
    """What may happen to an effect."""

    FINISH = "finish", _("Terminer")
    PARK = "park", _("Mettre de côté")
    RESUME = "resume", _("Reprendre")


EFFECT = Workflow(
    (EffectMove.FINISH, EffectState.DONE, [EffectState.PENDING]),
    (EffectMove.PARK, EffectState.PARKED, [EffectState.PENDING]),
    (EffectMove.RESUME, EffectState.PENDING, [EffectState.PARKED]),
)

E = TypeVar("E", bound="Effect")


def require_transaction() -> None:
    """
    Refuse to order an effect that would survive the failure of its act.

    :raises TransactionManagementError: outside a transaction
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an effect is ordered inside the transaction of its act")


def defer(*effects: "Effect") -> None:
    """Defer the jobs that will attempt some effects, in the current transaction, by one statement."""
    deferrers = [app.configure_task(each.job, allow_unknown=False, lock=each.lock) for each in effects]
    jobs = [
        deferrer.make_new_job(effect=str(each.public_id)) for deferrer, each in zip(deferrers, effects, strict=True)
    ]
    if jobs:
        deferrers[0].job_manager.batch_defer_jobs(jobs=jobs)


def attempt(kind: type[E], public_id: str, work: Callable[[E], Any]) -> None:
    """
    Do the work of an effect once, in one transaction with marking it done; or do nothing if it is no longer pending.

    :raises Exception: that of the work, so that the job is tried again later; none once the effect is set aside
    """
    if not _begin(kind, public_id):
        return
    try:
        with transaction.atomic():
            effect = locked(kind, public_id)
            if effect.state == EffectState.PENDING:
                work(effect)
                effect.make(EffectMove.FINISH)
    except Exception as error:
        if _record_failure(kind, public_id, error):
            raise


@transaction.atomic
def _begin(kind: type[E], public_id: str) -> bool:
    effect = locked(kind, public_id)
    if effect.state != EffectState.PENDING:
        return False
    if effect.attempts >= MOST_ATTEMPTS:
        _park(effect, "the worker stopped during the last attempt")
        return False
    effect.attempts += 1
    effect.save(update_fields=["attempts"])
    return True


@transaction.atomic
def _record_failure(kind: type[E], public_id: str, error: Exception) -> bool:
    """Return whether there is a next attempt."""
    effect = locked(kind, public_id)
    if effect.state != EffectState.PENDING:
        return False
    place = traceback.extract_tb(error.__traceback__)[-1]
    described = f"{type(error).__name__}: {error} ({place.name}, line {place.lineno})"
    if effect.attempts >= MOST_ATTEMPTS:
        _park(effect, described)
        return False
    effect.last_error = described
    effect.save(update_fields=["last_error"])
    return True


def _park(effect: "Effect", error: str) -> None:
    effect.last_error = error
    effect.make(EffectMove.PARK)
    # What the error says may hold personal data: it stays in the row, and the log names the row.
    logger.error("set aside after %s attempts: %s", effect.attempts, effect)


def locked(kind: type[E], public_id: str | UUID) -> E:
    """Return an effect, locked until the transaction ends."""
    return kind._default_manager.select_for_update(of=("self",)).get(public_id=public_id)  # noqa: SLF001
