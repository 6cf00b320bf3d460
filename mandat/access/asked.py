"""What second factors are asked of a person: by the strictest place that they hold anywhere; `identity` decides."""

from datetime import datetime

from mandat.access.place import staff_decisions
from mandat.access.queries import roles_of
from mandat.identity.factor_policy import FactorPolicy, Standing, factor_policy
from mandat.identity.models import Person


def standing_of(person: Person, at: datetime) -> Standing:
    """Return the strictest place that a person holds anywhere: staff, then RA or RSE of any firm, then user."""
    if any(staff_decisions(person, at).values()):
        return Standing.STAFF
    return Standing.RSE if roles_of(person, at) else Standing.USER


def policy_for(person: Person, at: datetime) -> FactorPolicy:
    """Return what second factors are asked of a person."""
    return factor_policy(standing_of(person, at), at)
