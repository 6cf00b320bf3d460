"""The jobs of this context: what is done out of sight of whoever asked, and what is forgotten in time."""

from typing import Any

from procrastinate.contrib.django import app

from mandat.identity.commands.dormancy import tend_dormant_accesses
from mandat.identity.commands.recovery import JOB, Lost, mail_password_link, recall_user_code
from mandat.identity.commands.sessions import sweep_sessions
from mandat.identity.limits import forget_old_tries
from mandat.platform.effects import WAITS


@app.task(name=JOB, retry=WAITS)
def write_to_holder(login: int, lost: str) -> None:
    """Write to the holder of a login about what they have lost; nobody is written to for nobody."""
    if lost == Lost.PASSWORD:
        mail_password_link(login_id=login)
    else:
        recall_user_code(login_id=login)


@app.periodic(cron="17 * * * *")
@app.task(name="forget_old_tries", queueing_lock="forget_old_tries")
def forget_tries_that_are_over(timestamp: int, **_context: Any) -> None:  # noqa: ARG001 - procrastinate gives it
    """Forget the tries whose period is over."""
    forget_old_tries()


@app.periodic(cron="* * * * *")
@app.task(name="sweep_sessions", queueing_lock="sweep_sessions")
def sweep_sessions_that_are_over(timestamp: int, **_context: Any) -> None:  # noqa: ARG001 - procrastinate gives it
    """End the sessions that are idle, or whose time is over: the services entered in them are told."""
    sweep_sessions()


@app.periodic(cron="23 6 * * *")
@app.task(name="tend_dormant_accesses", queueing_lock="tend_dormant_accesses")
def tend_dormant(timestamp: int, **_context: Any) -> None:  # noqa: ARG001 - procrastinate gives it
    """Warn, then suspend, whoever has not signed in for as long as the policy says."""
    tend_dormant_accesses()
