"""How often one may be wrong: counted in `identity.limits`; too often is answered by our page 429."""

from ipaddress import ip_address, ip_network

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest, HttpResponse

from mandat.identity.limits import TooManyTries, Try, count_try
from mandat.identity.models import Login
from mandat.web import errors
from mandat.web.account.devices import known_by

IPV6 = 6


def count_attempt(request: HttpRequest, *, key: str, login: Login | None = None) -> Try:
    """
    Count one attempt against what a key names and against the address that it comes from; `rollback()` gives it back.

    A browser in which the login has signed in before is held by its own count alone.

    :raises ImmediateHttpResponse: with the page 429, if there were too many
    """
    device = known_by(request, login) if login else ""
    try:
        return count_try(key, address=address_of(request), device=device)
    except TooManyTries as many:
        raise ImmediateHttpResponse(too_many(request, many)) from many


def address_of(request: HttpRequest) -> str:
    """Return where a request comes from: an address, or the network of 64 bits that one customer has whole."""
    address = ip_address(get_adapter().get_client_ip(request))
    return str(ip_network((address, 64), strict=False)) if address.version == IPV6 else str(address)


def too_many(request: HttpRequest, many: TooManyTries) -> HttpResponse:
    """Answer that there were too many attempts, and when to try again."""
    page = errors.too_many(request, until=many.until)
    page["Retry-After"] = str(many.seconds)
    return page
