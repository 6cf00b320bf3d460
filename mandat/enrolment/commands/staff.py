"""What a supervisor does to bring somebody to the regulator's side: they come in; roles are proposed apart."""

from uuid import UUID

from mandat.access.decision import Right, require
from mandat.access.retries import in_one_transaction
from mandat.enrolment.commands.invitations import issue
from mandat.enrolment.commands.people import bring_in
from mandat.enrolment.errors import InvitedAlready, SignsInAlready
from mandat.enrolment.models import Channel, Invitation
from mandat.enrolment.reading import Named
from mandat.enrolment.workflow import InvitationState
from mandat.identity.actor import Actor
from mandat.platform.idempotency import claim


@in_one_transaction
def invite_staff(*, key: UUID, named: Named, by: Actor) -> Invitation:
    """
    Invite somebody to the regulator's side: a link by mail, their user code from the supervisor. It carries no right.

    :raises AccessDenied: if `by` is no supervisor
    :raises SignsInAlready: if the person signs in here already: a role is proposed for them as they are
    :raises InvitedAlready: if an invitation waits for them: it is renewed, not doubled
    :raises EmailOfAnother: if somebody of another name has the address
    """
    request = claim(key, "invite_staff", asked_by=by.person.public_id)
    if request.result:
        return Invitation.objects.select_related("person", "login").get(public_id=request.result)
    authority = require(by, Right.SUPERVISE)
    newcomer = bring_in(named, key=key, asked_by=by.person.public_id)
    if newcomer.signs_in:
        raise SignsInAlready
    if Invitation.objects.filter(login=newcomer.login, state=InvitationState.PENDING).exists():
        raise InvitedAlready
    invitation = issue(newcomer, enterprise=None, channel=Channel.STAFF, address=[], under=authority)
    assert invitation is not None  # noqa: S101 - for the reader of types: they do not sign in
    request.keep(result=invitation.public_id)
    return invitation
