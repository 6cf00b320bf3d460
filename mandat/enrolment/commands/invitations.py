"""
Invitations: issued, renewed, cancelled, activated.

The first part is a link by mail. The second is a code on a letter; or, for a user whom an RSE made, the user code that
the RSE hands over, as a supervisor does to whoever joins the regulator's staff. After a paper form that asks for it,
the link is on a letter, and the follow-up code of the form is the second part. Both together let somebody choose a
password, once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from mandat.access.decision import Authority, Right, require_one_of
from mandat.access.retries import in_one_transaction
from mandat.enrolment import addresses, codes
from mandat.enrolment.commands.people import Newcomer
from mandat.enrolment.commands.posting import send_by_post
from mandat.enrolment.errors import InvitationUnusable, WrongSecondPart
from mandat.enrolment.events import InvitationActivated, InvitationCancelled, InvitationDeclined, InvitationIssued
from mandat.enrolment.models import Channel, Invitation
from mandat.enrolment.queries import is_backed
from mandat.enrolment.telling import in_words, tell
from mandat.enrolment.workflow import InvitationMove, InvitationState
from mandat.enterprises.models import Enterprise
from mandat.identity import user_code
from mandat.identity.actor import Actor
from mandat.identity.models import Login
from mandat.openid.outside.asking import Said
from mandat.openid.outside.linking import link_login_outside
from mandat.platform.clock import end_of, last_day, legal_day, now
from mandat.platform.events import publish
from mandat.platform.post import queue_letter
from mandat.reference.queries import policy

#: Who may renew or cancel an invitation: whoever may make what it leads to, or the verification desk.
MAY_RENEW = {
    Channel.USER_CODE: (Right.ADMINISTER, Right.VERIFY),
    Channel.LETTER: (Right.DESIGNATE, Right.VERIFY),
    Channel.POST: (Right.VERIFY,),
    Channel.STAFF: (Right.SUPERVISE,),
}


def issue(
    newcomer: Newcomer, *, enterprise: Enterprise | None, channel: Channel, address: Sequence[str], under: Authority
) -> Invitation | None:  # fmt: skip
    """
    Invite somebody who has no password yet, within the transaction of what made them: it is nobody's act alone.

    A pending invitation is replaced, save that a letter never gives way to the lesser way of a user code.
    """
    if newcomer.signs_in:
        if enterprise is not None:
            _welcome(newcomer, enterprise, under)
        return None
    pending = Invitation.objects.select_for_update(of=("self",)).filter(
        login=newcomer.login, state=InvitationState.PENDING
    )
    if former := pending.order_by("id").first():
        if former.channel != Channel.USER_CODE and channel == Channel.USER_CODE and former.is_usable(under.at):
            return former
        former.make(InvitationMove.REPLACE, at=under.at, under=under.as_record())
    return _issued(newcomer, enterprise, channel, address, under)


def _welcome(newcomer: Newcomer, enterprise: Enterprise, under: Authority) -> None:
    """Tell somebody who signs in already of the firm that they may now open."""
    person = newcomer.person
    context = {"person": person, "enterprise": enterprise, "sign_in": addresses.sign_in(person.language)}
    key = f"welcome {enterprise.public_id} {person.public_id} {under.at.isoformat()}"
    tell("welcome", key=key, to=newcomer.login.email, language=person.language, context=context)


def _issued(
    newcomer: Newcomer, enterprise: Enterprise | None, channel: Channel, address: Sequence[str], under: Authority
) -> Invitation:  # fmt: skip
    is_by_post = channel == Channel.POST
    token, letter = codes.letter_token() if is_by_post else codes.link_token(), codes.letter_code()
    second = letter if channel == Channel.LETTER else newcomer.login.user_code
    today = legal_day(under.at)
    invitation = Invitation.objects.create(
        login=newcomer.login, person=newcomer.person, enterprise=enterprise, channel=channel, address=list(address),
        link_hash=codes.digest(token),
        second_hash=enterprise.enrolment.code_hash if is_by_post and enterprise else codes.digest(token, second),
        tries_left=policy("activation-secret-tries", today), issued_at=under.at,
        expires_at=end_of(today + timedelta(days=policy("activation-secret-days", today))),
        issued_under=under.as_record(),
    )  # fmt: skip
    _send(invitation, token, letter)
    publish(InvitationIssued(invitation=str(invitation.public_id), **_ids(invitation)))
    return invitation


def _send(invitation: Invitation, token: str, letter: str) -> None:
    """Order the mail of the first part, and the letter of the second if there is one."""
    person, key = invitation.person, f"invitation {invitation.public_id}"
    until = last_day(invitation.expires_at)
    said = {"person": person, "enterprise": invitation.enterprise, "until": until}
    link = addresses.activation(token, person.language)
    if invitation.channel == Channel.POST:
        send_by_post(invitation, link, said)
        return
    tell(
        f"invitation_{invitation.channel}", key=key, to=invitation.login.email, language=person.language,
        context=said | {"link": link},
    )  # fmt: skip
    if invitation.channel == Channel.LETTER:
        queue_letter(
            key=key, recipient=invitation.address, template="mandat/enrolment/letters/activation",
            language=person.language,
            context=in_words(said, language=person.language) | {"code": codes.grouped(letter)},
        )  # fmt: skip


@in_one_transaction
def reissue_invitation(*, invitation_id: UUID, by: Actor) -> Invitation:
    """
    Send a new invitation in place of one that is pending, lost or expired; the old one opens nothing any more.

    :raises AccessDenied: if `by` may not: an RSE for a user, an RA for an RSE, a verification officer for anyone
    :raises MoveNotAllowed: if it was activated, replaced or cancelled
    """
    former, authority = _locked(invitation_id, by)
    former.make(InvitationMove.REPLACE, at=authority.at, under=authority.as_record())
    newcomer = Newcomer(former.person, former.login)
    return _issued(newcomer, former.enterprise, Channel(former.channel), former.address, authority)


@in_one_transaction
def cancel_invitation(*, invitation_id: UUID, by: Actor) -> Invitation:
    """
    End an invitation that is pending.

    :raises AccessDenied: if `by` may not: an RSE for a user, an RA for an RSE, a verification officer for anyone
    :raises MoveNotAllowed: if it was activated, replaced or cancelled
    """
    invitation, authority = _locked(invitation_id, by)
    invitation.make(InvitationMove.CANCEL, at=authority.at, under=authority.as_record())
    publish(InvitationCancelled(invitation=str(invitation.public_id)))
    return invitation


def _locked(invitation_id: UUID, by: Actor) -> tuple[Invitation, Authority]:
    known = Invitation.objects.select_related("enterprise").get(public_id=invitation_id)
    target = Invitation.objects.select_for_update(of=("self",)).select_related("login", "person", "enterprise")
    target = target.filter(pk=known.pk).order_by("id")
    rights = MAY_RENEW[Channel(known.channel)]
    authority = require_one_of(by, *rights, enterprise=known.enterprise, target=target)
    return target[0], authority


def activate(*, token: str, second: str, password: str) -> Invitation:
    """
    Give a login its password, against both parts of an invitation, once. A wrong second part is counted.

    :raises InvitationUnusable: if the link opens nothing, or no more
    :raises WrongSecondPart: if the second part does not go with it
    """
    invitation = _try(token, second, password)
    if invitation is None:  # after the transaction that counted the try
        raise WrongSecondPart
    return invitation


@in_one_transaction
def _try(token: str, second: str, password: str) -> Invitation | None:
    invitation, at = _proven(token, second)
    if invitation is None:
        return None
    login = Login.objects.select_for_update(of=("self",)).get(pk=invitation.login_id)
    login.set_password(password)
    login.save(update_fields=["password"])
    return _activated(invitation, login, at)


def _proven(token: str, second: str) -> tuple[Invitation | None, datetime]:
    """
    Return the invitation that both parts open, locked; or nothing, the try counted.

    :raises InvitationUnusable: if the link opens nothing, or no more
    """
    invitation, at = _usable(link_hash=codes.digest(token))
    firm = invitation.enterprise if invitation.channel == Channel.POST else None
    salt = str(firm.enrolment.public_id) if firm else token
    if codes.agrees(invitation.second_hash, salt, _plain(invitation, second)):
        return invitation, at
    invitation.tries_left -= 1
    invitation.save(update_fields=["tries_left"])
    return None, at


def _usable(**named: object) -> tuple[Invitation, datetime]:
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("person", "enterprise")
    invitation, at = locked.filter(**named).first(), now()
    if invitation is None or not invitation.is_usable(at) or not is_backed(invitation, at):
        raise InvitationUnusable
    return invitation, at


def _activated(invitation: Invitation, login: Login, at: datetime) -> Invitation:
    invitation.login = login
    invitation.make(InvitationMove.ACTIVATE, at=at, under={"login": str(login.public_id)})
    publish(InvitationActivated(invitation=str(invitation.public_id), **_ids(invitation)))
    return invitation


def prove_second_part(*, token: str, second: str) -> Invitation:
    """
    Return the invitation that both parts open, without using it up: its person goes on at an outside provider.

    :raises InvitationUnusable: if the link opens nothing, or no more
    :raises WrongSecondPart: if the second part does not go with it: the try is counted
    """
    invitation = _prove(token, second)
    if invitation is None:  # after the transaction that counted the try
        raise WrongSecondPart
    return invitation


@in_one_transaction
def _prove(token: str, second: str) -> Invitation | None:
    return _proven(token, second)[0]


@in_one_transaction
def activate_from_outside(*, invitation_id: UUID, second_hash: str, said: Said) -> Invitation:
    """
    Let a login be entered by what an outside provider calls its person, in place of a password, once.

    `second_hash` is that of the invitation whose two parts were proven: one that was renewed since has another.

    :raises InvitationUnusable: if the invitation opens nothing, or no more
    :raises LinkedToAnother: if the outside identity is linked to another login
    """
    invitation, at = _usable(public_id=invitation_id, second_hash=second_hash)
    login = Login.objects.select_for_update(of=("self",)).get(pk=invitation.login_id)
    link_login_outside(said=said, login=login, person=invitation.person)
    return _activated(invitation, login, at)


@in_one_transaction
def decline_invitation(*, token: str) -> Invitation:
    """
    End an invitation as whoever received its link: they want none of it. It takes the second part from nobody.

    :raises InvitationUnusable: if the link opens nothing, or no more
    """
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("person", "enterprise", "login")
    invitation, at = locked.filter(link_hash=codes.digest(token)).first(), now()
    if invitation is None or not invitation.is_usable(at):
        raise InvitationUnusable
    invitation.make(InvitationMove.DECLINE, at=at, under={"login": str(invitation.login.public_id)})
    publish(InvitationDeclined(invitation=str(invitation.public_id), **_ids(invitation)))
    return invitation


def _plain(invitation: Invitation, second: str) -> str:
    by_code = invitation.channel in {Channel.USER_CODE, Channel.STAFF}
    return user_code.canonical(second) if by_code else codes.plain(second)


def _ids(invitation: Invitation) -> dict[str, str]:
    firm = invitation.enterprise
    return {"person": str(invitation.person.public_id), "enterprise": str(firm.public_id) if firm else ""}
