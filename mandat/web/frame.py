"""What every page shows around its content: its language, who is signed in, whether this is a demonstration."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from django.http import HttpRequest

from mandat.identity.actor import Actor
from mandat.identity.lasting import idle_at
from mandat.identity.models import Deployment
from mandat.web.theme import Theme, theme

ENGLISH = "/en"


#: How long before its end a session warns its person: time to answer, on a page left open. (WCAG 2.2.1 asks for 20 s.)
WARNING = timedelta(minutes=3)


@dataclass(frozen=True)
class Lasting:
    """How long a session still lasts, in seconds: if its person does nothing more, and whatever they do."""

    idle: int
    left: int
    warning: int


@dataclass(frozen=True)
class Frame:
    """What a page shows around its content."""

    language: str
    other_href: str
    actor: Actor | None = None
    is_demo: bool = False
    lasting: "Lasting | None" = None
    theme: Theme = field(default_factory=theme)

    @property
    def tag(self) -> str:
        return f"{self.language}-CA"


def language_of(path: str) -> str:
    """Return the language of an address: English under /en, French elsewhere."""
    return "en" if path == ENGLISH or path.startswith(f"{ENGLISH}/") else "fr"


def in_the_other_language(address: str) -> str:
    """Return the same address in the other language."""
    if language_of(address.partition("?")[0]) == "en":
        return address.removeprefix(ENGLISH) or "/"
    return ENGLISH + address


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what every page shows around its content, as template context."""
    address = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
    return {
        "frame": Frame(
            language=language_of(request.path_info),
            other_href=in_the_other_language(address),
            actor=getattr(request, "actor", None),
            is_demo=is_demo(),
            lasting=_lasting(request),
        )
    }


def _lasting(request: HttpRequest) -> Lasting | None:
    session, at = getattr(request, "own_session", None), getattr(request, "at", None)
    if session is None or at is None:
        return None
    idle, left = idle_at(session, at) - at, session.ends_at - at
    return Lasting(*(int(each.total_seconds()) for each in (idle, left, WARNING)))


@cache
def is_demo() -> bool:
    """Return whether this database is a demonstration. It never changes, so it is read once."""
    return Deployment.objects.filter(kind=Deployment.Kind.DEMO).exists()
