"""
What was read of the enterprises register's open data, and when.

The data themselves stand in six tables, each in two slots: one slot is read while the other is filled, and `Extract`
says which. A migration makes those tables, `commands` fills them, `queries` reads them: no row is ever saved alone.
"""

from django.db import models
from django.db.models import Q

from mandat.platform.keys import Keyed

SLOTS = (0, 1)


class Extract(Keyed):
    """One reading of the open data: of what day they are, and what became of it."""

    slot = models.PositiveSmallIntegerField()
    as_of = models.DateField()  # the day that the data tell of
    sha256 = models.CharField(max_length=64)
    is_current = models.BooleanField(default=False)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # when it came into use; never, if the reading was abandoned
    counts = models.JSONField(default=dict)  # by file: rows read, kept, left out, refused

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(slot__in=SLOTS), name="extract_is_in_a_slot"),
            models.UniqueConstraint(fields=["is_current"], condition=Q(is_current=True), name="one_current_extract"),
        ]

    def __str__(self) -> str:
        return f"{self.as_of}"
