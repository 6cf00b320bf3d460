"""What second factors are asked of whoever signs in."""

from mandat.access.asked import policy_for
from mandat.identity.factor_policy import FactorPolicy, Standing, factor_policy
from mandat.identity.models import Login
from mandat.identity.queries import link_of
from mandat.platform.clock import now


def policy_at_sign_in(login: Login) -> FactorPolicy:
    """Return what second factors are asked of whoever signs in: a login that is nobody's is let in nowhere."""
    link, at = link_of(login), now()
    return policy_for(link.person, at) if link else factor_policy(Standing.STAFF, at)
