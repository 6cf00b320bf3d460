"""
The demonstration's register: a folder as `mandat import-register` reads it, the same for the same seed.

Its dates do not follow the calendar of today: it stands as it stood on `AS_OF`.
"""

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from mandat.demo.firms import FAMILY_NAMES, FIRMS, GIVEN_NAMES, REGISTERED, Firm, Registered

SEED = 20261123
AS_OF = date(2026, 6, 30)
#: What a representative is attached for where a firm is registered in securities or derivatives.
ACTS_AS = {
    "PM": ("AR", "AAR"), "IFM": (), "EMD": ("DR",), "ID": ("DR",), "MFD": ("DR",), "SPD": ("DR",), "DD": ("DDR",),
}  # fmt: skip
#: Those who signed in to the demonstration hold the offices of the first firm.
OFFICERS_OF_THE_FIRST = (("Geneviève", "Archambault"), ("Claire", "Dubuc"))
#: Why people leave, of the list `withdrawal_reason`: for another firm, or for none.
MOVED, LEFT = ("RESIGNED", "RESIGNED-ASKED", "MOVED", "ENDED"), ("RESIGNED", "DISMISSED", "ENDED", "RETIRED")
OF_SECURITIES = {"securities", "derivatives"}

HEADERS = {
    "registrants": ("client_number", "kind", "name", "neq", "language", "principal_regulator"),
    "individuals": ("client_number", "nrd_number", "given_name", "family_name"),
    "registrations": ("registrant", "regime", "code", "jurisdiction", "state", "from", "to", "end_reason"),
    "establishments": (
        "registrant", "reference", "kind", "name", "street", "city", "province", "postal_code", "country", "from", "to",
        "end_reason",
    ),
    "offices": ("registrant", "individual_client_number", "individual_nrd_number", "role", "from", "to", "end_reason"),
    "attachments": (
        "registrant", "individual_client_number", "individual_nrd_number", "regime", "code", "is_employee", "office",
        "from", "to", "end_reason",
    ),
}  # fmt: skip


@dataclass
class Someone:
    """An individual of the register, and how the rows of other files name them."""

    given_name: str
    family_name: str
    client_number: str
    nrd_number: str = ""

    @property
    def named(self) -> tuple[str, str]:
        """Return the numbers that another file names them by: one of the two."""
        return ("", self.nrd_number) if self.nrd_number else (self.client_number, "")


@dataclass
class Register:
    """The rows of each file, as they are drawn."""

    chance: random.Random
    rows: dict[str, list[tuple[str, ...]]] = field(default_factory=lambda: {name: [] for name in HEADERS})

    def add(self, file: str, *values: object) -> None:
        """Add a row; a day is written as 2026-01-31, and no value as nothing."""
        self.rows[file].append(tuple("" if each is None else str(each) for each in values))


def write_world(folder: Path, seed: int = SEED) -> None:
    """Write the six files of the demonstration's register to a folder."""
    register = drawn(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for name, headers in HEADERS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened, lineterminator="\n").writerows([headers, *register.rows[name]])


def drawn(seed: int) -> Register:
    """Return the register that a seed draws: the firms as they are, the people and their paths by chance."""
    register = Register(random.Random(seed))  # noqa: S311 – it draws stories, not secrets
    people = somebody_new(register)
    held = {firm: [representative(register, firm, people) for _ in range(firm.representatives)] for firm in REGISTERED}
    for firm in REGISTERED:
        add_firm(register, firm)
        add_offices(register, firm, held[firm], people)
        for someone in held[firm]:
            add_path(register, firm, someone)
    return register


def somebody_new(register: Register) -> Iterator[Someone]:
    """Yield people who have neither their names nor their numbers in common."""
    names = [(given, family) for given in GIVEN_NAMES for family in FAMILY_NAMES]
    register.chance.shuffle(names)
    numbers = register.chance.sample(range(9_990_000), len(names))
    clients = register.chance.sample(range(10_000), len(names))
    for (given, family), nrd, client in zip(names, numbers, clients, strict=True):
        yield Someone(given, family, f"300999{client:04}", f"{nrd + 10_000:07}")


def representative(register: Register, firm: Firm, people: Iterator[Someone]) -> Someone:
    """Return somebody new, known by the numbers that the laws of their firm give, and write them."""
    someone = next(people)
    if not OF_SECURITIES & {each.regime for each in firm.registered}:
        someone.nrd_number = ""
    elif register.chance.random() < 0.3:  # noqa: PLR2004 – some are known by their NRD number alone
        someone.client_number = ""
    return written(register, someone)


def written(register: Register, someone: Someone) -> Someone:
    """Write an individual, and return them."""
    register.add("individuals", someone.client_number, someone.nrd_number, someone.given_name, someone.family_name)
    return someone


def add_firm(register: Register, firm: Firm) -> None:
    """Write a firm, its registrations and its establishments."""
    number = firm.client_number
    register.add("registrants", number, firm.kind, firm.name, firm.neq, firm.language, firm.principal_regulator)
    for each in firm.registered:
        for jurisdiction in each.jurisdictions:
            for state, since, end in periods(firm, each):
                reason = "VOLUNTARY" if end and state == "active" and end == each.end else ""
                register.add("registrations", number, each.regime, each.code, jurisdiction, state, since, end, reason)
    for position, place in enumerate(firm.places, 1):
        is_principal = place is firm.places[0] or place.end is not None
        register.add(
            "establishments", number, f"E{position}",
            "principal" if is_principal else "branch", "" if is_principal else place.city,
            place.street, place.city, place.province, place.postal_code, "CA", place.since or firm.since, place.end, "",
        )  # fmt: skip


def periods(firm: Firm, registered: Registered) -> list[tuple[str, date, date | None]]:
    """Return the states of a registration one after the other, each with its dates."""
    if firm.suspended is None or (registered.end and registered.end <= firm.suspended[0]):
        return [("active", registered.since, registered.end)]
    first, last = firm.suspended
    return [("active", registered.since, first), ("suspended", first, last), ("active", last, registered.end)]


def add_offices(register: Register, firm: Firm, held: Sequence[Someone], people: Iterator[Someone]) -> None:
    """Write who answers for a firm to the regulator, those who did before them, and when they took over."""
    names = OFFICERS_OF_THE_FIRST if firm is FIRMS[0] else ()
    head, second = (officer(register, people, *name) for name in names) if names else held[:2]
    former = written(register, next(people))
    for role, holder in roles(firm, head, second).items():
        since = firm.since
        if role in {"cco", "correspondent"}:
            handed_over = day_between(register, firm.since, AS_OF - timedelta(days=400))
            register.add("offices", firm.client_number, *former.named, role, since, handed_over, "")
            since = handed_over
        register.add("offices", firm.client_number, *holder.named, role, since, None, "")


def officer(register: Register, people: Iterator[Someone], given_name: str, family_name: str) -> Someone:
    """Return somebody whose name is given."""
    someone = next(people)
    someone.given_name, someone.family_name = given_name, family_name
    return written(register, someone)


def roles(firm: Firm, head: Someone, second: Someone) -> dict[str, Someone]:
    """Return the offices that the laws ask a firm to fill, and who fills them."""
    filled = {"correspondent": second}
    if OF_SECURITIES & {each.regime for each in firm.registered}:
        filled |= {"udp": head, "cco": second}
    if firm.kind == "cabinet":
        filled |= {"responsible_officer": head}
    if firm.kind == "independent_partnership":
        filled |= {"responsible_partner": head}
    return filled


def add_path(register: Register, firm: Firm, someone: Someone) -> None:
    """Write where a representative is attached now, and, for some, where they were before."""
    chance = register.chance
    since = day_between(register, firm.since, AS_OF - timedelta(days=120))
    has_left = chance.random() < 0.1  # noqa: PLR2004 – a tenth
    end = day_between(register, since + timedelta(days=60), AS_OF) if has_left else None
    possible = fields(firm, since)
    for regime, code in chance.sample(possible, k=min(len(possible), chance.choice((1, 1, 1, 2)))):
        attach(register, firm, someone, regime, code, since, end, LEFT)
    for former in earlier_firms(register, firm, since):
        (regime, code), *_ = fields(former, former.since)
        begun = day_between(register, former.since, since - timedelta(days=90))
        left = day_between(register, begun + timedelta(days=30), since)
        attach(register, former, someone, regime, code, begun, left, MOVED)


def attach(  # noqa: PLR0913, PLR0917 – a row has so many values
    register: Register, firm: Firm, someone: Someone, regime: str, code: str, since: date, end: date | None,
    reasons: Sequence[str],
) -> None:  # fmt: skip
    """Write an attachment, at one of the establishments that the firm has today."""
    is_employee = "no" if regime == "distribution" and register.chance.random() < 0.25 else "yes"  # noqa: PLR2004 – a quarter
    place = register.chance.choice([each for each in firm.places if each.end is None])
    reason = register.chance.choice(reasons) if end else ""
    register.add(
        "attachments", firm.client_number, *someone.named, regime, code, is_employee, place.city, since, end, reason
    )


def fields(firm: Firm, on: date) -> list[tuple[str, str]]:
    """Return what one may be attached to a firm for, from a day on, in the order of its registrations."""
    standing = [each for each in firm.registered if each.end is None and each.since <= on]
    found = [
        (each.regime, code)
        for each in standing
        for code in (ACTS_AS[each.code] if each.regime in OF_SECURITIES else (each.code,))
    ]
    return list(dict.fromkeys(found))


def earlier_firms(register: Register, firm: Firm, until: date) -> list[Firm]:
    """Return, for a third of them, one other firm under the same laws where somebody may have been before a day."""
    laws = {each.regime for each in firm.registered}
    before = until - timedelta(days=365)
    possible = [
        each
        for each in FIRMS
        if each is not firm and laws & {one.regime for one in each.registered} and each.since < before
        and fields(each, each.since) and fields(each, each.since)[0][0] in laws
    ]  # fmt: skip
    return [register.chance.choice(possible)] if possible and register.chance.random() < 0.35 else []  # noqa: PLR2004


def day_between(register: Register, first: date, last: date) -> date:
    """Return a day between two, the last one excluded: a working day, unless they are too close."""
    found = first + timedelta(days=register.chance.randrange(max((last - first).days, 1)))
    return max(first, found - timedelta(days=max(found.weekday() - 4, 0)))
