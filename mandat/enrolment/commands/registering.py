"""The second registration: an RSE registers the enterprise with the regulator; the file, or an officer, answers."""

from uuid import UUID, uuid5

from django.utils.translation import get_language

from mandat.access.commands import accept_what_agrees, move_registration, register_service
from mandat.access.commands.enterprises import ClientNumberTaken
from mandat.access.retries import in_one_transaction
from mandat.enrolment import consent
from mandat.enrolment.errors import ConsentMissing, NoFile, VerifiedByTheSamePerson
from mandat.enrolment.models import ServiceRequest
from mandat.enrolment.queries import REGULATOR, neq_of
from mandat.enterprises.models import Enterprise, ServiceProvider, ServiceRegistration
from mandat.enterprises.workflow import RegistrationMove
from mandat.filings.errors import ReasonMissing
from mandat.identity.actor import Actor
from mandat.platform.clock import now
from mandat.platform.idempotency import claim
from mandat.register.commands import AlreadyLinked, link_registrant
from mandat.register.models import Registrant
from mandat.register.queries import Match, matches, registrant_by_client_number

#: The version of the catalogue of blocks that pages show; the sample has had only one.
CATALOGUE = 1


@in_one_transaction
def register_with_regulator(
    *, key: UUID, enterprise: Enterprise, client_number: str, accepted: str, by: Actor
) -> ServiceRegistration:  # fmt: skip
    """
    Ask the regulator to serve an enterprise: active at once if what it says agrees with the file, else an officer sees.

    :raises AccessDenied: if `by` is no RSE
    :raises ConsentMissing: if `accepted` is not the text of the day
    :raises AlreadyRegistered: if a registration is alive
    """
    request = claim(key, "register_with_regulator", asked_by=by.person.public_id)
    if request.result:
        return ServiceRegistration.objects.get(public_id=request.result)
    if accepted != consent.WITH_THE_REGULATOR:
        raise ConsentMissing
    registration = register_service(
        key=uuid5(key, "service"), enterprise=enterprise, provider=regulator(), client_number=client_number, by=by
    )
    neq = neq_of(enterprise)
    found = matches(client_number=client_number, neq=neq, name=enterprise.name)
    ServiceRequest.objects.create(
        registration=registration, requested_by=by.person, requested_at=now(), name=enterprise.name, neq=neq,
        disagreements=list(found.disagreements), consent=accepted, consent_language=get_language() or "fr",
    )  # fmt: skip
    request.keep(result=registration.public_id)
    return _accepted_if_it_agrees(registration, found, by)


def _accepted_if_it_agrees(registration: ServiceRegistration, found: Match, by: Actor) -> ServiceRegistration:
    """Accept at once what the file bears out; what another enterprise holds already is left to an officer."""
    if not found or found.registrant is None:
        return registration
    evidence = {"rule": "client number, NEQ and name agree", "registrant": str(found.registrant.public_id)}
    try:
        return _linked(registration, found.registrant, evidence, by)
    except (ClientNumberTaken, AlreadyLinked):
        return registration


@in_one_transaction
def _linked(
    registration: ServiceRegistration, registrant: Registrant, evidence: dict[str, str], by: Actor
) -> ServiceRegistration:  # fmt: skip
    active = accept_what_agrees(registration_id=registration.public_id, evidence=evidence, by=by)
    link_registrant(registrant=registrant, registration=active)
    return active


@in_one_transaction
def accept_registration(*, registration_id: UUID, reason: str, by: Actor) -> ServiceRegistration:
    """
    Accept a registration whose differences an officer has explained, and link it to the file of its client number.

    :raises AccessDenied: if `by` may not examine registrations
    :raises ReasonMissing: if no reason is given
    :raises VerifiedByTheSamePerson: if `by` asked for it
    :raises MoveNotAllowed: if it was answered before
    :raises NoFile: if nothing is on file under the client number
    :raises ClientNumberTaken: if another enterprise's was accepted under the same client number
    :raises AlreadyLinked: if another enterprise stands for that file
    """
    registration = _answered(registration_id, RegistrationMove.ACTIVATE, reason, by)
    registrant = registrant_by_client_number(registration.client_number)
    if registrant is None:
        raise NoFile(registration.client_number)
    link_registrant(registrant=registrant, registration=registration)
    return registration


@in_one_transaction
def refuse_registration(*, registration_id: UUID, reason: str, by: Actor) -> ServiceRegistration:
    """
    Refuse a registration, for a reason that the enterprise reads; it may ask again.

    :raises AccessDenied: if `by` may not examine registrations
    :raises ReasonMissing: if no reason is given
    :raises VerifiedByTheSamePerson: if `by` asked for it
    :raises MoveNotAllowed: if it was answered before
    """
    return _answered(registration_id, RegistrationMove.REFUSE, reason, by)


def _answered(registration_id: UUID, move: RegistrationMove, reason: str, by: Actor) -> ServiceRegistration:
    if not (said := reason.strip()):
        raise ReasonMissing
    registration = move_registration(registration_id=registration_id, move=move, reason=said, by=by)
    if registration.requested_under["person"] == str(by.person.public_id):
        raise VerifiedByTheSamePerson
    return registration


def regulator() -> ServiceProvider:
    """Return the provider that this deployment serves, made at its first use."""
    names = {"name_fr": "L’Autorité", "name_en": "The Autorité"}
    return ServiceProvider.objects.get_or_create(code=REGULATOR, defaults=names)[0]
