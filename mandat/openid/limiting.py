"""
How often a service may fail, without anybody else’s failures keeping it out.

Proofs are counted by the service that is named and the address that they come from: whoever tries in its name elsewhere
is held, and it is not. Codes and tokens that give nothing are counted by the service, which has proven itself: a person
may have been sent back to it with a code that somebody made up, so one that is right is always redeemed.
"""

from mandat.identity.limits import CLIENT, TooManyTries, count_failure, require_fewer_failures
from mandat.openid.errors import TooOften
from mandat.openid.models import Client

PROOF, GRANT = "proof", "grant"


def require_fewer_failed_proofs(named: str, *, address: str) -> None:
    """
    Go on unless a service failed too often to prove itself from an address.

    :raises TooOften: if it did
    """
    try:
        require_fewer_failures(CLIENT, PROOF, named, address)
    except TooManyTries as many:
        raise TooOften(many.seconds) from many


def count_failed_proof(named: str, *, address: str) -> None:
    """
    Count that a service was named and not proven, from an address.

    :raises TooOften: if that was so too often
    """
    _count(PROOF, named, address)


def count_failed_grant(client: Client) -> None:
    """
    Count that a service brought a code or a refresh token that gives nothing.

    :raises TooOften: if it did too often
    """
    _count(GRANT, client.client_id)


def _count(*parts: str) -> None:
    try:
        count_failure(CLIENT, *parts)
    except TooManyTries as many:
        raise TooOften(many.seconds) from many
