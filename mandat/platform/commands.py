"""What may be asked of the platform by those who keep it running. Whether they may ask is decided above."""

from typing import TypeVar
from uuid import UUID

from django.db import transaction

from mandat.platform.effects import EffectMove, defer, locked
from mandat.platform.models import Delivery, Effect, Letter, Mail, Scan

E = TypeVar("E", bound=Effect)


def unpark_delivery(*, delivery: UUID) -> Delivery:
    """
    Attempt again a delivery that was set aside; those that came after it have gone ahead.

    :raises MoveNotAllowed: if it was not set aside
    """
    return resume(Delivery, delivery)


def unpark_mail(*, mail: UUID) -> Mail:
    """
    Try again to send a message that was set aside.

    :raises MoveNotAllowed: if it was not set aside
    """
    return resume(Mail, mail)


def unpark_letter(*, letter: UUID) -> Letter:
    """
    Try again to print a letter that was set aside.

    :raises MoveNotAllowed: if it was not set aside
    """
    return resume(Letter, letter)


def unpark_scan(*, scan: UUID) -> Scan:
    """
    Try again to have a content scanned.

    :raises MoveNotAllowed: if it was not set aside
    """
    return resume(Scan, scan)


@transaction.atomic
def resume(kind: type[E], public_id: UUID) -> E:
    """
    Attempt again an effect that was set aside.

    :raises MoveNotAllowed: if it was not set aside
    """
    effect = locked(kind, public_id)
    effect.attempts = 0
    effect.make(EffectMove.RESUME)
    defer(effect)
    return effect
