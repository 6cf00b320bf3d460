"""What is kept beside the factors themselves, which are allauth's rows: what was spent, guessed, remembered, sent."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mandat.identity.models.logins import Login
from mandat.platform.keys import Keyed


class SpentChallenge(models.Model):
    """The challenge of a passkey's answer that was accepted: it is never accepted again."""

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest


class GuessCount(models.Model):
    """How many wrong codes were typed for one kind of factor of one login, and whether that locked it."""

    class Kind(models.TextChoices):
        TOTP = "totp", _("Application de codes")
        RECOVERY_CODE = "recovery_codes", _("Codes de secours")
        EMAIL = "email", _("Codes par courriel")

    login = models.ForeignKey(Login, on_delete=models.PROTECT, related_name="guess_counts")
    kind = models.CharField(max_length=20, choices=Kind)
    step = models.BigIntegerField(default=0)  # the 30-second step of the last wrong code
    in_step = models.PositiveIntegerField(default=0)
    in_all = models.PositiveIntegerField(default=0)  # since the last right one
    locked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["login", "kind"], name="one_guess_count_per_login_and_kind")]

    def __str__(self) -> str:
        return self.kind


class RememberedDevice(Keyed):
    """A browser that is not asked for a code again for some hours. Its cookie is known by a digest alone."""

    class Ending(models.TextChoices):
        REVOKED = "revoked", _("Retiré par la personne")
        FACTOR_CHANGED = "factor_changed", _("Changement de mot de passe ou de second facteur")
        SIGNED_OUT = "signed_out", _("Sortie de tous les appareils")
        REPLACED = "replaced", _("Remplacé par un appareil plus récent")

    login = models.ForeignKey(Login, on_delete=models.PROTECT, related_name="remembered_devices")
    digest = models.CharField(max_length=64, unique=True)
    browser = models.CharField(max_length=100)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=20, choices=Ending, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("made_at")), name="remembered_device_ends_after_it_began"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="remembered_device_ends_for_a_reason",
            ),
        ]


class EmailCode(models.Model):
    """The last code sent to a login's address, by its digest: single use, for some minutes, after few wrong guesses."""

    login = models.OneToOneField(Login, on_delete=models.PROTECT, related_name="email_code")
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    wrong = models.PositiveIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.sent_at)
