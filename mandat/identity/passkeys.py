"""Passkeys (WebAuthn, level 2): what a browser is asked, what its answer proves, what is kept. No page, no session."""

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from allauth.mfa.models import Authenticator
from cryptography.exceptions import UnsupportedAlgorithm
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from mandat.identity import policy
from mandat.identity.models import Login, SpentChallenge

#: ES256, EdDSA, RS256: what authenticators have. `fido2` says which it would like, and does not check what it got.
ALGORITHMS = (-7, -8, -257)
#: What a malformed answer makes `fido2` and `cryptography` raise.
MALFORMED = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, EOFError, OverflowError,
    RecursionError, struct.error, UnsupportedAlgorithm,
)  # fmt: skip
#: What was spent is remembered for longer than any challenge lasts.
REMEMBERED = timedelta(days=1)


class PasskeyRefused(Exception):
    """The answer proves nothing."""


class PasskeyLooksCopied(PasskeyRefused):
    """The answer is a right one, but its counter went back: two devices hold the same key."""

    def __init__(self, login: Login, passkey: str) -> None:
        super().__init__(passkey)
        self.login, self.passkey = login, passkey


class Purpose(StrEnum):
    """What a ceremony is for. The answer to one serves no other."""

    REGISTER = "register"
    ENTER = "enter"  # alone: the browser says whose key it is
    SECOND_FACTOR = "second_factor"
    STEP_UP = "step_up"
    RECOVER = "recover"  # with the mailed link, beside a new password
    REPLACE = "replace"  # makes one, in place of factors that are lost


#: What makes a passkey; the rest proves one.
MAKING = frozenset({Purpose.REGISTER, Purpose.REPLACE})


@dataclass(frozen=True)
class Ceremony:
    """What was asked of a browser, kept on our side until it answers."""

    purpose: str
    challenge: str
    begun_at: str
    login: str = ""

    def as_kept(self) -> dict[str, str]:
        """Return what a session keeps."""
        return asdict(self)

    @property
    def state(self) -> dict[str, str]:
        """Return what `fido2` compares the answer with."""
        return {"challenge": self.challenge, "user_verification": UserVerificationRequirement.REQUIRED}

    @property
    def digest(self) -> str:
        """Return by what a challenge is remembered, once it was spent."""
        return hashlib.sha256(self.challenge.encode()).hexdigest()


@dataclass(frozen=True)
class Answered:
    """What was asked of a browser, and what it answers: not seen to be right yet."""

    ceremony: Ceremony
    answer: Any


def origin() -> str:
    """Return the one origin whose pages may use our passkeys."""
    public = urlsplit(settings.PUBLIC_URL)
    return f"{public.scheme}://{public.netloc}"


def server() -> Fido2Server:
    """Return what asks and verifies, for the address that the product is known by."""
    party = PublicKeyCredentialRpEntity(id=urlsplit(settings.PUBLIC_URL).hostname or "", name="Mandat")
    made = Fido2Server(party, verify_origin=lambda said: said == origin())
    made.allowed_algorithms = [
        PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=each) for each in ALGORITHMS
    ]
    return made


def passkeys_of(login: Login) -> QuerySet[Authenticator]:
    """Return the passkeys of a login, the oldest first."""
    kept: QuerySet[Authenticator] = Authenticator.objects.filter(user=login, type=Authenticator.Type.WEBAUTHN)
    return kept.order_by("created_at", "id")


def has_passkey(login: Login) -> bool:
    """Return whether a login has a passkey."""
    return passkeys_of(login).exists()


def ask_to_register(login: Login, *, name: str, at: datetime) -> tuple[dict[str, Any], Ceremony]:
    """Return what a browser is asked in order to make a passkey: one that works alone, behind a gesture of its own."""
    return _ask_to_make(Purpose.REGISTER, login, name=name, besides=passkeys_of(login), at=at)


def ask_to_replace(login: Login, *, name: str, at: datetime) -> tuple[dict[str, Any], Ceremony]:
    """Return what a browser is asked in order to make the passkey that takes the place of every factor of a login."""
    return _ask_to_make(Purpose.REPLACE, login, name=name, besides=(), at=at)


def _ask_to_make(
    purpose: Purpose, login: Login, *, name: str, besides: Iterable[Authenticator], at: datetime
) -> tuple[dict[str, Any], Ceremony]:  # fmt: skip
    options, state = server().register_begin(
        PublicKeyCredentialUserEntity(id=login.public_id.bytes, name=login.email, display_name=name),
        [_descriptor(each) for each in besides],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    ceremony = Ceremony(purpose, state["challenge"], at.isoformat(), str(login.public_id))
    return dict(options)["publicKey"], ceremony


def ask_to_prove(purpose: Purpose, *, login: Login | None, at: datetime) -> tuple[dict[str, Any], Ceremony]:
    """Return what a browser is asked in order to prove a passkey: one of a login’s, or whichever it holds."""
    own = [_descriptor(each) for each in passkeys_of(login)] if login else []
    options, state = server().authenticate_begin(own, user_verification=UserVerificationRequirement.REQUIRED)
    ceremony = Ceremony(purpose, state["challenge"], at.isoformat(), str(login.public_id) if login else "")
    return dict(options)["publicKey"], ceremony


@transaction.atomic
def keep(  # noqa: PLR0913 - each is named at the call
    ceremony: Ceremony, answer: Any, *, login: Login, name: str, at: datetime, purpose: Purpose = Purpose.REGISTER
) -> Authenticator:  # fmt: skip
    """
    Keep the passkey that a browser has just made.

    :raises PasskeyRefused: if the answer is not one to what this login was asked, or the key is known already
    """
    _require(ceremony, {purpose} & MAKING, login=login, at=at)
    try:
        read = RegistrationResponse.from_dict(answer)
        made = server().register_complete(ceremony.state, read)
        credential = made.credential_data
        if credential is None or read.response.client_data.cross_origin:
            raise PasskeyRefused
        if dict(credential.public_key).get(3) not in ALGORITHMS:
            raise PasskeyRefused
        key = websafe_encode(credential.credential_id)
    except MALFORMED as wrong:
        raise PasskeyRefused from wrong
    _spend(ceremony, at=at)
    if Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN, data__credential_id=key).exists():
        raise PasskeyRefused
    return Authenticator.objects.create(
        user=login, type=Authenticator.Type.WEBAUTHN, created_at=at,
        data={
            "id": str(uuid4()), "name": name, "credential_id": key, "credential": websafe_encode(bytes(credential)),
            "counter": made.counter, "transports": _transports(answer), "is_synced": made.is_backup_eligible(),
        },
    )  # fmt: skip


@transaction.atomic
def check(ceremony: Ceremony, answer: Any, *, login: Login | None, at: datetime) -> Authenticator:
    """
    Return the passkey that a browser has just proven, once.

    :raises PasskeyRefused: if the answer proves none of this login’s, or none at all
    :raises PasskeyLooksCopied: if it would, but its counter went back
    """
    _require(ceremony, set(Purpose) - MAKING, login=login, at=at)
    try:
        read = AuthenticationResponse.from_dict(answer)
        passkey = _named(read, login)
        server().authenticate_complete(ceremony.state, [_credential(passkey)], read)
        whose = read.response.user_handle
        if read.response.client_data.cross_origin or (whose and whose != passkey.user.public_id.bytes):
            raise PasskeyRefused
        if login is None and not whose:
            raise PasskeyRefused
        counter = read.response.authenticator_data.counter
    except MALFORMED as wrong:
        raise PasskeyRefused from wrong
    if (counter or passkey.data["counter"]) and counter <= passkey.data["counter"]:
        raise PasskeyLooksCopied(passkey.user, passkey.data["id"])
    _spend(ceremony, at=at)
    passkey.data["counter"] = counter
    passkey.last_used_at = at
    passkey.save(update_fields=["data", "last_used_at"])
    return passkey


def _require(ceremony: Ceremony, purposes: set[Purpose], *, login: Login | None, at: datetime) -> None:
    age = at - datetime.fromisoformat(ceremony.begun_at)
    is_in_time = age < timedelta(minutes=policy.limit(policy.PASSKEY_MINUTES, at))
    is_theirs = ceremony.login == (str(login.public_id) if login else "")
    if not (is_in_time and is_theirs and ceremony.purpose in purposes):
        raise PasskeyRefused


def _named(read: AuthenticationResponse, login: Login | None) -> Authenticator:
    known = Authenticator.objects.select_for_update(of=["self"]).select_related("user").order_by("id")
    known = known.filter(type=Authenticator.Type.WEBAUTHN, user__is_active=True)
    known = known.filter(data__credential_id=websafe_encode(read.raw_id))
    found: Authenticator | None = (known.filter(user=login) if login else known).first()
    if found is None:
        raise PasskeyRefused
    return found


def _spend(ceremony: Ceremony, *, at: datetime) -> None:
    """Accept a challenge once, though many send its answer at the same time."""
    _, is_first = SpentChallenge.objects.get_or_create(digest=ceremony.digest, defaults={"at": at})
    if not is_first:
        raise PasskeyRefused
    SpentChallenge.objects.filter(at__lt=at - REMEMBERED).delete()


def _credential(passkey: Authenticator) -> AttestedCredentialData:
    return AttestedCredentialData(websafe_decode(passkey.data["credential"]))


def _descriptor(passkey: Authenticator) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(
        type=PublicKeyCredentialType.PUBLIC_KEY, id=websafe_decode(passkey.data["credential_id"]),
        transports=passkey.data["transports"] or None,
    )  # fmt: skip


def _transports(answer: Any) -> list[str]:
    said = answer["response"].get("transports") or []
    return [each for each in said if each in {"usb", "nfc", "ble", "hybrid", "internal", "smart-card"}]


def passkey_named(login: Login, public_id: UUID) -> Authenticator | None:
    """Return a passkey of a login by its id, or nothing."""
    return passkeys_of(login).filter(data__id=str(public_id)).first()
