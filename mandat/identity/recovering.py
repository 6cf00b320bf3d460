"""
What the link of a lost password rests on, and why it opens nothing.

A link is sealed with what its login was when it left. Whatever changes between, the address, the password, a second
factor, whose the login is, a suspension though it was lifted since, breaks the seal: nothing has to remember to end it.
"""

import hashlib
import hmac
from datetime import datetime

from allauth.mfa.models import Authenticator

from mandat.identity.factor_policy import Factor, FactorPolicy
from mandat.identity.models import Login, PasswordRecovery, PersonHistory
from mandat.identity.queries import link_of
from mandat.identity.second_factor import means_of
from mandat.identity.workflow import RecoveryState


def seal_of(login: Login) -> str:
    """Return a digest of what the link of a lost password rests on."""
    link = link_of(login)
    factors = Authenticator.objects.filter(user=login).order_by("id").values_list("pk", flat=True)
    moves = PersonHistory.objects.filter(person=link.person).order_by("id") if link else PersonHistory.objects.none()
    rests_on = [
        str(login.is_active), login.email, login.password, str(link and link.pk), *map(str, factors), "moves",
        *map(str, moves.values_list("pk", flat=True)),
    ]  # fmt: skip
    return hashlib.sha256("\0".join(rests_on).encode()).hexdigest()


def why_closed(recovery: PasswordRecovery, at: datetime) -> str:
    """Return why a link opens nothing: a state, or the word of a page; or nothing if it does open."""
    if recovery.state != RecoveryState.SENT:
        return recovery.state
    if recovery.tries_left == 0:
        return "tried_out"
    if at >= recovery.expires_at:
        return "expired"
    return "" if hmac.compare_digest(recovery.seal, seal_of(recovery.login)) else "changed"


def means_to_recover(login: Login, asked: FactorPolicy) -> tuple[Factor, ...]:
    """Return what a lost password is replaced with: as at sign-in, save a code by mail, for the link lies there too."""
    return tuple(each for each in asked.to_prove(means_of(login)) if each != Factor.EMAIL)
