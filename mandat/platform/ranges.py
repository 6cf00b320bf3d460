"""Dated facts as half-open ranges, and the constraints that keep them apart. No contrib extension is needed."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db.models import Deferrable, F, Func, Q, Value
from django.db.models.expressions import Combinable


def same_number(column: str) -> Func:
    """Return a bigint column as a range of one value: `&&` between two of them stands for equality."""
    return Func(F(column), F(column), Value("[]"), function="int8range")


def same_text(column: str) -> Func:
    """Return a text column, hashed, as a range of one value."""
    hashed: Combinable = Func(F(column), Value(0), function="hashtextextended")
    return Func(hashed, hashed, Value("[]"), function="int8range")


def never_at_once(
    name: str, *, keys: list[Func], condition: Q | None = None, deferrable: Deferrable | None = None
) -> ExclusionConstraint:
    """
    Forbid two rows with the same keys whose `during` overlap.

    One that is deferrable is checked at the end of a statement, which may then move the dates of several rows at once.
    """
    return ExclusionConstraint(
        name=name,
        expressions=[*((key, RangeOperators.OVERLAPS) for key in keys), ("during", RangeOperators.OVERLAPS)],
        condition=condition,
        deferrable=deferrable,
    )


def half_open() -> Q:
    """Return the condition that `during` includes its start and excludes its end."""
    return Q(during__startswith__isnull=False, during__lower_inc=True, during__upper_inc=False, during__isempty=False)
