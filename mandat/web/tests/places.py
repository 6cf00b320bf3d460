"""Every page there is, by somebody who may open it: what the tests of all pages walk over."""

from collections.abc import Iterable, Iterator

from mandat.web.frame import in_the_other_language

Place = tuple[str, str, int]  # who opens it, its address, its status


def pages_of(visitors) -> list[Place]:
    """Return every page to look at, in French: who opens it, its address, its status."""
    firm = f"/d/{visitors.own_firm.public_id}/"
    return [
        ("nobody", "/", 200),
        ("nobody", "/avant-de-commencer", 200),
        ("nobody", "/accessibilite", 200),
        ("nobody", "/vie-privee", 200),
        ("nobody", "/entrer", 200),
        ("nobody", "/sortir", 302),
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
        ("officer", "/agence/serveur", 403),
    ]


def in_both_languages(places: Iterable[Place]) -> Iterator[Place]:
    """Yield each place twice: in French, then in English."""
    for who, address, status in places:
        yield who, address, status
        yield who, in_the_other_language(address), status
