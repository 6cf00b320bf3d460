"""Where a person's work is: where a sign-in leads when it was not asked to lead elsewhere."""

from functools import reduce
from operator import or_

from django.urls import reverse

from mandat.access.queries import enterprises_of, may
from mandat.access.rights import RIGHTS_OF_STAFF
from mandat.identity.models import Person
from mandat.platform.clock import now


def is_staff(person: Person) -> bool:
    """Return whether a person holds any right on the regulator's side."""
    at = now()
    rights = [may(person, right, enterprise="pk", at=at) for right in sorted(RIGHTS_OF_STAFF)]
    return Person.objects.filter(reduce(or_, rights), pk=person.pk).exists()


def landing_of(person: Person) -> str:
    """Return the staff's pages, or the one firm that a person may open, or the list of their firms."""
    if is_staff(person):
        return reverse("staff:home")
    firms = list(enterprises_of(person, now())[:2])
    return reverse("firm:home", args=[firms[0].public_id]) if len(firms) == 1 else reverse("account:home")
