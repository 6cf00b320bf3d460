"""A software authenticator: answers what a browser would, honestly or with any one thing forged."""

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


@dataclass
class Passkey:
    """A key of one login at one party, with its counter; zero for ever on a synchronised one."""

    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    counter: int = 1
    handle: str = ""

    def made(self, options, **forged) -> dict:
        """Answer `navigator.credentials.create`."""
        self.handle = options["user"]["id"]
        public = cbor.encode(ES256.from_cryptography_key(self.key.public_key()))
        public = forged.pop("public", public)
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + public
        said = self._said("webauthn.create", options, forged)
        data = self._data(forged, ATTESTED) + attested
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(clientDataJSON=said, attestationObject=attestation) | {"clientExtensionResults": {}}

    def proven(self, options, **forged) -> dict:
        """Answer `navigator.credentials.get`."""
        self.counter += 1 if self.counter else 0
        handle = websafe_decode(forged.pop("handle", self.handle) or "")
        said = self._said("webauthn.get", options, forged)
        data = self._data(forged, 0)
        signer = forged.pop("key", self.key)
        signature = signer.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        answer = self._answer(clientDataJSON=said, authenticatorData=data, signature=signature)
        if handle:
            answer["response"]["userHandle"] = websafe_encode(handle)
        return answer

    def _said(self, kind, options, forged) -> bytes:
        public = urlsplit(settings.PUBLIC_URL)
        said = {"type": kind, "challenge": options["challenge"], "origin": f"{public.scheme}://{public.netloc}"}
        said["crossOrigin"] = False
        return json.dumps(said | forged.pop("said", {})).encode()

    def _data(self, forged, flags) -> bytes:
        party = forged.pop("party", urlsplit(settings.PUBLIC_URL).hostname)
        flags |= forged.pop("flags", PRESENT | VERIFIED)
        counter = forged.pop("counter", self.counter)
        return hashlib.sha256(party.encode()).digest() + bytes([flags]) + struct.pack(">I", counter)

    def _answer(self, **response) -> dict:
        name = websafe_encode(self.credential_id)
        told = {each: websafe_encode(value) for each, value in response.items()}
        return {"id": name, "rawId": name, "type": "public-key", "response": told}
