"""The single file as pages show it: codes by their names, attachments gathered by person."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpRequest

from mandat.platform.text import fold
from mandat.reference.models import Entry
from mandat.register.models import Attachment, Fact, Individual, Registration
from mandat.register.queries import File
from mandat.register.vocabulary import LISTS_OF_FIRMS, LISTS_OF_INDIVIDUALS, Regime
from mandat.web.paging import paged

_LISTS = {*LISTS_OF_FIRMS.values(), *LISTS_OF_INDIVIDUALS.values(), "jurisdiction"}
Label = Callable[[str, str], str]


@dataclass(frozen=True)
class Line:
    """A fact of the file, and what its code is called."""

    fact: Fact
    label: str
    place: str = ""


@dataclass(frozen=True)
class Representative:
    """An individual, and everything they are attached for."""

    individual: Individual
    lines: list[Line]


def shown(file: File, request: HttpRequest) -> dict[str, Any]:
    """Return a file as template context: one page of its representatives, of those whose name is sought."""
    label = labels(file.on)
    words = fold(request.GET.get("words", ""))
    people = [each for each in representatives(file.attachments, label) if words in each.individual.sort_name]
    page, kept = paged(people, request)
    return {
        "file": file,
        "registrations": [registration(each, label) for each in file.registrations],
        "page": page,
        "kept": kept,
        "words": request.GET.get("words", ""),
    }


def labels(on: date) -> Label:
    """Return what says the name of a code of a list on a day: the code itself where the list does not have it."""
    known = {(each.kind, each.code): each for each in Entry.objects.filter(kind__in=_LISTS, during__contains=on)}
    return lambda kind, code: found.label if (found := known.get((kind, code))) else code


def registration(fact: Registration, label: Label) -> Line:
    """Return a registration with the names of its category and of its jurisdiction."""
    name = label(LISTS_OF_FIRMS[Regime(fact.regime)], fact.code)
    return Line(fact, name, label("jurisdiction", fact.jurisdiction))


def representatives(attachments: Iterable[Attachment], label: Label) -> list[Representative]:
    """Return attachments gathered by person, in the order they came in."""

    def line(fact: Attachment) -> Line:
        return Line(fact, label(LISTS_OF_INDIVIDUALS[Regime(fact.regime)], fact.code))

    by_person = groupby(attachments, key=lambda each: each.individual)
    return [Representative(individual, [line(each) for each in of]) for individual, of in by_person]
