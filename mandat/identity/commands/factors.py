"""What may be done with second factors that are codes."""

from collections.abc import Collection
from uuid import uuid4

from django.db import transaction

from mandat.identity import email_codes, second_factor
from mandat.identity.actor import SECOND_FACTORS, Actor, Method
from mandat.identity.commands.devices import forget_all_devices
from mandat.identity.commands.sessions import end_sessions_of_login
from mandat.identity.devices import Ending
from mandat.identity.events import (
    RecoveryCodesRenewed,
    RecoveryCodeUsed,
    SecondFactorLocked,
    SecondFactorRefused,
    SecondFactorRemoved,
    SecondFactorSetUp,
)
from mandat.identity.factor_policy import Factor, FactorPolicy
from mandat.identity.guesses import is_locked
from mandat.identity.models import Ending as SessionEnding
from mandat.identity.models import Login, Person, Session
from mandat.identity.second_factor import WrongCode, factors_of, kind_of
from mandat.platform.clock import now
from mandat.platform.events import publish
from mandat.platform.mail import queue_mail, write

#: What proves more than a password.
STRONG = SECOND_FACTORS | {Method.PASSKEY}


class HasFactors(Exception):
    """The login has a second factor, which was not proven: nobody adds another with the password alone."""


class LastFactor(Exception):
    """The policy asks for this factor, and nothing would be left of what it asks for."""


def lock_to_set_up(login: Login, methods: Collection[str]) -> None:
    """
    Lock a login that is to have one more factor.

    :raises HasFactors: if it has one already, which `methods` did not prove
    """
    Login.objects.select_for_update(of=["self"]).get(pk=login.pk)
    if factors_of(login) and STRONG.isdisjoint(methods):
        raise HasFactors


def require_not_last(login: Login, factor: Factor, *, left: Collection[Factor], policy: FactorPolicy) -> None:
    """
    Refuse to take away the last factor that is asked for.

    :raises LastFactor: if nothing would be left of what the policy asks for
    """
    if not policy.may_lose(factor, left=left):
        raise LastFactor(login.public_id)


@transaction.atomic
def set_up_second_factor(*, login: Login, secret: str, code: str, methods: Collection[str] = ()) -> None:
    """
    Give a login an application of codes, in place of any other, and recovery codes if it has none.

    `methods` is what its holder has just proven.

    :raises WrongCode: if the code is not the secret's
    :raises HasFactors: if it has a second factor already, which was not proven
    """
    lock_to_set_up(login, methods)
    second_factor.set_up(login, secret=secret, code=code, at=now())
    forget_all_devices(login=login, ending=Ending.FACTOR_CHANGED)
    publish(SecondFactorSetUp(login=str(login.public_id)))


@transaction.atomic
def remove_second_factor(*, policy: FactorPolicy, by: Actor, session: Session | None = None) -> None:
    """
    Take the application of codes away from one’s login: sessions but the one that asks are ended.

    :raises LastFactor: if the policy asks for it, and nothing else would be left
    """
    Login.objects.select_for_update(of=["self"]).get(pk=by.login.pk)
    held = factors_of(by.login)
    if Factor.TOTP not in held:
        return
    require_not_last(by.login, Factor.TOTP, left=held - {Factor.TOTP}, policy=policy)
    second_factor.remove(by.login)
    forget_all_devices(login=by.login, ending=Ending.FACTOR_CHANGED)
    end_sessions_of_login(login=by.login, ending=SessionEnding.FACTOR_CHANGED, but=session)
    publish(SecondFactorRemoved(login=str(by.login.public_id)))


@transaction.atomic
def renew_recovery_codes(*, by: Actor) -> None:
    """Replace the recovery codes of one’s login; those from before no longer open anything."""
    Login.objects.select_for_update(of=["self"]).get(pk=by.login.pk)
    second_factor.renew_recovery_codes(by.login)
    publish(RecoveryCodesRenewed(login=str(by.login.public_id)))


def check_second_factor(*, login: Login, code: str, among: Collection[Factor] = (Factor.TOTP, Factor.SPARE)) -> str:
    """
    Accept a code of one of these factors once, and return the method that it proves.

    :raises WrongCode: if it is neither a code of now nor a recovery code, or was used before
    :raises TooManyGuesses: if too many wrong ones were typed in these 30 seconds
    :raises FactorLocked: if too many were in a row
    """
    method = _tried(login, code, among)
    if method is None:
        raise WrongCode
    return method


@transaction.atomic
def _tried(login: Login, code: str, among: Collection[Factor]) -> Method | None:
    method = second_factor.check(login, code, among=among, at=now())
    if method is None:
        publish(SecondFactorRefused(login=str(login.public_id)))
        kind = kind_of(code, among=among)
        if is_locked(login, kind):
            publish(SecondFactorLocked(login=str(login.public_id), kind=kind))
    if method == Method.RECOVERY_CODE:
        publish(RecoveryCodeUsed(login=str(login.public_id)))
    return method


@transaction.atomic
def send_email_code(*, login: Login, person: Person) -> None:
    """
    Send a code to the address of a login. Whether the policy lets it is for the caller to ask.

    :raises SentLately: if one left less than a minute ago
    """
    Login.objects.select_for_update(of=["self"]).get(pk=login.pk)
    code = email_codes.make_code(login, at=now())
    written = write("mandat/identity/mail/code", language=person.language, context={"code": code})
    queue_mail(key=str(uuid4()), to=login.email, subject=written.subject, text=written.text, language=person.language)


@transaction.atomic
def decline_passkey(*, by: Actor) -> None:
    """Invite somebody no more to add a passkey."""
    Login.objects.filter(pk=by.login.pk).update(passkey_declined_at=now())
