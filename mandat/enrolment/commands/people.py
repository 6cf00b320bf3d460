"""How somebody whom a firm names becomes a person who can be designated: found by their address, or made."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from mandat.enrolment.errors import EmailOfAnother
from mandat.enrolment.reading import Named
from mandat.identity.commands import EmailTaken, create_login, create_person, link_login
from mandat.identity.models import Login, Person
from mandat.identity.queries import link_of, login_named
from mandat.identity.second_factor import is_activated
from mandat.openid.queries import outside_links_of
from mandat.register.agreement import plain_name


@dataclass(frozen=True)
class Newcomer:
    """A person, and the login that is theirs."""

    person: Person
    login: Login

    @property
    def signs_in(self) -> bool:
        """Return whether their login was activated: it has a password, or is entered by an outside provider."""
        return is_activated(self.login) or outside_links_of(self.login).exists()


def bring_in(named: Named, *, key: UUID, asked_by: UUID) -> Newcomer:
    """
    Return the person who signs in by an address, if the name is theirs; or make one, with a login without password.

    :raises EmailOfAnother: if somebody of another name has the address
    """
    login = login_named(named.email)
    if login is None:
        return _made(named, key=key, asked_by=asked_by)
    link = link_of(login)
    if link is None or plain_name(str(link.person)) != plain_name(str(named)):
        raise EmailOfAnother(named.email)
    return Newcomer(link.person, login)


def _made(named: Named, *, key: UUID, asked_by: UUID) -> Newcomer:
    person = create_person(
        key=uuid5(key, "person"), given_name=named.given_name, family_name=named.family_name,
        language=named.language, asked_by=asked_by,
    )  # fmt: skip
    try:
        login = create_login(key=uuid5(key, "login"), email=named.email, password=None, asked_by=asked_by)
    except EmailTaken as taken:  # by a twin of this instant
        raise EmailOfAnother(named.email) from taken
    link_login(login=login, person=person)
    return Newcomer(person, login)
