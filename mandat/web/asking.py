"""The request, as the middleware leave it to our views."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from mandat.access.place import Place
from mandat.access.rights import Right
from mandat.enterprises.models import Enterprise
from mandat.identity.models import Session


class Request(HttpRequest):
    """A request with who is asking; on a firm's page, also for which firm, in what capacity, and as of when."""

    actor: Any  # an Actor, or None for whoever is not signed in
    own_session: Session  # of the actor, as it was read
    firm: Enterprise
    place: Place
    at: datetime
    staff_rights: list[Right]
