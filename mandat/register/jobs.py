"""The jobs of this context: what a day that begins changes in what the register says."""

from typing import Any

from procrastinate.contrib.django import app

from mandat.register.standing import push_standings


@app.periodic(cron="*/10 * * * *")
@app.task(name="push_standings", queueing_lock="push_standings")
def tell_access_of_the_day(timestamp: int, **_context: Any) -> None:  # noqa: ARG001 - procrastinate gives it
    """Have a registration that ends, or begins, on a day stop or reopen what it carries online."""
    push_standings()
