"""Persons, and the logins they sign in with. Rights attach to persons, never to logins or mailboxes."""

from mandat.identity.models.deployment import Deployment
from mandat.identity.models.logins import Login, LoginLink, LoginManager, canonical_email
from mandat.identity.models.people import Person, PersonHistory

__all__ = ["Deployment", "Login", "LoginLink", "LoginManager", "Person", "PersonHistory", "canonical_email"]
