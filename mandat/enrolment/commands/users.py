"""What an RSE does to bring a user in."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access.commands import add_user
from mandat.access.decision import Right, require
from mandat.access.retries import in_one_transaction
from mandat.enrolment.commands.invitations import issue
from mandat.enrolment.commands.people import bring_in
from mandat.enrolment.models import Channel, Invitation
from mandat.enrolment.reading import Named
from mandat.enrolment.workflow import InvitationState
from mandat.enterprises.models import Enterprise, User
from mandat.identity.actor import Actor
from mandat.identity.models import Login, LoginLink, canonical_email
from mandat.platform.clock import AppNow
from mandat.platform.idempotency import claim


@dataclass(frozen=True)
class NewUser:
    """A user, their login, and the invitation to activate it; none when they sign in already."""

    user: User
    login: Login
    invitation: Invitation | None


@in_one_transaction
def create_user(
    *, key: UUID, enterprise: Enterprise, given_name: str, family_name: str, email: str, language: str,
    is_external: bool, by: Actor,
) -> NewUser:  # fmt: skip
    """
    Make somebody a user of an enterprise, and invite them: a link by mail, their user code from whoever made them one.

    Somebody of that name and address who signs in already becomes a user at once, under the login they have.

    :raises AccessDenied: if `by` is no RSE of the enterprise
    :raises AlreadyGranted: if the person is a user of it
    :raises EmailOfAnother: if somebody of another name has the address
    """
    request = claim(key, "create_user", asked_by=by.person.public_id)
    if request.result:
        return _again(User.objects.select_related("person").get(public_id=request.result))
    authority = require(by, Right.ADMINISTER, enterprise=enterprise)
    named = Named(given_name, family_name, canonical_email(email), language)
    newcomer = bring_in(named, key=key, asked_by=by.person.public_id)
    user = add_user(
        key=uuid5(key, "user"), enterprise=enterprise, person=newcomer.person, is_external=is_external,
        during=DateTimeTZRange(authority.at, None), by=by,
    )  # fmt: skip
    invitation = issue(newcomer, enterprise=enterprise, channel=Channel.USER_CODE, address=[], under=authority)
    request.keep(result=user.public_id)
    return NewUser(user, newcomer.login, invitation)


def _again(user: User) -> NewUser:
    link = LoginLink.objects.select_related("login").filter(person=user.person, during__contains=AppNow())
    login = link.order_by("-id")[0].login
    pending = Invitation.objects.filter(login=login, state=InvitationState.PENDING)
    return NewUser(user, login, pending.order_by("-id").first())
