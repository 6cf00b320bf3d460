"""What persons let services know of them, and the identifier by which each service knows them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import PROTECT, Q

from mandat.identity.models import Person
from mandat.openid.models.clients import Client
from mandat.platform.keys import Keyed


class Subject(models.Model):
    """What the clients of one sector know a person by: drawn at random, of no use elsewhere."""

    sector = models.CharField(max_length=253)
    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="subjects")
    sub = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sector", "person"], name="one_subject_per_sector_and_person"),
            models.UniqueConstraint(fields=["sub"], name="a_subject_names_one_person"),
        ]

    def __str__(self) -> str:
        return self.sub


class Consent(Keyed):
    """What a person lets a service know, until they withdraw it."""

    client = models.ForeignKey(Client, on_delete=PROTECT, related_name="consents")
    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="consents")
    scopes = ArrayField(models.CharField(max_length=20))
    given_at = models.DateTimeField()
    used_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-given_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "person"], condition=Q(withdrawn_at=None), name="one_standing_consent_per_service"
            ),
        ]

    def covers(self, scopes: tuple[str, ...]) -> bool:
        """Tell whether all of this was agreed to."""
        return self.withdrawn_at is None and set(scopes) <= set(self.scopes)
