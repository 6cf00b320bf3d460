"""Sessions: what a sign-in opened, for whom, through which login, and why it ended."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import PROTECT, F, Q
from django.utils.translation import gettext_lazy as _

from mandat.identity.models.logins import Login
from mandat.identity.models.people import Person
from mandat.platform.keys import Keyed


class Ending(models.TextChoices):
    """Why a session ended."""

    SIGNED_OUT = "signed_out", _("Sortie")
    IDLE = "idle", _("Sans activité")
    EXPIRED = "expired", _("Durée maximale atteinte")
    ENDED_ELSEWHERE = "ended_elsewhere", _("Fermée depuis une autre session")
    SUSPENDED = "suspended", _("Accès suspendu")
    RELINKED = "relinked", _("Accès passé à une autre personne")
    PASSWORD_CHANGED = "password_changed", _("Mot de passe changé")
    FACTOR_CHANGED = "factor_changed", _("Second facteur changé")
    EMAIL_CHANGED = "email_changed", _("Courriel changé")
    RECOVERED = "recovered", _("Accès récupéré")
    REPLACED = "replaced", _("Nouvelle entrée dans le même navigateur")


class Session(Keyed):
    """
    A session, from its sign-in to its end. Every request reads it: one that has ended opens nothing more.

    `browser`, `system` and `address` say it coarsely to its person; nobody is recognised by them.
    """

    login = models.ForeignKey(Login, on_delete=PROTECT, related_name="sessions")
    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="sessions")
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()  # whatever happens
    idle_minutes = models.PositiveSmallIntegerField()
    seen_at = models.DateTimeField()  # to a few minutes: the browser keeps the second, signed
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=20, choices=Ending, blank=True)
    methods = ArrayField(models.CharField(max_length=20))
    assurance = models.CharField(max_length=20)
    browser = models.CharField(max_length=40, blank=True)
    system = models.CharField(max_length=40, blank=True)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["person", "id"], name="sessions_open", condition=Q(ended_at=None))]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at=None) ^ ~Q(ending=""), name="session_ends_for_a_reason"),
            models.CheckConstraint(condition=Q(opened_at__lt=F("ends_at")), name="session_ends_after_it_opened"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
