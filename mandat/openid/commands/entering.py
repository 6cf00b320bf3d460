"""A person enters a service: what they let it know, and the code that it is given for that."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from mandat.access.queries import enterprises_of
from mandat.enterprises.models import Enterprise
from mandat.identity.actor import Actor
from mandat.identity.events import ConsentGiven, ConsentWithdrawn
from mandat.identity.models import Person, Session
from mandat.openid import policy
from mandat.openid.asking import Asked
from mandat.openid.events import ServiceEntered
from mandat.openid.models import Authorization, Client, Code, Consent, Subject
from mandat.openid.opaque import digest, draw
from mandat.platform.clock import now
from mandat.platform.events import publish


class NotAgreed(Exception):
    """The person has not let the service know all of this."""


class NotTheirs(Exception):
    """The person does not act for this enterprise."""


class ChallengeUsed(Exception):
    """A code was redeemed under the same challenge: whoever saw that verifier could redeem this one."""


class ServiceClosed(Exception):
    """The service is not served any more."""


@dataclass(frozen=True)
class Proof:
    """Who stands before us: who is acting, in which session."""

    actor: Actor
    session: Session


@transaction.atomic
def agree(*, asked: Asked, by: Proof) -> Consent:
    """
    Keep that a person lets a service know what it asks, in addition to what it may know already.

    :raises ServiceClosed: if the service is not served any more
    """
    client = _served(asked.client)
    at, person = now(), by.actor.person
    Person.objects.select_for_update(of=["self"], no_key=True).get(pk=person.pk)  # two tabs agree one after the other
    consent = Consent.objects.filter(client=client, person=person, withdrawn_at=None).first()
    if consent is not None and consent.covers(asked.scopes):
        return consent
    if consent is None:
        consent = Consent(client=client, person=person, scopes=[], given_at=at)
    consent.scopes = sorted({*consent.scopes, *asked.scopes})
    consent.used_at = at
    consent.save()
    publish(ConsentGiven(**_ids(consent, by.actor)))
    return consent


@transaction.atomic
def enter(*, asked: Asked, enterprise_id: UUID | None, by: Proof) -> str:
    """
    Let a person enter a service, and return the code that the service redeems.

    :raises ServiceClosed: if the service is not served any more
    :raises NotAgreed: if the person has not let the service know all of what it asks
    :raises NotTheirs: if the person does not act for the enterprise
    :raises ChallengeUsed: if the challenge has served
    """
    client = _served(asked.client)
    at, person = now(), by.actor.person
    consent = Consent.objects.select_for_update(of=["self"]).filter(client=client, person=person, withdrawn_at=None)
    standing = consent.first()
    if standing is None or not standing.covers(asked.scopes):
        raise NotAgreed
    if Code.objects.filter(challenge=asked.challenge, authorization__client=client, used_at__isnull=False).exists():
        raise ChallengeUsed
    standing.used_at = at
    standing.save(update_fields=["used_at"])
    _give_subject(client, person)
    authorization = Authorization.objects.create(
        client=client, session=by.session, consent=standing, scopes=list(asked.scopes), nonce=asked.nonce,
        enterprise=_theirs(person, enterprise_id, at), auth_time=by.actor.at, methods=list(by.actor.methods),
        assurance=by.actor.assurance, at=at,
    )  # fmt: skip
    publish(
        ServiceEntered(
            person=str(person.public_id), client=client.client_id, authorization=str(authorization.public_id)
        )
    )
    return _code_for(authorization, asked, at)


@transaction.atomic
def withdraw_consent(*, consent_id: UUID, by: Actor) -> Consent:
    """
    Let a service know nothing more: what it was given is dead at its next use. A second time changes nothing.

    :raises DoesNotExist: if the person gave no such consent
    """
    consent = Consent.objects.select_for_update(of=["self"]).get(public_id=consent_id, person=by.person)
    if consent.withdrawn_at is None:
        consent.withdrawn_at = now()
        consent.save(update_fields=["withdrawn_at"])
        publish(ConsentWithdrawn(**_ids(consent, by)))
    return consent


def _served(client: Client) -> Client:
    """
    Return the client as it is now, kept from being disabled until the end of the transaction.

    :raises ServiceClosed: if it is not served any more
    """
    kept = Client.objects.select_for_update(of=["self"], no_key=True).get(pk=client.pk)
    if not kept.is_active:
        raise ServiceClosed
    return kept


def _theirs(person: Person, enterprise_id: UUID | None, at: datetime) -> Enterprise | None:
    if enterprise_id is None:
        return None
    chosen = enterprises_of(person, at).filter(public_id=enterprise_id).first()
    if chosen is None:
        raise NotTheirs
    return chosen


def _give_subject(client: Client, person: Person) -> None:
    Subject.objects.get_or_create(sector=client.sector, person=person, defaults={"sub": draw()})


def _code_for(authorization: Authorization, asked: Asked, at: datetime) -> str:
    code = draw()
    Code.objects.create(
        digest=digest(code), authorization=authorization, redirect_uri=asked.redirect_uri, challenge=asked.challenge,
        expires_at=at + policy.seconds(policy.CODE, at),
    )  # fmt: skip
    return code


def _ids(consent: Consent, by: Actor) -> dict[str, str]:
    return {
        "person": str(by.person.public_id),
        "login": str(by.login.public_id),
        "client": consent.client.client_id,
        "consent": str(consent.public_id),
    }
