"""
Codes by e-mail: only where the policy of a role names them, and only for who has nothing better.

Whoever reads the mailbox reads the code as well: the pages and the policy say so.
"""

import secrets
from datetime import datetime, timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from mandat.identity import policy
from mandat.identity.models import EmailCode, Login

DIGITS = 8
#: One message a minute: a mailbox is not to be flooded.
APART = timedelta(minutes=1)


class SentLately(Exception):
    """A code was sent a moment ago."""


def make_code(login: Login, *, at: datetime) -> str:
    """
    Return a new code, kept by its digest alone; the one before it opens nothing more. The caller locks the login.

    :raises SentLately: if the last one left less than a minute ago
    """
    before = EmailCode.objects.filter(login=login).first()
    if before is not None and at - before.sent_at < APART:
        raise SentLately
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    EmailCode.objects.update_or_create(
        login=login, defaults={"digest": _digest(login, code), "sent_at": at, "wrong": 0, "used_at": None}
    )
    return code


def accept(login: Login, typed: str, *, at: datetime) -> bool:
    """Return whether a code is the one that was sent, once; a wrong one is counted. Called in a transaction."""
    sent = EmailCode.objects.select_for_update(of=["self"]).filter(login=login).first()
    age = timedelta(minutes=policy.limit(policy.EMAIL_CODE_MINUTES, at))
    if sent is None or sent.used_at or at - sent.sent_at >= age:
        return False
    if sent.wrong >= policy.limit(policy.EMAIL_CODE_GUESSES, at):
        return False
    if not constant_time_compare(sent.digest, _digest(login, "".join(typed.split()))):
        sent.wrong += 1
        sent.save(update_fields=["wrong"])
        return False
    sent.used_at = at
    sent.save(update_fields=["used_at"])
    return True


def _digest(login: Login, code: str) -> str:
    return salted_hmac("mandat e-mail code", f"{login.public_id}:{code}", algorithm="sha256").hexdigest()
