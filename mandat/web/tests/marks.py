"""A mark in every text of one firm, by introspection: a field that is new tomorrow carries it too."""

from itertools import chain

import psycopg
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, ForeignKey, GeneratedField, JSONField, Model, TextField

from mandat.enterprises.models import Enterprise
from mandat.identity.models import Person
from mandat.platform.models import StoredFile
from mandat.register.models import Individual

MARK = "ZQ7MARQUE9XW"
#: Codes by which the pages look something up: another would be that of nothing.
CODES = {"type_code", "block", "provider_code"}
#: What a value becomes, by its sort; names of JSON stay as they are.
_MARKED = {
    "text": "right({column} || ' {mark}', {most})",
    "json": r"""regexp_replace({column}::text, '"([^"\\]*)"(?!\s*:)', '"\1 {mark}"', 'g')::jsonb""",
    "array": "array_append({column}, '{mark}')",
}


def ways_to_a_firm() -> dict[type[Model], str]:
    """Return, by model, the chain of keys that leads from its rows to their enterprise."""
    ways: dict[type[Model], str] = {Enterprise: "pk"}
    while more := {
        model: way_by(key, ways[key.related_model])
        for model in apps.get_models()
        if model not in ways
        for key in reversed(model._meta.fields)
        if isinstance(key, ForeignKey) and key.related_model in ways
    }:
        ways |= more
    return ways


def way_by(key: ForeignKey, beyond: str) -> str:
    return key.name if beyond == "pk" else f"{key.name}__{beyond}"


def keys_of(firm: Enterprise, *, apart_from: Enterprise) -> dict[type[Model], list[int]]:
    """Return the keys of a firm’s rows, and of the persons, individuals and files that are no other firm’s."""
    ways = ways_to_a_firm()
    found = {
        model: list(model._base_manager.filter(**{way: firm.pk}).values_list("pk", flat=True))
        for model, way in ways.items()
    }
    for others in (Person, Individual, StoredFile):
        theirs, ours = (set(chain(*led_to(others, each, ways))) for each in (firm, apart_from))
        found[others] = sorted(theirs - ours)
    return {model: keys for model, keys in found.items() if keys}


def led_to(others: type[Model], firm: Enterprise, ways: dict[type[Model], str]):
    """Yield the keys of the rows that a firm’s lead to."""
    for model, way in ways.items():
        for key in model._meta.fields:
            if isinstance(key, ForeignKey) and key.related_model is others:
                rows = model._base_manager.filter(**{way: firm.pk, f"{key.name}__isnull": False})
                yield list(rows.values_list(f"{key.name}_id", flat=True))


def mark(firm: Enterprise, *, apart_from: Enterprise, by: psycopg.Connection) -> tuple[int, list[str]]:
    """Mark every text of a firm; return how many columns bear the mark, and those whose constraint refused it."""
    marked, refused = 0, []
    by.execute("SET session_replication_role = replica")  # what is kept for ever is marked too
    for model, keys in keys_of(firm, apart_from=apart_from).items():
        for field in model._meta.fields:
            if (sort := sort_of(field)) is None:
                continue
            said = _MARKED[sort].format(
                column=f'"{field.column}"', mark=MARK, most=getattr(field, "max_length", 0) or 100_000
            )
            try:
                by.execute(
                    f'UPDATE {model._meta.db_table} SET "{field.column}" = {said} WHERE "{model._meta.pk.column}" = ANY (%s)',
                    [keys],
                )  # type: ignore[arg-type]
                marked += 1
            except psycopg.Error:
                refused.append(f"{model._meta.label}.{field.name}")
    return marked, refused


def sort_of(field) -> str | None:
    """Return how a field is marked, or None for one that holds no text, or too little to bear the mark."""
    if isinstance(field, GeneratedField) or field.name in CODES:
        return None
    if isinstance(field, JSONField):
        return "json"
    if isinstance(field, ArrayField):
        return "array" if isinstance(field.base_field, CharField) and field.base_field.max_length >= len(MARK) else None
    is_text = isinstance(field, TextField) or (isinstance(field, CharField) and (field.max_length or 0) > len(MARK))
    return "text" if is_text else None
