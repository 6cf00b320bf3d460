"""What follows from what happened to a person's access: a line of their history, and a message if `notices` says so."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import override

from mandat.identity.models import Login, LoginLink, Person, SecurityNote, Session
from mandat.identity.notices import CATALOGUE, Notice
from mandat.platform.clock import LEGAL_ZONE, legal_day
from mandat.platform.events import Event
from mandat.platform.mail import queue_mail, write
from mandat.platform.models import EventRow

HISTORY = "/compte/historique"


def keep_note(event: Event) -> None:
    """Write an event into the history of its person, and to its person by mail, as `notices` says."""
    notice = CATALOGUE[type(event)]
    at = EventRow.objects.get(public_id=event.event_id).at
    person, login = _whose(event, at)
    if person is None or not notice.tells(event):
        return
    detail = {name: said for name, said in event.body().items() if name not in {"person", "login"}}
    SecurityNote.objects.get_or_create(
        event_id=event.event_id, person=person,
        defaults={"login": login, "event": type(event).__name__, "at": at, "detail": detail},
    )  # fmt: skip
    if notice.mailed(event):
        _tell(notice, event, person, at)


def _whose(event: Event, at: datetime) -> tuple[Person | None, Login | None]:
    """Return whom an event happened to, and to which of their logins, by what it says and whose the login was then."""
    said = event.body()
    login = Login.objects.filter(public_id=said["login"]).first() if said.get("login") else None
    if said.get("person"):
        return Person.objects.filter(public_id=said["person"]).first(), login
    link = LoginLink.objects.select_related("person").filter(login=login, during__contains=at).order_by("id").first()
    return (link.person if link else None), login


def addresses_of(person: Person, at: datetime) -> list[str]:
    """Return the addresses of a person's logins, each once."""
    links = LoginLink.objects.filter(person=person, during__contains=at, login__is_active=True)
    return list(dict.fromkeys(links.order_by("id").values_list("login__email", flat=True)))


def _tell(notice: Notice, event: Event, person: Person, at: datetime) -> None:
    key = f"{type(event).__name__} {legal_day(at)}" if notice.once_a_day else event.event_id
    with override(person.language):
        context = {
            "title": notice.title, "text": notice.text, "person": person, "by_person": notice.by_person,
            "when": date_format(at.astimezone(LEGAL_ZONE), "DATETIME_FORMAT"), "where": _where(event),
            "address": f"{settings.PUBLIC_URL}{'/en' if person.language == 'en' else ''}{HISTORY}",
        }  # fmt: skip
        words = write("mandat/identity/mail/notice", language=person.language, context=context)
    for to in addresses_of(person, at):
        queue_mail(
            key=f"{key} {person.public_id} {to}", to=to, subject=words.subject, text=words.text,
            language=person.language,
        )  # fmt: skip


def _where(event: Any) -> str:
    """Return the browser of the session that an event names, in two words."""
    named = getattr(event, "session", "")
    session = Session.objects.filter(public_id=named).first() if named else None
    return ", ".join(each for each in (session.browser, session.system) if each) if session else ""
