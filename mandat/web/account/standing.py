"""What second factors are asked of whoever signs in."""

from mandat.access.asked import policy_for
from mandat.enrolment.queries import came_in_as_staff
from mandat.identity.factor_policy import FactorPolicy, Standing, factor_policy
from mandat.identity.models import Login
from mandat.identity.queries import link_of
from mandat.platform.clock import now


def policy_at_sign_in(login: Login) -> FactorPolicy:
    """Return what second factors are asked of whoever signs in: as of the staff, for whoever was invited to join it."""
    link, at = link_of(login), now()
    if link is None or came_in_as_staff(link.person):
        return factor_policy(Standing.STAFF, at)
    return policy_for(link.person, at)
