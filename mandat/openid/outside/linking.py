"""What may be done with outside identities: linked by whoever holds the login, and let go."""

from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access.retries import refusing
from mandat.identity.actor import Actor
from mandat.identity.events import OutsideLinked, OutsideUnlinked
from mandat.identity.models import Login, Person
from mandat.openid.models import OutsideLink
from mandat.openid.outside.asking import Said
from mandat.platform.clock import now
from mandat.platform.events import publish


class LinkedToAnother(Exception):
    """The outside identity, or the login at that provider, is linked otherwise already."""


class LastWayIn(Exception):
    """The login has no password: without this link, its holder could not enter."""


@transaction.atomic
def link_outside(*, said: Said, by: Actor) -> OutsideLink:
    """
    Link what a provider calls a person by to the login that they are in by.

    :raises LinkedToAnother: if it is linked to another login, or the login to another name there
    """
    return link_login_outside(said=said, login=by.login, person=by.person)


@transaction.atomic
def link_login_outside(*, said: Said, login: Login, person: Person) -> OutsideLink:
    """
    Link what a provider calls a person by to a login, which its caller has seen to be theirs.

    :raises LinkedToAnother: if it is linked to another login, or the login to another name there
    """
    login = Login.objects.select_for_update(of=["self"], no_key=True).get(pk=login.pk)
    at = now()
    present = OutsideLink.objects.filter(issuer=said.issuer, sub=said.sub, during__contains=at).first()
    if present is not None and present.login_id == login.pk:
        return present
    if present is not None or OutsideLink.objects.filter(login=login, issuer=said.issuer, during__contains=at).exists():
        raise LinkedToAnother
    with refusing("one_login_per_outside_name_at_once", LinkedToAnother):
        link = OutsideLink.objects.create(
            issuer=said.issuer, sub=said.sub, login=login, during=DateTimeTZRange(at, None)
        )
    publish(OutsideLinked(login=str(login.public_id), person=str(person.public_id), link=str(link.public_id)))
    return link


@transaction.atomic
def unlink_outside(*, link_id: UUID, by: Actor) -> None:
    """
    Let an outside identity go: it opens nothing more. A second time changes nothing.

    :raises DoesNotExist: if it is not the login's
    :raises LastWayIn: if its holder could not enter without it
    """
    login = Login.objects.select_for_update(of=["self"], no_key=True).get(pk=by.login.pk)
    link = OutsideLink.objects.get(public_id=link_id, login=login)
    at = now()
    if link.during.upper is not None:
        return
    if not login.has_usable_password():
        raise LastWayIn
    link.during = DateTimeTZRange(link.during.lower, at)
    link.save(update_fields=["during"])
    publish(OutsideUnlinked(login=str(login.public_id), person=str(by.person.public_id), link=str(link.public_id)))
