"""The jobs of this context: what follows from rights that end by themselves."""

from typing import Any

from procrastinate.contrib.django import app

from mandat.access.business_standing import hear_business_register
from mandat.access.commands.causes import keep_standings as bring_about
from mandat.access.commands.external import lapse_what_nobody_answered
from mandat.access.commands.recovery import keep_recoveries as keep_each
from mandat.access.commands.requests import lapse_requests
from mandat.access.commands.reviews import tend_staff_roles
from mandat.access.commands.second_person import lapse_what_waits
from mandat.access.last_use import forget_old_uses


@app.periodic(cron="* * * * *")
@app.task(name="keep_recoveries", queueing_lock="keep_recoveries")
def keep_recoveries(timestamp: int, **_context: Any) -> None:  # noqa: ARG001 - procrastinate gives it
    """Put in recovery, or take out, the enterprises whose RSEs came to an end or back."""
    keep_each()


@app.periodic(cron="* * * * *")
@app.task(name="keep_standings", queueing_lock="keep_standings")
def keep_standings(timestamp: int, **_context: Any) -> None:  # noqa: ARG001 - procrastinate gives it
    """Bring about what time alone changes in what stops an enterprise."""
    bring_about()


@app.periodic(cron="23 5 * * *")
@app.task(name="hear_enterprises_register", queueing_lock="hear_enterprises_register")
def hear_enterprises_register(timestamp: int, **_context: Any) -> None:  # noqa: ARG001 - procrastinate gives it
    """Hear again what the enterprises register says, of enterprises opened since it was read too."""
    hear_business_register()


@app.periodic(cron="41 6 * * *")
@app.task(name="tend_staff_roles", queueing_lock="tend_staff_roles")
def tend_roles(timestamp: int, **_context: Any) -> None:  # noqa: ARG001 - procrastinate gives it
    """Let fall proposals without an answer, tell of the reviews that nobody made, end what was told of before."""
    tend_staff_roles()


@app.periodic(cron="41 7 * * *")
@app.task(name="forget_old_uses", queueing_lock="forget_old_uses")
def forget_uses(timestamp: int, **_context: Any) -> None:  # noqa: ARG001 - procrastinate gives it
    """Forget when rights were last used, once it is longer ago than the policy keeps."""
    forget_old_uses()


@app.periodic(cron="*/10 * * * *")
@app.task(name="lapse_what_waits", queueing_lock="lapse_what_waits")
def lapse_what_no_second_person_confirmed(timestamp: int, **_context: Any) -> None:  # noqa: ARG001 - procrastinate gives it
    """Let fall what no second person confirmed in time."""
    lapse_what_waits()


@app.periodic(cron="*/10 * * * *")
@app.task(name="lapse_requests", queueing_lock="lapse_requests")
def lapse_requests_without_answer(timestamp: int, **_context: Any) -> None:  # noqa: ARG001 - procrastinate gives it
    """Let fall the requests for rights that nobody answered in time, and those of who left."""
    lapse_requests()


@app.periodic(cron="*/10 * * * *")
@app.task(name="lapse_external_proposals", queueing_lock="lapse_external_proposals")
def lapse_external_proposals(timestamp: int, **_context: Any) -> None:  # noqa: ARG001 - procrastinate gives it
    """Let fall the external proxies proposed that no mandatary answered in time."""
    lapse_what_nobody_answered()
