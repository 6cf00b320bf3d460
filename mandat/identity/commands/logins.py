"""What may be done to logins."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.identity import user_code
from mandat.identity.commands.sessions import end_sessions_of_login
from mandat.identity.events import LoginCreated, LoginLinked, LoginUnlinked
from mandat.identity.models import Ending, Login, LoginLink, Person, canonical_email
from mandat.platform.clock import now
from mandat.platform.events import publish
from mandat.platform.idempotency import claim

#: A drawn user code is taken once in millions of millions; three draws that are all taken mean something is broken.
DRAWS = 3


class EmailTaken(Exception):
    """Another active login has this address."""


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
    """
    Say whose a login is from now on. What was its person's before stays with that person.

    Sessions opened before were that person's too: they end.
    """
    Login.objects.select_for_update(of=["self"]).get(pk=login.pk)
    at = now()
    present = LoginLink.objects.filter(login=login, during__contains=at).first()
    if present is not None and present.person_id == person.pk:
        return present
    if present is not None:
        present.during = DateTimeTZRange(present.during.lower, at)
        present.save(update_fields=["during"])
        end_sessions_of_login(login=login, ending=Ending.RELINKED)
        publish(LoginUnlinked(login=str(login.public_id), person=str(present.person.public_id)))
    link = LoginLink.objects.create(login=login, person=person, during=DateTimeTZRange(at, None))
    publish(LoginLinked(login=str(login.public_id), person=str(person.public_id)))
    return link
