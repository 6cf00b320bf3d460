"""What a right comes from: who named whom, from the first recognition to the proxy, and when its block was accepted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mandat.access.catalogue import FIRST
from mandat.access.links import Kind, Link
from mandat.access.models import Proxy
from mandat.enterprises.models import BlockAcceptance, Designation, ServiceRegistration
from mandat.identity.models import Person

#: A proxy comes from an RSE, who comes from an RA, whom the regulator recognized.
_GIVERS = (Kind.RSE, Kind.RA)


@dataclass(frozen=True)
class Acceptance:
    """A block in the version that the firm accepted: since when, and by whom."""

    block: str
    version: int
    at: datetime | None = None
    by: Person | None = None


def line_of(link: Link) -> list[Designation | Proxy]:
    """Return what was given one after the other down to a link, the first first; no more than the records say."""
    line: list[Designation | Proxy] = []
    found = _given(link.kind, link.public_id)
    while found is not None and len(line) <= len(_GIVERS):
        line.insert(0, found)
        found = _giver(found.granted_under)
    return line


def _given(kind: Kind, public_id: UUID | str) -> Designation | Proxy | None:
    if kind in (Kind.PROXY, Kind.EXTERNAL):
        return Proxy.objects.select_related("person", "mandatary").filter(public_id=public_id).first()
    if kind in (Kind.RSE, Kind.RA):
        return Designation.objects.select_related("person").filter(public_id=public_id).first()
    return None


def _giver(under: dict[str, Any]) -> Designation | Proxy | None:
    """Return the designation that a record of authority relied on, if it names one."""
    held = {each.get("kind"): each.get("id") for each in under.get("chain", [])}
    return next((_given(kind, held[kind]) for kind in _GIVERS if held.get(kind)), None)


def acceptance_of(registration: UUID, block: str) -> Acceptance:
    """Return since when, and by whose choice, a registration uses a block in the version that it has accepted now."""
    found = ServiceRegistration.objects.get(public_id=registration)
    version = int(found.versions.get(block, FIRST))
    since: BlockAcceptance | None = None
    for each in found.acceptances.order_by("id"):
        is_the_same = block in each.blocks and int(each.versions.get(block, FIRST)) == version
        since = (since or each) if is_the_same else None
    if since is None:
        return Acceptance(block, version)
    by = Person.objects.filter(public_id=since.authority["person"]).first() if "person" in since.authority else None
    return Acceptance(block, version, since.at, by)
