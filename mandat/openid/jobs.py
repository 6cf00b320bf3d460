"""The jobs of the provider, gathered where procrastinate looks for them: words sent, keys changed, dead rows swept."""

from contextlib import suppress
from datetime import timedelta

from procrastinate.contrib.django import app

from mandat.openid import logout
from mandat.openid.commands.keys import NextKeyTooYoung, rotate_when_due
from mandat.openid.models import AccessToken, Code, RefreshToken, SeenAssertion
from mandat.platform.clock import now

__all__ = ["logout", "sweep_expired"]

#: How long what has expired is kept: enough to know it again if it comes back.
KEPT = timedelta(days=1)


@app.periodic(cron="17 3 * * *")
@app.task(name="keep_openid_in_order", queueing_lock="keep_openid_in_order")
def keep_in_order(timestamp: int) -> None:  # noqa: ARG001
    """Change keys when that is due, and sweep what expired."""
    with suppress(NextKeyTooYoung):  # it was just published: tomorrow
        rotate_when_due()
    sweep_expired()


def sweep_expired() -> None:
    """Forget codes, tokens and assertions that expired."""
    before = now() - KEPT
    for kind in (AccessToken, RefreshToken, Code, SeenAssertion):
        kind._default_manager.filter(expires_at__lt=before).delete()  # noqa: SLF001
