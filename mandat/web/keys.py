"""The hidden key of a form: what makes the second of two clicks find what the first has done."""

import re
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest

_A_NUMBER = re.compile(r"[0-9]{1,9}")


def key_of(request: HttpRequest) -> UUID:
    """
    Return the key that a form was sent with.

    :raises BadRequest: if it has none: no page of ours sent it
    """
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError as malformed:
        raise BadRequest("no key") from malformed


def revision_of(request: HttpRequest) -> int:
    """
    Return the revision that a form was drawn from.

    :raises BadRequest: if it names none
    """
    given = request.POST.get("revision", "")
    if not _A_NUMBER.fullmatch(given):
        raise BadRequest("no revision")
    return int(given)
