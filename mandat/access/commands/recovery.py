"""An enterprise that rights ending by themselves left with nobody in charge: in recovery, until somebody is again."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from mandat.access.commands.designations import ids_of, locked, to_end
from mandat.access.queries import effective_rses
from mandat.access.retries import in_one_transaction
from mandat.access.rights import Right
from mandat.enterprises.events import DesignationRevoked, EnterpriseEnteredRecovery, EnterpriseLeftRecovery
from mandat.enterprises.grants import in_force
from mandat.enterprises.models import Designation, Enterprise, Role
from mandat.identity.actor import Actor
from mandat.identity.models import Person
from mandat.platform.clock import now
from mandat.platform.events import publish

#: Under whose authority: nobody's. It follows from what ended, and applies whatever anybody wants.
BY_ITSELF = {"rule": "in recovery while nobody effective is in charge"}


def keep_recoveries() -> list[Enterprise]:
    """Put in recovery each enterprise that lost its last effective RSE, take out each that has one again."""
    at = now()
    rses = Designation.objects.filter(enterprise=OuterRef("pk"), role=Role.RSE)
    effective = Exists(rses.filter(in_force(at), person__state=Person.State.ACTIVE))
    left_alone = Q(state=Enterprise.State.ACTIVE) & Q(Exists(rses)) & ~Q(effective)
    manned_again = Q(state=Enterprise.State.IN_RECOVERY) & Q(effective)
    found = Enterprise.objects.filter(left_alone | manned_again).order_by("id").values_list("public_id", flat=True)
    return [changed for each in list(found) if (changed := keep_recovery(enterprise_id=each))]


@in_one_transaction
def keep_recovery(*, enterprise_id: UUID) -> Enterprise | None:
    """Bring one enterprise's state to what follows from its designations now; return it if that changed it."""
    enterprise = locked(Enterprise.objects.get(public_id=enterprise_id))
    at = now()
    is_manned = effective_rses(enterprise, at).exists()
    named = str(enterprise.public_id)
    if enterprise.state == Enterprise.State.ACTIVE and not is_manned:
        enterprise.make(Enterprise.Move.ENTER_RECOVERY, at=at, under=BY_ITSELF)
        publish(EnterpriseEnteredRecovery(enterprise=named))
    elif enterprise.state == Enterprise.State.IN_RECOVERY and is_manned:
        enterprise.make(Enterprise.Move.LEAVE_RECOVERY, at=at, under=BY_ITSELF)
        publish(EnterpriseLeftRecovery(enterprise=named))
    else:
        return None
    return enterprise


@in_one_transaction
def end_designation_in_fact_over(*, designation_id: UUID, reason: str, by: Actor) -> Designation:
    """
    End a place that is over in fact, be it that of the last RSE: the enterprise is then in recovery at once.

    :raises AccessDenied: if `by` is no verification officer
    :raises AlreadyRevoked: if it was ended before
    """
    known = Designation.objects.select_related("enterprise").get(public_id=designation_id)
    designation, authority = to_end(known, [Right.VERIFY], by)
    designation.revoke(at=authority.at, under=authority.as_record(), reason=reason)
    publish(DesignationRevoked(**ids_of(designation)))
    if designation.role == Role.RSE:
        keep_recovery(enterprise_id=designation.enterprise.public_id)
    return designation
