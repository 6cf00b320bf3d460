"""
A lost second factor: asked after the password or from the mailed link, confirmed by another, used once.

Two parts travel apart: a link by mail; a code that whoever confirmed hands over, or that the desk sends by letter. With
both, the password, and the first code of a new factor, in one act: the old factor goes as the new one comes, or stays.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from mandat.access.asked import policy_for
from mandat.access.decision import Authority, Right, require
from mandat.access.retries import in_one_transaction
from mandat.enrolment import codes
from mandat.enrolment.backing import is_backed, is_backed_under_lock
from mandat.enrolment.errors import NobodyHelpsThemselves, ReproofUnusable, WrongPassword, WrongSecondPart
from mandat.enrolment.helping import firms_of, helpers_for, helpers_of
from mandat.enrolment.models import Reproof
from mandat.enrolment.queries import QUEUE, reproof_of
from mandat.enrolment.reproof_mail import tell_firms, tell_helpers, tell_person
from mandat.enrolment.workflow import OPEN_REPROOFS, ReproofMove, ReproofState
from mandat.enterprises.models import Enterprise
from mandat.identity import policy
from mandat.identity.actor import Actor
from mandat.identity.commands import end_sessions_of_person, forget_all_devices
from mandat.identity.devices import Ending as Forgetting
from mandat.identity.events import (
    ReproofRefused,
    ReproofStarted,
    ReproofStopped,
    SecondFactorLost,
    SecondFactorReplaced,
)
from mandat.identity.limits import forget_tries
from mandat.identity.models import Ending, Login, Person
from mandat.identity.new_factor import NewFactor, put_in_place_of_all
from mandat.identity.queries import link_of
from mandat.platform.clock import now
from mandat.platform.events import publish
from mandat.platform.post import queue_letter


@in_one_transaction
def report_lost_factor(*, login: Login, forgot_password: bool) -> Reproof:
    """Say that the second factor of a login is lost; once, while somebody is still to answer."""
    login, at = Login.objects.select_for_update(of=("self",)).get(pk=login.pk), now()
    link = link_of(login)
    if link is None or not login.is_active or link.person.state != Person.State.ACTIVE:
        raise ReproofUnusable
    open_one = Reproof.objects.select_for_update(of=("self",)).filter(login=login, state__in=OPEN_REPROOFS)
    if former := open_one.select_related("person", "login").order_by("id").first():
        is_alive = former.is_open(at) and (former.state == ReproofState.ASKED or is_backed(former, at))
        if is_alive and former.forgot_password == forgot_password:
            return former
        former.make(ReproofMove.LAPSE, at=at, under={})
    token = codes.link_token()
    reproof = Reproof.objects.create(
        login=login, person=link.person, forgot_password=forgot_password, stop_hash=codes.digest(token), asked_at=at,
        expires_at=at + timedelta(days=policy.limit(policy.REPROOF_DAYS, at)),
    )  # fmt: skip
    tell_person(reproof, "asked", token=token)
    tell_helpers(reproof, helpers_of(link.person, at))
    publish(SecondFactorLost(**_ids(reproof)))
    return reproof


@in_one_transaction
def ask_the_desk(*, token: str) -> Reproof:
    """
    Turn to the verification desk: nobody of the firm can, or does, confirm.

    :raises ReproofUnusable: if nothing waits for an answer
    """
    reproof, at = reproof_of(token, is_locked=True), now()
    if reproof is None or reproof.state != ReproofState.ASKED or not reproof.is_open(at):
        raise ReproofUnusable
    reproof.is_for_the_desk = True
    reproof.save(update_fields=["is_for_the_desk"])
    publish(SecondFactorLost(**_ids(reproof)))
    return reproof


@in_one_transaction
def start_reproof(*, reproof_id: UUID, words: str, address: Sequence[str] = (), by: Actor) -> Reproof:
    """
    Confirm who somebody is, and send them the link; the code is handed over, or goes by letter to an address.

    Said again, it makes another link and another code, and the former open nothing any more.

    :raises AccessDenied: if `by` is not among those who may confirm
    :raises NobodyHelpsThemselves: if it is themselves, by whatever login
    :raises MoveNotAllowed: if nothing waits to be confirmed
    """
    reproof, authority = _locked(reproof_id, by)
    at = authority.at
    helpers, token, code = helpers_for(reproof, at), codes.link_token(), codes.handed_over_code(reproof.public_id, at)
    hold = policy.REPROOF_HOLD_HOURS_ELSEWHERE if helpers.is_in_several else policy.REPROOF_HOLD_HOURS
    is_first = reproof.state == ReproofState.ASKED
    reproof.enterprise, reproof.mailed_to = authority.on_behalf_of, reproof.login.email
    reproof.link_hash, reproof.second_hash = codes.digest(token), codes.digest(token, code)
    reproof.tries_left = policy.limit(policy.REPROOF_TRIES, at)
    reproof.opens_at = at + timedelta(hours=policy.limit(hold, at))
    reproof.expires_at = reproof.opens_at + timedelta(days=policy.limit(policy.REPROOF_DAYS, at))
    move = ReproofMove.START if is_first else ReproofMove.AGAIN
    reproof.make(move, at=at, words=words, under=authority.as_record())
    tell_person(reproof, "started", token=token)
    if address:
        _post(reproof, address, code)
    if helpers.is_in_several:
        tell_firms(reproof, at)
    publish(ReproofStarted(**_ids(reproof)))
    return reproof


def code_to_hand_over(reproof: Reproof) -> str:
    """Return the code that whoever started a reproof hands over, as its reader reads it."""
    started = reproof.history.filter(move__in=[ReproofMove.START, ReproofMove.AGAIN]).latest("id")
    return codes.grouped(codes.handed_over_code(reproof.public_id, started.at))


def _post(reproof: Reproof, address: Sequence[str], code: str) -> None:
    language = reproof.person.language
    queue_letter(
        key=f"reproof {reproof.public_id} {reproof.link_hash[:16]}", recipient=list(address), language=language,
        template="mandat/enrolment/letters/reproof",
        context={"person": reproof.person, "code": codes.grouped(code)},
    )  # fmt: skip


@in_one_transaction
def refuse_reproof(*, reproof_id: UUID, words: str, by: Actor, enterprise: Enterprise | None = None) -> Reproof:
    """
    Say that somebody was not recognised: what was started opens nothing any more.

    An RSE of any firm of somebody who has several may say so in its name: it takes nothing but the attempt away.

    :raises AccessDenied: if `by` is not among those who may confirm, nor in charge of a firm of theirs
    :raises NobodyHelpsThemselves: if it is themselves
    :raises MoveNotAllowed: if nothing waits any more
    """
    reproof, authority = _locked(reproof_id, by, objecting=enterprise)
    reproof.make(ReproofMove.REFUSE, at=authority.at, words=words, under=authority.as_record())
    tell_person(reproof, "refused")
    publish(ReproofRefused(**_ids(reproof)))
    return reproof


def _locked(reproof_id: UUID, by: Actor, *, objecting: Enterprise | None = None) -> tuple[Reproof, Authority]:
    locked = Reproof.objects.select_for_update(of=("self",)).select_related("person", "login", "enterprise")
    reproof = locked.get(public_id=reproof_id)
    if by.person.pk == reproof.person_id:
        raise NobodyHelpsThemselves
    helpers = helpers_for(reproof, at := now())
    if helpers.is_in_several and objecting in firms_of(reproof.person, at):
        return reproof, require(by, Right.ADMINISTER, enterprise=objecting)
    at_the_desk = helpers.enterprise is None
    authority = require(by, helpers.right, enterprise=helpers.enterprise, block=QUEUE if at_the_desk else None)
    return reproof, authority


class _Wrong(Enum):
    SECOND_PART = WrongSecondPart
    PASSWORD = WrongPassword


def replace_factor(*, token: str, second: str, password: str, new: NewFactor) -> Reproof:
    """
    Set up another second factor in place of the lost one, against both parts and the password; or a new password.

    A wrong part and a wrong password are counted. Every session ends, and nobody is signed in by it.

    :raises ReproofUnusable: if the link opens nothing, not yet, or no more
    :raises WrongSecondPart: if the code handed over does not go with the link
    :raises WrongPassword: if the password, when it was not lost, is not the one
    :raises FactorNotAccepted: if the policy asks another factor of this person
    :raises WrongCode: if the new application shows another code
    :raises PasskeyRefused: if the answer of a browser is not one to what it was asked
    """
    done = _try(token, second, password, new)
    if isinstance(done, _Wrong):  # after the transaction that counted the try
        raise done.value
    return done


@in_one_transaction
def _try(token: str, second: str, password: str, new: NewFactor) -> "Reproof | _Wrong":
    reproof, login, at = _to_replace(token)
    wrong = _wrong(reproof, login, token, second, password)
    if wrong is not None:
        reproof.tries_left -= 1
        reproof.save(update_fields=["tries_left"])
        return wrong
    put_in_place_of_all(login, new, asked=policy_for(reproof.person, at), at=at)
    _tidy(login, new_password=password if reproof.forgot_password else "")
    reproof.make(ReproofMove.COMPLETE, at=at, under={"login": str(login.public_id), "factor": str(new.kind)})
    end_sessions_of_person(person=reproof.person, ending=Ending.RECOVERED)
    publish(SecondFactorReplaced(**_ids(reproof)))
    return reproof


def _to_replace(token: str) -> tuple[Reproof, Login, datetime]:
    """
    Return a confirmed lost factor and its login, locked, with the standing of whoever confirmed it.

    :raises ReproofUnusable: if one of them no longer stands
    """
    reproof, at = reproof_of(token, is_locked=True), now()
    if reproof is None or reproof.link_hash != codes.digest(token) or not reproof.is_usable(at) or reproof.waits(at):
        raise ReproofUnusable
    if not is_backed_under_lock(reproof, at):
        raise ReproofUnusable
    login = Login.objects.select_for_update(of=("self",)).get(pk=reproof.login_id)
    reproof.login, link = login, link_of(login)
    if not login.is_active or link is None or link.person != reproof.person or link.person.state != Person.State.ACTIVE:
        raise ReproofUnusable
    if not reproof.is_usable(at):  # its address changed while this waited
        raise ReproofUnusable
    return reproof, login, at


def _wrong(reproof: Reproof, login: Login, token: str, second: str, password: str) -> _Wrong | None:
    if not codes.agrees(reproof.second_hash, token, codes.plain(second)):
        return _Wrong.SECOND_PART
    if not reproof.forgot_password and not login.check_password(password):
        return _Wrong.PASSWORD
    return None


def _tidy(login: Login, *, new_password: str) -> None:
    """Give a login its new password, if it is to have one; forget its devices, and what others tried against it."""
    if new_password:
        login.set_password(new_password)
        login.save(update_fields=["password"])
    forget_all_devices(login=login, ending=Forgetting.FACTOR_CHANGED)
    for named in ("login", "second-factor"):
        forget_tries(f"{named}:{login.pk}")


@in_one_transaction
def stop_reproof(*, token: str) -> Reproof:
    """
    End what the person did not ask for; either of the links that were mailed to them does.

    :raises ReproofUnusable: if nothing is left to end
    """
    reproof, at = reproof_of(token, is_locked=True), now()
    if reproof is None or reproof.state not in OPEN_REPROOFS:
        raise ReproofUnusable
    reproof.make(ReproofMove.STOP, at=at, under={})
    publish(ReproofStopped(**_ids(reproof)))
    return reproof


def _ids(reproof: Reproof) -> dict[str, str]:
    return {"login": str(reproof.login.public_id), "person": str(reproof.person.public_id)}
