"""Questions about clients, entries and what they were given."""

from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from mandat.identity.models import Login, Person
from mandat.openid.models import (
    AccessToken,
    Authorization,
    Client,
    Consent,
    LogoutNotice,
    OutsideLink,
    RefreshToken,
    Subject,
)
from mandat.openid.opaque import digest
from mandat.openid.workflow import ClientState
from mandat.platform.clock import AppNow
from mandat.platform.effects import EffectState


def client_named(client_id: str) -> Client | None:
    """Return the client of a client_id, in whatever state."""
    try:
        named = UUID(client_id)
    except ValueError:
        return None
    # One spelling: a client_id is compared as it was given out.
    return Client.objects.filter(public_id=named).first() if str(named) == client_id else None


def subject_of(client: Client, person: Person) -> str:
    """
    Return what the clients of a sector know a person by.

    :raises DoesNotExist: if the person has never entered there
    """
    return Subject.objects.get(sector=client.sector, person=person).sub


def person_of(client: Client, sub: str) -> Person | None:
    """Return whom a client means by a `sub`: only one of its own sector means anything."""
    known = Subject.objects.select_related("person").filter(sector=client.sector, sub=sub).first()
    return known.person if known else None


def standing_consent(client: Client, person: Person) -> Consent | None:
    """Return what a person lets a service know."""
    return Consent.objects.filter(client=client, person=person, withdrawn_at=None).first()


def consents_of(person: Person) -> QuerySet[Consent]:
    """Return the services that a person enters with us, the last entered first."""
    standing = Consent.objects.filter(person=person, withdrawn_at=None)
    return standing.select_related("client__provider").order_by("-used_at", "id")


def live(at: datetime) -> Q:
    """
    Return the condition that an entry still stands, whatever might have ended it.

    Its session, its person, its login and whose that is, its client, the consent: each is read anew at every use.
    """
    return Q(
        ended_at=None,
        session__ended_at=None,
        session__ends_at__gt=at,
        session__login__is_active=True,
        session__person__state=Person.State.ACTIVE,
        session__login__links__person=F("session__person"),
        session__login__links__during__contains=AppNow(),
        client__state=ClientState.ACTIVE,
        consent__withdrawn_at=None,
        consent__scopes__contains=F("scopes"),
    )


def authorizations(at: datetime) -> QuerySet[Authorization]:
    """Return the entries that stand, with all that an answer tells of them."""
    return Authorization.objects.filter(live(at)).select_related(
        "client", "consent", "enterprise", "session__person", "session__login"
    )


def opened_by(token: str, at: datetime) -> tuple[Authorization, tuple[str, ...], datetime] | None:
    """Return the entry that an access token opens now, with the scopes it opens and when it expires."""
    given = AccessToken.objects.filter(digest=digest(token), expires_at__gt=at).first()
    standing = authorizations(at).filter(pk=given.authorization_id).first() if given else None
    return (standing, tuple(given.scopes), given.expires_at) if given and standing else None


def refreshed_by(token: str, at: datetime) -> tuple[Authorization, datetime] | None:
    """Return the entry that a refresh token would carry on now, and until when."""
    given = RefreshToken.objects.filter(digest=digest(token), expires_at__gt=at, used_at=None).first()
    standing = authorizations(at).filter(pk=given.authorization_id).first() if given else None
    return (standing, given.expires_at) if given and standing else None


def parked_notices() -> QuerySet[LogoutNotice]:
    """Return the words of logout that no service heard."""
    return LogoutNotice.objects.filter(state=EffectState.PARKED).select_related("client").order_by("id")


def login_linked_to(issuer: str, sub: str) -> Login | None:
    """Return the login that an outside identity opens now: by who says it and its name there, never by an address."""
    links = OutsideLink.objects.filter(issuer=issuer, sub=sub, during__contains=AppNow(), login__is_active=True)
    link = links.select_related("login").order_by("id").first()
    return link.login if link else None


def outside_links_of(login: Login) -> QuerySet[OutsideLink]:
    """Return the outside identities that open a login now."""
    return OutsideLink.objects.filter(login=login, during__contains=AppNow()).order_by("id")
