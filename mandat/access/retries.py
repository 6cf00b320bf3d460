"""One command, one transaction: begun again when PostgreSQL breaks a deadlock; what a constraint refuses, by name."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, Error, SerializationFailure

P = ParamSpec("P")
R = TypeVar("R")

#: How often a transaction that lost a race is begun.
TRIES = 5
#: The longest pause before it is begun again, in seconds: at once, it might take back what the other waits for.
LONGEST_PAUSE = 0.05


def in_one_transaction(command: Callable[P, R]) -> Callable[P, R]:
    """Return the command as one transaction; the outermost is begun again after a deadlock or a lost serialization."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        tries = 1 if connection.in_atomic_block else TRIES
        for left in reversed(range(tries)):
            try:
                with transaction.atomic():
                    return command(*args, **kwargs)
            except OperationalError as failed:
                if not left or not isinstance(failed.__cause__, DeadlockDetected | SerializationFailure):
                    raise
                time.sleep(random.random() * LONGEST_PAUSE)  # noqa: S311 - a pause is no secret
        raise AssertionError("unreachable: the last try returns or raises")

    return run


@contextmanager
def refusing(constraint: str, refusal: type[Exception]) -> Iterator[None]:
    """
    Say by its name what a constraint refuses.

    :raises Exception: the one given, when that constraint is violated
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as violated:
        if isinstance(violated.__cause__, Error) and violated.__cause__.diag.constraint_name == constraint:
            raise refusal from violated
        raise
