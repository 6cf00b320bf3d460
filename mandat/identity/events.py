"""What has happened to persons and logins. Ids only: no name, no address, no user code."""

from dataclasses import dataclass
from typing import ClassVar

from mandat.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class PersonCreated(Event):
    """A person is known, to whom rights may attach."""

    aggregate: ClassVar[str] = "person"
    person: str


@dataclass(frozen=True, kw_only=True)
class PersonSuspended(Event):
    """A person is kept out."""

    aggregate: ClassVar[str] = "person"
    person: str


@dataclass(frozen=True, kw_only=True)
class PersonRestored(Event):
    """A suspended person may sign in again."""

    aggregate: ClassVar[str] = "person"
    person: str


@dataclass(frozen=True, kw_only=True)
class LoginCreated(Event):
    """A user code was drawn."""

    aggregate: ClassVar[str] = "login"
    login: str


@dataclass(frozen=True, kw_only=True)
class LoginLinked(Event):
    """A login is a person’s, from now on."""

    aggregate: ClassVar[str] = "login"
    login: str
    person: str


@dataclass(frozen=True, kw_only=True)
class LoginUnlinked(Event):
    """A login is no longer a person’s: it passed to another. What the person held stays theirs."""

    aggregate: ClassVar[str] = "login"
    login: str
    person: str


@dataclass(frozen=True, kw_only=True)
class LanguageChosen(Event):
    """A person is written to in another language."""

    aggregate: ClassVar[str] = "person"
    person: str
    language: str


@dataclass(frozen=True, kw_only=True)
class EmailChangeAsked(Event):
    """Another address was asked for; nothing has changed yet."""

    aggregate: ClassVar[str] = "login"
    login: str
    person: str


@dataclass(frozen=True, kw_only=True)
class EmailChanged(Event):
    """A login is written to at another address, which was confirmed from there."""

    aggregate: ClassVar[str] = "login"
    login: str
    person: str
    change: str


@dataclass(frozen=True, kw_only=True)
class EmailChangeUndone(Event):
    """A login is written to at its former address again, as was asked from there."""

    aggregate: ClassVar[str] = "login"
    login: str
    person: str
    change: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorSetUp(Event):
    """A login can prove itself a second time."""

    aggregate: ClassVar[str] = "login"
    login: str


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesRenewed(Event):
    """The recovery codes of a login were replaced."""

    aggregate: ClassVar[str] = "login"
    login: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorRefused(Event):
    """A wrong code after a right password: somebody who knows the password, perhaps not its holder."""

    aggregate: ClassVar[str] = "login"
    login: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorLocked(Event):
    """Too many wrong codes in a row: a factor counts no more until it is replaced."""

    aggregate: ClassVar[str] = "login"
    login: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorRemoved(Event):
    """A login has no application of codes any more."""

    aggregate: ClassVar[str] = "login"
    login: str


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeUsed(Event):
    """A recovery code stood in for the second factor."""

    aggregate: ClassVar[str] = "login"
    login: str


@dataclass(frozen=True, kw_only=True)
class PasskeyAdded(Event):
    """A login can prove itself with one more passkey."""

    aggregate: ClassVar[str] = "login"
    login: str
    passkey: str


@dataclass(frozen=True, kw_only=True)
class PasskeyRemoved(Event):
    """A passkey of a login proves nothing any more."""

    aggregate: ClassVar[str] = "login"
    login: str
    passkey: str


@dataclass(frozen=True, kw_only=True)
class PasskeyCopied(Event):
    """The counter of a passkey went back: two devices seem to hold the same key. It was refused."""

    aggregate: ClassVar[str] = "login"
    login: str
    passkey: str


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """The holder of a login chose another password."""

    aggregate: ClassVar[str] = "login"
    login: str


@dataclass(frozen=True, kw_only=True)
class DeviceRemembered(Event):
    """A browser is not asked for a code again for some hours."""

    aggregate: ClassVar[str] = "login"
    login: str
    device: str


@dataclass(frozen=True, kw_only=True)
class DevicesForgotten(Event):
    """Browsers that were remembered are asked for a code again."""

    aggregate: ClassVar[str] = "login"
    login: str
    ending: str


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    """A person opened a session, by some methods."""

    aggregate: ClassVar[str] = "login"
    login: str
    person: str
    methods: str  # joined by “+”
    session: str = ""
    is_new_browser: bool = False


@dataclass(frozen=True, kw_only=True)
class SignedOut(Event):
    """A person closed a session."""

    aggregate: ClassVar[str] = "login"
    login: str
    person: str


@dataclass(frozen=True, kw_only=True)
class SessionsEnded(Event):
    """Sessions of a login were ended otherwise than by signing out of them; `ending` says why."""

    aggregate: ClassVar[str] = "login"
    login: str
    person: str
    sessions: list[str]
    ending: str


@dataclass(frozen=True, kw_only=True)
class RecoveryMailed(Event):
    """A link to replace a lost password was mailed to the address of a login."""

    aggregate: ClassVar[str] = "login"
    login: str


@dataclass(frozen=True, kw_only=True)
class RecoveryRefused(Event):
    """The link of a lost password was opened, and the second factor was not proven."""

    aggregate: ClassVar[str] = "login"
    login: str


@dataclass(frozen=True, kw_only=True)
class RecoveryStopped(Event):
    """The holder of a login said that the lost password was none of their doing."""

    aggregate: ClassVar[str] = "login"
    login: str


@dataclass(frozen=True, kw_only=True)
class PasswordRecovered(Event):
    """A lost password was replaced, by the mailed link and a second factor. Every session has ended."""

    aggregate: ClassVar[str] = "login"
    login: str
    person: str
    method: str


@dataclass(frozen=True, kw_only=True)
class UserCodeRecalled(Event):
    """A user code was mailed to its holder."""

    aggregate: ClassVar[str] = "login"
    login: str


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Event):
    """A person lets a service know something of them that it did not."""

    aggregate: ClassVar[str] = "person"
    person: str
    login: str
    client: str
    consent: str


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Event):
    """A person lets a service know nothing more; its tokens are dead."""

    aggregate: ClassVar[str] = "person"
    person: str
    login: str
    client: str
    consent: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorLost(Event):
    """A person says that they have lost their second factor, and waits to be recognised."""

    aggregate: ClassVar[str] = "login"
    login: str
    person: str


@dataclass(frozen=True, kw_only=True)
class ReproofStarted(Event):
    """Somebody confirmed who a person is: a link and a code are on their way to them."""

    aggregate: ClassVar[str] = "login"
    login: str
    person: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorReplaced(Event):
    """A lost second factor was replaced by another. Every session has ended."""

    aggregate: ClassVar[str] = "login"
    login: str
    person: str


@dataclass(frozen=True, kw_only=True)
class ReproofRefused(Event):
    """A person who said that they had lost their second factor was not recognised."""

    aggregate: ClassVar[str] = "login"
    login: str
    person: str


@dataclass(frozen=True, kw_only=True)
class ReproofStopped(Event):
    """A person said that the lost second factor was none of their doing."""

    aggregate: ClassVar[str] = "login"
    login: str
    person: str


@dataclass(frozen=True, kw_only=True)
class DormancyWarned(Event):
    """A person who has long not signed in was warned that their access will be suspended."""

    aggregate: ClassVar[str] = "person"
    person: str


@dataclass(frozen=True, kw_only=True)
class OutsideLinked(Event):
    """A login may be entered by an outside provider."""

    aggregate: ClassVar[str] = "login"
    login: str
    person: str
    link: str


@dataclass(frozen=True, kw_only=True)
class OutsideUnlinked(Event):
    """A login is no longer entered by an outside provider."""

    aggregate: ClassVar[str] = "login"
    login: str
    person: str
    link: str
