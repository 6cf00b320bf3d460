"""What a walk over every address spares: the same session read, address looked up, page of refusal drawn, ever again."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.urls import URLResolver
from django.utils.translation import get_language

from mandat.web import errors, middleware
from mandat.web.permissions import RULES


@contextmanager
def spared(*, pages: bool = True) -> Iterator[None]:
    """
    Read a session once, look an address up once, tell the log of no refusal, and draw a page of refusal once for each
    reader and rule.

    What the gate asks of the database, and what the views answer, is never spared; nor those pages, unless `pages`.
    """
    logging.disable(logging.WARNING)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(middleware, "actor_from", _read_once(middleware.actor_from))
        patch.setattr(URLResolver, "resolve", _looked_up_once(URLResolver.resolve))
        if pages:
            patch.setattr(errors, "_page", _draw_once(errors._page))
        yield
    logging.disable(logging.NOTSET)


def _read_once(read):
    sessions = {}

    def read_once(request):
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if key not in sessions:
            actor = read(request)
            if actor is None:
                return None
            sessions[key] = request.user, request.own_session, request.at, actor
        request.user, request.own_session, request.at, actor = sessions[key]
        return actor

    return read_once


def _looked_up_once(resolve):
    found = {}

    def looked_up_once(resolver, path):
        key = id(resolver), str(path), get_language()
        if key not in found:
            found[key] = resolve(resolver, path)
        return found[key]

    return looked_up_once


def _draw_once(draw):
    drawn = set()

    def draw_once(request, name, status, **context):
        reader, language = request.COOKIES.get(settings.SESSION_COOKIE_NAME), request.path_info.startswith("/en/")
        key = name, reader, language, _asked_by(request) if name == "refused" else None
        if key in drawn:
            return HttpResponse(status=status)
        drawn.add(key)
        return draw(request, name, status, **context)

    return draw_once


def _asked_by(request) -> object:
    """Return what the rule of a page asks: a refusal tells of it."""
    rule = RULES.get(request.resolver_match.view_name)
    return getattr(rule, "rights", rule)
