"""Proxies that enterprises give, and assignments of the regulator's staff."""

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.models import PROTECT, Q
from django.utils.translation import gettext_lazy as _

from mandat.enterprises.models import Enterprise, ServiceProvider
from mandat.identity.models import Person
from mandat.platform.keys import Keyed
from mandat.platform.ranges import half_open, never_at_once, same_number, same_text


class Right(models.TextChoices):
    """What one may do. The first four are inside a block; the next two come with a role; the rest are the staff's."""

    VIEW = "view", _("Consulter")
    PREPARE = "prepare", _("Préparer")
    SIGN = "sign", _("Signer")
    PAY = "pay", _("Payer")
    ADMINISTER = "administer", _("Administrer les accès")
    DESIGNATE = "designate", _("Désigner les responsables")
    VERIFY = "verify", _("Vérifier les inscriptions")
    EXAMINE = "examine", _("Étudier les dépôts")
    COLLECT = "collect", _("Percevoir et rembourser")
    SUPERVISE = "supervise", _("Superviser le personnel et les données de référence")
    AUDIT = "audit", _("Contrôler sans modifier")


class Proxy(Keyed):
    """Leave to act for an enterprise, with one provider, within one functional block."""

    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, related_name="proxies_given")
    provider = models.ForeignKey(ServiceProvider, on_delete=PROTECT, related_name="proxies")
    person = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="proxies")
    mandatary = models.ForeignKey(
        Enterprise, on_delete=PROTECT, null=True, blank=True, related_name="proxies_received"
    )
    block = models.CharField(max_length=20)  # a catalogue code, such as BF-REP
    rights = ArrayField(models.CharField(max_length=10, choices=Right))
    during = DateTimeRangeField()
    granted_under = models.JSONField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_under = models.JSONField(null=True, blank=True)
    revocation_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(person=None) ^ Q(mandatary=None), name="proxy_has_one_holder"),
            models.CheckConstraint(
                condition=half_open() & Q(during__upper_inf=False), name="proxy_is_half_open_and_ends"
            ),
            models.CheckConstraint(
                condition=Q(rights__contained_by=["view", "prepare", "sign", "pay"]) & Q(rights__len__gt=0),
                name="proxy_gives_rights_of_a_block",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_under=None) | Q(revoked_at__isnull=False, revoked_under__isnull=False),
                name="proxy_revoked_under_an_authority",
            ),
            *(
                never_at_once(
                    f"one_unrevoked_proxy_per_block_and_{holder}",
                    keys=[
                        same_number("enterprise_id"),
                        same_number("provider_id"),
                        same_number(f"{holder}_id"),
                        same_text("block"),
                    ],
                    condition=Q(revoked_at=None, **{f"{holder}__isnull": False}),
                )
                for holder in ("person", "mandatary")
            ),
        ]


class StaffAssignment(Keyed):
    """A role held by a person on the regulator's side, in a queue or (blank) in all of them."""

    class Role(models.TextChoices):
        VERIFIER = "verifier", _("Agent de vérification")
        OFFICER = "officer", _("Agent d'inscription")
        FINANCE = "finance", _("Agent des finances")
        SUPERVISOR = "supervisor", _("Superviseur")
        AUDITOR = "auditor", _("Contrôleur")

    person = models.ForeignKey(Person, on_delete=PROTECT, related_name="assignments")
    role = models.CharField(max_length=20, choices=Role)
    queue = models.CharField(max_length=40, blank=True)
    during = DateTimeRangeField()
    granted_by = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+")
    confirmed_by = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+")
    is_first = models.BooleanField(default=False)  # made once, by the operator, on an empty database
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=half_open(), name="assignment_is_half_open"),
            models.CheckConstraint(
                condition=Q(is_first=True, granted_by=None, confirmed_by=None)
                | (Q(is_first=False, granted_by__isnull=False) & ~Q(granted_by=models.F("confirmed_by"))),
                name="assignment_takes_two_supervisors",
            ),
            models.CheckConstraint(
                condition=~Q(person=models.F("granted_by")) & ~Q(person=models.F("confirmed_by")),
                name="nobody_assigns_themselves",
            ),
            models.UniqueConstraint(fields=["is_first"], condition=Q(is_first=True), name="one_first_assignment"),
            never_at_once(
                "one_unrevoked_assignment_per_role_and_queue",
                keys=[same_number("person_id"), same_text("role"), same_text("queue")],
                condition=Q(revoked_at=None),
            ),
        ]
