"""Remembered devices: browsers that are not asked for a code again for some hours, where the policy lets them."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import QuerySet

from mandat.identity import policy
from mandat.identity.models import Login, Person, RememberedDevice

Ending = RememberedDevice.Ending


def digest_of(token: str) -> str:
    """Return what is kept of a device's cookie."""
    return hashlib.sha256(token.encode()).hexdigest()


def standing_devices(login: Login, at: datetime) -> QuerySet[RememberedDevice]:
    """Return the devices that a login is remembered on, the latest first."""
    return RememberedDevice.objects.filter(login=login, ended_at=None, ends_at__gt=at)


def devices_of(person: Person, at: datetime) -> QuerySet[RememberedDevice]:
    """Return the devices that a person's logins are remembered on, the latest first: for the page of devices."""
    standing = RememberedDevice.objects.filter(ended_at=None, ends_at__gt=at)
    return standing.filter(login__links__person=person, login__links__during__contains=at).select_related("login")


def logins_of(person: Person, at: datetime) -> QuerySet[Login]:
    """Return the logins that are a person's now."""
    return Login.objects.filter(links__person=person, links__during__contains=at).order_by("id")


def is_remembered(login: Login, token: str, at: datetime) -> bool:
    """Return whether a cookie is that of a device that a login is remembered on."""
    return bool(token) and standing_devices(login, at).filter(digest=digest_of(token)).exists()


def remember(login: Login, *, browser: str, at: datetime) -> tuple[RememberedDevice, str]:
    """Remember a device, and return it with its cookie; the oldest give way. The caller locks the login."""
    token = secrets.token_urlsafe(32)
    kept = policy.limit(policy.REMEMBERED_DEVICES, at) - 1
    extra = list(standing_devices(login, at).values_list("pk", flat=True)[kept:])
    RememberedDevice.objects.filter(pk__in=extra).update(ended_at=at, ending=Ending.REPLACED)
    made = RememberedDevice.objects.create(
        login=login, digest=digest_of(token), browser=browser, made_at=at,
        ends_at=at + timedelta(hours=policy.limit(policy.REMEMBERED_HOURS, at)),
    )  # fmt: skip
    return made, token


def forget_devices(login: Login, ending: Ending, *, at: datetime) -> int:
    """Ask every browser of a login for a code again; return how many were remembered."""
    return standing_devices(login, at).update(ended_at=at, ending=ending)
