"""The second factor: time-based codes (RFC 6238) and recovery codes, in allauth's rows, each accepted once."""

import base64
from collections.abc import Iterator
from datetime import datetime

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.utils.encoding import force_bytes

from mandat.identity import policy
from mandat.identity.actor import Method
from mandat.identity.models import Login

__all__ = ["generate_totp_secret"]

#: Kept in the row of a TOTP factor: the last step whose code was accepted. No code of that step or before is again.
LAST_STEP = "last_step"


class WrongCode(Exception):
    """The code is not the one expected now, or was used before."""


class NoSecondFactor(Exception):
    """The login has no TOTP factor."""


class Vault(DefaultMFAAdapter):
    """Keeps the secrets of second factors encrypted, under a key derived from the secret key of the deployment."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    return MultiFernet([_key(each) for each in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"mandat second factor").derive(force_bytes(secret))
    return Fernet(base64.urlsafe_b64encode(derived))


def has_second_factor(login: Login) -> bool:
    """Return whether a login can prove itself a second time."""
    return Authenticator.objects.filter(user=login, type=Authenticator.Type.TOTP).exists()


def secret_of(login: Login) -> str:
    """
    Return the TOTP secret of a login.

    :raises NoSecondFactor: if it has none
    """
    factor = Authenticator.objects.filter(user=login, type=Authenticator.Type.TOTP).first()
    if factor is None:
        raise NoSecondFactor
    return decrypt(factor.data["secret"])


def step_at(at: datetime) -> int:
    """Return the number of the 30-second step that an instant falls in."""
    return int(at.timestamp()) // app_settings.TOTP_PERIOD


def code_of(secret: str, step: int) -> str:
    """Return the code of a step."""
    return format_hotp_value(hotp_value(secret, step))


def open_steps(at: datetime) -> range:
    """Return the steps whose codes are accepted at an instant, the earliest first."""
    drift = policy.limit(policy.TOTP_STEPS_EITHER_SIDE, at)
    return range(step_at(at) - drift, step_at(at) + drift + 1)


def unused_codes(login: Login, at: datetime) -> Iterator[tuple[int, str]]:
    """
    Return the steps from now on whose codes would be accepted, with those codes.

    :raises NoSecondFactor: if the login has none
    """
    secret = secret_of(login)
    used = Authenticator.objects.get(user=login, type=Authenticator.Type.TOTP).data.get(LAST_STEP, -1)
    return ((step, code_of(secret, step)) for step in open_steps(at) if step > used and step >= step_at(at))


def set_up(login: Login, *, secret: str, code: str, at: datetime) -> None:
    """
    Give a login its second factor, and recovery codes with it.

    :raises WrongCode: if the code is not the secret's
    """
    step = _accepted_step(secret, code, at=at, after=-1)
    if step is None:
        raise WrongCode
    factor = TOTP.activate(login, secret).instance
    factor.data[LAST_STEP] = step
    factor.save(update_fields=["data"])
    RecoveryCodes.activate(login)


def forget(login: Login) -> None:
    """Take away every second factor of a login, and its recovery codes."""
    Authenticator.objects.filter(user=login).delete()


def recovery_codes(login: Login) -> list[str]:
    """Return the recovery codes of a login that are still unused."""
    kept = Authenticator.objects.filter(user=login, type=Authenticator.Type.RECOVERY_CODES).first()
    return [] if kept is None else RecoveryCodes(kept).get_unused_codes()


def renew_recovery_codes(login: Login) -> None:
    """Replace the recovery codes of a login."""
    Authenticator.objects.filter(user=login, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(login)


@transaction.atomic
def check(login: Login, code: str, *, at: datetime) -> Method:
    """
    Accept a code of the second factor, once, and return the method that it proves.

    :raises WrongCode: if it is neither a code of now nor a recovery code, or was used before
    """
    factors = {each.type: each for each in Authenticator.objects.select_for_update().filter(user=login).order_by("id")}
    totp = factors.get(Authenticator.Type.TOTP)
    if totp is not None:
        step = _accepted_step(decrypt(totp.data["secret"]), code, at=at, after=totp.data.get(LAST_STEP, -1))
        if step is not None:
            totp.data[LAST_STEP] = step
            totp.last_used_at = at
            totp.save(update_fields=["data", "last_used_at"])
            return Method.TOTP
    recovery = factors.get(Authenticator.Type.RECOVERY_CODES)
    if recovery is not None and recovery.wrap().validate_code(code):
        return Method.RECOVERY_CODE
    raise WrongCode


def _accepted_step(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    matching = [step for step in open_steps(at) if compare_user_code(actual=code, expected=code_of(secret, step))]
    return next((step for step in matching if step > after), None)
