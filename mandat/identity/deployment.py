"""Whether this database is a demonstration: written once, when it is created, and never changed."""

from django.db import transaction

from mandat.identity.models import Deployment, Person
from mandat.platform.clock import now


class AlreadyMarked(Exception):
    """The database is already marked as the other kind."""


class AlreadyInUse(Exception):
    """The database holds persons: it cannot become a demonstration."""


def is_demo() -> bool:
    """Return whether this database is a demonstration. One that says nothing is not."""
    return Deployment.objects.filter(kind=Deployment.Kind.DEMO).exists()


@transaction.atomic
def mark(kind: Deployment.Kind) -> None:
    """
    Write what this database is, once for all.

    :raises AlreadyMarked: if it is marked as the other kind
    :raises AlreadyInUse: if it holds persons and would become a demonstration
    """
    present = Deployment.objects.first()
    if present is not None and present.kind != kind:
        raise AlreadyMarked(present.kind)
    if present is not None:
        return
    if kind == Deployment.Kind.DEMO and Person.objects.exists():
        raise AlreadyInUse
    Deployment.objects.create(kind=kind, marked_at=now())
