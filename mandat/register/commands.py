"""
What changes the regulator's file.

These commands ask for no right: an officer's decision or a filing does, and hands its authority down as a record.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange

from mandat.access.retries import in_one_transaction, refusing
from mandat.enterprises.models import ServiceRegistration
from mandat.enterprises.workflow import RegistrationState
from mandat.platform.clock import now
from mandat.platform.events import publish
from mandat.register.events import AttachmentCorrected, AttachmentEnded, RegistrantLinked
from mandat.register.models import Attachment, Individual, Registrant

_A_DAY = timedelta(days=1)


class NotAttached(Exception):
    """The individual is not attached to the registrant for this code on the eve of that day."""


class AlreadyEnded(Exception):
    """Something else has already ended the attachment on that very day."""


class DatesImpossible(Exception):
    """What holds begins on a day, and ends after it if it ends."""


class AttachedTwice(Exception):
    """Another attachment of the same individual for the same code holds during some of these days."""


class AlreadyLinked(Exception):
    """The registrant is linked to a registration that is still alive, or the registration to another registrant."""


class NotActive(Exception):
    """The registration with the regulator is not active."""


@in_one_transaction
def link_registrant(*, registrant: Registrant, registration: ServiceRegistration) -> Registrant:
    """
    Say which enterprise stands for a registrant online; said again, it changes nothing.

    :raises NotActive: if the registration is not active
    :raises AlreadyLinked: if either of them is linked elsewhere
    """
    kept = ServiceRegistration.objects.select_for_update(of=("self",), no_key=True).get(pk=registration.pk)
    found = _locked(registrant)
    if found.service_registration_id == kept.pk:
        return found
    if kept.state != RegistrationState.ACTIVE:
        raise NotActive(kept.public_id)
    before = found.service_registration
    if before and before.state not in (RegistrationState.REFUSED, RegistrationState.DEACTIVATED):
        raise AlreadyLinked(found.public_id)
    found.service_registration = kept
    with refusing("register_registrant_service_registration_id_key", AlreadyLinked):
        found.save(update_fields=["service_registration"])
    publish(RegistrantLinked(registrant=str(found.public_id), registration=str(kept.public_id)))
    return found


@in_one_transaction
def end_attachment(
    *, individual: Individual, registrant: Registrant, code: str, on: date, reason: str,
    under: Mapping[str, object], cause: str,
) -> Attachment:  # fmt: skip
    """
    End an attachment: `on` is the first day on which it no longer holds. Asked twice by one cause, it is done once.

    :raises NotAttached: if it does not hold on the eve of that day
    :raises AlreadyEnded: if something else ended it on that day
    """
    held = _locked(registrant).attachments.filter(individual=individual, code=code, during__contains=on - _A_DAY)
    attachment = held.select_for_update(of=("self",)).order_by("id").first()
    if attachment is None:
        raise NotAttached(individual.public_id, code, on)
    if attachment.during.upper == on:
        if attachment.changes.filter(cause=cause).exists():
            return attachment
        raise AlreadyEnded(attachment.public_id)
    during = DateRange(attachment.during.lower, on)
    attachment.change(during=during, end_reason=reason, at=now(), under=under, cause=cause)
    publish(AttachmentEnded(on=on.isoformat(), **_ids(attachment, registrant, individual, cause)))
    return attachment


@in_one_transaction
def correct_attachment(
    *, attachment_id: UUID, during: DateRange, reason: str, under: Mapping[str, object], cause: str
) -> Attachment:
    """
    Give an attachment other dates than those said before, which are kept; an end may be undone by giving none.

    :raises DatesImpossible: if it would not begin, or end before it begins
    :raises AttachedTwice: if it would overlap another one
    """
    if during.lower is None or (during.upper is not None and during.upper <= during.lower):
        raise DatesImpossible
    found = Attachment.objects.select_related("registrant", "individual").get(public_id=attachment_id)
    _locked(found.registrant)
    attachment = Attachment.objects.select_for_update(of=("self",)).get(pk=found.pk)
    dates = DateRange(during.lower, during.upper)
    with refusing("one_attachment_per_code_at_once", AttachedTwice):
        attachment.change(during=dates, end_reason=reason, at=now(), under=under, cause=cause)
    publish(AttachmentCorrected(**_ids(attachment, found.registrant, found.individual, cause)))
    return attachment


def _locked(registrant: Registrant) -> Registrant:
    """Lock the file of a registrant, so that what happens to it is told in order."""
    return Registrant.objects.select_for_update(of=("self",), no_key=True).get(pk=registrant.pk)


def _ids(attachment: Attachment, registrant: Registrant, individual: Individual, cause: str) -> dict[str, str]:
    return {
        "registrant": str(registrant.public_id),
        "attachment": str(attachment.public_id),
        "individual": str(individual.public_id),
        "cause": cause,
    }
