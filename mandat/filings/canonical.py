"""
Canonical JSON: one way to write a value, so that its hash and its signature have one meaning.

The form is RFC 8785 on the values that we use: UTF-8, no space, the names of an object sorted, no escape that is not
required. We write no fraction, since programs disagree on how to write one: amounts and dates are text. This module
needs nothing but Python, so that a verifier can take it along.
"""

import hashlib
import json
from typing import Any

_LARGEST = 2**53 - 1  # beyond it, a reader that knows only floating point would read another number


class NotCanonical(ValueError):
    """The value, or the text, has no canonical form or is not in it."""


def canonical(value: Any) -> bytes:
    """
    Return a value in its one form.

    :raises NotCanonical: if it holds a fraction, too large a number, or a name that is not plain text
    """
    _refuse_what_has_no_one_form(value)
    try:
        return json.dumps(
            value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        ).encode()  # fmt: skip
    except (TypeError, ValueError) as error:
        raise NotCanonical(str(error)) from error


def read_canonical(text: bytes) -> Any:
    """
    Return the value of a canonical text.

    :raises NotCanonical: if the text is not, byte for byte, the one form of its value
    """
    try:
        value = json.loads(text)
        if canonical(value) == text:
            return value
    except (ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from error
    raise NotCanonical("not in canonical form")


def sha256_of(text: bytes) -> str:
    """Return the hash of a text, in hexadecimal."""
    return hashlib.sha256(text).hexdigest()


def _refuse_what_has_no_one_form(value: Any) -> None:
    if isinstance(value, dict):
        for name, each in value.items():
            if not (isinstance(name, str) and name.isascii()):
                raise NotCanonical(f"not a name: {name!r}")
            _refuse_what_has_no_one_form(each)
    elif isinstance(value, list):
        for each in value:
            _refuse_what_has_no_one_form(each)
    elif isinstance(value, float) or (isinstance(value, int) and abs(value) > _LARGEST):
        raise NotCanonical(f"not a plain whole number: {value!r}")
