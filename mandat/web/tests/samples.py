"""The address of every view, with samples for what it names: for tests that ask for all of them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mandat.access.models import Proxy, StaffAssignment
from mandat.access.requests import RightsRequest
from mandat.enterprises.models import ServiceRegistration
from mandat.filings.workflow import State
from mandat.web.permissions import view_names
from mandat.web.tests.places import filings_of_firm

#: What stands in an address for what it names.
SAMPLES: dict[str, Any] = {
    "kind": "delivery", "effect": UUID(int=7), "filing": UUID(int=7), "submission": UUID(int=7),
    "document": UUID(int=7), "registrant": UUID(int=7), "code": "REP-RETRAIT",
    "reproof": UUID(int=7),
    "handover": UUID(int=7), "move": "notify", "departure": UUID(int=7), "designation": UUID(int=7),
    "enrolment": UUID(int=7), "call_request": UUID(int=7),
    "invitation": UUID(int=7), "token": "rien", "article": "rse",
    "session": UUID(int=7), "person": UUID(int=7), "proxy": UUID(int=7), "registration": UUID(int=7),
    "client": UUID(int=7), "consent": UUID(int=7), "provider": "rien", "link": UUID(int=7),
    "passkey": UUID(int=7), "device": UUID(int=7), "role": UUID(int=7),
    "asked": UUID(int=7), "change": UUID(int=7), "enterprise": UUID(int=7),
    "letter": UUID(int=7), "thing": UUID(int=7),
    "visit": UUID(int=7), "intake": UUID(int=7), "source": "business_register", "cause": "struck_off", "number": 1,
}  # fmt: skip


def addresses(firm: UUID) -> dict[str, str]:
    """Return the address of every view, in French, with samples for what it names."""
    known = SAMPLES | {"firm": firm} | real_ones(firm) | real_accesses(firm) | real_roles() | real_requests(firm)
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


def real_accesses(firm: UUID) -> dict[str, UUID]:
    """Return somebody who really holds a proxy of the firm, that proxy, and the firm's registration."""
    proxy = Proxy.objects.select_related("person").filter(enterprise__public_id=firm, revoked_at=None).first()
    registration = ServiceRegistration.objects.filter(enterprise__public_id=firm).first()
    if proxy is None or registration is None:
        return {}
    return {"person": proxy.person.public_id, "proxy": proxy.public_id, "registration": registration.public_id}


def real_roles() -> dict[str, UUID]:
    """Return a role of the staff that really waits for a second supervisor."""
    waiting = StaffAssignment.objects.filter(confirmed_at=None, first=None).order_by("id").first()
    return {"role": waiting.public_id} if waiting else {}


def real_requests(firm: UUID) -> dict[str, UUID]:
    """Return a request for rights that really waits in the firm."""
    waiting = RightsRequest.objects.filter(enterprise__public_id=firm).first()
    return {"asked": waiting.public_id} if waiting else {}


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
