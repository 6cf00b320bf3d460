"""The functional blocks as everyone may read them: what each opens, by which rights, in which version, since when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mandat.access.catalogue import version_of
from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.filings.registry import current_types
from mandat.reference.models import Entry
from mandat.reference.queries import entries

#: What a page that is no filing is called, by the name of its address: the rest comes from the rules of pages.
PAGES: dict[str, str | Promise] = {"firm:file": _("Dossier client de la firme")}
#: The rights that a filing asks for on its way.
OF_A_FILING = (Right.VIEW, Right.PREPARE, Right.SIGN)


@dataclass(frozen=True)
class Service:
    """Something that a block opens: a page, or a kind of filing; by which rights, and since which version."""

    title: Any
    rights: tuple[Right, ...]
    since: int = 1
    is_filing: bool = False


@dataclass(frozen=True)
class Block:
    """A block on a day, and all that it opens."""

    entry: Entry
    services: tuple[Service, ...]

    @property
    def version(self) -> int:
        """Return which version it is."""
        return version_of(self.entry)

    @property
    def since(self) -> date:
        """Return the first day of this version."""
        first: date = self.entry.during.lower
        return first

    @property
    def rights(self) -> tuple[Right, ...]:
        """Return the rights that something in it asks for, in their order."""
        asked = {right for service in self.services for right in service.rights}
        return tuple(right for right in Right if right in asked)


def catalogue(day: date) -> list[Block]:
    """Return every block of a day, in the order of the catalogue."""
    return [Block(each, tuple(services_of(each))) for each in entries("block", day)]


def services_of(block: Entry) -> Iterator[Service]:
    """Yield what a version of a block opens: from the rules of pages and from the filing types alone."""
    for name, right in pages_in(block.code):
        yield Service(PAGES[name], (right,))
    for kind in current_types():
        if kind.block == block.code and kind.opened_by <= version_of(block):
            yield Service(kind.title, OF_A_FILING, kind.opened_by, is_filing=True)


def pages_in(block: str) -> list[tuple[str, Right]]:
    """Return the names of the pages whose rule asks for a right in a block."""
    from mandat.web.permissions import RULES, InFirm  # the rules know every view, this one too

    rules = {name: rule for name, rule in RULES.items() if isinstance(rule, InFirm) and rule.block == block}
    return [(name, rule.right) for name, rule in rules.items() if rule.right in RIGHTS_OF_A_PROXY]
