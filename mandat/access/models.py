"""Proxies that enterprises give, and assignments of the regulator's staff."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.models import PROTECT, F, Q, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from mandat.access.mandataries import ExternalProposal, ExternalProposalHistory, Naming  # noqa: F401 - models are here
from mandat.access.requests import RightsRequest, RightsRequestHistory  # noqa: F401 - two more models, in a module apart
from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.access.workflow import ASSIGNMENT, CHANGE, AssignmentMove, AssignmentState, ChangeMove, ChangeState
from mandat.enterprises.grants import Grant
from mandat.enterprises.models import Enterprise, History, ServiceProvider, known
from mandat.identity.models import Person
from mandat.platform.keys import Keyed
from mandat.platform.ranges import never_at_once, same_number, same_text

_RIGHTS_OF_A_PROXY = [(right.value, right.label) for right in Right if right in RIGHTS_OF_A_PROXY]


def never_twice_at_once(holder: str) -> models.BaseConstraint:
    """Return the constraint that a holder has at most one unrevoked proxy in a block at any instant."""
    columns = ["enterprise_id", "provider_id", f"{holder}_id"]
    return never_at_once(
        f"one_unrevoked_proxy_per_block_and_{holder}",
        keys=[*(same_number(column) for column in columns), same_text("block"), same_text("subject_key")],
        condition=Q(revoked_at=None, **{f"{holder}__isnull": False}),
    )


class Proxy(Grant):
    """
    Leave to act for an enterprise, with one provider, within one functional block or on one thing in it.

    One that is narrowed or renewed is revoked at the same instant and replaced: what it gave before stays as it was.
    """

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="proxies_given", db_index=False)
    provider = models.ForeignKey(ServiceProvider, on_delete=PROTECT, related_name="proxies", db_index=False)
    person = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="proxies", db_index=False)
    mandatary = models.ForeignKey(Enterprise, on_delete=PROTECT, null=True, blank=True, related_name="proxies_received")
    block = models.CharField(max_length=20)  # a catalogue code, such as BF-REP
    rights = ArrayField(models.CharField(max_length=10, choices=_RIGHTS_OF_A_PROXY))
    subject = models.UUIDField(null=True, blank=True)  # the one thing it is limited to: its public id, opaque here
    subject_key = models.GeneratedField(  # the same as text, blank for the whole block
        expression=Coalesce(Cast("subject", models.TextField()), Value(""), output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )
    replaces = models.OneToOneField("self", on_delete=PROTECT, null=True, blank=True, related_name="replaced_by")
    suspensions = ArrayField(DateTimeRangeField(), default=list, blank=True)  # the last has no end while it lasts
    needs_second = models.BooleanField(default=False)  # it carries nothing until a second person confirms it
    confirmed_by = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+", db_index=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_under = models.JSONField(null=True, blank=True)
    answer_by = models.DateTimeField(null=True, blank=True)  # without a second person by then, it falls

    class Meta(Grant.Meta):
        indexes = [
            models.Index(fields=["person", "enterprise", "block"], name="proxies_of_a_person"),
            models.Index(fields=["enterprise", "block", "person"], name="proxies_of_an_enterprise"),
            models.Index(
                fields=["enterprise", "mandatary"], condition=Q(mandatary__isnull=False), name="proxies_of_mandataries"
            ),
        ]
        constraints = [
            *Grant.Meta.constraints,
            models.CheckConstraint(condition=Q(person=None) ^ Q(mandatary=None), name="proxy_has_one_holder"),
            models.CheckConstraint(condition=Q(during__upper_inf=False), name="proxy_ends"),
            models.CheckConstraint(condition=~Q(mandatary=F("enterprise")), name="no_enterprise_is_its_own_mandatary"),
            models.CheckConstraint(
                condition=Q(rights__contained_by=["view", "prepare", "sign", "pay"], rights__len__gt=0),
                name="proxy_gives_rights_of_a_block",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None, confirmed_under=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, confirmed_under__isnull=False),
                name="proxy_confirmed_under_an_authority",
            ),
            models.CheckConstraint(
                condition=Q(person=None) | Q(confirmed_by=None) | ~Q(person=F("confirmed_by")),
                name="nobody_confirms_their_own_proxy",
            ),
            never_twice_at_once("person"),
            never_twice_at_once("mandatary"),
        ]

    def confirm(self, *, by: Person, at: datetime, under: Mapping[str, object]) -> None:
        """Add the second person, from whose word on the proxy carries its rights."""
        self.confirmed_by, self.confirmed_at, self.confirmed_under = by, at, dict(under)
        self.save(update_fields=["confirmed_by", "confirmed_at", "confirmed_under"])

    @property
    def awaits(self) -> bool:
        """Tell whether a second person is still to confirm it."""
        return self.needs_second and self.confirmed_at is None

    def has_fallen(self, at: datetime) -> bool:
        """Tell whether the time to confirm it is over."""
        return self.awaits and self.answer_by is not None and self.answer_by <= at

    def is_suspended(self, at: datetime) -> bool:
        """Tell whether it is set aside at an instant."""
        lasting = [each for each in self.suspensions if not each.isempty]
        return any(each.lower <= at and (each.upper is None or at < each.upper) for each in lasting)


class ProxyHistory(History):
    """A suspension, its end, a confirmation: what happened to a proxy that no other row of its own tells."""

    proxy = models.ForeignKey(Proxy, on_delete=PROTECT, related_name="history")
    reason = models.CharField(max_length=300, blank=True)


class LastUse(models.Model):
    """The last day on which a person used a right in a block of an enterprise: coarse, and kept for a time."""

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="+", db_index=False)
    block = models.CharField(max_length=20)
    right = models.CharField(max_length=10, choices=_RIGHTS_OF_A_PROXY)
    day = models.DateField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["day"], name="last_uses_to_forget")]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "person", "block", "right"], name="one_last_use_per_right_of_a_block"
            ),
            models.CheckConstraint(
                condition=Q(right__in=["view", "prepare", "sign", "pay"]), name="a_right_used_is_of_a_block"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.block} {self.right} {self.day}"


class SecondPersonChange(Keyed):
    """
    A change of the rights that an enterprise lets nobody give alone: kept for ever.

    One that adds is made at once; one that takes away waits for a second person, and changes nothing until then.
    """

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="second_person_changes")
    added = ArrayField(models.CharField(max_length=10, choices=_RIGHTS_OF_A_PROXY), default=list, blank=True)
    dropped = ArrayField(models.CharField(max_length=10, choices=_RIGHTS_OF_A_PROXY), default=list, blank=True)
    state = models.CharField(max_length=20, choices=ChangeState, default=ChangeState.ASKED)
    asked_by = models.ForeignKey(Person, on_delete=PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    asked_under = models.JSONField()
    answer_by = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            known("state", ChangeState, name="second_person_change_state_is_known"),
            models.CheckConstraint(
                condition=Q(dropped=[], answer_by=None, state="made") & ~Q(added=[])
                | Q(added=[], answer_by__isnull=False) & ~Q(dropped=[]),
                name="second_person_change_adds_at_once_or_takes_away",
            ),
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(state="asked"), name="one_second_person_change_asked_at_once"
            ),
        ]

    def make(self, move: ChangeMove, *, at: datetime, under: Mapping[str, object], reason: str = "") -> None:
        """
        Make a move and record it. The only code that writes `state`.

        :raises MoveNotAllowed: if its state does not allow it
        """
        before = ChangeState(self.state)
        self.state = CHANGE.target(move, before)
        self.save(update_fields=["state"])
        self.history.create(move=move, before=before, after=self.state, at=at, reason=reason, authority=dict(under))


class SecondPersonChangeHistory(History):
    """One move of such a change."""

    change = models.ForeignKey(SecondPersonChange, on_delete=PROTECT, related_name="history")
    reason = models.CharField(max_length=300, blank=True)


class StaffAssignment(Grant):
    """
    A role held by a person on the regulator's side, in one queue or (blank) in all of them.

    One supervisor proposes it, another confirms it; until then it carries nothing. A lone supervisor could appoint
    nobody, so the first assignments, which the operator makes on an empty database, are two. Its state is not kept: it
    follows from its dates, so that no job has to run for a role to end.
    """

    class Role(models.TextChoices):
        VERIFIER = "verifier", _("Agent de vérification")
        OFFICER = "officer", _("Agent d’inscription")
        FINANCE = "finance", _("Agent des finances")
        SUPERVISOR = "supervisor", _("Superviseur")
        AUDITOR = "auditor", _("Contrôleur")

    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="assignments")
    role = models.CharField(max_length=20, choices=Role)
    queue = models.CharField(max_length=40, blank=True)
    granted_by = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+", db_index=False)
    confirmed_by = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+", db_index=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_under = models.JSONField(null=True, blank=True)
    first = models.PositiveSmallIntegerField(null=True, blank=True)  # 1 or 2: those that the operator made
    kept_at = models.DateTimeField(null=True, blank=True)  # when a supervisor last reviewed it, and kept it
    answer_by = models.DateTimeField(null=True, blank=True)  # a proposal without an answer by then is over

    class Meta(Grant.Meta):
        constraints = [
            *Grant.Meta.constraints,
            models.CheckConstraint(
                condition=Q(role__in=["verifier", "officer", "finance", "supervisor", "auditor"]),
                name="assignment_role_is_known",
            ),
            models.CheckConstraint(
                condition=Q(first__in=[1, 2], role="supervisor", queue="", granted_by=None, confirmed_by=None)
                | Q(first=None, granted_by__isnull=False),
                name="an_assignment_is_granted_by_a_supervisor_or_is_a_first",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(granted_by=F("confirmed_by")),
                name="assignment_takes_two_supervisors",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None, confirmed_under=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, confirmed_under__isnull=False),
                name="assignment_confirmed_under_an_authority",
            ),
            models.CheckConstraint(
                condition=~Q(person=F("granted_by")) & ~Q(person=F("confirmed_by")), name="nobody_assigns_themselves"
            ),
            models.UniqueConstraint(
                fields=["first"], condition=Q(revoked_at=None), name="the_first_assignments_are_made_once"
            ),
            never_at_once(
                "one_unrevoked_assignment_per_role_and_queue",
                keys=[same_number("person_id"), same_text("role"), same_text("queue")],
                condition=Q(revoked_at=None),
            ),
        ]

    @property
    def is_confirmed(self) -> bool:
        """Tell whether it has the word that it needs: of two supervisors, or of the operator."""
        return self.first is not None or self.confirmed_at is not None

    def state_at(self, at: datetime) -> AssignmentState:
        """Return what it is at an instant: proposed, held (or to come), over."""
        ends = [self.revoked_at, self.during.upper, None if self.is_confirmed else self.answer_by]
        if any(end is not None and end <= at for end in ends):
            return AssignmentState.OVER
        return AssignmentState.HELD if self.is_confirmed else AssignmentState.PROPOSED

    def make(self, move: AssignmentMove, *, at: datetime, under: Mapping[str, object], reason: str = "") -> None:
        """
        Make a move and record it. The only code that confirms, keeps or ends a role.

        :raises MoveNotAllowed: if its state does not allow it
        """
        before = self.state_at(at)
        after = ASSIGNMENT.target(move, before)
        if move == AssignmentMove.KEEP:
            self.kept_at = at
            self.save(update_fields=["kept_at"])
        elif after == AssignmentState.OVER:
            self.revoke(at=at, under=under, reason=reason)
        self.history.create(move=move, before=before, after=after, at=at, reason=reason, authority=dict(under))

    def confirm(self, *, by: Person, at: datetime, under: Mapping[str, object]) -> None:
        """Add the second supervisor, from whose word on the assignment carries its rights."""
        self.make(AssignmentMove.CONFIRM, at=at, under=under)
        self.confirmed_by, self.confirmed_at, self.confirmed_under = by, at, dict(under)
        self.save(update_fields=["confirmed_by", "confirmed_at", "confirmed_under"])


class AssignmentHistory(History):
    """What happened to a role after it was proposed: confirmed, refused, kept, overdue, ended…"""

    assignment = models.ForeignKey(StaffAssignment, on_delete=PROTECT, related_name="history")
    reason = models.CharField(max_length=300, blank=True)


class PersonLookup(Keyed):
    """
    A supervisor who looked somebody up by a user code or an address, and why; kept for ever (by a trigger).

    What was typed is not kept; `person` is blank if it named nobody.
    """

    person = models.ForeignKey(Person, on_delete=PROTECT, null=True, related_name="lookups")
    by = models.ForeignKey(Person, on_delete=PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    authority = models.JSONField()

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="lookup_says_why")]

    def __str__(self) -> str:
        return str(self.public_id)
