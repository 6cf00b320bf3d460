"""
What may be done to persons and logins.

Rights are decided above, by `access`: where a command needs an authority, its caller hands down the record of it.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.identity import second_factor, user_code
from mandat.identity.actor import Actor
from mandat.identity.events import (
    LoginCreated,
    LoginLinked,
    PersonCreated,
    PersonRestored,
    PersonSuspended,
    RecoveryCodesRenewed,
    SecondFactorRefused,
    SecondFactorSetUp,
    SignedIn,
    SignedOut,
)
from mandat.identity.models import Login, LoginLink, Person, canonical_email
from mandat.identity.second_factor import WrongCode
from mandat.identity.workflow import PersonMove
from mandat.platform.clock import now
from mandat.platform.events import publish
from mandat.platform.idempotency import claim

#: A drawn user code is taken once in millions of millions; three draws that are all taken mean something is broken.
DRAWS = 3


class EmailTaken(Exception):
    """Another active login has this address."""


@transaction.atomic
def create_person(*, key: UUID, given_name: str, family_name: str, language: str, asked_by: UUID) -> Person:
    """Create a person, to whom rights may attach."""
    request = claim(key, "create_person", asked_by=asked_by)
    if request.result:
        return Person.objects.get(public_id=request.result)
    person = Person.objects.create(given_name=given_name, family_name=family_name, language=language)
    request.keep(result=person.public_id)
    publish(PersonCreated(person=str(person.public_id)))
    return person


@transaction.atomic
def create_login(*, key: UUID, email: str, password: str | None, asked_by: UUID) -> Login:
    """
    Create a login with a user code drawn at random, linked to nobody yet.

    :raises EmailTaken: if another active login has the address
    """
    request = claim(key, "create_login", asked_by=asked_by)
    if request.result:
        return Login.objects.get(public_id=request.result)
    login = Login(email=canonical_email(email))
    login.set_password(password)
    _save_under_a_free_code(login)
    request.keep(result=login.public_id)
    publish(LoginCreated(login=str(login.public_id)))
    return login


def _save_under_a_free_code(login: Login) -> None:
    if Login.objects.filter(email=login.email, is_active=True).exists():
        raise EmailTaken
    for draw in range(1, DRAWS + 1):
        login.user_code = user_code.draw()
        try:
            with transaction.atomic():
                login.save()
        except IntegrityError as refused:
            if "one_active_login_per_email" in str(refused):
                raise EmailTaken from refused
            if draw == DRAWS:
                raise
        else:
            return


@transaction.atomic
def link_login(*, login: Login, person: Person) -> LoginLink:
    """Say whose a login is from now on. What was its person's before stays with that person."""
    Login.objects.select_for_update(of=["self"]).get(pk=login.pk)
    at = now()
    present = LoginLink.objects.filter(login=login, during__contains=at).first()
    if present is not None and present.person_id == person.pk:
        return present
    if present is not None:
        present.during = DateTimeTZRange(present.during.lower, at)
        present.save(update_fields=["during"])
    link = LoginLink.objects.create(login=login, person=person, during=DateTimeTZRange(at, None))
    publish(LoginLinked(login=str(login.public_id), person=str(person.public_id)))
    return link


@transaction.atomic
def suspend_person(*, person_id: UUID, reason: str, under: Mapping[str, object]) -> Person:
    """
    Keep a person out: no new sign-in, and every session ends at its next request.

    :raises MoveNotAllowed: if the person is suspended already
    """
    person = Person.objects.select_for_update(of=["self"]).get(public_id=person_id)
    person.make(PersonMove.SUSPEND, at=now(), reason=reason, under=under)
    publish(PersonSuspended(person=str(person.public_id)))
    return person


@transaction.atomic
def restore_person(*, person_id: UUID, reason: str, under: Mapping[str, object]) -> Person:
    """
    Let a suspended person sign in again.

    :raises MoveNotAllowed: if the person is not suspended
    """
    person = Person.objects.select_for_update(of=["self"]).get(public_id=person_id)
    person.make(PersonMove.RESTORE, at=now(), reason=reason, under=under)
    publish(PersonRestored(person=str(person.public_id)))
    return person


@transaction.atomic
def set_up_second_factor(*, login: Login, secret: str, code: str) -> None:
    """
    Give a login its second factor, and recovery codes with it.

    :raises WrongCode: if the code is not the secret's
    """
    Login.objects.select_for_update(of=["self"]).get(pk=login.pk)
    second_factor.set_up(login, secret=secret, code=code, at=now())
    publish(SecondFactorSetUp(login=str(login.public_id)))


@transaction.atomic
def renew_recovery_codes(*, by: Actor) -> None:
    """Replace the recovery codes of one's login; those from before no longer open anything."""
    Login.objects.select_for_update(of=["self"]).get(pk=by.login.pk)
    second_factor.renew_recovery_codes(by.login)
    publish(RecoveryCodesRenewed(login=str(by.login.public_id)))


def check_second_factor(*, login: Login, code: str) -> str:
    """
    Accept a code once, and return the method that it proves.

    :raises WrongCode: if it is neither a code of now nor a recovery code, or was used before
    """
    try:
        return second_factor.check(login, code, at=now())
    except WrongCode:
        with transaction.atomic():
            publish(SecondFactorRefused(login=str(login.public_id)))
        raise


@transaction.atomic
def record_sign_in(*, login: Login, person: Person, methods: Collection[str]) -> None:
    """Tell that a person has signed in, and how."""
    publish(SignedIn(login=str(login.public_id), person=str(person.public_id), methods="+".join(methods)))


@transaction.atomic
def record_sign_out(*, by: Actor) -> None:
    """Tell that a person has signed out."""
    publish(SignedOut(login=str(by.login.public_id), person=str(by.person.public_id)))
