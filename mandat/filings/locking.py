"""How every command begins: the filing locked, with the firm it is filed for."""

from uuid import UUID

from django.db.models import BigIntegerField, Case, Func, Value, When

from mandat.enterprises.models import Enterprise
from mandat.filings.errors import ClosedToChange, NotOnline, StaleDraft
from mandat.filings.models import Filing
from mandat.filings.workflow import OPEN_TO_CHANGE
from mandat.register.models import Registrant

_FIRM = "registrant__service_registration__enterprise"


def locked(filing: UUID) -> Filing:
    """Lock a filing until the end of the transaction, and return it."""
    return Filing.objects.select_for_update(of=("self",)).select_related(_FIRM).get(public_id=filing)


def locked_for_submission(filing: UUID) -> tuple[Filing, int | None]:
    """Lock a filing, and reserve its number if it has none; an attempt that fails leaves a gap in the sequence."""
    drawn = Func(Value("filings_serial"), function="nextval", output_field=BigIntegerField())
    serial = Case(When(number="", then=drawn), output_field=BigIntegerField())
    unlocked = Filing.objects.select_related(_FIRM).annotate(serial=serial)
    found = unlocked.select_for_update(of=("self",)).get(public_id=filing)
    return found, found.serial


def firm_of(registrant: Registrant) -> Enterprise:
    """
    Return the enterprise that stands behind a registrant in the identity half.

    :raises NotOnline: if there is none
    """
    if registrant.service_registration is None:
        raise NotOnline(registrant.public_id)
    return registrant.service_registration.enterprise


def must_be_as_seen(filing: Filing, revision: int) -> None:
    """
    Refuse to change or sign what the caller has not seen.

    :raises ClosedToChange: if it is neither a draft nor returned
    :raises StaleDraft: if somebody changed it since
    """
    if filing.state not in OPEN_TO_CHANGE:
        raise ClosedToChange(filing.state)
    if filing.revision != revision:
        raise StaleDraft(filing)
