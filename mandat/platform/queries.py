"""What the platform can be asked about itself."""

from datetime import timedelta

from django.db.models import QuerySet
from procrastinate.contrib.django.models import ProcrastinateWorker

from mandat.platform.clock import AppNow
from mandat.platform.effects import EffectState
from mandat.platform.jobs import STALLED_AFTER
from mandat.platform.models import Delivery, Letter, Mail, Scan


def parked_deliveries() -> QuerySet[Delivery]:
    """Return the deliveries set aside: somebody must look at each."""
    return Delivery.objects.filter(state=EffectState.PARKED).select_related("event")


def parked_mail() -> QuerySet[Mail]:
    """Return the messages that could not be sent."""
    return Mail.objects.filter(state=EffectState.PARKED)


def parked_letters() -> QuerySet[Letter]:
    """Return the letters that could not be printed."""
    return Letter.objects.filter(state=EffectState.PARKED)


def parked_scans() -> QuerySet[Scan]:
    """Return the scans that the scanner did not answer: their files wait until each is resumed."""
    return Scan.objects.filter(state=EffectState.PARKED)


def living_workers() -> QuerySet[ProcrastinateWorker]:
    """Return the workers that have lately said they are alive. None: nothing is delivered, sent or printed."""
    last_said = AppNow() - timedelta(seconds=STALLED_AFTER)
    return ProcrastinateWorker.objects.filter(last_heartbeat__gt=last_said).order_by("id")
