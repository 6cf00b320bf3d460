"""The six files: their columns, how each value is read, and what the values of a row must say together."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import TextChoices

from mandat.enterprises import identifiers
from mandat.register.vocabulary import (
    LISTS_OF_FIRMS,
    LISTS_OF_INDIVIDUALS,
    EstablishmentKind,
    OfficeRole,
    Regime,
    RegistrantKind,
    Standing,
)

#: The codes of each list of the reference data, whatever their dates: the register is older than they are.
Lists = Mapping[str, frozenset[str]]
Row = dict[str, Any]
#: What a row says wrong: column, reason, value, detail.
Wrong = tuple[str, str, str, str]
Check = Callable[[Row, Lists], Iterator[Wrong]]

_DAY = len("2026-01-31")


class Refused(ValueError):
    """A value cannot be taken as it is."""

    def __init__(self, reason: str, detail: object = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, str(detail)


@dataclass(frozen=True)
class Column:
    """
    A column of a file, and how what it holds is read.

    One that is required must be there and hold something. Another may be absent or blank, which says `blank`.
    """

    name: str
    read: Callable[[str], Any]
    required: bool = True
    blank: Any = ""
    type: str = "text"


@dataclass(frozen=True)
class Shape:
    """A file: its columns, and what the values of a row must say together."""

    name: str
    columns: tuple[Column, ...]
    check: Check

    @property
    def file(self) -> str:
        """Return the name that the file bears in its folder."""
        return f"{self.name}.csv"


def words(longest: int) -> Callable[[str], str]:
    """Return a reader of a text of some length at most, composed as Unicode advises."""

    def read(text: str) -> str:
        composed = text if text.isascii() else unicodedata.normalize("NFC", text)
        if len(composed) > longest:
            raise Refused("too_long", longest)
        return composed

    return read


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a reader of a word among some."""

    def read(text: str) -> str:
        if text not in choices:
            raise Refused("not_one_of", ", ".join(choices))
        return text

    return read


def chosen(choices: type[TextChoices]) -> Callable[[str], str]:
    """Return a reader of a choice."""
    return one_of(*choices.values)


def number(form: Callable[[str], identifiers.Number]) -> Callable[[str], str]:
    """Return a reader of a number by its form, without what separates its digits; its check digit is for `check`."""

    def read(text: str) -> str:
        try:
            return form(text).value
        except identifiers.NotANumber as wrong:
            raise Refused("not_a_number") from wrong

    return read


def day(text: str) -> date:
    """
    Return a day.

    :raises Refused: if it is written otherwise than 2026-01-31
    """
    try:
        if len(text) == _DAY:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Refused("not_a_day")


def yes_or_no(text: str) -> bool:
    """Return whether it is a yes."""
    return one_of("yes", "no")(text) == "yes"


def unlisted(row: Row, lists: Lists, column: str, kind: str) -> Iterator[Wrong]:
    """Tell a code that a list of the reference data never had."""
    if row[column] and row[column] not in lists[kind]:
        yield column, "unknown_code", row[column], kind


def check_dates(row: Row) -> Iterator[Wrong]:
    """Tell a fact that ends before it begins."""
    if row["from"] and row["to"] and row["to"] <= row["from"]:
        yield "to", "ends_before_it_begins", row["to"].isoformat(), row["from"].isoformat()


def check_registrant(row: Row, lists: Lists) -> Iterator[Wrong]:
    """Hold a registrant to the list of jurisdictions, and warn of a number that was perhaps mistyped."""
    yield from unlisted(row, lists, "principal_regulator", "jurisdiction")
    if row["neq"] and not identifiers.neq(row["neq"]).agrees:
        yield "neq", "check_digit", row["neq"], ""


def check_individual(row: Row, _lists: Lists) -> Iterator[Wrong]:
    """Have an individual bear a number."""
    if row["client_number"] == row["nrd_number"] == "":
        yield "client_number", "no_number", "", ""


def check_registration(row: Row, lists: Lists) -> Iterator[Wrong]:
    """Hold a registration to its lists, and those of distribution to Québec."""
    yield from check_dates(row)
    yield from unlisted(row, lists, "jurisdiction", "jurisdiction")
    if row["regime"]:
        yield from unlisted(row, lists, "code", LISTS_OF_FIRMS[Regime(row["regime"])])
    if row["regime"] == Regime.DISTRIBUTION and row["jurisdiction"] not in {"QC", None}:
        yield "jurisdiction", "distribution_outside_quebec", row["jurisdiction"], ""


def check_establishment(row: Row, lists: Lists) -> Iterator[Wrong]:
    """Hold an establishment to the list of jurisdictions."""
    yield from check_dates(row)
    yield from unlisted(row, lists, "province", "jurisdiction")


def check_office(row: Row, _lists: Lists) -> Iterator[Wrong]:
    """Have somebody named."""
    yield from check_dates(row)
    if row["individual_client_number"] == row["individual_nrd_number"] == "":
        yield "individual_client_number", "nobody_named", "", ""


def check_attachment(row: Row, lists: Lists) -> Iterator[Wrong]:
    """Have somebody named, and hold an attachment to its lists."""
    yield from check_office(row, lists)
    if row["regime"]:
        yield from unlisted(row, lists, "code", LISTS_OF_INDIVIDUALS[Regime(row["regime"])])


CLIENT_NUMBER, NRD_NUMBER = number(identifiers.client_number), number(identifiers.nrd_number)
REGISTRANT = Column("registrant", CLIENT_NUMBER)
HOLDER = (
    Column("individual_client_number", CLIENT_NUMBER, required=False),
    Column("individual_nrd_number", NRD_NUMBER, required=False),
)
DATES = (
    Column("from", day, type="date"),
    Column("to", day, required=False, blank=None, type="date"),
    Column("end_reason", words(300), required=False),
)

REGISTRANTS = Shape(
    "registrants",
    (
        Column("client_number", CLIENT_NUMBER),
        Column("kind", chosen(RegistrantKind)),
        Column("name", words(300)),
        Column("neq", number(identifiers.neq), required=False),
        Column("language", one_of("fr", "en"), required=False, blank="fr"),
        Column("principal_regulator", words(10), required=False, blank="QC"),
    ),
    check_registrant,
)
INDIVIDUALS = Shape(
    "individuals",
    (
        Column("client_number", CLIENT_NUMBER, required=False),
        Column("nrd_number", NRD_NUMBER, required=False),
        Column("given_name", words(100)),
        Column("family_name", words(100)),
    ),
    check_individual,
)
REGISTRATIONS = Shape(
    "registrations",
    (
        REGISTRANT,
        Column("regime", chosen(Regime)),
        Column("code", words(20)),
        Column("jurisdiction", words(10), required=False, blank="QC"),
        Column("state", chosen(Standing), required=False, blank=Standing.ACTIVE.value),
        *DATES,
    ),
    check_registration,
)
ESTABLISHMENTS = Shape(
    "establishments",
    (
        REGISTRANT,
        Column("reference", words(20)),
        Column("kind", chosen(EstablishmentKind)),
        Column("name", words(200), required=False),
        Column("street", words(300)),
        Column("city", words(100)),
        Column("province", words(10), required=False),
        Column("postal_code", words(12), required=False),
        Column("country", words(2), required=False, blank="CA"),
        *DATES,
    ),
    check_establishment,
)
OFFICES = Shape("offices", (REGISTRANT, *HOLDER, Column("role", chosen(OfficeRole)), *DATES), check_office)
ATTACHMENTS = Shape(
    "attachments",
    (
        REGISTRANT,
        *HOLDER,
        Column("regime", chosen(Regime)),
        Column("code", words(20)),
        Column("is_employee", yes_or_no, required=False, blank=True, type="boolean"),
        Column("office", words(200), required=False),
        *DATES,
    ),
    check_attachment,
)
#: In the order that they are read: whom a row names comes before it.
SHAPES = (REGISTRANTS, INDIVIDUALS, REGISTRATIONS, ESTABLISHMENTS, OFFICES, ATTACHMENTS)
