"""What a person is told of what happened to their access: a history that nobody changes."""

from django.db import models
from django.db.models import PROTECT

from mandat.identity.models.logins import Login
from mandat.identity.models.people import Person


class SecurityNote(models.Model):
    """One line of a person's history. `notices` says which events make one, and its words."""

    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="notes", db_index=False)
    login = models.ForeignKey(Login, on_delete=PROTECT, null=True, related_name="notes")
    event = models.CharField(max_length=100)  # its name, in the catalogue
    event_id = models.UUIDField()
    at = models.DateTimeField()
    detail = models.JSONField(default=dict)  # ids and codes only

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["person", "-at", "-id"], name="notes_of_a_person")]
        constraints = [models.UniqueConstraint(fields=["event_id", "person"], name="one_note_per_event_and_person")]

    def __str__(self) -> str:
        return f"{self.event} {self.event_id}"
