"""Facts about enterprises: who they are, who stands for them, which providers serve them. No decision is taken here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.models import PROTECT, Q
from django.utils.translation import gettext_lazy as _

from mandat.enterprises.grants import Grant
from mandat.enterprises.workflow import (
    ENTERPRISE,
    REGISTRATION,
    EnterpriseMove,
    EnterpriseState,
    RegistrationMove,
    RegistrationState,
)
from mandat.identity.models import Person
from mandat.platform.keys import Keyed
from mandat.platform.ranges import half_open, never_at_once, same_number, same_text
from mandat.platform.text import fold


class EnterpriseKind(models.TextChoices):
    """What an enterprise is in law."""

    LEGAL_PERSON = "legal_person", _("Personne morale")
    PARTNERSHIP = "partnership", _("Société de personnes")
    SOLE_PROPRIETOR = "sole_proprietor", _("Entreprise individuelle")
    INDIVIDUAL_OUTSIDE_QUEBEC = "individual_outside_quebec", _("Particulier hors Québec")
    OTHER = "other", _("Autre")


class IdentifierKind(models.TextChoices):
    """Whose number it is."""

    NEQ = "neq", _("NEQ")
    REVENU_QUEBEC = "revenu_quebec", _("Numéro d’identification de Revenu Québec")
    OTHER = "other", _("Autre numéro")


class Role(models.TextChoices):
    """The two places that a person may have in an enterprise."""

    RA = "RA", _("Représentant autorisé")
    RSE = "RSE", _("Responsable des services électroniques")


class Basis(models.TextChoices):
    """By what a person has their place."""

    OFFICE = "office", _("En raison de ses fonctions")
    MANDATE = "mandate", _("En vertu d’un mandat")
    NAMED = "named", _("Désigné par le représentant autorisé")


def known(column: str, choices: type[models.TextChoices], *, name: str) -> models.CheckConstraint:
    """Return the constraint that a column holds one of its choices."""
    return models.CheckConstraint(condition=Q(**{f"{column}__in": choices.values}), name=name)


class History(Keyed):
    """One move of a state, kept for ever, with the authority it was made under."""

    move = models.CharField(max_length=20)
    before = models.CharField(max_length=20)
    after = models.CharField(max_length=20)
    at = models.DateTimeField()
    authority = models.JSONField()

    class Meta:
        abstract = True
        ordering = ["id"]


class ServiceProvider(Keyed):
    """A department or body whose services an enterprise may register for: the regulator is one."""

    code = models.SlugField(unique=True)
    name_fr = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_fr


class Enterprise(Keyed):
    """The account of a firm, or of a person outside Québec, in the identity half."""

    Kind, State, Move = EnterpriseKind, EnterpriseState, EnterpriseMove

    kind = models.CharField(max_length=30, choices=EnterpriseKind)
    name = models.CharField(max_length=300)
    sort_name = models.CharField(max_length=600, editable=False, db_index=True)
    is_established_in_quebec = models.BooleanField(default=True)
    state = models.CharField(max_length=20, choices=EnterpriseState, default=EnterpriseState.ACTIVE)
    #: The rights that it lets nobody give alone: a second person confirms.
    second_person_for = ArrayField(models.CharField(max_length=10), default=list, blank=True)

    class Meta:
        ordering = ["sort_name", "id"]
        constraints = [
            known("kind", EnterpriseKind, name="enterprise_kind_is_known"),
            known("state", EnterpriseState, name="enterprise_state_is_known"),
            models.CheckConstraint(condition=~Q(name=""), name="enterprise_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the name folded for sorting."""
        self.sort_name = fold(self.name)
        super().save(*args, **kwargs)

    def make(self, move: EnterpriseMove, *, at: datetime, under: Mapping[str, object]) -> None:
        """Make a move and record it. The only code that writes `state`."""
        before = self.state
        self.state = ENTERPRISE.target(move, EnterpriseState(before))
        self.save(update_fields=["state"])
        self.history.create(move=move, before=before, after=self.state, at=at, authority=dict(under))

    def rename(self, name: str, *, at: datetime, under: Mapping[str, object]) -> None:
        """Take another name, and keep the one it had. The only code that changes `name`."""
        before, self.name = self.name, name
        self.save(update_fields=["name", "sort_name"])
        self.name_changes.create(before=before, after=name, at=at, authority=dict(under))


class EnterpriseHistory(History):
    """One move of an enterprise's account."""

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="history")


class ReportSource(models.TextChoices):
    """Who says in what state an enterprise is, apart from the enterprise itself."""

    BUSINESS_REGISTER = "business_register", _("Registre des entreprises")
    REGISTER = "register", _("Registre des personnes inscrites")
    STAFF = "staff", _("Personnel de l’organisme")


class Report(Keyed):
    """
    The last that one source said of an enterprise: the causes that stop it, if there are any, and as of when.

    A source may be heard late, twice or out of order: what it said as of the latest instant stands, and nothing else.
    """

    Source = ReportSource

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="reports")
    source = models.CharField(max_length=20, choices=ReportSource)
    as_of = models.DateTimeField()  # the instant that the source tells of
    serial = models.BigIntegerField(default=0)  # which of two that tell of one instant was read last
    facts = models.JSONField(default=list, blank=True)  # as `mandat.access.causes` reads them
    heard_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            known("source", ReportSource, name="report_source_is_known"),
            models.UniqueConstraint(fields=["enterprise", "source"], name="one_last_report_per_source"),
        ]


class ReportHistory(Keyed):
    """What a source began to say, or ceased to say, of an enterprise: kept for ever."""

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="reported")
    source = models.CharField(max_length=20, choices=ReportSource)
    as_of = models.DateTimeField()
    facts = models.JSONField(default=list, blank=True)
    at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)  # of a person of the staff, with their authority
    authority = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]


class SetAside(Keyed):
    """A cause that a supervisor sets aside for a time, since it is contested or in error: kept for ever."""

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="set_aside")
    source = models.CharField(max_length=20, choices=ReportSource)
    cause = models.CharField(max_length=30)  # a code of the list `standing_cause`
    since = models.DateField(null=True, blank=True)  # of which fact: the same cause since another day is another one
    during = DateTimeRangeField()
    reason = models.CharField(max_length=300)
    authority = models.JSONField()
    ended_under = models.JSONField(null=True, blank=True)  # the authority that heeded the cause again before its time
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=half_open() & Q(during__upper_inf=False), name="set_aside_ends"),
            models.CheckConstraint(condition=~Q(reason=""), name="set_aside_says_why"),
        ]


class NameChange(Keyed):
    """A name that an enterprise left for another, kept for ever: its rights are those it had."""

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="name_changes")
    before = models.CharField(max_length=300)
    after = models.CharField(max_length=300)
    at = models.DateTimeField()
    authority = models.JSONField()

    class Meta:
        ordering = ["id"]


class Identifier(Keyed):
    """A number under which an enterprise is known, dated. No two enterprises share an NEQ."""

    Kind = IdentifierKind

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=20, choices=IdentifierKind)
    value = models.CharField(max_length=40)
    during = DateTimeRangeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["kind", "value"], name="enterprise_by_number")]
        constraints = [
            known("kind", IdentifierKind, name="identifier_kind_is_known"),
            models.CheckConstraint(condition=half_open(), name="identifier_is_half_open"),
            models.CheckConstraint(
                condition=~Q(kind="neq") | Q(value__regex=r"^(11|22|33|88)\d{8}$"), name="neq_is_ten_digits_of_a_family"
            ),
            models.CheckConstraint(
                condition=~Q(kind="revenu_quebec") | Q(value__regex=r"^\d{10}$"),
                name="revenu_quebec_number_is_ten_digits",
            ),
            never_at_once("one_enterprise_per_neq_at_once", keys=[same_text("value")], condition=Q(kind="neq")),
            never_at_once(
                "one_number_of_a_kind_per_enterprise_at_once",
                keys=[same_number("enterprise_id"), same_text("kind")],
                condition=~Q(kind="other"),
            ),
        ]

    def __str__(self) -> str:
        return self.value


class Designation(Grant):
    """A person's place in an enterprise, as RA or RSE; dated, with its basis and evidence."""

    Role, Basis = Role, Basis

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="designations", db_index=False)
    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="designations", db_index=False)
    role = models.CharField(max_length=3, choices=Role)
    basis = models.CharField(max_length=10, choices=Basis)
    function = models.CharField(max_length=100, blank=True)  # president, secretary… as the firm says it
    evidence = models.JSONField(default=dict, blank=True)  # ids of documents and checks, never their content

    class Meta(Grant.Meta):
        indexes = [
            models.Index(fields=["enterprise", "role", "person"], name="designations_of_an_enterprise"),
            models.Index(fields=["person", "enterprise", "role"], name="designations_of_a_person"),
        ]
        constraints = [
            *Grant.Meta.constraints,
            known("role", Role, name="designation_role_is_known"),
            models.CheckConstraint(
                condition=Q(role="RA", basis__in=["office", "mandate"]) | Q(role="RSE", basis="named"),
                name="an_ra_has_an_office_or_a_mandate_and_an_rse_is_named",
            ),
            models.CheckConstraint(condition=~Q(basis="mandate", evidence={}), name="a_mandate_has_its_evidence"),
            never_at_once(
                "one_unrevoked_designation_per_role",
                keys=[same_number("enterprise_id"), same_number("person_id"), same_text("role")],
                condition=Q(revoked_at=None),
            ),
        ]


class ServiceRegistration(Keyed):
    """An enterprise registered with a provider, and the blocks it has accepted there."""

    State, Move = RegistrationState, RegistrationMove

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="registrations")
    provider = models.ForeignKey(ServiceProvider, on_delete=PROTECT, related_name="registrations")
    state = models.CharField(max_length=20, choices=RegistrationState, default=RegistrationState.IN_PROCESS)
    client_number = models.CharField(max_length=20, blank=True)  # the provider's own number for the enterprise
    accepted_blocks = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    catalogue_version = models.PositiveIntegerField(default=1)  # that the last choice was made from
    versions = models.JSONField(default=dict, blank=True)  # block → the version accepted, if not the first
    requested_under = models.JSONField()

    class Meta:
        ordering = ["id"]
        constraints = [
            known("state", RegistrationState, name="registration_state_is_known"),
            models.UniqueConstraint(
                fields=["enterprise", "provider"],
                condition=~Q(state__in=["refused", "deactivated"]),
                name="one_live_registration_per_provider",
            ),
            models.UniqueConstraint(
                fields=["provider", "client_number"],
                condition=Q(state__in=["active", "suspended"]) & ~Q(client_number=""),
                name="one_accepted_registration_per_client_number",
            ),
        ]

    def make(self, move: RegistrationMove, *, at: datetime, under: Mapping[str, object], reason: str = "") -> None:
        """Make a move and record it. The only code that writes `state`."""
        before = self.state
        self.state = REGISTRATION.target(move, RegistrationState(before))
        self.save(update_fields=["state"])
        self.history.create(
            move=move, before=before, after=self.state, at=at, reason=reason, authority=dict(under)
        )  # fmt: skip


class RegistrationHistory(History):
    """One move of a service registration."""

    registration = models.ForeignKey(ServiceRegistration, on_delete=PROTECT, related_name="history")
    reason = models.CharField(max_length=300, blank=True)  # as the enterprise reads it


class BlockAcceptance(Keyed):
    """One choice of blocks, kept for ever: what a registration says is the last of them."""

    registration = models.ForeignKey(ServiceRegistration, on_delete=PROTECT, related_name="acceptances")
    blocks = ArrayField(models.CharField(max_length=20), blank=True)
    catalogue_version = models.PositiveIntegerField()
    versions = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    authority = models.JSONField()

    class Meta:
        ordering = ["id"]


class User(Grant):
    """A person whom an RSE has created in an enterprise: an employee, or an outsider such as an accountant."""

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="users")
    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="memberships")
    is_external = models.BooleanField(default=False)

    class Meta(Grant.Meta):
        constraints = [
            *Grant.Meta.constraints,
            never_at_once(
                "one_unrevoked_user_per_person_and_enterprise",
                keys=[same_number("enterprise_id"), same_number("person_id")],
                condition=Q(revoked_at=None),
            ),
        ]
