"""
A lost password, a lost user code: asked by anybody, answered to the mailbox of the login alone.

Asking does the same whether what was typed names somebody or nobody: it looks, then defers one job. What differs is
done by that job, out of sight of whoever asked. The mailed link opens nothing alone: the second factor goes with it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from procrastinate.contrib.django import app

from mandat.identity import passkeys, policy, second_factor, telling
from mandat.identity.actor import Method
from mandat.identity.commands.devices import forget_all_devices
from mandat.identity.commands.sessions import end_sessions_of_login
from mandat.identity.devices import Ending as Forgetting
from mandat.identity.events import (
    PasskeyCopied,
    PasswordRecovered,
    RecoveryMailed,
    RecoveryRefused,
    RecoveryStopped,
    UserCodeRecalled,
)
from mandat.identity.factor_policy import Factor, FactorPolicy
from mandat.identity.limits import forget_tries
from mandat.identity.models import Ending, Login, PasswordRecovery, Person
from mandat.identity.passkeys import Answered, PasskeyLooksCopied, PasskeyRefused
from mandat.identity.queries import link_of, login_named, recovery_of
from mandat.identity.recovering import means_to_recover, seal_of, why_closed
from mandat.identity.second_factor import WrongCode
from mandat.identity.tokens import digest, link_token
from mandat.identity.workflow import RecoveryMove, RecoveryState
from mandat.platform.clock import now
from mandat.platform.events import publish

#: The job that writes to the mailbox of a login; 0 stands for nobody.
JOB, NOBODY = "write_to_holder", 0
A_DAY = timedelta(days=1)


class Lost(StrEnum):
    """What somebody says that they have lost."""

    PASSWORD = "password"  # noqa: S105 - the name of a thing
    USER_CODE = "user_code"


class RecoveryUnusable(Exception):
    """The link is unknown, was used, stopped or replaced, its time has passed, or it was tried too often."""


@transaction.atomic
def ask_for_access(*, typed: str, lost: Lost) -> None:
    """Have the holder of a login written to, if what was typed names one. What was typed is kept nowhere."""
    login = login_named(typed)
    job = app.configure_task(JOB, allow_unknown=False)
    job.defer(login=login.pk if login else NOBODY, lost=str(lost))


@transaction.atomic
def mail_password_link(*, login_id: int) -> PasswordRecovery | None:
    """
    Mail a link by which a lost password is replaced; the one sent before opens nothing any more.

    An access that was never activated has no password to lose: its holder is told to ask for another invitation.
    """
    login, at = _holder(login_id), now()
    if login is None or _was_mailed_enough(login, at):
        return None
    if not second_factor.is_activated(login):
        telling.tell_login("not_activated", login, key=f"not activated {login.public_id} {at.isoformat()}")
        return None
    for former in (
        PasswordRecovery.objects.select_for_update().filter(login=login, state=RecoveryState.SENT).order_by("id")
    ):
        former.make(RecoveryMove.REPLACE, at=at, under={})
    token = link_token()
    recovery = PasswordRecovery.objects.create(
        login=login, link_hash=digest(token), tries_left=policy.limit(policy.RECOVERY_LINK_TRIES, at), sent_at=at,
        expires_at=at + timedelta(minutes=policy.limit(policy.RECOVERY_LINK_MINUTES, at)), seal=seal_of(login),
    )  # fmt: skip
    said = {"path": f"/entrer/mot-de-passe/{token}", "minutes": policy.limit(policy.RECOVERY_LINK_MINUTES, at)}
    telling.tell_login("password_link", login, key=f"recovery {recovery.public_id}", **said)
    publish(RecoveryMailed(login=str(login.public_id)))
    return recovery


@transaction.atomic
def recall_user_code(*, login_id: int) -> None:
    """Mail a user code to its holder; never before its activation, for it may be a part of the invitation."""
    login, at = _holder(login_id), now()
    if login is None or _was_mailed_enough(login, at):
        return
    template = "user_code" if second_factor.is_activated(login) else "not_activated"
    telling.tell_login(template, login, key=f"{template} {login.public_id} {at.isoformat()}")
    publish(UserCodeRecalled(login=str(login.public_id)))


def recover_password(*, token: str, proof: str | Answered, password: str, asked: FactorPolicy) -> PasswordRecovery:
    """
    Replace a lost password, against the mailed link and a second factor. Every session ends with the old one.

    `proof` is a typed code, or what a browser answers for a passkey; of a factor that `asked` accepts of its holder.

    :raises RecoveryUnusable: if the link opens nothing, or no more
    :raises WrongCode: if the second factor is not proven: the try is counted
    :raises PasskeyRefused: if the passkey proves nothing: the try is counted
    :raises TooManyGuesses: if too many wrong codes were typed in these 30 seconds
    :raises FactorLocked: if too many were in a row
    """
    done = _try(token, proof, password, asked)
    if isinstance(done, Exception):  # after the transaction that counted the try
        raise done
    return done


@transaction.atomic
def _try(token: str, proof: str | Answered, password: str, asked: FactorPolicy) -> PasswordRecovery | Exception:
    recovery, at = recovery_of(token, is_locked=True), now()
    if recovery is None or (login := _holder(recovery.login_id)) is None:
        raise RecoveryUnusable
    recovery.login = login  # as it is under its lock
    if why_closed(recovery, at):
        raise RecoveryUnusable
    method = _method(login, proof, among=means_to_recover(login, asked), at=at)
    if isinstance(method, Exception):
        recovery.tries_left -= 1
        recovery.save(update_fields=["tries_left"])
        publish(RecoveryRefused(login=str(login.public_id)))
        return method
    _replace(login, password)
    recovery.make(RecoveryMove.COMPLETE, at=at, under={"method": str(method)})
    link = link_of(login)
    person = str(link.person.public_id) if link else ""
    publish(PasswordRecovered(login=str(login.public_id), person=person, method=str(method)))
    return recovery


def _method(login: Login, proof: str | Answered, *, among: Collection[Factor], at: datetime) -> Method | Exception:
    """Return what a proof proves, or why it proves nothing."""
    if isinstance(proof, str):
        return second_factor.check(login, proof, among=among, at=at) or WrongCode()
    if Factor.PASSKEY not in among:
        return PasskeyRefused()
    try:
        passkeys.check(proof.ceremony, proof.answer, login=login, at=at)
    except PasskeyLooksCopied as copied:
        publish(PasskeyCopied(login=str(login.public_id), passkey=copied.passkey))
        return copied
    except PasskeyRefused as refused:
        return refused
    return Method.PASSKEY


def _replace(login: Login, password: str) -> None:
    login.set_password(password)
    login.save(update_fields=["password"])
    for named in ("login", "second-factor"):
        forget_tries(f"{named}:{login.pk}")
    end_sessions_of_login(login=login, ending=Ending.RECOVERED)
    forget_all_devices(login=login, ending=Forgetting.FACTOR_CHANGED)


@transaction.atomic
def stop_recovery(*, token: str) -> PasswordRecovery:
    """
    End the link of a lost password that its holder did not ask for.

    :raises RecoveryUnusable: if it opens nothing any more
    """
    recovery, at = recovery_of(token, is_locked=True), now()
    if recovery is None or why_closed(recovery, at):
        raise RecoveryUnusable
    recovery.make(RecoveryMove.STOP, at=at, under={})
    publish(RecoveryStopped(login=str(recovery.login.public_id)))
    return recovery


def _holder(login_id: int) -> Login | None:
    """Return a login, locked, if whoever holds it may sign in."""
    login = Login.objects.select_for_update(of=("self",)).filter(pk=login_id, is_active=True).first()
    link = link_of(login) if login else None
    return login if link and link.person.state == Person.State.ACTIVE else None


def _was_mailed_enough(login: Login, at: datetime) -> bool:
    most = policy.limit(policy.RECOVERY_MAILS_A_DAY, at)
    return telling.told_since(login, at - A_DAY) >= most
