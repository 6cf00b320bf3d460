"""The keys that sign what we say of persons."""

from django.db import models
from django.db.models import Q

from mandat.platform.keys import Keyed


class SigningKey(Keyed):
    """An RSA key: published before it signs, while it signs, and after. The private half is kept encrypted."""

    kid = models.CharField(max_length=64, unique=True)
    public = models.JSONField()
    private = models.TextField(blank=True)  # encrypted under the secret of the deployment; forgotten once retired
    published_at = models.DateTimeField()
    signs_from = models.DateTimeField(null=True)
    signs_until = models.DateTimeField(null=True)
    published_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(signs_from__isnull=False, signs_until=None), name="one_key_signs_at_once"
            ),
            models.UniqueConstraint(models.Value(1), condition=Q(signs_from=None), name="one_key_waits_at_once"),
            models.CheckConstraint(
                condition=Q(signs_until=None, published_until=None)
                | Q(signs_until__isnull=False, published_until__isnull=False, private=""),
                name="a_retired_key_signs_no_more_and_leaves",
            ),
        ]

    def __str__(self) -> str:
        return self.kid
