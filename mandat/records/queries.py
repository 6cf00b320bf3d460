"""What is asked of the records: receipts, and the keys to verify them by. Nothing is stored: a receipt is computed."""

from pathlib import Path
from typing import Any

from django.conf import settings

from mandat.filings.models import Submission
from mandat.filings.queries import as_filed
from mandat.identity.deployment import is_demo
from mandat.records.keys import published, signing_key
from mandat.records.receipts import FORMAT, signed
from mandat.records.verifier import FOLDER


def receipt_of(submission: Submission) -> bytes:
    """Return the receipt of a submission, as the file given out; every time the same, until the key is renewed."""
    return signed(receipt_body(submission), signing_key(keys_folder()))


def receipt_body(submission: Submission) -> dict[str, Any]:
    """Return what a receipt says."""
    content = as_filed(submission)
    taken = ("filing", "number", "ordinal", "supersedes", "type", "registrant", "signer")
    return {
        "format": FORMAT,
        "issuer": settings.PUBLIC_URL,
        "demo": is_demo(),
        **{name: content[name] for name in taken},
        "submission": str(submission.public_id),
        "sha256": submission.sha256,
        "at": submission.at.isoformat(),
        "authority": submission.authority,
    }


def receipt_keys() -> dict[str, Any]:
    """Return the public keys of all receipts ever given out, as a JWK set."""
    return published(keys_folder())


def keys_folder() -> Path:
    """Return where the keys lie."""
    return Path(settings.VAR) / FOLDER
