"""Persons, and the logins they sign in with. Rights attach to persons, never to logins or mailboxes."""

from mandat.identity.models.deployment import Deployment
from mandat.identity.models.dormancy import DormancyWarning
from mandat.identity.models.emails import EmailChange, EmailChangeMade
from mandat.identity.models.factors import EmailCode, GuessCount, RememberedDevice, SpentChallenge
from mandat.identity.models.limits import Tries
from mandat.identity.models.logins import Login, LoginLink, LoginManager, canonical_email
from mandat.identity.models.notes import SecurityNote
from mandat.identity.models.people import Person, PersonHistory
from mandat.identity.models.recovery import PasswordRecovery, PasswordRecoveryMade
from mandat.identity.models.sessions import Ending, Session

__all__ = [
    "Deployment",
    "DormancyWarning",
    "EmailChange",
    "EmailChangeMade",
    "EmailCode",
    "Ending",
    "GuessCount",
    "Login",
    "LoginLink",
    "LoginManager",
    "PasswordRecovery",
    "PasswordRecoveryMade",
    "Person",
    "PersonHistory",
    "RememberedDevice",
    "SecurityNote",
    "Session",
    "SpentChallenge",
    "Tries",
    "canonical_email",
]
