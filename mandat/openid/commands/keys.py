"""The keys that sign: made at the first need, published ahead, changed without anybody noticing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.db import connection, transaction
from django.db.models import Q

from mandat.openid import jose, policy
from mandat.openid.events import KeysRotated
from mandat.openid.models import SigningKey
from mandat.platform.clock import now
from mandat.platform.events import publish
from mandat.platform.vault import cipher

PURPOSE = "mandat openid keys"
#: Names our lock among PostgreSQL's advisory ones.
_ALONE = 0x6D616E6461746B


class NextKeyTooYoung(Exception):
    """The key that waits has not been published for long enough: services that keep our keys would not know it."""


class KeyInUse(NamedTuple):
    """A key ready to sign."""

    kid: str
    private: RSAPrivateKey


def key_in_use() -> KeyInUse:
    """Return the key that signs now, made at the first need together with the next one."""
    signing = _signing().first()
    if signing is None:
        make_first_keys()
        signing = _signing().get()
    return KeyInUse(signing.kid, jose.private_key(cipher(PURPOSE).decrypt(signing.private.encode())))


def published_keys(at: datetime) -> list[dict[str, Any]]:
    """Return the public keys that services should know: the next, the one in use, those just retired."""
    shown = SigningKey.objects.filter(Q(published_until=None) | Q(published_until__gt=at))
    return [each.public for each in shown.order_by("id")]


def every_public_key() -> dict[str, dict[str, Any]]:
    """Return every public key there ever was, by its name: what a hint of long ago is verified with."""
    return {each.kid: each.public for each in SigningKey.objects.order_by("id")}


@transaction.atomic
def rotate_keys(*, is_urgent: bool = False) -> str:
    """
    Have the next key sign, retire the one in use, and publish another to wait; return what signs now.

    :raises NextKeyTooYoung: if the next one was not published for long enough, unless the one in use is compromised
    """
    _alone()
    at = now()
    lead = policy.hours(policy.KEY_LEAD, at)
    _fill(at)
    waiting = SigningKey.objects.get(signs_from=None)
    if waiting.published_at > at - lead and not is_urgent:
        raise NextKeyTooYoung
    _retire(_signing(), at=at, published_until=at if is_urgent else at + lead)
    waiting.signs_from = at
    waiting.save(update_fields=["signs_from"])
    _publish_one(at)
    publish(KeysRotated(key=waiting.kid))
    return waiting.kid


def rotate_when_due() -> str | None:
    """Change keys when the one in use has served its time; return what signs now, or None when it was not due."""
    at = now()
    signing = _signing().first()
    if signing is None or signing.signs_from is None or signing.signs_from > at - policy.days(policy.KEY_DAYS, at):
        return None
    return rotate_keys()


def _signing() -> Any:
    return SigningKey.objects.filter(signs_from__isnull=False, signs_until=None)


@transaction.atomic
def make_first_keys() -> None:
    """Make the key that signs and the next one, where they are not yet: before anybody asks for them."""
    _alone()
    _fill(now())


def _fill(at: datetime) -> None:
    """Make what is missing: a key that signs, and one that waits."""
    if not _signing().exists():
        first = _publish_one(at) if not SigningKey.objects.filter(signs_from=None).exists() else _waiting()
        first.signs_from = at
        first.save(update_fields=["signs_from"])
    if not SigningKey.objects.filter(signs_from=None).exists():
        _publish_one(at)


def _waiting() -> SigningKey:
    return SigningKey.objects.get(signs_from=None)


def _publish_one(at: datetime) -> SigningKey:
    kid, public, pem = jose.make_key()
    kept = cipher(PURPOSE).encrypt(pem).decode()
    return SigningKey.objects.create(kid=kid, public=public, private=kept, published_at=at)


def _retire(keys: Iterable[SigningKey], *, at: datetime, published_until: datetime) -> None:
    """Nobody signs with these any more: their private halves are forgotten."""
    for each in keys:
        each.signs_until, each.published_until, each.private = at, published_until, ""
        each.save(update_fields=["signs_until", "published_until", "private"])


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ALONE])
