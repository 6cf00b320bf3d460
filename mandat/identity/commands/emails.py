"""
A change of e-mail address.

Asking does the same whether or not the new address serves another login: what differs is the message that goes there.
"""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from mandat.identity import policy
from mandat.identity.actor import Actor
from mandat.identity.commands.sessions import end_sessions_of_login
from mandat.identity.events import EmailChangeAsked, EmailChanged, EmailChangeUndone, LanguageChosen
from mandat.identity.models import EmailChange, Ending, Login, Person, canonical_email
from mandat.identity.queries import link_of
from mandat.identity.tokens import digest, link_token
from mandat.identity.workflow import EmailMove, EmailState
from mandat.platform.clock import now
from mandat.platform.events import publish
from mandat.platform.mail import queue_mail, write

A_DAY = timedelta(days=1)


class SameEmail(Exception):
    """It is the address of the login already."""


class TooManyChanges(Exception):
    """As many changes as the policy allows in a day were asked for."""


class EmailLinkUnusable(Exception):
    """The link is unknown, was used or replaced, its time has passed, or its address now serves another login."""


@transaction.atomic
def choose_language(*, language: str, by: Actor) -> None:
    """Write to a person in another language from now on."""
    person = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=by.person.pk)
    person.language = language
    person.save(update_fields=["language"])
    publish(LanguageChosen(person=str(person.public_id), language=language))


@transaction.atomic
def ask_for_email(*, email: str, by: Actor) -> EmailChange:
    """
    Mail, to a new address, the link that confirms it; the one sent before opens nothing any more.

    :raises SameEmail: if it is the address of the login already
    :raises TooManyChanges: if too many were asked for within a day
    """
    login, at, after = _locked(by.login.pk), now(), canonical_email(email)
    if after == login.email:
        raise SameEmail
    if login.email_changes.filter(asked_at__gt=at - A_DAY).count() >= policy.limit(policy.EMAIL_CHANGES_A_DAY, at):
        raise TooManyChanges
    for former in login.email_changes.filter(state=EmailState.ASKED).order_by("id"):
        former.make(EmailMove.REPLACE, at=at, under={})
    token, hours = link_token(), policy.limit(policy.EMAIL_LINK_HOURS, at)
    change = EmailChange.objects.create(
        login=login, before=login.email, after=after, link_hash=digest(token), asked_at=at,
        expires_at=at + timedelta(hours=hours),
    )  # fmt: skip
    is_taken = Login.objects.filter(email=after, is_active=True).exists()
    template, path = ("email_taken", "") if is_taken else ("email_confirm", f"/courriel/confirmer/{token}")
    _mail(template, by.person, key=f"email {change.public_id}", to=after, path=path, within=hours)
    publish(EmailChangeAsked(login=str(login.public_id), person=str(by.person.public_id)))
    return change


@transaction.atomic
def confirm_email(*, token: str) -> EmailChange:
    """
    Write to a login at its new address from now on, and tell the old one how to undo it.

    :raises EmailLinkUnusable: if the link opens nothing, or the address serves another login by now
    """
    change, at = _named(link_hash=digest(token)), now()
    if change.state != EmailState.ASKED or at >= change.expires_at or change.login.email != change.before:
        raise EmailLinkUnusable
    undo, days = link_token(), policy.limit(policy.EMAIL_UNDO_DAYS, at)
    path = f"/courriel/annuler/{undo}"
    if person := _person(change.login):
        _mail("email_changed", person, key=f"undo email {change.public_id}", to=change.before, path=path, within=days)
    _write_to(change.login, change.after)
    change.undo_hash, change.undo_until = digest(undo), at + timedelta(days=days)
    change.make(EmailMove.CONFIRM, at=at, under={"link": "new"})
    publish(EmailChanged(**_ids(change)))
    return change


@transaction.atomic
def undo_email(*, token: str) -> EmailChange:
    """
    Write to a login at its old address again, whatever it became since, and end all its sessions.

    :raises EmailLinkUnusable: if the link opens nothing, or the old address serves another login by now
    """
    change, at = _named(undo_hash=digest(token)), now()
    if change.state != EmailState.CONFIRMED or change.undo_until is None or at >= change.undo_until:
        raise EmailLinkUnusable
    _write_to(change.login, change.before)
    change.make(EmailMove.UNDO, at=at, under={"link": "old"})
    for asked in change.login.email_changes.filter(state=EmailState.ASKED).order_by("id"):
        asked.make(EmailMove.REPLACE, at=at, under={"link": "old"})
    end_sessions_of_login(login=change.login, ending=Ending.EMAIL_CHANGED)
    publish(EmailChangeUndone(**_ids(change)))
    return change


def _locked(login: int) -> Login:
    return Login.objects.select_for_update(of=("self",), no_key=True).get(pk=login)


def _named(**named: str) -> EmailChange:
    """Return the change that a link names, under the lock of its login."""
    found = EmailChange.objects.filter(**named).first()
    if found is None:
        raise EmailLinkUnusable
    login = _locked(found.login_id)
    change = EmailChange.objects.get(pk=found.pk)
    change.login = login
    return change


def _write_to(login: Login, email: str) -> None:
    login.email = email
    try:
        with transaction.atomic():
            login.save(update_fields=["email"])
    except IntegrityError as refused:
        if "one_active_login_per_email" in str(refused):
            raise EmailLinkUnusable from refused
        raise


def _person(login: Login) -> Person | None:
    link = link_of(login)
    return link.person if link else None


def _ids(change: EmailChange) -> dict[str, str]:
    person = _person(change.login)
    return {
        "login": str(change.login.public_id),
        "person": str(person.public_id) if person else "",
        "change": str(change.public_id),
    }


def _mail(template: str, person: Person, *, key: str, to: str, path: str, within: int) -> None:
    """Order a message that carries a link, in the language of the person whose login it is."""
    site = settings.PUBLIC_URL + ("/en" if person.language == "en" else "")
    context = {"person": person, "link": site + path, "within": within}
    words = write(f"mandat/identity/mail/{template}", language=person.language, context=context)
    queue_mail(key=key, to=to, subject=words.subject, text=words.text, language=person.language)
