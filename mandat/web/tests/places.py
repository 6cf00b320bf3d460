"""Every address and every page there is: what the tests of all pages walk over."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mandat.enterprises.models import Enterprise
from mandat.filings.models import Filing
from mandat.filings.workflow import State
from mandat.web.frame import in_the_other_language
from mandat.web.permissions import view_names

Page = tuple[str, str, int]  # who opens it, its address, its status

#: What stands in an address for what it names.
SAMPLES: dict[str, Any] = {
    "kind": "delivery", "effect": UUID(int=7), "filing": UUID(int=7), "submission": UUID(int=7),
    "document": UUID(int=7), "registrant": UUID(int=7), "code": "REP-RETRAIT",
}  # fmt: skip


def pages_of(visitors) -> list[Page]:
    """Return every page to look at, in French: who opens it, its address, its status."""
    firm = f"/d/{visitors.own_firm.public_id}/"
    return [
        *pages_of_filings(visitors.own_firm),
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


def pages_of_filings(firm: Enterprise) -> list[Page]:
    """Return the pages of a firm's filings, in the states that the demonstration has them in."""
    filings = {each.state: each for each in filings_of_firm(firm.public_id)}
    of = {state: f"/d/{firm.public_id}/demandes/{each.public_id}" for state, each in filings.items()}
    desk = {state: f"/agence/demandes/{each.public_id}" for state, each in filings.items()}
    draft, waiting, returned, examined = (
        State.DRAFT, State.SUBMITTED, State.RETURNED, State.UNDER_REVIEW,
    )  # fmt: skip
    receipt = filings[waiting].submissions.get().public_id
    return [
        ("rse", f"/d/{firm.public_id}/dossier", 200),
        ("accountant", f"/d/{firm.public_id}/dossier", 403),
        ("rse", f"/d/{firm.public_id}/demandes", 200),
        ("ra", f"/d/{firm.public_id}/demandes", 200),
        ("rse", f"/d/{firm.public_id}/demandes/nouvelle/REP-RETRAIT", 200),
        *(("rse", f"{of[state]}/", 200) for state in (draft, waiting, returned, examined)),
        ("accountant", f"{of[waiting]}/", 403),
        ("rse", f"{of[draft]}/etapes/cessation", 200),
        ("rse", f"{of[draft]}/etapes/declaration", 200),
        ("rse", f"{of[returned]}/etapes/clients", 200),
        ("rse", f"{of[draft]}/documents", 200),
        ("rse", f"{of[draft]}/relire", 200),
        ("rse", f"{of[returned]}/relire", 200),
        ("rse", f"{of[draft]}/retirer", 200),
        ("rse", f"{of[waiting]}/retirer", 200),
        ("rse", f"{of[waiting]}/recus/{receipt}", 200),
        ("officer", "/agence/dossiers", 200),
        ("officer", "/agence/dossiers?whose=mine", 200),
        *(("officer", f"{desk[state]}/", 200) for state in (waiting, returned, examined)),
        ("officer", f"{desk[draft]}/", 404),
        *(("officer", f"{desk[examined]}/{act}", 200) for act in ("accepter", "refuser", "rendre")),
        ("officer", "/agence/registre", 200),
        ("officer", "/agence/registre?words=zzzz", 200),
        ("officer", f"/agence/registre/{filings[waiting].registrant.public_id}", 200),
    ]


def filings_of_firm(firm: UUID) -> list[Filing]:
    """Return the filings of a firm."""
    of_the_firm = Filing.objects.filter(registrant__service_registration__enterprise__public_id=firm)
    return list(of_the_firm.select_related("registrant").order_by("id"))


def in_both_languages(pages: Iterable[Page]) -> Iterator[Page]:
    """Yield each page twice: in French, then in English."""
    for who, address, status in pages:
        yield who, address, status
        yield who, in_the_other_language(address), status


def addresses(firm: UUID) -> dict[str, str]:
    """Return the address of every view, in French, with samples for what it names."""
    known = SAMPLES | {"firm": firm} | real_ones(firm)
    return {name: reverse(name, kwargs={each: known[each] for each in arguments_of(name)}) for name in view_names()}


def real_ones(firm: UUID) -> dict[str, UUID]:
    """Return what the firm really has, to stand in an address: a filing under review, what was filed, its registrant."""
    for filing in filings_of_firm(firm):
        if filing.state == State.UNDER_REVIEW:
            submission = filing.submissions.get().public_id
            return {
                "filing": filing.public_id, "submission": submission, "registrant": filing.registrant.public_id,
            }  # fmt: skip
    return {}


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
