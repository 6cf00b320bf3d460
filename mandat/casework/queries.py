"""What is asked about cases."""

from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from mandat.access.queries import may
from mandat.access.rights import RIGHTS_OF_STAFF
from mandat.casework.models import Case, SupportVisit
from mandat.casework.workflow import CaseState
from mandat.enterprises.models import Enterprise
from mandat.identity.models import Person


def queue_of(person: Person, at: datetime) -> QuerySet[Case]:
    """Return the open cases that a person may work on: the most pressing first, each with who has it."""
    mine = Q()
    for right in RIGHTS_OF_STAFF:
        mine |= Q(right=right) & may(person, right, enterprise="pk", block="queue", at=at)
    return Case.objects.filter(mine, state=CaseState.OPEN).select_related("assigned_to")


def visits_of(enterprise: Enterprise) -> QuerySet[SupportVisit]:
    """Return the visits of support to an enterprise, the last first, with how often each looked, and when last."""
    visits = SupportVisit.objects.filter(enterprise=enterprise).select_related("by")
    return visits.annotate(times=Count("looks"), last_look=Max("looks__at")).order_by("-id")


def visits_by(person: Person) -> QuerySet[SupportVisit]:
    """Return the visits of somebody of the staff, the last first."""
    return SupportVisit.objects.filter(by=person).select_related("enterprise")
