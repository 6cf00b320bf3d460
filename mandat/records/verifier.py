"""`mandat verify-receipt`: tell, offline and without a database, whether a file is a receipt that we gave out."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mandat.records.keys import PUBLISHED, KeysUnreadable, public_keys
from mandat.records.receipts import NotGenuine, verified

FOLDER = "receipt-keys"
_LARGEST = 5_000_000
GENUINE, NOT_GENUINE, CANNOT_TELL = 0, 1, 2


def verify_receipt(words: Sequence[str]) -> int:
    """Run the command, and return its exit code: 0 genuine, 1 not genuine, 2 when it cannot tell."""
    asked = _parser().parse_args(words)
    try:
        keys = public_keys(json.loads(asked.keys.read_text()))
        with asked.file.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except (OSError, ValueError, KeysUnreadable) as error:
        return _answer(asked, {"genuine": None, "reason": str(error)}, CANNOT_TELL)
    try:
        receipt = verified(content, keys)
    except NotGenuine as why:
        return _answer(asked, {"genuine": False, "reason": str(why)}, NOT_GENUINE)
    return _answer(asked, {"genuine": True, "receipt": receipt}, GENUINE)


def _parser() -> argparse.ArgumentParser:
    var = Path(os.environ.get("MANDAT_VAR", Path(__file__).parents[2] / "var"))
    parser = argparse.ArgumentParser("mandat verify-receipt", description=__doc__)
    parser.add_argument("file", type=Path, help="the receipt, as it was given out")
    parser.add_argument(
        "--keys", type=Path, default=var / FOLDER / PUBLISHED,
        help="the public keys, as they are published (a JWK set); this installation's own by default",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    return parser


def _answer(asked: argparse.Namespace, answer: dict[str, Any], code: int) -> int:
    if asked.json:
        text = json.dumps(answer, ensure_ascii=False, indent=1)
    elif code == GENUINE:
        receipt = answer["receipt"]
        text = (
            f"Genuine: {receipt['number']}, submission {receipt['ordinal']}, filed at {receipt['at']}"
            f" by {receipt['signer']['name']} for {receipt['registrant']['name']}; content {receipt['sha256']}"
        )
    else:
        text = f"{'Not genuine' if code == NOT_GENUINE else 'Cannot tell'}: {answer['reason']}"
    sys.stdout.write(text + "\n")
    return code
