"""
Proxies given, renewed and handed over by a file: one line, one gesture, all of it or nothing.

A dry run makes the gestures themselves, in order, and undoes them all: it cannot foretell something else than what is
then done. A line that asks for what is so already is nothing to do; so the same file a second time changes nothing.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import QuerySet

from mandat.access import commands
from mandat.access.commands.proxies import grant_proxies
from mandat.access.commands.transferring import transfer_proxy
from mandat.access.decision import AccessDenied
from mandat.access.models import Proxy
from mandat.access.queries import users_of
from mandat.access.retries import in_one_transaction
from mandat.access.rights import RIGHTS_OF_A_PROXY, Right
from mandat.enterprises.models import Enterprise, ServiceRegistration
from mandat.identity.actor import Actor
from mandat.identity.models import LoginLink, Person
from mandat.platform.clock import last_day, now
from mandat.platform.text import fold


class Act(StrEnum):
    """What a line does."""

    GRANT = "grant"
    RENEW = "renew"
    TRANSFER = "transfer"


class Said(StrEnum):
    """What is said of a line: it is done (or would be), it is so already, or why it is not done."""

    DONE = "done"
    NOTHING = "nothing"
    ACT = "act"  # the first word is no act
    PERSON = "person"  # nobody of that name or address, or several
    SUCCESSOR = "successor"
    BLOCK = "block"
    RIGHTS = "rights"
    DAY = "day"
    HELD = "held"  # another proxy stands in the block
    NOT_HELD = "not_held"
    OWN = "own"
    TOO_LONG = "too_long"
    NOT_LONGER = "not_longer"
    ASSURANCE = "assurance"
    REFUSED = "refused"


#: The words of a file, in both languages, for each column and each act; without accents or capitals.
COLUMNS = {
    "geste": "act", "act": "act", "personne": "person", "person": "person", "bloc": "block", "block": "block",
    "droits": "rights", "rights": "rights", "jusqu'au": "until", "until": "until", "a": "to", "to": "to",
}  # fmt: skip
ACTS = {
    "accorder": Act.GRANT, "grant": Act.GRANT, "prolonger": Act.RENEW, "renew": Act.RENEW,
    "transferer": Act.TRANSFER, "transfer": Act.TRANSFER,
}  # fmt: skip
RIGHTS = {
    "consulter": Right.VIEW, "view": Right.VIEW, "preparer": Right.PREPARE, "prepare": Right.PREPARE,
    "signer": Right.SIGN, "sign": Right.SIGN, "payer": Right.PAY, "pay": Right.PAY,
}  # fmt: skip
NEEDED = {"act", "person", "block"}


class NotATable(Exception):
    """The file has no head with the columns that are needed."""


class TooManyLines(Exception):
    """The file holds more lines than the policy of the day admits."""


@dataclass(frozen=True)
class Line:
    """One line of a file, as it is written; `number` counts the head."""

    number: int
    cells: Mapping[str, str]

    def cell(self, name: str) -> str:
        """Return what stands in a column, or nothing."""
        return self.cells.get(name, "")


@dataclass(frozen=True)
class Verdict:
    """What is said of one line."""

    line: Line
    said: Said

    @property
    def node(self) -> str:
        """Return the node that shows it."""
        return {Said.DONE: "done", Said.NOTHING: "silent"}.get(self.said, "no")


class Hindered(Exception):
    """A line is not done, for a reason that is said."""

    def __init__(self, said: Said) -> None:
        super().__init__(said)
        self.said = said


def lines_of(text: str, *, most: int) -> list[Line]:
    """
    Read a table: a head, then a line for each gesture; blank lines are passed over.

    :raises NotATable: if a column is missing
    :raises TooManyLines: if there are more than `most`
    """
    first = text.lstrip("\ufeff").partition("\n")[0]
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";" if ";" in first else ",")
    try:
        read = list(rows)
    except csv.Error as broken:
        raise NotATable from broken
    head = [COLUMNS.get(fold(each).replace("’", "'"), "") for each in (read[0] if read else [])]
    if not set(head) >= NEEDED:
        raise NotATable
    lines = [
        Line(number, {name: cell.strip().lstrip("'") for name, cell in zip(head, row, strict=False) if name})
        for number, row in enumerate(read[1:], start=2)
        if any(cell.strip() for cell in row)
    ]
    if len(lines) > most:
        raise TooManyLines
    return lines


@in_one_transaction
def dry_run(lines: list[Line], *, enterprise: Enterprise, key: UUID, by: Actor) -> list[Verdict]:
    """Return what would be said of each line, were the file done now; nothing is kept of it."""
    with transaction.atomic():
        verdicts = list(carry_out(lines, enterprise=enterprise, key=key, by=by))
        transaction.set_rollback(True)
    return verdicts


def carry_out(lines: list[Line], *, enterprise: Enterprise, key: UUID, by: Actor) -> Iterator[Verdict]:
    """Do each line, in a transaction of its own, and yield what is said of it."""
    for line in lines:
        try:
            said = _do(_Doing(enterprise, by, uuid5(key, str(line.number))), line)
        except tuple(_REFUSALS) as refused:
            said = _REFUSALS[type(refused)]
        except Hindered as hindered:
            said = hindered.said
        yield Verdict(line, said)


@in_one_transaction
def _do(doing: "_Doing", line: Line) -> Said:
    return doing.do(line)


_REFUSALS: dict[type[Exception], Said] = {
    AccessDenied: Said.REFUSED,
    commands.SelfGrant: Said.OWN,
    commands.AlreadyGranted: Said.HELD,
    commands.AlreadyRevoked: Said.NOT_HELD,
    commands.AlreadyOver: Said.NOT_HELD,
    commands.BlockNotAccepted: Said.BLOCK,
    commands.DatesImpossible: Said.DAY,
    commands.NotLonger: Said.NOT_LONGER,
    commands.ProxyTooLong: Said.TOO_LONG,
    commands.NotAUser: Said.PERSON,
    commands.RightsImpossible: Said.RIGHTS,
    commands.AssuranceTooLow: Said.ASSURANCE,
}


@dataclass(frozen=True)
class _Doing:
    """One line, being done."""

    enterprise: Enterprise
    by: Actor
    key: UUID

    def do(self, line: Line) -> Said:
        """Do what a line says, or say that it is so already."""
        act = ACTS.get(fold(line.cell("act")))
        if act is None:
            raise Hindered(Said.ACT)
        person, block = self._person(line.cell("person"), Said.PERSON), line.cell("block").upper()
        using = self.enterprise.registrations.filter(state="active", accepted_blocks__contains=[block])
        registration = using.select_related("enterprise", "provider").order_by("id").first()
        if registration is None:
            raise Hindered(Said.BLOCK)
        held = self._standing(person, block).first()
        if act == Act.GRANT:
            return self._grant(line, person, registration, held)
        if act == Act.RENEW:
            return self._renew(line, held)
        return self._transfer(line, person, block, held)

    def _grant(self, line: Line, person: Person, registration: ServiceRegistration, held: Proxy | None) -> Said:
        rights, until = _rights(line.cell("rights")), _day(line.cell("until"))
        if held is not None:
            if set(held.rights) == set(rights) and last_day(held.during.upper) == until:
                return Said.NOTHING
            raise Hindered(Said.HELD)
        grant_proxies(
            key=self.key, registration=registration, person=person, rights={line.cell("block").upper(): rights},
            until=until, by=self.by,
        )  # fmt: skip
        return Said.DONE

    def _renew(self, line: Line, held: Proxy | None) -> Said:
        until = _day(line.cell("until"))
        if held is None:
            raise Hindered(Said.NOT_HELD)
        if last_day(held.during.upper) == until:
            return Said.NOTHING
        commands.renew_proxy(key=self.key, proxy_id=held.public_id, until=until, by=self.by)
        return Said.DONE

    def _transfer(self, line: Line, person: Person, block: str, held: Proxy | None) -> Said:
        to = self._person(line.cell("to"), Said.SUCCESSOR)
        theirs = self._standing(to, block).first()
        if held is None:
            before = Proxy.objects.filter(enterprise=self.enterprise, person=person, block=block, subject=None)
            last = before.order_by("-id").first()
            if theirs is not None and last is not None and set(last.rights) == set(theirs.rights):
                return Said.NOTHING
            raise Hindered(Said.NOT_HELD)
        if theirs is not None:
            raise Hindered(Said.HELD)
        transfer_proxy(key=self.key, proxy_id=held.public_id, to=to, reason="", by=self.by)
        return Said.DONE

    def _standing(self, person: Person, block: str) -> QuerySet[Proxy]:
        own = Proxy.objects.filter(enterprise=self.enterprise, person=person, block=block, subject=None)
        return own.filter(revoked_at=None, during__endswith__gt=now()).order_by("id")

    def _person(self, words: str, missing: Said) -> Person:
        """
        Return the one user of the enterprise whom an address or a full name tells.

        :raises Hindered: if it tells nobody, or several
        """
        users = [each.person for each in users_of(self.enterprise, now())]
        if "@" in words:
            links = LoginLink.objects.filter(login__email__iexact=words, during__contains=now(), person__in=users)
            found = {link.person_id for link in links}
            named = [each for each in users if each.pk in found]
        else:
            named = [each for each in users if words and fold(str(each)) == fold(words)]
        if len(named) != 1:
            raise Hindered(missing)
        return named[0]


def _rights(words: str) -> list[Right]:
    """
    Return the rights that a cell names, viewing always with them.

    :raises Hindered: if it names none, or what is no right
    """
    named = [RIGHTS.get(each) for each in fold(words).replace("+", " ").replace(",", " ").replace("/", " ").split()]
    if not named or None in named:
        raise Hindered(Said.RIGHTS)
    return sorted({Right.VIEW, *(each for each in named if each in RIGHTS_OF_A_PROXY)})


def _day(words: str) -> date:
    """
    Return the day that a cell names.

    :raises Hindered: if it names none
    """
    try:
        return date.fromisoformat(words)
    except ValueError as wrong:
        raise Hindered(Said.DAY) from wrong
