"""Who was warned that their access sleeps."""

from django.db import models
from django.db.models import PROTECT

from mandat.identity.models.people import Person


class DormancyWarning(models.Model):
    """A person was warned that they have not signed in since an instant; their next sign-in makes it void."""

    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="dormancy_warnings", db_index=False)
    since = models.DateTimeField()
    warned_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["person", "since"], name="one_warning_per_sleep")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.since}"
