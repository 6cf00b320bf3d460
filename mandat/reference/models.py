"""Dated reference data: what a rule reads instead of a constant, with its source and whether it was verified."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Value


def _same(column: str) -> Func:
    hashed = Func(F(column), Value(0), function="hashtextextended")
    return Func(hashed, hashed, Value("[]"), function="int8range")


class Entry(models.Model):
    """One entry of one list, true during some dates."""

    kind = models.CharField(max_length=40)  # the list: block, jurisdiction, holiday…
    code = models.CharField(max_length=60)
    label_fr = models.CharField(max_length=300)
    label_en = models.CharField(max_length=300)
    values = models.JSONField(default=dict, blank=True)
    during = DateRangeField()  # half-open; the end may be open
    source = models.CharField(max_length=300)
    is_verified = models.BooleanField()
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["kind", "position", "code", "during"]
        constraints = [
            ExclusionConstraint(
                name="one_entry_per_code_at_once",
                expressions=[
                    (_same("kind"), RangeOperators.OVERLAPS),
                    (_same("code"), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"
