"""Where a person's work is: where a sign-in leads when it was not asked to lead elsewhere."""

from django.urls import reverse

from mandat.access.place import staff_decisions
from mandat.access.queries import enterprises_of
from mandat.identity.models import Person
from mandat.platform.clock import now


def is_staff(person: Person) -> bool:
    """Return whether a person holds any right on the regulator's side."""
    return any(staff_decisions(person, now()).values())


def landing_of(person: Person) -> str:
    """Return the staff's pages, or the one firm that a person may open, or the list of their firms."""
    if is_staff(person):
        return reverse("staff:home")
    firms = list(enterprises_of(person, now())[:2])
    return reverse("firm:home", args=[firms[0].public_id]) if len(firms) == 1 else reverse("account:home")
