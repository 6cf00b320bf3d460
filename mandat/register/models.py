"""
The regulator's file: who is registered, for what, and who is attached to whom; every fact dated in legal days.

`during` is a half-open range of the days of `platform.clock.LEGAL_ZONE`: its end is the first day on which the fact no
longer holds, and may lie ahead. A fact that has held is never deleted: it ends, or what it said is
kept beside what it says.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import PROTECT, Deferrable, Func, Q
from django.utils.translation import gettext_lazy as _

from mandat.enterprises.models import ServiceRegistration, known
from mandat.identity.models import Person
from mandat.platform.clock import AppNow
from mandat.platform.keys import Keyed
from mandat.platform.ranges import half_open, never_at_once, same_number, same_text
from mandat.platform.text import fold
from mandat.register.vocabulary import HELD_BY_ONE, EstablishmentKind, OfficeRole, Regime, RegistrantKind, Standing


def never_together(name: str, *keys: Func, condition: Q | None = None) -> models.BaseConstraint:
    """Forbid two facts of the same keys on a day, at the end of each statement: an import moves many at once."""
    return never_at_once(name, keys=[*keys], condition=condition, deferrable=Deferrable.IMMEDIATE)


class Fact(Keyed):
    """What holds of a registrant during some legal days, since when we know it, and why it ended."""

    during = DateRangeField()
    recorded_at = models.DateTimeField(db_default=AppNow(), editable=False)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True
        ordering = ["during", "id"]
        constraints = [models.CheckConstraint(condition=half_open(), name="%(class)s_is_half_open")]


class Registrant(Keyed):
    """A firm, a partnership or an independent representative: one client number, one file."""

    Kind = RegistrantKind

    client_number = models.CharField(max_length=10, unique=True)
    kind = models.CharField(max_length=30, choices=RegistrantKind)
    name = models.CharField(max_length=300)
    sort_name = models.CharField(max_length=600, editable=False, db_index=True)
    neq = models.CharField(max_length=10, blank=True)
    language = models.CharField(max_length=2, choices=[("fr", _("Français")), ("en", _("Anglais"))], default="fr")
    principal_regulator = models.CharField(max_length=10, default="QC")  # a code of the list `jurisdiction`
    service_registration = models.OneToOneField(
        ServiceRegistration, on_delete=PROTECT, null=True, blank=True, related_name="registrant"
    )
    recorded_at = models.DateTimeField(db_default=AppNow(), editable=False)

    class Meta:
        ordering = ["sort_name", "id"]
        indexes = [models.Index(fields=["neq"], condition=~Q(neq=""), name="registrants_by_neq")]
        constraints = [
            known("kind", RegistrantKind, name="registrant_kind_is_known"),
            models.CheckConstraint(condition=Q(client_number__regex=r"^\d{10}$"), name="client_number_is_ten_digits"),
            models.CheckConstraint(condition=~Q(name=""), name="registrant_has_a_name"),
            models.CheckConstraint(
                condition=Q(neq="") | Q(neq__regex=r"^(11|22|33|88)\d{8}$"), name="registrant_neq_is_of_a_family"
            ),
            models.CheckConstraint(condition=Q(language__in=["fr", "en"]), name="registrant_reads_french_or_english"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the name folded for sorting."""
        self.sort_name = fold(self.name)
        super().save(*args, **kwargs)


class Individual(Keyed):
    """A natural person in the file. Whether it is somebody who signs in here is a dated link, verified."""

    client_number = models.CharField(max_length=10, blank=True)
    nrd_number = models.CharField(max_length=10, blank=True)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    sort_name = models.CharField(max_length=410, editable=False, db_index=True)  # family name first, folded
    recorded_at = models.DateTimeField(db_default=AppNow(), editable=False)

    class Meta:
        ordering = ["sort_name", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(given_name="") & ~Q(family_name=""), name="individual_has_both_names"),
            models.CheckConstraint(
                condition=~Q(client_number="") | ~Q(nrd_number=""), name="individual_is_known_by_a_number"
            ),
            models.CheckConstraint(
                condition=Q(client_number="") | Q(client_number__regex=r"^\d{10}$"),
                name="individual_client_number_is_ten_digits",
            ),
            models.CheckConstraint(
                condition=Q(nrd_number="") | Q(nrd_number__regex=r"^\d{1,10}$"), name="nrd_number_is_digits"
            ),
            models.UniqueConstraint(
                fields=["client_number"], condition=~Q(client_number=""), name="one_individual_per_client_number"
            ),
            models.UniqueConstraint(
                fields=["nrd_number"], condition=~Q(nrd_number=""), name="one_individual_per_nrd_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the name that lists sort by."""
        self.sort_name = fold(f"{self.family_name} {self.given_name}")
        super().save(*args, **kwargs)


class IndividualLink(Keyed):
    """That an individual of the file is a person who signs in here, as it was verified, from an instant on."""

    individual = models.ForeignKey(Individual, on_delete=PROTECT, related_name="links")
    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="individuals")
    during = DateTimeRangeField()
    verified_under = models.JSONField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=half_open(), name="individual_link_is_half_open"),
            never_at_once("one_person_per_individual_at_once", keys=[same_number("individual_id")]),
            never_at_once("one_individual_per_person_at_once", keys=[same_number("person_id")]),
        ]


class Registration(Fact):
    """A category or a discipline that a registrant is registered for in a jurisdiction, and in which state."""

    Regime, Standing = Regime, Standing

    registrant = models.ForeignKey(Registrant, on_delete=PROTECT, related_name="registrations")
    regime = models.CharField(max_length=20, choices=Regime)
    code = models.CharField(max_length=20)  # of the list `firm_category`, or `discipline` for distribution
    jurisdiction = models.CharField(max_length=10, default="QC")  # of the list `jurisdiction`
    state = models.CharField(max_length=20, choices=Standing, default=Standing.ACTIVE)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            known("regime", Regime, name="registration_regime_is_known"),
            known("state", Standing, name="registration_standing_is_known"),
            models.CheckConstraint(
                condition=~Q(regime=Regime.DISTRIBUTION) | Q(jurisdiction="QC"), name="distribution_is_of_quebec"
            ),
            never_together(
                "one_registration_per_code_and_jurisdiction_at_once",
                same_number("registrant_id"), same_text("regime"), same_text("code"), same_text("jurisdiction"),
            ),
        ]  # fmt: skip


class Establishment(Fact):
    """A place where a registrant does business."""

    Kind = EstablishmentKind

    registrant = models.ForeignKey(Registrant, on_delete=PROTECT, related_name="establishments")
    reference = models.CharField(max_length=20, blank=True)  # what the file that it came from calls it
    kind = models.CharField(max_length=20, choices=EstablishmentKind)
    name = models.CharField(max_length=200, blank=True)
    street = models.CharField(max_length=300)
    city = models.CharField(max_length=100)
    province = models.CharField(max_length=10, blank=True)  # of the list `jurisdiction`; blank outside Canada
    postal_code = models.CharField(max_length=12, blank=True)
    country = models.CharField(max_length=2, default="CA")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            known("kind", EstablishmentKind, name="establishment_kind_is_known"),
            models.CheckConstraint(condition=~Q(street="") & ~Q(city=""), name="establishment_has_an_address"),
            never_together(
                "one_principal_establishment_at_once", same_number("registrant_id"), condition=Q(kind="principal")
            ),
            never_together(
                "one_establishment_per_reference_at_once",
                same_number("registrant_id"), same_text("reference"), condition=~Q(reference=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.street}, {self.city}"


class Office(Fact):
    """An office that an individual holds in a registrant."""

    Role = OfficeRole

    registrant = models.ForeignKey(Registrant, on_delete=PROTECT, related_name="offices")
    individual = models.ForeignKey(Individual, on_delete=PROTECT, related_name="offices")
    role = models.CharField(max_length=30, choices=OfficeRole)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            known("role", OfficeRole, name="office_role_is_known"),
            never_together(
                "nobody_holds_an_office_twice_at_once",
                same_number("registrant_id"), same_number("individual_id"), same_text("role"),
            ),
            never_together(
                "one_correspondent_and_one_responsible_partner_at_once",
                same_number("registrant_id"), same_text("role"), condition=Q(role__in=HELD_BY_ONE),
            ),
        ]  # fmt: skip


class Attachment(Fact):
    """An individual attached to a registrant, to act for it in one category or discipline."""

    Regime = Regime

    registrant = models.ForeignKey(Registrant, on_delete=PROTECT, related_name="attachments")
    individual = models.ForeignKey(Individual, on_delete=PROTECT, related_name="attachments")
    regime = models.CharField(max_length=20, choices=Regime)
    code = models.CharField(max_length=20)  # of the list `individual_category`, or `discipline` for distribution
    is_employee = models.BooleanField(default=True)
    office = models.CharField(max_length=200, blank=True)  # the branch, as the file names it

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            known("regime", Regime, name="attachment_regime_is_known"),
            models.CheckConstraint(condition=~Q(code=""), name="attachment_is_for_something"),
            never_together(
                "one_attachment_per_code_at_once",
                same_number("registrant_id"), same_number("individual_id"), same_text("code"),
            ),
        ]  # fmt: skip

    def change(
        self, *, during: DateRange, end_reason: str, at: datetime, under: Mapping[str, object], cause: str
    ) -> None:
        """Say other dates, and keep those said before. The only code that writes `during`."""
        self.changes.create(
            before=dates_of(self.during), before_reason=self.end_reason,
            after=dates_of(during), after_reason=end_reason, at=at, authority=dict(under), cause=cause,
        )  # fmt: skip
        self.during, self.end_reason = during, end_reason
        self.save(update_fields=["during", "end_reason"])


class AttachmentChange(Keyed):
    """What an attachment said until an instant, kept for ever with the authority and the cause of the change."""

    attachment = models.ForeignKey(Attachment, on_delete=PROTECT, related_name="changes")
    before = models.JSONField()
    before_reason = models.CharField(max_length=300, blank=True)
    after = models.JSONField()
    after_reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    authority = models.JSONField()
    cause = models.CharField(max_length=64)  # the public id of the filing or event that asked for it

    class Meta:
        ordering = ["id"]


class Import(Keyed):
    """One import of the register that changed something, and how many rows it added, changed, ended and removed."""

    at = models.DateTimeField(db_default=AppNow(), editable=False)
    counts = models.JSONField()

    class Meta:
        ordering = ["id"]


class ImportedChange(Keyed):
    """What a row of the register said until an import changed, ended or removed it; kept for ever."""

    imported = models.ForeignKey(Import, on_delete=PROTECT, related_name="changes")
    kind = models.CharField(max_length=20)  # the file that it came from: registrants, attachments…
    subject = models.UUIDField(db_index=True)  # the public id of the row
    before = models.JSONField()

    class Meta:
        ordering = ["id"]


def dates_of(during: DateRange) -> dict[str, str | None]:
    """Return a range as a history keeps it: its first day, and the first day after it."""
    return {"from": during.lower.isoformat(), "to": during.upper and during.upper.isoformat()}
