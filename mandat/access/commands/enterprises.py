"""An enterprise's account: opened by a verification officer, then kept by its RSEs."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access.catalogue import FIRST, accepted_version, versions_on
from mandat.access.commands.grants import AlreadyGranted, from_now_on
from mandat.access.decision import Authority, require
from mandat.access.retries import in_one_transaction, refusing
from mandat.access.rights import RIGHTS_OF_STAFF, Right
from mandat.enterprises.events import (
    BlocksAccepted,
    BlockVersionsAccepted,
    EnterpriseOpened,
    RegistrationMoved,
    ServiceRequested,
    UserAdded,
)
from mandat.enterprises.models import (
    BlockAcceptance,
    Enterprise,
    EnterpriseKind,
    Identifier,
    ServiceProvider,
    ServiceRegistration,
    User,
)
from mandat.enterprises.workflow import RegistrationMove
from mandat.identity.actor import Actor
from mandat.identity.models import Person
from mandat.platform.clock import legal_day
from mandat.platform.events import publish
from mandat.platform.idempotency import claim

#: Whose move it is: the regulator's officers decide on a registration, the enterprise may leave.
MAKES = {
    RegistrationMove.ACTIVATE: Right.EXAMINE,
    RegistrationMove.REFUSE: Right.EXAMINE,
    RegistrationMove.SUSPEND: Right.EXAMINE,
    RegistrationMove.REINSTATE: Right.EXAMINE,
    RegistrationMove.DEACTIVATE: Right.ADMINISTER,
}

#: The officers' queue where registrations are decided.
REGISTRATIONS = "registration"


class NEQTaken(Exception):
    """Another enterprise has this NEQ."""


class AlreadyRegistered(Exception):
    """The enterprise has a live registration with this provider."""


class ClientNumberTaken(Exception):
    """Another enterprise's registration was accepted under this client number."""


class BlockUnknown(Exception):
    """The catalogue of the day has no such block."""


@in_one_transaction
def open_enterprise(
    *, key: UUID, kind: EnterpriseKind, name: str, neq: str, is_established_in_quebec: bool, by: Actor
) -> Enterprise:  # fmt: skip
    """
    Open the account of a verified enterprise; `neq` is blank when it has none.

    :raises AccessDenied: if `by` is no verification officer
    :raises NEQTaken: if another enterprise has the NEQ
    """
    request = claim(key, "open_enterprise", asked_by=by.person.public_id)
    if request.result:
        return Enterprise.objects.get(public_id=request.result)
    authority = require(by, Right.VERIFY)
    enterprise = Enterprise.objects.create(kind=kind, name=name, is_established_in_quebec=is_established_in_quebec)
    if neq:
        with refusing("one_enterprise_per_neq_at_once", NEQTaken):
            Identifier.objects.create(
                enterprise=enterprise, kind=Identifier.Kind.NEQ, value=neq, during=DateTimeTZRange(authority.at, None)
            )
    request.keep(result=enterprise.public_id)
    publish(EnterpriseOpened(enterprise=str(enterprise.public_id)))
    return enterprise


@in_one_transaction
def add_user(
    *, key: UUID, enterprise: Enterprise, person: Person, is_external: bool, during: DateTimeTZRange, by: Actor
) -> User:  # fmt: skip
    """
    Make a person a user of an enterprise; they hold no right there until a proxy gives one.

    :raises AccessDenied: if `by` is no RSE
    :raises DatesImpossible: if it would end before it begins
    :raises AlreadyGranted: if the person is a user during some of these dates
    """
    request = claim(key, "add_user", asked_by=by.person.public_id)
    if request.result:
        return User.objects.get(public_id=request.result)
    authority = require(by, Right.ADMINISTER, enterprise=enterprise)
    with refusing("one_unrevoked_user_per_person_and_enterprise", AlreadyGranted):
        user = User.objects.create(
            enterprise=enterprise, person=person, is_external=is_external,
            during=from_now_on(during, authority.at), granted_under=authority.as_record(),
        )  # fmt: skip
    request.keep(result=user.public_id)
    ids = {"enterprise": str(enterprise.public_id), "person": str(person.public_id)}
    publish(UserAdded(user=str(user.public_id), **ids))
    return user


@in_one_transaction
def register_service(
    *, key: UUID, enterprise: Enterprise, provider: ServiceProvider, client_number: str, by: Actor
) -> ServiceRegistration:  # fmt: skip
    """
    Ask a provider to serve an enterprise; the registration is in process until the provider answers.

    :raises AccessDenied: if `by` is no RSE
    :raises AlreadyRegistered: if the enterprise has a live registration there
    """
    request = claim(key, "register_service", asked_by=by.person.public_id)
    if request.result:
        return ServiceRegistration.objects.get(public_id=request.result)
    authority = require(by, Right.ADMINISTER, enterprise=enterprise)
    with refusing("one_live_registration_per_provider", AlreadyRegistered):
        registration = ServiceRegistration.objects.create(
            enterprise=enterprise, provider=provider, client_number=client_number,
            requested_under=authority.as_record(),
        )  # fmt: skip
    request.keep(result=registration.public_id)
    publish(ServiceRequested(**_ids(registration), provider=str(provider.public_id)))
    return registration


@in_one_transaction
def move_registration(
    *, registration_id: UUID, move: RegistrationMove, by: Actor, reason: str = ""
) -> ServiceRegistration:  # fmt: skip
    """
    Accept, refuse, suspend, reinstate or deactivate a registration, for a reason that the enterprise may read.

    :raises AccessDenied: if the move is not `by`'s to make
    :raises MoveNotAllowed: if its state does not allow it
    :raises ClientNumberTaken: if another enterprise's was accepted under the same client number
    """
    registration, authority = _locked(registration_id, MAKES[move], by)
    return _moved(registration, move, at=authority.at, under=authority.as_record(), reason=reason)


@in_one_transaction
def accept_what_agrees(*, registration_id: UUID, evidence: Mapping[str, str], by: Actor) -> ServiceRegistration:
    """
    Accept without an officer a registration that the provider's file bears out, as `evidence` tells and is kept.

    :raises AccessDenied: if `by` is no RSE
    :raises MoveNotAllowed: if its state does not allow it
    :raises ClientNumberTaken: if another enterprise's was accepted under the same client number
    """
    registration, authority = _locked(registration_id, Right.ADMINISTER, by)
    under = authority.as_record() | {"evidence": dict(evidence)}
    return _moved(registration, RegistrationMove.ACTIVATE, at=authority.at, under=under)


def _moved(
    registration: ServiceRegistration, move: RegistrationMove, *, at: datetime, under: Mapping[str, object],
    reason: str = "",
) -> ServiceRegistration:  # fmt: skip
    with refusing("one_accepted_registration_per_client_number", ClientNumberTaken):
        registration.make(move, at=at, under=under, reason=reason)
    publish(RegistrationMoved(**_ids(registration), state=registration.state))
    return registration


@in_one_transaction
def accept_blocks(
    *, registration_id: UUID, blocks: Collection[str], catalogue_version: int, by: Actor
) -> ServiceRegistration:  # fmt: skip
    """
    Choose the functional blocks that an enterprise uses with a provider, in place of those chosen before.

    A block that is kept stays in the version that was accepted; one that is new is taken as it is today.

    :raises AccessDenied: if `by` is no RSE
    :raises BlockUnknown: if the catalogue of the day lacks one
    """
    registration, authority = _locked(registration_id, Right.ADMINISTER, by)
    in_catalogue = versions_on(legal_day(authority.at))
    chosen = sorted(set(blocks))
    if unknown := set(chosen) - set(in_catalogue):
        raise BlockUnknown(sorted(unknown))
    kept = set(registration.accepted_blocks)
    versions = {
        block: accepted_version(registration, block) if block in kept else in_catalogue[block] for block in chosen
    }
    registration.accepted_blocks, registration.catalogue_version = chosen, catalogue_version
    _accept(registration, versions, authority)
    publish(BlocksAccepted(**_ids(registration), blocks=chosen))
    return registration


@in_one_transaction
def accept_versions(*, registration_id: UUID, versions: Mapping[str, int], by: Actor) -> ServiceRegistration:
    """
    Accept what the catalogue of the day adds to blocks that an enterprise uses: it opens to whoever has them.

    :raises AccessDenied: if `by` is no RSE
    :raises BlockUnknown: if the enterprise does not use one of the blocks, or the catalogue has another version of it
    """
    registration, authority = _locked(registration_id, Right.ADMINISTER, by)
    in_catalogue = versions_on(legal_day(authority.at))
    used = set(registration.accepted_blocks)
    if unknown := [block for block, version in versions.items() if block not in used or in_catalogue[block] != version]:
        raise BlockUnknown(sorted(unknown))
    held = {block: accepted_version(registration, block) for block in registration.accepted_blocks}
    if held | dict(versions) == held:
        return registration
    _accept(registration, held | dict(versions), authority)
    publish(BlockVersionsAccepted(**_ids(registration), blocks=sorted(versions)))
    return registration


def _accept(registration: ServiceRegistration, versions: Mapping[str, int], authority: Authority) -> None:
    """Keep which blocks are accepted, each in which version, and by whom."""
    registration.versions = {block: version for block, version in versions.items() if version > FIRST}
    registration.save(update_fields=["accepted_blocks", "catalogue_version", "versions"])
    BlockAcceptance.objects.create(
        registration=registration, blocks=registration.accepted_blocks, versions=registration.versions,
        catalogue_version=registration.catalogue_version, at=authority.at, authority=authority.as_record(),
    )  # fmt: skip


def _locked(registration_id: UUID, right: Right, by: Actor) -> tuple[ServiceRegistration, Authority]:
    """Return a registration locked, and the authority to change it."""
    target = ServiceRegistration.objects.select_for_update(of=["self"], no_key=True).select_related("enterprise")
    target = target.filter(public_id=registration_id).order_by("id")
    enterprise = Enterprise.objects.get(registrations__public_id=registration_id)
    queue = REGISTRATIONS if right in RIGHTS_OF_STAFF else None
    authority = require(by, right, enterprise=enterprise, block=queue, target=target)
    return target[0], authority


def _ids(registration: ServiceRegistration) -> dict[str, str]:
    return {"enterprise": str(registration.enterprise.public_id), "registration": str(registration.public_id)}
