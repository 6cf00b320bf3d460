"""What surrounds a verification: who steps aside, what is looked at again, who asks for a person or for an RSE."""

from django.db import models
from django.db.models import PROTECT, Q
from django.utils.translation import gettext_lazy as _

from mandat.enrolment.models.enrolments import LANGUAGES, Enrolment
from mandat.enterprises.models import known
from mandat.identity.models import Person
from mandat.platform.keys import Keyed


class Recusal(Keyed):
    """Somebody of the desk who steps aside from an enrolment: they know those whom it names. Never taken back."""

    enrolment = models.ForeignKey(Enrolment, on_delete=PROTECT, related_name="recusals")
    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="+", db_index=False)
    words = models.CharField(max_length=500)
    at = models.DateTimeField()
    authority = models.JSONField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "person"], name="one_steps_aside_once"),
        ]

    def __str__(self) -> str:
        return str(self.person)


class Look(models.TextChoices):
    """What a second look at an approval found."""

    CONFIRMED = "confirmed", _("Rien à redire")
    DOUBTFUL = "doubtful", _("Un doute, à suivre")


class SecondLook(Keyed):
    """An approval that was drawn to be looked at again, by somebody else than whoever made it."""

    enrolment = models.OneToOneField(Enrolment, on_delete=PROTECT, related_name="second_look")
    drawn_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Look, blank=True)
    words = models.CharField(max_length=2000, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_by = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+", db_index=False)
    authority = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome="") | Q(outcome__in=Look.values), name="look_is_known"),
            models.CheckConstraint(condition=Q(outcome="") ^ Q(looked_at__isnull=False), name="a_look_is_dated"),
            models.CheckConstraint(
                condition=Q(looked_at=None) ^ Q(looked_by__isnull=False), name="a_look_has_its_author"
            ),
        ]

    def __str__(self) -> str:
        return self.enrolment.number


class Moment(models.TextChoices):
    """When somebody would be called."""

    ANY = "any", _("N’importe quand, les jours ouvrables")
    MORNING = "morning", _("Le matin")
    AFTERNOON = "afternoon", _("L’après-midi")


class CallRequest(Keyed):
    """An applicant who asks for a person: the desk calls, or writes, and notes what was said."""

    enrolment = models.ForeignKey(Enrolment, on_delete=PROTECT, related_name="call_requests")
    phone = models.CharField(max_length=40, blank=True)  # blank: they would be written to
    moment = models.CharField(max_length=10, choices=Moment)
    words = models.CharField(max_length=1000)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+", db_index=False)
    authority = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            known("moment", Moment, name="moment_is_known"),
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(answered_at=None), name="one_open_call_request_per_enrolment"
            ),
            models.CheckConstraint(condition=Q(answer="") ^ Q(answered_at__isnull=False), name="an_answer_is_dated"),
            models.CheckConstraint(
                condition=Q(answered_at=None) ^ Q(answered_by__isnull=False), name="an_answer_has_its_author"
            ),
        ]

    def __str__(self) -> str:
        return self.enrolment.number


class FirmQuestion(Keyed):
    """Somebody who asks who is in charge of a firm's account. Those in charge are told, and answer if they will."""

    neq = models.CharField(max_length=10)
    name = models.CharField(max_length=200)  # of whoever asks
    email = models.EmailField()
    language = models.CharField(max_length=2, choices=LANGUAGES)
    words = models.CharField(max_length=1000)
    asked_at = models.DateTimeField()
    #: How many were told; nothing while nobody looked. The page that asked never says.
    told = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["neq", "-asked_at"], name="firm_questions_by_neq")]

    def __str__(self) -> str:
        return str(self.public_id)
