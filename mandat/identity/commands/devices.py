"""What may be done with remembered devices."""

from uuid import UUID

from django.db import transaction

from mandat.identity import devices
from mandat.identity.actor import Actor
from mandat.identity.devices import Ending, devices_of, standing_devices
from mandat.identity.events import DeviceRemembered, DevicesForgotten
from mandat.identity.models import Login
from mandat.platform.clock import now
from mandat.platform.events import publish


@transaction.atomic
def remember_device(*, login: Login, browser: str) -> str:
    """Remember a browser for some hours, and return its cookie. Whether the policy lets it is for the caller to ask."""
    Login.objects.select_for_update(of=["self"]).get(pk=login.pk)
    device, token = devices.remember(login, browser=browser[:100], at=now())
    publish(DeviceRemembered(login=str(login.public_id), device=str(device.public_id)))
    return token


@transaction.atomic
def forget_device(*, device: UUID, by: Actor) -> None:
    """Ask one of one's browsers for a code again; a second time changes nothing."""
    at = now()
    found = devices_of(by.person, at).filter(public_id=device).first()
    if found is not None and standing_devices(found.login, at).filter(pk=found.pk).update(
        ended_at=at, ending=Ending.REVOKED
    ):
        publish(DevicesForgotten(login=str(found.login.public_id), ending=Ending.REVOKED))


@transaction.atomic
def forget_all_devices(*, login: Login, ending: Ending) -> None:
    """Ask every browser of a login for a code again."""
    if devices.forget_devices(login, ending, at=now()):
        publish(DevicesForgotten(login=str(login.public_id), ending=ending))
