"""An enterprise as the register of enterprises says. Pure: what the columns of the open data mean."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

#: The only status of an enterprise that is registered now, among those of the domain STAT_IMMAT.
REGISTERED = "IM"
#: Those of one that was struck off, in three ways.
STRUCK_OFF = frozenset({"RD", "RO", "RX"})
NOT_BANKRUPT = "N"
#: States and kinds of a name.
IN_FORCE, FORMER = "V", "A"
LEGAL, OTHER, NUMBERED = "N", "A", "M"
#: What some addresses write after the city.
PROVINCE = re.compile(r"(?<=\S)[\s,]+(\((Québec|Quebec|QC)\)|Québec|Quebec|QC)(\s+Canada)?$", re.IGNORECASE)
POSTAL_CODE = re.compile(r"[A-Z]\d[A-Z]\d[A-Z]\d", re.IGNORECASE)

#: A name, its state and its kind.
Name = Sequence[str]


@dataclass(frozen=True)
class Address:
    """Where an enterprise is."""

    street: str
    city: str
    postal_code: str

    def __str__(self) -> str:
        return ", ".join(each for each in (self.street, self.city, self.postal_code) if each)


@dataclass(frozen=True)
class Relation:
    """What ties an enterprise to another, by a merger or a division."""

    kind: str
    neq: str
    name: str
    took_effect_on: date | None


@dataclass(frozen=True)
class Registered:
    """An enterprise, as the register says. Labels are the register's own, in French."""

    neq: str
    status: str
    status_label: str
    status_on: date | None
    form: str
    is_bankrupt: bool
    name: str
    other_names: tuple[str, ...]
    former_names: tuple[str, ...]
    addresses: tuple[Address, ...]  # of its domicile, then of its principal establishment
    relations: tuple[Relation, ...]

    @property
    def is_registered(self) -> bool:
        """Tell whether it is registered now."""
        return self.status == REGISTERED

    @property
    def is_struck_off(self) -> bool:
        """Tell whether it was registered, and is no more."""
        return self.status in STRUCK_OFF


def enterprise_of(said: Mapping[str, Any]) -> Registered:
    """Return an enterprise, of what the tables hold of it."""
    names: Sequence[Name] = said["names"]
    return Registered(
        neq=said["neq"],
        status=said["status"],
        status_label=said["status_label"],
        status_on=said["status_on"],
        form=said["form"],
        is_bankrupt=said["insolvency"] not in ("", NOT_BANKRUPT),
        name=legal_name(names),
        other_names=tuple(name for name, state, kind in names if state == IN_FORCE and kind == OTHER),
        former_names=tuple(name for name, state, _kind in names if state == FORMER),
        addresses=tuple(found for each in said["addresses"] if each and (found := address_of(*each))),
        relations=tuple(
            Relation(kind, other, name, date.fromisoformat(day) if day else None)
            for kind, other, name, day in said["relations"]
        ),
    )


def legal_name(names: Sequence[Name]) -> str:
    """Return the name that an enterprise is known by: its legal name in force, or else its number."""
    in_force = {kind: name for name, state, kind in names if state == IN_FORCE}
    return next((in_force[kind] for kind in (LEGAL, NUMBERED, OTHER) if kind in in_force), "")


def address_of(line1: str, line2: str, line3: str, line4: str) -> Address | None:
    """
    Return an address, or none if its lines are blank.

    The city is the last line that is not blank before the postal code, which is the fourth and has no space.
    """
    lines = [line for line in (line1, line2, line3) if line]
    if not lines:
        return None
    city = PROVINCE.sub("", lines.pop()) if len(lines) > 1 else ""
    code = line4.replace(" ", "").upper()
    return Address(", ".join(lines), city, f"{code[:3]} {code[3:]}" if POSTAL_CODE.fullmatch(code) else line4)
