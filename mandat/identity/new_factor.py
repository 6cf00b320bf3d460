"""The factor that takes the place of every other one of a login: an application of codes, or a passkey."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from mandat.identity import passkeys, second_factor
from mandat.identity.factor_policy import Factor, FactorPolicy
from mandat.identity.models import Login
from mandat.identity.passkeys import Answered, Purpose


class FactorNotAccepted(Exception):
    """The policy asks another factor of this person."""


class NewFactor(Protocol):
    """What is set up, once everything before it is taken away."""

    kind: ClassVar[Factor]

    def install(self, login: Login, *, at: datetime) -> None:
        """
        Give it to a login.

        :raises WrongCode: if an application shows another code
        :raises PasskeyRefused: if the answer of a browser is not one to what it was asked
        """


@dataclass(frozen=True)
class NewApplication:
    """An application that holds a secret, and its first code."""

    kind: ClassVar[Factor] = Factor.TOTP
    secret: str
    code: str

    def install(self, login: Login, *, at: datetime) -> None:
        """Set the application up."""
        second_factor.set_up(login, secret=self.secret, code=self.code, at=at)


@dataclass(frozen=True)
class NewPasskey:
    """A passkey that a browser has just made, and what its holder calls it."""

    kind: ClassVar[Factor] = Factor.PASSKEY
    made: Answered
    name: str

    def install(self, login: Login, *, at: datetime) -> None:
        """Keep the passkey."""
        passkeys.keep(self.made.ceremony, self.made.answer, login=login, name=self.name, at=at, purpose=Purpose.REPLACE)


def put_in_place_of_all(login: Login, new: NewFactor, *, asked: FactorPolicy, at: datetime) -> None:
    """
    Take every factor of a login away and give it another. The caller locks the login, and rolls all back on a refusal.

    Recovery codes come with it where they are accepted.

    :raises FactorNotAccepted: if the policy asks for another
    :raises WrongCode: if an application shows another code
    :raises PasskeyRefused: if a browser's answer is not one to what it was asked
    """
    if not asked.accepts(new.kind):
        raise FactorNotAccepted(new.kind)
    second_factor.forget(login)
    new.install(login, at=at)
    if asked.accepts(Factor.SPARE):
        second_factor.give_recovery_codes(login)
