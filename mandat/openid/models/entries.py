"""
A person’s entry at a service, and what the service was given for it: one code, then tokens, which live and die with it.

Codes and tokens are kept as hashes: whoever reads the database can use none of them.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import PROTECT, Q

from mandat.enterprises.models import Enterprise
from mandat.identity.models import Session
from mandat.openid.models.clients import Client
from mandat.openid.models.consents import Consent
from mandat.platform.keys import Keyed


class Ending(models.TextChoices):
    """Why an entry ended before its session."""

    REPLAYED = "replayed", "a code or a refresh token was used twice"
    REVOKED = "revoked", "the service gave it back"
    FAULTY = "faulty", "the code was redeemed wrongly"


class Authorization(Keyed):
    """One entry of a person at a service, within a session: what it was asked with, and what it let be known."""

    client = models.ForeignKey(Client, on_delete=PROTECT, related_name="authorizations")
    session = models.ForeignKey(Session, on_delete=PROTECT, related_name="authorizations")
    consent = models.ForeignKey(Consent, on_delete=PROTECT, related_name="authorizations")
    scopes = ArrayField(models.CharField(max_length=20))
    enterprise = models.ForeignKey(Enterprise, on_delete=PROTECT, null=True, related_name="+")
    nonce = models.CharField(max_length=500, blank=True)
    auth_time = models.DateTimeField()
    methods = ArrayField(models.CharField(max_length=20))
    assurance = models.CharField(max_length=20)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=20, choices=Ending, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at=None) ^ ~Q(ending=""), name="authorization_ends_for_a_reason"),
        ]


class Given(models.Model):
    """What was given for an entry, kept as a hash, until it expires."""

    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.digest


class Code(Given):
    """An authorization code: serves once."""

    authorization = models.OneToOneField(Authorization, on_delete=PROTECT, related_name="code")
    redirect_uri = models.CharField(max_length=500)
    challenge = models.CharField(max_length=43, db_index=True)
    used_at = models.DateTimeField(null=True)


class AccessToken(Given):
    """What opens the claims of a person, for a few minutes."""

    authorization = models.ForeignKey(Authorization, on_delete=PROTECT, related_name="access_tokens")
    scopes = ArrayField(models.CharField(max_length=20))


class RefreshToken(Given):
    """What is exchanged, once, for the next tokens."""

    authorization = models.ForeignKey(Authorization, on_delete=PROTECT, related_name="refresh_tokens")
    used_at = models.DateTimeField(null=True)
