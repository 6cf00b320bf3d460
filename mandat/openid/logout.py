"""Back-channel logout: a service is told that a session has ended, by a signed word sent from us to it."""

import logging
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener
from uuid import uuid4

from django.db import transaction
from procrastinate.contrib.django import app

from mandat.openid import jose
from mandat.openid.commands.keys import key_in_use
from mandat.openid.models import Authorization, LogoutNotice, Subject
from mandat.openid.tokens import issuer
from mandat.platform.clock import AppNow, now
from mandat.platform.effects import WAITS, attempt, defer

logger = logging.getLogger(__name__)

EVENT = "http://schemas.openid.net/event/backchannel-logout"
#: Seconds: a service that does not answer is told again later.
PATIENCE = 3
#: Seconds that the word is good for.
LIFE = 120
DONE = (200, 204)


class NotTold(Exception):
    """The service did not say that it was told."""


class StayHere(HTTPRedirectHandler):
    """Follows nothing: a service is told at the address that it registered, or not at all."""

    def redirect_request(self, *_: Any) -> None:
        """Return that nothing is followed."""


def order_notices(*, login: str) -> None:
    """Order that the services entered in the ended sessions of a login be told, each once."""
    ended = Authorization.objects.filter(session__login__public_id=login, session__ended_at__isnull=False).exclude(
        client__backchannel_logout_uri=""
    )
    pairs = ended.order_by("session_id", "client_id").distinct("session_id", "client_id")
    for entry in pairs.select_related("client", "session__person"):
        _order(entry)


def _order(entry: Authorization) -> None:
    sub = Subject.objects.get(sector=entry.client.sector, person=entry.session.person).sub
    with transaction.atomic():
        notice, is_new = LogoutNotice.objects.get_or_create(
            client=entry.client, session=entry.session, defaults={"sub": sub, "ordered_at": AppNow()}
        )
        if is_new:
            defer(notice)


@app.task(name=LogoutNotice.job, retry=WAITS)
def tell_logout(effect: str) -> None:
    """Tell a service that a session has ended."""
    attempt(LogoutNotice, effect, tell)


def tell(notice: LogoutNotice) -> None:
    """
    Tell a service now, at the address that it has registered.

    :raises NotTold: if it does not say that it was told
    """
    address = notice.client.backchannel_logout_uri
    if not address:
        return
    body = urlencode({"logout_token": logout_token(notice)}).encode()
    request = Request(address, data=body, headers={"Content-Type": "application/x-www-form-urlencoded"})  # noqa: S310 - registered, http or https
    try:
        with build_opener(StayHere).open(request, timeout=PATIENCE) as answer:
            status = answer.status
    except HTTPError as refused:
        status = refused.code
    if status not in DONE:
        raise NotTold(f"it answered {status}")


def logout_token(notice: LogoutNotice) -> str:
    """Return the word that a session has ended (OpenID Connect Back-Channel Logout 1.0); each attempt has its own."""
    key, at = key_in_use(), int(now().timestamp())
    claims = {
        "iss": issuer(),
        "sub": notice.sub,
        "aud": notice.client.client_id,
        "iat": at,
        "exp": at + LIFE,
        "jti": str(uuid4()),
        "sid": str(notice.session.public_id),
        "events": {EVENT: {}},
    }
    return jose.sign(claims, key=key.private, kid=key.kid, typ="logout+jwt")
