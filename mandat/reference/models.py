"""Dated reference data: what a rule reads instead of a constant, with its source and whether it was verified."""

from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import get_language


def _same(column: str) -> Func:
    hashed = Func(F(column), Value(0), function="hashtextextended")
    return Func(hashed, hashed, Value("[]"), function="int8range")


class Entry(models.Model):
    """One entry of one list, true during some dates. The lists themselves are the entries of the list `list`."""

    kind = models.CharField(max_length=40)  # the list: block, jurisdiction, holiday…
    code = models.CharField(max_length=60)
    label_fr = models.CharField(max_length=300)
    label_en = models.CharField(max_length=300)
    values = models.JSONField(default=dict, blank=True)
    during = DateRangeField()  # half-open; the end may be open
    source = models.CharField(max_length=300)
    is_verified = models.BooleanField()
    #: The values in doubt; with none named, an unverified entry is in doubt as a whole.
    to_confirm = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["kind", "position", "code", "during"]
        constraints = [
            models.CheckConstraint(
                condition=Q(during__startswith__isnull=False, during__isempty=False), name="entry_begins_on_a_day"
            ),
            models.CheckConstraint(condition=Q(is_verified=False) | Q(to_confirm=[]), name="verified_leaves_no_doubt"),
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

    @property
    def label(self) -> str:
        """Return the label in the language of the page."""
        return self.in_language("label", {"label_fr": self.label_fr, "label_en": self.label_en})

    @property
    def last_day(self) -> date | None:
        """Return the last day on which the entry holds, if an end is known."""
        return self.during.upper and self.during.upper - timedelta(days=1)

    def value(self, name: str) -> str:
        """Return a value that exists in both languages, such as `scope`, in the language of the page."""
        return self.in_language(name, self.values)

    @staticmethod
    def in_language(name: str, pair: dict[str, str]) -> str:
        """Return the half of a pair that the page's language asks for: French unless English."""
        english = (get_language() or "").startswith("en")
        return pair[f"{name}_en" if english else f"{name}_fr"]


class Correction(models.Model):
    """What an entry said before a load corrected or ended it. Goes only with an entry that was never in force."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="corrections")
    at = models.DateTimeField(db_default=Now())
    before = models.JSONField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.entry} {self.at}"
