"""What may be done with passkeys."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction

from mandat.identity import passkeys
from mandat.identity.actor import Actor
from mandat.identity.commands.devices import forget_all_devices
from mandat.identity.commands.factors import lock_to_set_up, require_not_last
from mandat.identity.commands.sessions import end_sessions_of_login
from mandat.identity.devices import Ending
from mandat.identity.events import PasskeyAdded, PasskeyCopied, PasskeyRemoved, SecondFactorRefused
from mandat.identity.factor_policy import Factor, FactorPolicy
from mandat.identity.models import Ending as SessionEnding
from mandat.identity.models import Login, Session
from mandat.identity.passkeys import Ceremony, PasskeyLooksCopied, PasskeyRefused, passkey_named, passkeys_of
from mandat.identity.second_factor import factors_of, give_recovery_codes
from mandat.platform.clock import now
from mandat.platform.events import publish


class NoPasskey(Exception):
    """The login has no such passkey."""


@transaction.atomic
def add_passkey(
    *, login: Login, ceremony: Ceremony, answer: Any, name: str, policy: FactorPolicy, methods: Collection[str] = ()
) -> Authenticator:
    """
    Keep the passkey that a browser has just made for a login. `methods` is what its holder has just proven.

    With the first one come recovery codes, where the policy accepts them.

    :raises PasskeyRefused: if the answer is not one to what was asked
    :raises HasFactors: if it has a second factor already, which was not proven
    """
    lock_to_set_up(login, methods)
    made = passkeys.keep(ceremony, answer, login=login, name=name, at=now())
    if policy.accepts(Factor.SPARE):
        give_recovery_codes(login)
    forget_all_devices(login=login, ending=Ending.FACTOR_CHANGED)
    publish(PasskeyAdded(login=str(login.public_id), passkey=made.data["id"]))
    return made


def prove_passkey(*, ceremony: Ceremony, answer: Any, login: Login | None) -> Login:
    """
    Accept what a browser answers, once, and return the login whose passkey it proves.

    :raises PasskeyRefused: if it proves none of this login’s, or none at all
    """
    try:
        return _known(passkeys.check(ceremony, answer, login=login, at=now()))
    except PasskeyLooksCopied as copied:
        with transaction.atomic():
            publish(PasskeyCopied(login=str(copied.login.public_id), passkey=copied.passkey))
        raise
    except PasskeyRefused:
        if login is not None:
            with transaction.atomic():
                publish(SecondFactorRefused(login=str(login.public_id)))
        raise


def _known(passkey: Authenticator) -> Login:
    whose: Login = passkey.user
    return whose


@transaction.atomic
def rename_passkey(*, passkey: UUID, name: str, by: Actor) -> None:
    """
    Give one of one’s passkeys another name.

    :raises NoPasskey: if there is no such passkey
    """
    found = _locked(passkey, by)
    found.data["name"] = name
    found.save(update_fields=["data"])


@transaction.atomic
def remove_passkey(*, passkey: UUID, policy: FactorPolicy, by: Actor, session: Session | None = None) -> None:
    """
    Take one of one’s passkeys away: it proves nothing any more, and sessions but the one that asks are ended.

    :raises NoPasskey: if there is no such passkey
    :raises LastFactor: if the policy asks for it, and nothing else would be left
    """
    found = _locked(passkey, by)
    left = factors_of(by.login) - (set() if passkeys_of(by.login).count() > 1 else {Factor.PASSKEY})
    require_not_last(by.login, Factor.PASSKEY, left=left, policy=policy)
    found.delete()
    forget_all_devices(login=by.login, ending=Ending.FACTOR_CHANGED)
    end_sessions_of_login(login=by.login, ending=SessionEnding.FACTOR_CHANGED, but=session)
    publish(PasskeyRemoved(login=str(by.login.public_id), passkey=str(passkey)))


def _locked(passkey: UUID, by: Actor) -> Authenticator:
    Login.objects.select_for_update(of=["self"]).get(pk=by.login.pk)
    found = passkey_named(by.login, passkey)
    if found is None:
        raise NoPasskey
    return Authenticator.objects.select_for_update(of=["self"]).get(pk=found.pk)
