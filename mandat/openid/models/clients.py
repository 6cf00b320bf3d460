"""Services that have persons sign in with us, and how each proves that it is itself."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import PROTECT, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mandat.enterprises.models import ServiceProvider, known
from mandat.openid.workflow import CLIENT, ClientMove, ClientState
from mandat.platform.keys import Keyed


class AuthMethod(models.TextChoices):
    """How a client proves that it is itself, by the names of OpenID Connect."""

    SECRET = "client_secret_basic", _("Par un secret, que nous créons")
    KEY = "private_key_jwt", _("Par une clé privée, dont nous ne connaissons que la clé publique")


class ClientAct(models.TextChoices):
    """What was done to a client."""

    REGISTER = "register", _("Enregistré")
    CHANGE = "change", _("Modifié")
    RENEW_SECRET = "renew_secret", _("Secret renouvelé")
    DISABLE = "disable", _("Désactivé")
    ENABLE = "enable", _("Réactivé")


class Client(Keyed):
    """A service that has persons sign in with us. Its `public_id` is its client_id."""

    State, Move = ClientState, ClientMove

    provider = models.ForeignKey(ServiceProvider, on_delete=PROTECT, related_name="clients")
    name_fr = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    state = models.CharField(max_length=20, choices=ClientState, default=ClientState.ACTIVE)
    sector = models.CharField(max_length=253)  # the host of its addresses: a person has one `sub` for each
    auth_method = models.CharField(max_length=20, choices=AuthMethod)
    jwks = models.JSONField(default=dict, blank=True)  # its public keys, by value: we fetch nothing
    redirect_uris = ArrayField(models.CharField(max_length=500))
    post_logout_redirect_uris = ArrayField(models.CharField(max_length=500), default=list, blank=True)
    backchannel_logout_uri = models.CharField(max_length=500, blank=True)
    scopes = ArrayField(models.CharField(max_length=20))

    class Meta:
        ordering = ["name_fr", "id"]
        constraints = [
            known("state", ClientState, name="client_state_is_known"),
            known("auth_method", AuthMethod, name="client_auth_method_is_known"),
            models.CheckConstraint(
                condition=~Q(name_fr="") & ~Q(name_en=""), name="client_has_a_name_in_each_language"
            ),
            models.CheckConstraint(condition=Q(redirect_uris__len__gt=0), name="client_has_an_address_to_return_to"),
            models.CheckConstraint(condition=Q(scopes__contains=["openid"]), name="client_may_ask_for_openid"),
            models.CheckConstraint(
                condition=Q(auth_method=AuthMethod.SECRET) ^ ~Q(jwks={}), name="client_has_keys_or_a_secret"
            ),
        ]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_fr

    @property
    def client_id(self) -> str:
        """Return what it names itself by."""
        return str(self.public_id)

    @property
    def is_active(self) -> bool:
        """Tell whether persons may sign in there with us."""
        return self.state == ClientState.ACTIVE

    def make(self, move: ClientMove, *, at: datetime, under: Mapping[str, object]) -> None:
        """Make a move and record it. The only code that writes `state`."""
        self.state = CLIENT.target(move, ClientState(self.state))
        self.save(update_fields=["state"])
        self.record(ClientAct(move.value), at=at, under=under)

    def record(self, act: ClientAct, *, at: datetime, under: Mapping[str, object]) -> None:
        """Keep what was done, and by what authority."""
        self.history.create(act=act, at=at, authority=dict(under))


class ClientHistory(Keyed):
    """One thing done to a client, kept for ever."""

    client = models.ForeignKey(Client, on_delete=PROTECT, related_name="history")
    act = models.CharField(max_length=20, choices=ClientAct)
    at = models.DateTimeField()
    authority = models.JSONField()

    class Meta:
        ordering = ["id"]


class ClientSecret(Keyed):
    """The hash of a secret: 256 bits drawn at random, so that a plain hash keeps it."""

    client = models.ForeignKey(Client, on_delete=PROTECT, related_name="secrets")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)  # once another has replaced it

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["client"], condition=Q(ends_at=None), name="one_lasting_secret_per_client"),
        ]


class SeenAssertion(models.Model):
    """An assertion that a client has proven itself by, once."""

    client = models.ForeignKey(Client, on_delete=PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "digest"], name="an_assertion_serves_once")]

    def __str__(self) -> str:
        return self.digest
