"""Rows of the platform: events and what they set off, mail, letters, files, and the keys of requests."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mandat.platform.clock import now
from mandat.platform.effects import EFFECT, EffectMove, EffectState
from mandat.platform.keys import Keyed


class Effect(Keyed):
    """Something to be done outside the act that ordered it, by a job, until it is done or set aside."""

    state = models.CharField(max_length=10, choices=EffectState, default=EffectState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    ordered_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    #: The name of the job that attempts it.
    job: ClassVar[str]

    class Meta:
        abstract = True
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=EffectState.values), name="%(class)s_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=EffectState.DONE) ^ Q(done_at=None), name="%(class)s_is_dated_when_done"
            ),
        ]

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.public_id}"

    @property
    def lock(self) -> str:
        """Return the lock of its job: jobs of one lock run one at a time, in their order."""
        return f"{self.job}:{self.public_id}"

    def make(self, move: EffectMove) -> None:
        """Make a move. The only code that writes the state of an effect."""
        self.state = EFFECT.target(move, EffectState(self.state))
        self.done_at = now() if self.state == EffectState.DONE else None
        self.save(update_fields=["state", "done_at", "attempts", "last_error"])


class EventRow(Keyed):
    """One event, as it happened. Never changed, never deleted."""

    name = models.CharField(max_length=100)
    aggregate = models.CharField(max_length=50)  # what it happened to, and which one
    aggregate_id = models.CharField(max_length=100)
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["aggregate", "aggregate_id", "id"], name="events_of_an_aggregate")]

    def __str__(self) -> str:
        return f"{self.name} {self.aggregate}:{self.aggregate_id}"


class Delivery(Effect):
    """One event for one handler."""

    event = models.ForeignKey(EventRow, on_delete=models.PROTECT, related_name="deliveries")
    handler = models.CharField(max_length=200)
    job = "deliver"

    class Meta(Effect.Meta):
        constraints = [
            *Effect.Meta.constraints,
            models.UniqueConstraint(fields=["event", "handler"], name="one_delivery_per_event_and_handler"),
        ]

    @property
    def lock(self) -> str:
        """Return a lock that keeps the order of events per aggregate and handler, and between no others."""
        return f"{self.handler}:{self.event.aggregate}:{self.event.aggregate_id}"


class Mail(Effect):
    """One message to one address. Its text, which may hold a secret, is forgotten once sent."""

    key = models.CharField(max_length=200, unique=True)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=2)
    job = "send_mail"


class Letter(Effect):
    """One letter to one address. Its page, which may hold a secret, is forgotten once printed."""

    key = models.CharField(max_length=200, unique=True)
    recipient = models.TextField()  # the lines of the address
    page = models.TextField(blank=True)  # HTML, as it was when the letter was ordered
    language = models.CharField(max_length=2)
    job = "print_letter"


class Condition(models.TextChoices):
    """What is known of a content: only one found clean is given out without a word."""

    CLEAN = "clean", _("Analysé")
    NOT_SCANNED = "not_scanned", _("Non analysé")
    WAITING = "waiting", _("Analyse en cours")
    INFECTED = "infected", _("Retenu : logiciel malveillant")


class Scan(Effect):
    """The search of one content for malicious software, by the scanner of the deployment."""

    sha256 = models.CharField(max_length=64, unique=True)
    is_clean = models.BooleanField(null=True)  # null until it is done
    found = models.CharField(max_length=200, blank=True)  # what the scanner calls what it found
    job = "scan_file"

    class Meta(Effect.Meta):
        constraints = [
            *Effect.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(state=EffectState.DONE) | Q(is_clean__isnull=False), name="a_scan_done_says_what_it_found"
            ),
        ]


class StoredFile(Keyed):
    """One file handed in. Its content is kept under its hash, so that the same content is kept once."""

    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    name = models.CharField(max_length=150)  # as its sender called it: shown, never a path
    media_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField()
    #: None: stored while the deployment had no scanner.
    scan = models.ForeignKey(Scan, on_delete=models.PROTECT, null=True, blank=True, related_name="files")

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="file_has_a_sha256")]

    def __str__(self) -> str:
        return self.name

    @property
    def condition(self) -> Condition:
        """Return what is known of its content. Select `scan` along."""
        if self.scan is None:
            return Condition.NOT_SCANNED
        if self.scan.is_clean is None:
            return Condition.WAITING
        return Condition.CLEAN if self.scan.is_clean else Condition.INFECTED


class IdempotencyKey(models.Model):
    """What a caller names a request by, so that its twin finds the first one's result."""

    key = models.UUIDField(primary_key=True)
    command = models.CharField(max_length=100)
    asked_by = models.UUIDField()
    result = models.CharField(max_length=200, blank=True)
    claimed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.command} {self.key}"

    def keep(self, *, result: object) -> None:
        """Keep what the command made, for its twins."""
        self.result = str(result)
        self.save(update_fields=["result"])
