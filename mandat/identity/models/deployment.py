"""What the database is: a demonstration, or a real one."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Deployment(models.Model):
    """What this database is: one row, written when it is created; a trigger refuses to change or delete it."""

    class Kind(models.TextChoices):
        DEMO = "demo", _("Démonstration")
        REAL = "real", _("Réelle")

    is_the_one = models.BooleanField(primary_key=True, default=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(is_the_one=True), name="one_deployment_per_database")]

    def __str__(self) -> str:
        return self.kind
