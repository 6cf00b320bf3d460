"""What happened to a person's access: who signed in, from where, what was changed."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mandat.identity.models import SecurityNote, Session
from mandat.identity.notices import BY_NAME, Notice
from mandat.identity.queries import notes_of, sessions_named
from mandat.web.asking import Request
from mandat.web.paging import paged

PAGE = "mandat/web/person/history.html"


@dataclass(frozen=True)
class Line:
    """One line of the history: what happened, and in which browser if it was in one."""

    note: SecurityNote
    notice: Notice
    session: Session | None


@require_safe
def history(request: Request) -> HttpResponse:
    """Show a person what happened to their access, the last first."""
    known = notes_of(request.actor.person).filter(event__in=BY_NAME)
    page, kept = paged(known, request)
    sessions = sessions_named([each.detail["session"] for each in page if each.detail.get("session")])
    lines = [Line(each, BY_NAME[each.event], sessions.get(each.detail.get("session", ""))) for each in page]
    return render(request, PAGE, {"lines": lines, "page": page, "kept": kept})
