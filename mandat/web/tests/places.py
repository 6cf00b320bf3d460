"""Every address and every page there is: what the tests of all pages walk over."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mandat.web.frame import in_the_other_language
from mandat.web.permissions import view_names

Page = tuple[str, str, int]  # who opens it, its address, its status

#: What stands in an address for what it names.
SAMPLES = {"kind": "delivery", "effect": UUID(int=7)}


def pages_of(visitors) -> list[Page]:
    """Return every page to look at, in French: who opens it, its address, its status."""
    firm = f"/d/{visitors.own_firm.public_id}/"
    return [
        ("nobody", "/", 200),
        ("nobody", "/avant-de-commencer", 200),
        ("nobody", "/accessibilite", 200),
        ("nobody", "/vie-privee", 200),
        ("nobody", "/entrer", 200),
        ("nobody", "/rien-ici", 404),
        ("rse", "/", 200),
        ("rse", "/sortir", 200),
        ("rse", "/compte/", 200),
        ("rse", "/compte/codes-de-secours", 200),
        ("rse", firm, 200),
        ("ra", firm, 200),
        ("accountant", firm, 200),
        ("stranger", "/compte/", 200),
        ("stranger", firm, 404),
        ("supervisor", "/agence/", 200),
        ("supervisor", "/agence/serveur", 200),
        ("supervisor", "/agence/reference/", 200),
        ("supervisor", "/agence/reference/block", 200),
        ("officer", "/agence/", 200),
        ("officer", "/agence/serveur", 403),
    ]


def in_both_languages(pages: Iterable[Page]) -> Iterator[Page]:
    """Yield each page twice: in French, then in English."""
    for who, address, status in pages:
        yield who, address, status
        yield who, in_the_other_language(address), status


def addresses(firm: UUID) -> dict[str, str]:
    """Return the address of every view, in French, with samples for what it names."""
    return {name: address_of(name, firm) for name in view_names()}


def address_of(name: str, firm: UUID) -> str:
    known = SAMPLES | {"firm": firm}
    return reverse(name, kwargs={each: known[each] for each in arguments_of(name)})


def arguments_of(name: str) -> set[str]:
    """Return the names of the arguments of a view's address."""
    found: dict[str, set[str]] = {}
    _gather(get_resolver().url_patterns, "", set(), found)
    return found[name]


def _gather(patterns: Iterable[URLPattern | URLResolver], space: str, above: set[str], found: dict) -> None:
    for each in patterns:
        arguments = above | set(each.pattern.converters)
        if isinstance(each, URLResolver):
            _gather(each.url_patterns, f"{space}{each.namespace}:" if each.namespace else space, arguments, found)
        else:
            found[f"{space}{each.name}"] = arguments
