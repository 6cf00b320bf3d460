"""How often somebody was wrong lately."""

from django.db import models
from django.db.models import Q


class Tries(models.Model):
    """How many tries of one kind were made within a period. The key is a keyed hash: no name and no address is kept."""

    key = models.CharField(max_length=64, primary_key=True)
    made = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "tries"
        ordering = ["key"]
        constraints = [models.CheckConstraint(condition=Q(key__regex=r"^[0-9a-f]{64}$"), name="tries_key_is_hashed")]

    def __str__(self) -> str:
        return self.key[:8]
