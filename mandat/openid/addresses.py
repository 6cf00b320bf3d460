"""The addresses of a client: what we accept to send a person, or a word, to."""

import re
from urllib.parse import parse_qs, urlsplit

from django.db.models import TextChoices

#: Printable ASCII, without what two readers may read differently.
PLAIN = re.compile(r"[!-~]+")
AMBIGUOUS = frozenset('\\<>"^`{|}*')
#: What we add to an address: a client may not have put it there before.
OUR_ANSWER = frozenset({"code", "state", "iss", "error", "error_description"})
LONGEST = 500


class Fault(TextChoices):
    """Why an address is refused."""

    MALFORMED = "malformed"
    NOT_HTTPS = "not_https"
    FRAGMENT = "fragment"
    WILDCARD = "wildcard"
    USERINFO = "userinfo"
    DOTS = "dots"
    OUR_ANSWER = "our_answer"


def fault_of(address: str) -> Fault | None:
    """Return why an address cannot be registered, or None when it can. It is then compared sign by sign."""
    if "*" in address:
        return Fault.WILDCARD
    if not PLAIN.fullmatch(address) or AMBIGUOUS & set(address) or len(address) > LONGEST:
        return Fault.MALFORMED
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return Fault.MALFORMED
    return _fault_of_parts(address)


def _fault_of_parts(address: str) -> Fault | None:
    parts = urlsplit(address)
    faults = {
        Fault.MALFORMED: not parts.hostname or not parts.scheme or parts.netloc != parts.netloc.lower(),
        Fault.NOT_HTTPS: parts.scheme != "https" and not is_local(address),
        Fault.FRAGMENT: "#" in address,
        Fault.USERINFO: "@" in parts.netloc,
        Fault.DOTS: "/." in parts.path or "%2e" in parts.path.lower(),
        Fault.OUR_ANSWER: not OUR_ANSWER.isdisjoint(parse_qs(parts.query, keep_blank_values=True)),
    }
    return next((fault for fault, is_there in faults.items() if is_there), None)


def is_local(address: str) -> bool:
    """Tell whether an address is on the machine of whoever opens it: for development alone."""
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1"}


def host_of(address: str) -> str:
    """Return the host of an address."""
    return urlsplit(address).hostname or ""
