"""What the provider does when something happens elsewhere."""

from typing import Protocol

from mandat.openid.logout import order_notices


class OfLogin(Protocol):
    """An event that says whose sessions ended."""

    login: str


def tell_services(event: OfLogin) -> None:
    """Tell the services entered in sessions that have ended."""
    order_notices(login=event.login)
