"""Who is asking."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from mandat.web.account.activity import is_by_hand, note_activity
from mandat.web.account.session import actor_from
from mandat.web.asking import Request


class ActorOfTheRequest:
    """
    Middleware: leaves `request.actor`, or None for whoever is not signed in, and `request.at`, when that was read.

    It is read anew at each request, so that whatever ends a session ends it at its next click.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.actor = actor_from(request)
        response = self.get_response(request)
        if request.actor is not None and request.user.is_authenticated and is_by_hand(request):
            note_activity(request.own_session, request.at, response)
        return response
