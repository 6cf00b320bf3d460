"""Outside identities, and whose each is since when."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import PROTECT

from mandat.identity.models import Login
from mandat.platform.keys import Keyed
from mandat.platform.ranges import half_open, never_at_once, same_number, same_text


class OutsideLink(Keyed):
    """A name that an outside provider has for somebody (`iss` and `sub`), linked to a login of theirs for a time."""

    issuer = models.CharField(max_length=300)
    sub = models.CharField(max_length=255)
    login = models.ForeignKey(Login, on_delete=PROTECT, related_name="outside_links")
    during = DateTimeRangeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["issuer", "sub"], name="outside_links_by_name")]
        constraints = [
            models.CheckConstraint(condition=half_open(), name="outside_link_is_half_open"),
            never_at_once("one_login_per_outside_name_at_once", keys=[same_text("issuer"), same_text("sub")]),
            never_at_once(
                "one_outside_name_per_provider_and_login", keys=[same_text("issuer"), same_number("login_id")]
            ),
        ]

    def __str__(self) -> str:
        return self.issuer
