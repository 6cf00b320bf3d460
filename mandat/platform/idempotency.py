"""Idempotency keys: the same request asked twice is done once, and answered twice."""

from uuid import UUID

from django.db import connection

from mandat.platform.effects import require_transaction
from mandat.platform.models import IdempotencyKey


class IdempotencyConflict(Exception):
    """The key was already used, for another command or by somebody else."""


class NothingKept(Exception):
    """A command claimed the key, succeeded, and kept no result: a fault in that command."""


def claim(key: UUID, command: str, *, asked_by: UUID) -> IdempotencyKey:
    """
    Claim a key for the current transaction; a twin waits for the first to end, then finds its `result`.

    :raises IdempotencyConflict: if it was used for another command, or by somebody else
    :raises NothingKept: if the first kept no result
    """
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO platform_idempotencykey (key, command, asked_by, result, claimed_at)"
            " VALUES (%s, %s, %s, '', app_now()) ON CONFLICT DO NOTHING",
            [key, command, asked_by],
        )
        is_new = cursor.rowcount == 1
    request = IdempotencyKey.objects.get(key=key)
    if (request.command, request.asked_by) != (command, asked_by):
        raise IdempotencyConflict(command)
    if not (is_new or request.result):
        raise NothingKept(command)
    return request
