"""What may be done with second factors."""

from django.db import transaction

from mandat.identity import second_factor
from mandat.identity.actor import Actor
from mandat.identity.events import RecoveryCodesRenewed, SecondFactorRefused, SecondFactorSetUp
from mandat.identity.models import Login
from mandat.identity.second_factor import WrongCode
from mandat.platform.clock import now
from mandat.platform.events import publish


@transaction.atomic
def set_up_second_factor(*, login: Login, secret: str, code: str) -> None:
    """
    Give a login its second factor, and recovery codes with it.

    :raises WrongCode: if the code is not the secret's
    """
    Login.objects.select_for_update(of=["self"]).get(pk=login.pk)
    second_factor.set_up(login, secret=secret, code=code, at=now())
    publish(SecondFactorSetUp(login=str(login.public_id)))


@transaction.atomic
def renew_recovery_codes(*, by: Actor) -> None:
    """Replace the recovery codes of one's login; those from before no longer open anything."""
    Login.objects.select_for_update(of=["self"]).get(pk=by.login.pk)
    second_factor.renew_recovery_codes(by.login)
    publish(RecoveryCodesRenewed(login=str(by.login.public_id)))


def check_second_factor(*, login: Login, code: str) -> str:
    """
    Accept a code once, and return the method that it proves.

    :raises WrongCode: if it is neither a code of now nor a recovery code, or was used before
    """
    try:
        return second_factor.check(login, code, at=now())
    except WrongCode:
        with transaction.atomic():
            publish(SecondFactorRefused(login=str(login.public_id)))
        raise
