"""Designations of RAs and RSEs, and the guard that keeps an enterprise from being left with nobody."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access.commands.grants import AlreadyGranted, from_now_on, refuse_a_second_revocation
from mandat.access.decision import Authority, require_one_of
from mandat.access.queries import effective_rses
from mandat.access.retries import in_one_transaction, refusing
from mandat.access.rights import Right
from mandat.enterprises.events import DesignationRevoked, EnterpriseLeftRecovery, PersonDesignated
from mandat.enterprises.models import Basis, Designation, Enterprise, Role
from mandat.identity.actor import Actor
from mandat.identity.models import Person
from mandat.platform.clock import legal_day
from mandat.platform.events import publish
from mandat.platform.idempotency import claim
from mandat.reference.queries import policy

#: Who may designate to each role: an RA names RSEs; a verification officer recognizes what was proven on file.
DESIGNATES = {Role.RA: [Right.VERIFY], Role.RSE: [Right.DESIGNATE, Right.VERIFY]}
#: Who may end a designation to each role.
REVOKES = {
    Role.RA: [Right.VERIFY],
    Role.RSE: [Right.ADMINISTER, Right.DESIGNATE, Right.VERIFY],
}


class LastRSE(Exception):
    """Without this person, too few would be left to administer the enterprise's accesses."""


@in_one_transaction
def designate(
    *, key: UUID, enterprise: Enterprise, person: Person, role: Role, basis: Basis,
    function: str, evidence: dict[str, Any], during: DateTimeTZRange, by: Actor,
) -> Designation:  # fmt: skip
    """
    Give a person their place in an enterprise, which leaves recovery if it now has an effective RSE.

    :raises AccessDenied: if `by` is neither an RA of the enterprise, for an RSE, nor a verification officer
    :raises DatesImpossible: if it would end before it begins
    :raises AlreadyGranted: if the person has the role during some of these dates
    """
    request = claim(key, "designate", asked_by=by.person.public_id)
    if request.result:
        return Designation.objects.get(public_id=request.result)
    enterprise = locked(enterprise)
    authority = require_one_of(by, *DESIGNATES[role], enterprise=enterprise)
    with refusing("one_unrevoked_designation_per_role", AlreadyGranted):
        designation = Designation.objects.create(
            enterprise=enterprise, person=person, role=role, basis=basis, function=function, evidence=evidence,
            during=from_now_on(during, authority.at), granted_under=authority.as_record(),
        )  # fmt: skip
    request.keep(result=designation.public_id)
    publish(PersonDesignated(**ids_of(designation)))
    if enterprise.state == Enterprise.State.IN_RECOVERY and effective_rses(enterprise, authority.at).exists():
        enterprise.make(Enterprise.Move.LEAVE_RECOVERY, at=authority.at, under=authority.as_record())
        publish(EnterpriseLeftRecovery(enterprise=str(enterprise.public_id)))
    return designation


@in_one_transaction
def revoke_designation(*, designation_id: UUID, reason: str, by: Actor) -> Designation:
    """
    End a person's place in an enterprise, at once.

    :raises AccessDenied: if `by` is neither an RSE or an RA of the enterprise, for an RSE, nor a verification officer
    :raises AlreadyRevoked: if it was ended before
    :raises LastRSE: if nobody effective would be left, or fewer than the policy of the day asks
    """
    known = Designation.objects.select_related("enterprise").get(public_id=designation_id)
    designation, authority = to_end(known, REVOKES[Role(known.role)], by)
    enterprise = designation.enterprise
    before = effective_rses(enterprise, authority.at).count()
    designation.revoke(at=authority.at, under=authority.as_record(), reason=reason)
    left = effective_rses(enterprise, authority.at).count()
    if left < before and left < policy("rse-required", legal_day(authority.at)):
        raise LastRSE
    publish(DesignationRevoked(**ids_of(designation)))
    return designation


def to_end(known: Designation, rights: Sequence[Right], by: Actor) -> tuple[Designation, Authority]:
    """
    Return a designation that is about to be ended, under the locks that this takes, and by what authority.

    :raises AccessDenied: if `by` has none of the rights in its enterprise
    :raises AlreadyRevoked: if it was ended before
    """
    enterprise = locked(known.enterprise)
    target = Designation.objects.select_for_update(of=["self"], no_key=True).select_related("enterprise", "person")
    target = target.filter(pk=known.pk).order_by("id")
    authority = require_one_of(by, *rights, enterprise=enterprise, target=target)
    designation = target[0]
    refuse_a_second_revocation(designation)
    return designation, authority


def locked(enterprise: Enterprise) -> Enterprise:
    """Return the enterprise, under the lock that commands about its people take first: one follows the other."""
    return Enterprise.objects.select_for_update(of=["self"], no_key=True).get(pk=enterprise.pk)


def ids_of(designation: Designation) -> dict[str, str]:
    """Return what an event names a designation by."""
    return {
        "enterprise": str(designation.enterprise.public_id),
        "designation": str(designation.public_id),
        "person": str(designation.person.public_id),
        "role": designation.role,
    }
