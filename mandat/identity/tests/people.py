"""Persons with a login, made by the commands, ready to sign in."""

from uuid import UUID, uuid4

from mandat.identity.commands import create_login, create_person, link_login, set_up_second_factor
from mandat.identity.models import Login, Person
from mandat.identity.second_factor import code_of, secret_of, step_at
from mandat.platform.clock import now

NOBODY = UUID(int=0)
PASSWORD = "une phrase bien à moi"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def person(given_name="Éloïse", family_name="Tremblay", **more) -> Person:
    return create_person(
        key=uuid4(), given_name=given_name, family_name=family_name, language="fr", asked_by=NOBODY, **more
    )


def login(*, email="eloise@exemple.test", password=PASSWORD, of=None) -> Login:
    """Return a login linked to a person, without a second factor."""
    made = create_login(key=uuid4(), email=email, password=password, asked_by=NOBODY)
    link_login(login=made, person=of or person())
    return made


def login_with_second_factor(**more) -> Login:
    """Return a login whose second factor was set up ten minutes ago, so that no code of now is used."""
    made = login(**more)
    at = now()
    set_up_second_factor(login=made, secret=SECRET, code=code_of(SECRET, step_at(at)))
    factor = made.authenticator_set.get(type="totp")
    factor.data["last_step"] = step_at(at) - 20
    factor.save()
    return made


def code(of: Login, *, steps: int = 0) -> str:
    """Return what the person's application shows now, or some steps from now."""
    return code_of(secret_of(of), step_at(now()) + steps)


def acting(of: Login):
    """Return a login as somebody who has just proven two factors."""
    from mandat.identity.actor import actor_of
    from mandat.identity.queries import link_of

    return actor_of(of, person=link_of(of).person, at=now(), methods=["password", "totp"])
