"""What is asked about cases."""

from datetime import datetime

from django.db.models import Q, QuerySet

from mandat.access.queries import may
from mandat.access.rights import RIGHTS_OF_STAFF
from mandat.casework.models import Case
from mandat.casework.workflow import CaseState
from mandat.identity.models import Person


def queue_of(person: Person, at: datetime) -> QuerySet[Case]:
    """Return the open cases that a person may work on: the most pressing first, each with who has it."""
    mine = Q()
    for right in RIGHTS_OF_STAFF:
        mine |= Q(right=right) & may(person, right, enterprise="pk", block="queue", at=at)
    return Case.objects.filter(mine, state=CaseState.OPEN).select_related("assigned_to")
