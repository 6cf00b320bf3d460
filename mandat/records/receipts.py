"""
Receipts: what was filed, when, by whom and under what authority, signed so that anyone can tell a genuine one.

A receipt is one line of canonical JSON (`mandat.filings.canonical`), `{"receipt": …, "signature": {"algorithm", "key",
"value"}}`: the signature, in hexadecimal, is Ed25519's over the canonical form of `receipt`. The file must be that line
to the byte: a verifier accepts one form only. This module needs no Django and no database, so that a verifier can take
it along.
"""

from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mandat.filings.canonical import NotCanonical, canonical, read_canonical
from mandat.records.keys import key_id

FORMAT, ALGORITHM = "mandat-receipt/1", "Ed25519"


class NotGenuine(Exception):
    """The file is no receipt of ours, or is one that was changed."""


def signed(receipt: Mapping[str, Any], key: Ed25519PrivateKey) -> bytes:
    """Return a receipt as the file that is given out. The same receipt and key make the same file, every time."""
    value = key.sign(canonical(receipt)).hex()
    signature = {"algorithm": ALGORITHM, "key": key_id(key.public_key()), "value": value}
    return canonical({"receipt": receipt, "signature": signature})


def verified(file: bytes, keys: Mapping[str, Ed25519PublicKey]) -> dict[str, Any]:
    """
    Return what a genuine receipt says.

    :raises NotGenuine: naming what is wrong
    """
    receipt, signature = _parts(file)
    if signature["key"] not in keys:
        raise NotGenuine("signed with a key that is not among those published")
    try:
        keys[signature["key"]].verify(bytes.fromhex(signature["value"]), canonical(receipt))
    except InvalidSignature as invalid:
        raise NotGenuine("the signature does not match the content") from invalid
    return receipt


def _parts(file: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        whole = read_canonical(file)
        receipt, signature = whole["receipt"], whole["signature"]
        form = (set(whole), set(signature), receipt["format"], signature["algorithm"])
        if form != ({"receipt", "signature"}, {"algorithm", "key", "value"}, FORMAT, ALGORITHM):
            raise NotGenuine(f"not a receipt of the form {FORMAT}")
        if not isinstance(signature["key"], str):
            raise NotGenuine("the key is not named")
        # Hexadecimal has two spellings, and Python skips spaces in it: only ours is a signature of ours.
        if bytes.fromhex(signature["value"]).hex() != signature["value"]:
            raise NotGenuine("the signature is not written as we write it")
    except NotCanonical as error:
        raise NotGenuine("not the exact text of a receipt") from error
    except (KeyError, TypeError, ValueError) as error:
        raise NotGenuine(f"not a receipt of the form {FORMAT}") from error
    return receipt, signature
