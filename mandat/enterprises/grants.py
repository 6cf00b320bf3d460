"""What every dated, revocable fact has: its dates, who gave it under what authority, and how it was ended early."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q

from mandat.platform.keys import Keyed
from mandat.platform.ranges import half_open


class Grant(Keyed):
    """A dated fact. It holds at its start, no more at its end, nor from the instant of its revocation."""

    during = DateTimeRangeField()
    granted_under = models.JSONField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_under = models.JSONField(null=True, blank=True)
    revocation_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=half_open(), name="%(class)s_is_half_open"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_under=None)
                | Q(revoked_at__isnull=False, revoked_under__isnull=False),
                name="%(class)s_revoked_under_an_authority",
            ),
        ]

    def revoke(self, *, at: datetime, under: Mapping[str, object], reason: str) -> None:
        """End the grant at an instant, whatever its dates say."""
        self.revoked_at, self.revoked_under, self.revocation_reason = at, dict(under), reason
        self.save(update_fields=["revoked_at", "revoked_under", "revocation_reason"])


def in_force(at: datetime) -> Q:
    """Return the condition that a grant holds at an instant."""
    return Q(during__contains=at) & (Q(revoked_at=None) | Q(revoked_at__gt=at))


def not_over(at: datetime) -> Q:
    """Return the condition that the dates of a grant have not run out at an instant: it holds, or will."""
    return Q(during__upper_inf=True) | Q(during__endswith__gt=at)
