"""Facts about enterprises: who they are, who stands for them, which providers serve them. No decision is taken here."""

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.models import PROTECT, Q
from django.utils.translation import gettext_lazy as _

from mandat.identity.models import Person
from mandat.platform.keys import Keyed
from mandat.platform.ranges import half_open, never_at_once, same_number, same_text


class ServiceProvider(Keyed):
    """A department or body whose services an enterprise may register for: the regulator is one."""

    code = models.SlugField(unique=True)
    name_fr = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)

    class Meta:
        ordering = ["code"]


class Enterprise(Keyed):
    """The account of a firm, or of a person outside Québec, in the identity half."""

    class Kind(models.TextChoices):
        LEGAL_PERSON = "legal_person", _("Personne morale")
        PARTNERSHIP = "partnership", _("Société de personnes")
        SOLE_PROPRIETOR = "sole_proprietor", _("Entreprise individuelle")
        INDIVIDUAL_OUTSIDE_QUEBEC = "individual_outside_quebec", _("Particulier hors Québec")
        OTHER = "other", _("Autre")

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        IN_RECOVERY = "in_recovery", _("En reprise")
        SUSPENDED = "suspended", _("Suspendue")
        CLOSED = "closed", _("Fermée")

    kind = models.CharField(max_length=30, choices=Kind)
    name = models.CharField(max_length=300)
    sort_name = models.CharField(max_length=300, editable=False, db_index=True)
    is_established_in_quebec = models.BooleanField(default=True)
    state = models.CharField(max_length=20, choices=State, default=State.ACTIVE)

    class Meta:
        ordering = ["sort_name", "id"]

    def __str__(self) -> str:
        return self.name


class Identifier(Keyed):
    """A number under which an enterprise is known, dated. No two enterprises share an NEQ."""

    class Kind(models.TextChoices):
        NEQ = "neq", _("NEQ")
        REVENU_QUEBEC = "revenu_quebec", _("Numéro d'identification de Revenu Québec")
        OTHER = "other", _("Autre numéro")

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=20, choices=Kind)
    value = models.CharField(max_length=40)
    during = DateTimeRangeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=half_open(), name="identifier_is_half_open"),
            models.CheckConstraint(
                condition=~Q(kind="neq") | Q(value__regex=r"^(11|22|33|88)\d{8}$"), name="neq_is_ten_digits_of_a_family"
            ),
            never_at_once("one_enterprise_per_neq_at_once", keys=[same_text("value")], condition=Q(kind="neq")),
            never_at_once(
                "one_number_of_a_kind_per_enterprise_at_once", keys=[same_number("enterprise_id"), same_text("kind")]
            ),
        ]


class Designation(Keyed):
    """A person's place in an enterprise, as RA or RSE; dated, with its basis and evidence."""

    class Role(models.TextChoices):
        RA = "RA", _("Représentant autorisé")
        RSE = "RSE", _("Responsable des services électroniques")

    class Basis(models.TextChoices):
        OFFICE = "office", _("En raison de ses fonctions")
        MANDATE = "mandate", _("En vertu d'un mandat")

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="designations")
    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="designations")
    role = models.CharField(max_length=3, choices=Role)
    basis = models.CharField(max_length=10, choices=Basis)
    function = models.CharField(max_length=100, blank=True)  # president, secretary… as the firm says it
    evidence = models.JSONField(default=dict, blank=True)  # ids of documents and checks, never their content
    during = DateTimeRangeField()
    granted_under = models.JSONField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_under = models.JSONField(null=True, blank=True)
    revocation_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=half_open(), name="designation_is_half_open"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_under=None) | Q(revoked_at__isnull=False, revoked_under__isnull=False),
                name="designation_revoked_under_an_authority",
            ),
            never_at_once(
                "one_unrevoked_designation_per_role",
                keys=[same_number("enterprise_id"), same_number("person_id"), same_text("role")],
                condition=Q(revoked_at=None),
            ),
        ]


class ServiceRegistration(Keyed):
    """An enterprise registered with a provider, and the blocks it has accepted there."""

    class State(models.TextChoices):
        IN_PROCESS = "in_process", _("En traitement")
        ACTIVE = "active", _("Actif")
        REFUSED = "refused", _("Refusé")
        SUSPENDED = "suspended", _("Suspendu")
        DEACTIVATED = "deactivated", _("Désactivé")

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="registrations")
    provider = models.ForeignKey(ServiceProvider, on_delete=PROTECT, related_name="registrations")
    state = models.CharField(max_length=20, choices=State, default=State.IN_PROCESS)
    client_number = models.CharField(max_length=20, blank=True)  # the provider's own number for the enterprise
    accepted_blocks = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    catalogue_version = models.PositiveIntegerField(default=1)  # the version of the blocks that was accepted

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "provider"],
                condition=~Q(state__in=["refused", "deactivated"]),
                name="one_live_registration_per_provider",
            ),
        ]


class RegistrationMove(Keyed):
    """One move of a service registration, kept for ever."""

    registration = models.ForeignKey(ServiceRegistration, on_delete=PROTECT, related_name="history")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=20)
    after = models.CharField(max_length=20)
    at = models.DateTimeField()
    authority = models.JSONField()

    class Meta:
        ordering = ["id"]


class User(Keyed):
    """A person whom an RSE has created in an enterprise: an employee, or an outsider such as an accountant."""

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="users")
    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="memberships")
    is_external = models.BooleanField(default=False)
    during = DateTimeRangeField()
    created_under = models.JSONField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=half_open(), name="user_is_half_open"),
            never_at_once(
                "one_user_per_person_and_enterprise", keys=[same_number("enterprise_id"), same_number("person_id")]
            ),
        ]
