"""Second factors as codes: time-based (RFC 6238), spare ones, by e-mail. In allauth's rows; each accepted once."""

from collections.abc import Collection, Iterator
from datetime import datetime

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt

from mandat.identity import email_codes, policy
from mandat.identity.actor import Method
from mandat.identity.devices import Ending, forget_devices
from mandat.identity.factor_policy import Factor
from mandat.identity.guesses import Kind, count_right, count_wrong, forget_guesses, open_count
from mandat.identity.models import Login
from mandat.platform.vault import cipher

__all__ = ["generate_totp_secret"]

#: What the secrets of second factors are encrypted for.
PURPOSE = "mandat second factor"
#: Kept in the row of a TOTP factor: the last step whose code was accepted. No code of that step or before is again.
LAST_STEP = "last_step"
#: How long a spare code is: what tells it from the application's six digits.
SPARE_LENGTH = app_settings.RECOVERY_CODE_DIGITS
FACTOR_OF_TYPE = {
    Authenticator.Type.TOTP: Factor.TOTP,
    Authenticator.Type.WEBAUTHN: Factor.PASSKEY,
    Authenticator.Type.RECOVERY_CODES: Factor.SPARE,
}
#: Codes, what each proves, and how its guesses are counted.
CODES = {
    Kind.TOTP: (Factor.TOTP, Method.TOTP),
    Kind.RECOVERY_CODE: (Factor.SPARE, Method.RECOVERY_CODE),
    Kind.EMAIL: (Factor.EMAIL, Method.EMAIL_CODE),
}


class WrongCode(Exception):
    """The code is not the one expected now, or was used before."""


class NoSecondFactor(Exception):
    """The login has no TOTP factor."""


class Vault(DefaultMFAAdapter):
    """Keeps the secrets of second factors encrypted, under a key derived from the secret key of the deployment."""

    def encrypt(self, text: str) -> str:
        return cipher(PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return cipher(PURPOSE).decrypt(encrypted_text.encode()).decode()


def has_second_factor(login: Login) -> bool:
    """Return whether a login can prove itself a second time."""
    return bool(factors_of(login))


def is_activated(login: Login) -> bool:
    """Return whether its holder has made a login theirs: with a password, or with a factor where they enter without."""
    return login.has_usable_password() or has_second_factor(login)


def means_of(login: Login) -> set[Factor]:
    """Return the means that a login has of proving itself a second time, recovery codes among them."""
    types = Authenticator.objects.filter(user=login).order_by("id").values_list("type", flat=True)
    return {FACTOR_OF_TYPE[each] for each in types}


def factors_of(login: Login) -> set[Factor]:
    """Return the second factors that a login has set up. Recovery codes stand in for one; they are none."""
    return means_of(login) - {Factor.SPARE}


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
    Give a login the application that holds a secret, in place of any other, and recovery codes if it has none.

    :raises WrongCode: if the code is not the secret's
    """
    step = _accepted_step(secret, code, at=at, after=-1)
    if step is None:
        raise WrongCode
    Authenticator.objects.filter(user=login, type=Authenticator.Type.TOTP).delete()
    factor = TOTP.activate(login, secret).instance
    factor.data[LAST_STEP] = step
    factor.save(update_fields=["data"])
    forget_guesses(login, Kind.TOTP)
    forget_devices(login, Ending.FACTOR_CHANGED, at=at)
    give_recovery_codes(login)


def give_recovery_codes(login: Login) -> None:
    """Give a login recovery codes, if it has none."""
    if Factor.SPARE not in means_of(login):
        RecoveryCodes.activate(login)


def remove(login: Login) -> None:
    """Take the application of codes away from a login."""
    Authenticator.objects.filter(user=login, type=Authenticator.Type.TOTP).delete()
    forget_guesses(login, Kind.TOTP)


def forget(login: Login) -> None:
    """Take away every second factor of a login, and its recovery codes."""
    Authenticator.objects.filter(user=login).delete()
    forget_guesses(login, *Kind)


def recovery_codes(login: Login) -> list[str]:
    """Return the recovery codes of a login that are still unused."""
    kept = Authenticator.objects.filter(user=login, type=Authenticator.Type.RECOVERY_CODES).first()
    return [] if kept is None else RecoveryCodes(kept).get_unused_codes()


def renew_recovery_codes(login: Login) -> None:
    """Replace the recovery codes of a login."""
    Authenticator.objects.filter(user=login, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(login)
    forget_guesses(login, Kind.RECOVERY_CODE)


def kind_of(code: str, *, among: Collection[Factor]) -> Kind:
    """Return what a code claims to be, by its length: what its wrong guesses are counted against."""
    if Factor.EMAIL in among:
        return Kind.EMAIL
    return Kind.RECOVERY_CODE if sum(each.isalnum() for each in code) >= SPARE_LENGTH else Kind.TOTP


def check(login: Login, code: str, *, among: Collection[Factor], at: datetime) -> Method | None:
    """
    Accept a code of one of these factors, once, and return the method that it proves; a wrong one is counted.

    It is called in a transaction that ends well either way: a wrong code that was not counted would be free.

    :raises TooManyGuesses: if too many wrong codes were typed in these 30 seconds
    :raises FactorLocked: if too many were in a row
    """
    kind = kind_of(code, among=among)
    factor, method = CODES[kind]
    count = open_count(login, kind, at=at)
    if factor in among and _is_right(login, code, kind, at=at):
        count_right(count)
        return method
    count_wrong(count, at=at)
    return None


def _is_right(login: Login, code: str, kind: Kind, *, at: datetime) -> bool:
    if kind == Kind.EMAIL:
        return email_codes.accept(login, code, at=at)
    of_type = Authenticator.Type.TOTP if kind == Kind.TOTP else Authenticator.Type.RECOVERY_CODES
    factor = Authenticator.objects.select_for_update().filter(user=login, type=of_type).order_by("id").first()
    if factor is None or not (_is_of_now if kind == Kind.TOTP else _is_spare)(factor, code, at):
        return False
    factor.last_used_at = at
    factor.save(update_fields=["data", "last_used_at"])
    return True


def _is_of_now(factor: Authenticator, code: str, at: datetime) -> bool:
    step = _accepted_step(decrypt(factor.data["secret"]), code, at=at, after=factor.data.get(LAST_STEP, -1))
    if step is not None:
        factor.data[LAST_STEP] = step
    return step is not None


def _is_spare(factor: Authenticator, code: str, _at: datetime) -> bool:
    is_one: bool = factor.wrap().validate_code(code)
    factor.refresh_from_db()
    return is_one


def _accepted_step(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    matching = [step for step in open_steps(at) if compare_user_code(actual=code, expected=code_of(secret, step))]
    return next((step for step in matching if step > after), None)
