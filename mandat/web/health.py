"""Alive, and able to serve: for a launcher or a balancer, never for a person."""

from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mandat.platform.postgres import durability


@never_cache
@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive, whatever the database does."""
    return JsonResponse({"alive": True})


@never_cache
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when everything that is asked here may be relied on, or else 503 and the names of what is wrong."""
    found = what_is_wrong()
    return JsonResponse({"ready": not found, "wrong": found}, status=503 if found else 200)


def what_is_wrong() -> list[str]:
    """Return the names of what keeps us from serving: names only, for anyone may ask."""
    named = connection.settings_dict
    try:
        with connection.cursor() as cursor:
            weak = durability.faults(cursor, user=named["USER"], database=named["NAME"])
        missing = last_migrations() - MigrationRecorder(connection).applied_migrations().keys()
    except Error:
        return ["database_does_not_answer"]
    return [each.name for each in weak] + [f"migration_missing:{app}.{name}" for app, name in sorted(missing)]


@cache
def last_migrations() -> frozenset[tuple[str, str]]:
    """Return the last migration of each application, as this version's files have it."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())
