"""Who is written to about a lost second factor: its person, those who may confirm, and the other firms."""

from datetime import datetime

from mandat.access.queries import people_who_can
from mandat.access.rights import Right
from mandat.enrolment import addresses, codes
from mandat.enrolment.helping import Helpers, firms_of
from mandat.enrolment.models import Reproof
from mandat.enrolment.telling import tell
from mandat.identity.models import LoginLink, Person
from mandat.platform.clock import AppNow, last_day


def tell_person(reproof: Reproof, what: str, *, token: str = "") -> None:
    """Write to the person of a lost factor what has become of it, with the link that leads on or stops it."""
    person, language = reproof.person, reproof.person.language
    said = {
        "person": person, "link": addresses.reproof(token, language), "until": last_day(reproof.expires_at),
        "opens_at": reproof.opens_at, "waits": reproof.opens_at and reproof.opens_at > _last_move(reproof),
    }  # fmt: skip
    key = f"reproof {reproof.public_id} {what} {codes.digest(token)[:16]}"
    tell(f"reproof_{what}", key=key, to=reproof.login.email, language=language, context=said)


def _last_move(reproof: Reproof) -> datetime:
    last = reproof.history.order_by("-id").first()
    return last.at if last else reproof.asked_at


def tell_helpers(reproof: Reproof, helpers: Helpers) -> None:
    """Write to those of a firm who may confirm who the person is."""
    for each in helpers.people:
        if helpers.enterprise:
            link = addresses.person_of_firm(helpers.enterprise.public_id, reproof.person.public_id, each.language)
            _write(reproof, each, "reproof_helper", {"enterprise": helpers.enterprise, "link": link})


def tell_firms(reproof: Reproof, at: datetime) -> None:
    """Write to the RSEs of every firm of somebody whom the desk has recognised: each may say that it is not them."""
    for firm in firms_of(reproof.person, at):
        for each in people_who_can(firm, Right.ADMINISTER, None, at).exclude(pk=reproof.person_id):
            link = addresses.person_of_firm(firm.public_id, reproof.person.public_id, each.language)
            _write(reproof, each, "reproof_elsewhere", {"enterprise": firm, "link": link})


def _write(reproof: Reproof, to: Person, template: str, said: dict[str, object]) -> None:
    links = LoginLink.objects.filter(person=to, during__contains=AppNow(), login__is_active=True)
    about = codes.digest(str(reproof.public_id), reproof.link_hash, str(said["link"]))[:32]
    known = {"to": to, "person": reproof.person}
    for link in links.select_related("login").order_by("id"):
        key = f"{template} {about} {link.login.public_id}"
        tell(template, key=key, to=link.login.email, language=to.language, context=known | said)
