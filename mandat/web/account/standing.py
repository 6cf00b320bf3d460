"""Where a person stands, and what second factors are asked of them there. `access` answers, `identity` decides."""

from datetime import datetime

from mandat.access.place import staff_decisions
from mandat.access.queries import roles_of
from mandat.identity.factor_policy import FactorPolicy, Standing, factor_policy
from mandat.identity.models import Login, Person
from mandat.identity.queries import link_of
from mandat.platform.clock import now


def standing_of(person: Person, at: datetime) -> Standing:
    """Return the strictest place that a person holds anywhere: staff, then RA or RSE of any firm, then user."""
    if any(staff_decisions(person, at).values()):
        return Standing.STAFF
    return Standing.RSE if roles_of(person, at) else Standing.USER


def policy_for(person: Person, at: datetime) -> FactorPolicy:
    """Return what second factors are asked of a person."""
    return factor_policy(standing_of(person, at), at)


def policy_at_sign_in(login: Login) -> FactorPolicy:
    """Return what second factors are asked of whoever signs in: a login that is nobody's is let in nowhere."""
    link, at = link_of(login), now()
    return policy_for(link.person, at) if link else factor_policy(Standing.STAFF, at)
