"""The paper route: the form as it was drawn, each one handed out, and each paper that came in."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import PROTECT, Q
from django.utils.translation import gettext_lazy as _

from mandat.access.decision import Authority
from mandat.enrolment.models.enrolments import LANGUAGES, Enrolment
from mandat.enrolment.workflow import PAPER, PaperMove, PaperState
from mandat.enterprises.models import known
from mandat.identity.models import Person
from mandat.platform.keys import Keyed
from mandat.platform.models import StoredFile


class FormTemplate(Keyed):
    """The designation form in one version and one language, and what a copy of it that nobody altered looks like."""

    version = models.CharField(max_length=8)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    file = models.ForeignKey(StoredFile, on_delete=PROTECT, related_name="+")
    shape = models.JSONField()  # by field: its kind, its flags, its length, its choices
    choices = models.JSONField()  # by question with circles: their codes, in order
    words = models.CharField(max_length=64)  # a hash of those printed
    drawn_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="one_template_per_version_and_language")
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.language}"


class DesignationForm(Keyed):
    """A form handed out: its reference is the number of the enrolment that it begins."""

    enrolment = models.OneToOneField(Enrolment, on_delete=PROTECT, related_name="form")
    template = models.ForeignKey(FormTemplate, on_delete=PROTECT, related_name="forms")
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.enrolment.number


class PaperIntake(Keyed):
    """One paper that came in: what it is, what a program read in it, what an officer typed, what became of it."""

    State, Move = PaperState, PaperMove

    class Source(models.TextChoices):
        """How it came."""

        FILLED = "filled", _("Formulaire rempli à l’écran")
        SCAN = "scan", _("Numérisation, à taper")

    state = models.CharField(max_length=20, choices=PaperState, default=PaperState.RECEIVED)
    source = models.CharField(max_length=10, choices=Source)
    form = models.ForeignKey(DesignationForm, on_delete=PROTECT, null=True, blank=True, related_name="intakes")
    enrolment = models.ForeignKey(Enrolment, on_delete=PROTECT, null=True, blank=True, related_name="papers")
    file = models.ForeignKey(StoredFile, on_delete=PROTECT, related_name="+")
    name = models.CharField(max_length=150)  # cleaned, fit to be shown
    pages = ArrayField(models.CharField(max_length=64), default=list)  # pictures of them, by the hash of each
    read = models.JSONField(default=dict)  # by question
    typed = models.JSONField(default=dict, blank=True)  # the same; what differs was changed by whoever typed
    flags = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(Person, on_delete=PROTECT, related_name="+")
    typed_at = models.DateTimeField(null=True, blank=True)
    typed_by = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [
            known("state", PaperState, name="paper_state_is_known"),
            models.CheckConstraint(condition=Q(source__in=["filled", "scan"]), name="paper_source_is_known"),
            models.CheckConstraint(
                condition=~Q(state="typed")
                | Q(enrolment__isnull=False, typed_by__isnull=False, typed_at__isnull=False),
                name="a_typed_paper_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state="linked") | Q(enrolment__isnull=False), name="a_linked_paper_has_its_enrolment"
            ),
        ]

    def __str__(self) -> str:
        return self.enrolment.number if self.enrolment else self.name

    def make(self, move: PaperMove, *, under: Authority, reason: str = "") -> None:
        """
        Make a move and record it. The only code that writes `state`.

        :raises MoveNotAllowed: if the paper's state does not allow it
        """
        before = PaperState(self.state)
        self.state = PAPER.target(move, before)
        self.save()
        self.history.create(
            move=move, before=before, after=self.state, at=under.at, by=under.by.person, authority=under.as_record(),
            reason=reason,
        )  # fmt: skip

    @property
    def changed(self) -> dict[str, tuple[str, str]]:
        """Return what was typed otherwise than a program had read it, by question."""
        pairs = {name: (self.read.get(name), value) for name, value in self.typed.items()}
        return {name: (one or "", other or "") for name, (one, other) in pairs.items() if (one or "") != (other or "")}


class PaperIntakeMove(Keyed):
    """One move of a paper; never changed, never deleted (by a trigger)."""

    intake = models.ForeignKey(PaperIntake, on_delete=PROTECT, related_name="history")
    move = models.CharField(max_length=20, choices=PaperMove)
    before = models.CharField(max_length=20, choices=PaperState)
    after = models.CharField(max_length=20, choices=PaperState)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=PROTECT, related_name="+")
    authority = models.JSONField()
    reason = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ["id"]
