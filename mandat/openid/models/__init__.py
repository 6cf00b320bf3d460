"""Clients, what persons let them know, what they were given, and the keys that sign it."""

from mandat.openid.models.clients import AuthMethod, Client, ClientAct, ClientHistory, ClientSecret, SeenAssertion
from mandat.openid.models.consents import Consent, Subject
from mandat.openid.models.entries import AccessToken, Authorization, Code, Ending, RefreshToken
from mandat.openid.models.keys import SigningKey
from mandat.openid.models.notices import LogoutNotice
from mandat.openid.models.outside import OutsideLink

__all__ = [
    "AccessToken",
    "AuthMethod",
    "Authorization",
    "Client",
    "ClientAct",
    "ClientHistory",
    "ClientSecret",
    "Code",
    "Consent",
    "Ending",
    "LogoutNotice",
    "OutsideLink",
    "RefreshToken",
    "SeenAssertion",
    "SigningKey",
    "Subject",
]
