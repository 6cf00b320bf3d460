"""How often one may be wrong. The numbers are allauth's; the answer is our page 429."""

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse

from mandat.web import errors

#: The longest of allauth's periods: five wrong passwords or codes in five minutes.
WAIT = 300


def count_attempt(request: HttpRequest, *, key: str) -> ratelimit.RateLimitUsage:
    """
    Count one attempt against a login and against the address that it comes from; `rollback()` gives it back.

    :raises ImmediateHttpResponse: with the page 429, if there were too many
    """
    usage = ratelimit.consume(request, app="allauth.account", action="login_failed", key=key)
    if usage is None:
        raise ImmediateHttpResponse(too_many(request))
    return usage


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer that there were too many attempts, and when to try again."""
    page = errors.too_many(request)
    page["Retry-After"] = str(WAIT)
    return page
