"""What services are told when a session ends."""

from django.db import models
from django.db.models import PROTECT

from mandat.identity.models import Session
from mandat.openid.models.clients import Client
from mandat.platform.models import Effect


class LogoutNotice(Effect):
    """One service told that one session has ended."""

    client = models.ForeignKey(Client, on_delete=PROTECT, related_name="+")
    session = models.ForeignKey(Session, on_delete=PROTECT, related_name="+")
    sub = models.CharField(max_length=64)
    job = "tell_logout"

    class Meta(Effect.Meta):
        constraints = [
            *Effect.Meta.constraints,
            models.UniqueConstraint(fields=["session", "client"], name="one_logout_notice_per_session_and_client"),
        ]

    @property
    def key(self) -> str:
        """Return what the staff's page tells it by."""
        return f"{self.client} ({self.client.backchannel_logout_uri})"
