"""
Codes and refresh tokens redeemed, each once however many come at the same time; what comes twice ends its entry.

Every redemption locks the entry first, then reads anew what may have changed while it waited. A refusal that ends an
entry is raised after its transaction, so that the end holds.
"""

import hmac
from datetime import datetime

from django.db import transaction

from mandat.openid import policy
from mandat.openid.challenge import challenge_of
from mandat.openid.errors import InvalidGrant, OAuthRefused
from mandat.openid.events import CodeReplayed
from mandat.openid.models import AccessToken, Authorization, Client, Code, Ending, RefreshToken
from mandat.openid.opaque import digest, draw
from mandat.openid.queries import authorizations
from mandat.openid.tokens import Issued, id_token
from mandat.platform.clock import now
from mandat.platform.events import publish


def redeem_code(*, client: Client, code: str, redirect_uri: str, verifier: str) -> Issued:
    """
    Exchange a code for tokens, once.

    :raises InvalidGrant: if it gives nothing: unknown, used, expired, another’s, wrongly redeemed, or its entry ended
    """
    with transaction.atomic():
        given = Code.objects.filter(digest=digest(code), authorization__client=client).first()
        if given is None:
            raise InvalidGrant("the code is unknown")
        entry = _locked(given.authorization_id)
        given.refresh_from_db()
        outcome = _redeem(entry, given, redirect_uri, verifier)
    if isinstance(outcome, OAuthRefused):
        raise outcome
    return outcome


def _redeem(entry: Authorization, given: Code, redirect_uri: str, verifier: str) -> Issued | OAuthRefused:
    at = now()
    if given.used_at is not None:
        return _replayed(entry, at)
    given.used_at = at
    given.save(update_fields=["used_at"])
    is_right = hmac.compare_digest(challenge_of(verifier), given.challenge) and redirect_uri == given.redirect_uri
    if given.expires_at <= at or not is_right:
        _end(entry, Ending.FAULTY, at)
        return InvalidGrant("the code has expired, or does not go with this verifier and this redirect_uri")
    return _issue(entry, tuple(entry.scopes), at, nonce=entry.nonce)


def refresh(*, client: Client, token: str, scopes: tuple[str, ...] | None) -> Issued:
    """
    Exchange a refresh token for the next tokens, once; the scopes may be fewer for this time.

    :raises InvalidGrant: if it gives nothing: unknown, used, expired, another’s, or its entry ended
    :raises OAuthRefused: if it asks for a scope that it was not given
    """
    with transaction.atomic():
        given = RefreshToken.objects.filter(digest=digest(token), authorization__client=client).first()
        if given is None:
            raise InvalidGrant("the refresh token is unknown")
        entry = _locked(given.authorization_id)
        given.refresh_from_db()
        outcome = _refresh(entry, given, scopes)
    if isinstance(outcome, OAuthRefused):
        raise outcome
    return outcome


def _refresh(entry: Authorization, given: RefreshToken, scopes: tuple[str, ...] | None) -> Issued | OAuthRefused:
    at = now()
    if given.used_at is not None:
        return _replayed(entry, at)
    if given.expires_at <= at:
        return InvalidGrant("the refresh token has expired")
    if scopes is not None and not {"openid"} <= set(scopes) <= set(entry.scopes):
        return OAuthRefused("invalid_scope", "scope must be among those given before, with openid")
    given.used_at = at
    given.save(update_fields=["used_at"])
    return _issue(entry, tuple(entry.scopes) if scopes is None else scopes, at, nonce="")


def revoke(*, client: Client, token: str) -> None:
    """Take back what a client gives back: an access token alone, or with a refresh token the whole entry."""
    with transaction.atomic():
        AccessToken.objects.filter(digest=digest(token), authorization__client=client).delete()
        given = RefreshToken.objects.filter(digest=digest(token), authorization__client=client).first()
        if given is not None:
            _end(_locked(given.authorization_id), Ending.REVOKED, now())


def _locked(entry: int) -> Authorization:
    return Authorization.objects.select_for_update(of=["self"]).select_related("client").get(pk=entry)


def _replayed(entry: Authorization, at: datetime) -> InvalidGrant:
    if _end(entry, Ending.REPLAYED, at):
        publish(CodeReplayed(client=entry.client.client_id, authorization=str(entry.public_id)))
    return InvalidGrant("it was used before: what was given for it is taken back")


def _end(entry: Authorization, ending: Ending, at: datetime) -> bool:
    if entry.ended_at is not None:
        return False
    entry.ended_at, entry.ending = at, ending
    entry.save(update_fields=["ended_at", "ending"])
    AccessToken.objects.filter(authorization=entry).delete()
    return True


def _issue(entry: Authorization, scopes: tuple[str, ...], at: datetime, *, nonce: str) -> Issued | OAuthRefused:
    """Return new tokens, if whatever the entry rests on still stands."""
    standing = authorizations(at).filter(pk=entry.pk).first()
    if standing is None:
        return InvalidGrant("the entry has ended")
    life, access, again = policy.seconds(policy.ACCESS_TOKEN, at), draw(), draw()
    AccessToken.objects.create(
        digest=digest(access), authorization=entry, scopes=list(scopes), expires_at=at + life
    )  # fmt: skip
    RefreshToken.objects.create(digest=digest(again), authorization=entry, expires_at=standing.session.ends_at)
    standing.scopes = list(scopes)
    told = id_token(standing, access_token=access, at=at, nonce=nonce)
    return Issued(access, again, told, int(life.total_seconds()), scopes)
