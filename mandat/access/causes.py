"""
What stops an enterprise from outside, and in which state it is then to be. Pure: no database, no clock.

It follows from what each source said last, never from the order in which it was heard: late, repeated, reversed or out
of order, the same reports end in the same state. How the words of several rank, said here and nowhere else:

1. of one source, what it says as of the latest instant; of two of one instant, the one that was read last;
2. a supervisor's word that a cause is set aside, for as long as it lasts, over the source, for that one fact: the same
   cause since another day is another fact, and counts; once its time is over, the source counts again;
3. what a person suspended by hand is theirs to lift: a cause that ends lifts only what a cause had stopped;
4. of several causes, each stops: what one stopped comes back when none is left.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mandat.enterprises.models import ReportSource
from mandat.enterprises.workflow import EnterpriseMove, EnterpriseState, RegistrationMove, RegistrationState
from mandat.platform.text import fold

#: Under whose authority: nobody's. It follows from what the sources say, whatever anybody wants.
BY_CAUSE = "stopped while a cause from outside holds"


class Cause(TextChoices):
    """The codes of the list `standing_cause`, which says what each leads to."""

    STRUCK_OFF = "struck_off", _("Radiée du registre des entreprises")
    MERGED = "merged", _("Absorbée lors d’une fusion")
    BANKRUPT = "bankrupt", _("En faillite")
    NOT_REGISTERED = "not_registered", _("Sans immatriculation en vigueur")
    REGISTRATION_ENDED = "registration_ended", _("Plus aucune inscription en vigueur")
    REGISTRATION_SUSPENDED = "registration_suspended", _("Inscriptions suspendues")
    HELD = "held", _("Suspendue par le personnel")


class Effect(TextChoices):
    """What follows from a cause."""

    SUSPEND = "suspend", _("Plus personne n’agit pour l’entreprise")
    READ_ONLY = "read_only", _("Les services permettent seulement de consulter")
    WARN = "warn", _("Le personnel est averti, rien ne s’arrête")


@dataclass(frozen=True)
class Fact:
    """A cause that holds, as a source says: since when, in its words, of which registration if not of all."""

    cause: str
    since: date | None = None
    said: str = ""  # in the words of the source
    other: str = ""  # the number of the other enterprise of a merger
    registration: UUID | None = None
    heard_at: datetime | None = None  # since when it has been known here

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what makes it the same fact, whatever words it is said in."""
        return self.cause, str(self.since or ""), str(self.registration or "")

    def as_record(self) -> dict[str, Any]:
        """Return the fact as it is kept."""
        record = {
            "since": self.since, "said": self.said, "other": self.other, "registration": self.registration,
            "heard_at": self.heard_at and self.heard_at.isoformat(),
        }  # fmt: skip
        return {"cause": str(self.cause)} | {name: str(value) for name, value in record.items() if value}


def fact_of(record: Mapping[str, Any]) -> Fact:
    """Return a fact as it was kept."""
    return Fact(
        cause=record["cause"],
        since=date.fromisoformat(record["since"]) if "since" in record else None,
        said=record.get("said", ""),
        other=record.get("other", ""),
        registration=UUID(record["registration"]) if "registration" in record else None,
        heard_at=datetime.fromisoformat(record["heard_at"]) if "heard_at" in record else None,
    )


@dataclass(frozen=True)
class Reported:
    """All that a source says of an enterprise as of an instant: no cause, if all is well."""

    source: str
    as_of: datetime
    serial: int = 0
    facts: tuple[Fact, ...] = ()

    @property
    def rank(self) -> tuple[datetime, int, int, str]:
        """Return by what the later of two is known; the same whatever order they come in."""
        return self.as_of, self.serial, len(self.facts), json.dumps(self.words)

    @property
    def words(self) -> list[str]:
        """Return what it says, whenever it was heard."""
        return sorted(json.dumps(replace(each, heard_at=None).as_record(), sort_keys=True) for each in self.facts)

    def says_as(self, other: "Reported") -> bool:
        """Tell whether another says the same."""
        return self.words == other.words


def heard_after(kept: Reported | None, heard: Reported, at: datetime) -> Reported:
    """Return what stands of a source once it is heard at an instant; a fact it goes on saying was known before."""
    if kept is not None and heard.rank < kept.rank:
        return kept
    known = {each.key: each.heard_at for each in kept.facts} if kept else {}
    facts = (replace(each, heard_at=known.get(each.key) or at) for each in sorted(heard.facts, key=lambda f: f.key))
    return replace(heard, facts=tuple(facts))


@dataclass(frozen=True)
class Outcome:
    """What the policy of the day makes of a cause: its effect, and how many days of notice are given."""

    effect: Effect
    grace_days: int = 0
    label_fr: str = ""
    label_en: str = ""

    @property
    def label(self) -> str:
        """Return what the cause is called, in the language in force."""
        return self.label_en if get_language() == "en" else self.label_fr


@dataclass(frozen=True)
class Aside:
    """A cause that a supervisor set aside, until an instant."""

    source: str
    cause: str
    since: date | None
    start: datetime
    end: datetime

    def covers(self, source: str, fact: Fact, at: datetime) -> bool:
        """Tell whether it sets a fact aside at an instant."""
        is_the_same = (self.source, self.cause, self.since) == (source, fact.cause, fact.since)
        return is_the_same and self.start <= at < self.end


@dataclass(frozen=True)
class Standing:
    """A fact weighed: what it leads to, from when, and until when it is set aside if it is."""

    source: str
    as_of: datetime
    fact: Fact
    outcome: Outcome
    starts: datetime
    aside_until: datetime | None = None

    def stops(self, at: datetime) -> bool:
        """Tell whether it stops anything at an instant."""
        return self.outcome.effect != Effect.WARN and self.aside_until is None and self.starts <= at

    def is_announced(self, at: datetime) -> bool:
        """Tell whether it will stop something, and has not yet."""
        return self.outcome.effect != Effect.WARN and self.aside_until is None and at < self.starts


def weigh(
    reports: Iterable[Reported], outcomes: Mapping[str, Outcome], asides: Collection[Aside], at: datetime
) -> list[Standing]:  # fmt: skip
    """Return each fact that the sources say now with what it leads to; a cause of no policy leads to nothing."""
    weighed = []
    for report in sorted(reports, key=lambda each: each.source):
        for fact in report.facts:
            outcome = outcomes.get(fact.cause, Outcome(Effect.WARN))
            starts = (fact.heard_at or report.as_of) + timedelta(days=outcome.grace_days)
            until = max((each.end for each in asides if each.covers(report.source, fact, at)), default=None)
            weighed.append(Standing(report.source, report.as_of, fact, outcome, starts, until))
    return weighed


def account_move(state: str, weighed: Iterable[Standing], at: datetime, *, is_ours: bool) -> EnterpriseMove | None:
    """Return the move that brings an account to where it is to be; `is_ours`: a cause suspended it, nobody by hand."""
    is_wanted = any(each.stops(at) and each.outcome.effect == Effect.SUSPEND for each in weighed)
    if is_wanted and state in (EnterpriseState.ACTIVE, EnterpriseState.IN_RECOVERY):
        return EnterpriseMove.SUSPEND
    return EnterpriseMove.REINSTATE if state == EnterpriseState.SUSPENDED and is_ours and not is_wanted else None


def registration_move(
    registration: UUID, state: str, weighed: Iterable[Standing], at: datetime, *, is_ours: bool
) -> RegistrationMove | None:  # fmt: skip
    """Return the move that brings a registration to where it is to be."""
    is_wanted = any(
        each.stops(at) and each.outcome.effect == Effect.READ_ONLY and each.fact.registration in (None, registration)
        for each in weighed
    )
    if is_wanted and state == RegistrationState.ACTIVE:
        return RegistrationMove.SUSPEND
    return RegistrationMove.REINSTATE if state == RegistrationState.SUSPENDED and is_ours and not is_wanted else None


def name_wanted(current: str, legal: str, former: Collection[str], *, is_theirs: bool) -> str:
    """
    Return the name that an enterprise is to take, or a blank to keep its own.

    It follows a register that knows its name as a former one, or that gave it (`is_theirs`); what it merely calls
    itself otherwise is left to it.
    """
    if not legal or fold(legal) == fold(current):
        return ""
    return legal if is_theirs or fold(current) in {fold(each) for each in former} else ""


#: What repairs each cause: said to the firm and to the staff.
REPAIRS = {
    Cause.STRUCK_OFF: _(
        "Faites révoquer la radiation auprès du Registraire des entreprises : les droits reviennent d’eux-mêmes "
        "à l’extrait suivant du registre. Si la radiation est une erreur, appelez le service d’aide."
    ),
    Cause.MERGED: _(
        "Ouvrez le compte de l’entreprise issue de la fusion, sous son propre NEQ, et redonnez-y les accès : "
        "ceux d’ici n’y passent pas. Si la fusion est une erreur, appelez le service d’aide."
    ),
    Cause.BANKRUPT: _(
        "Le syndic ou la firme s’adresse au service d’aide. Quand le registre des entreprises ne dit plus la faillite, "
        "les droits reviennent d’eux-mêmes."
    ),
    Cause.NOT_REGISTERED: _("Vérifiez l’immatriculation auprès du Registraire des entreprises."),
    Cause.REGISTRATION_ENDED: _(
        "Il faut une inscription en vigueur auprès de l’organisme. Si le registre se trompe, appelez le service "
        "d’aide : corrigé, il rend les droits."
    ),
    Cause.REGISTRATION_SUSPENDED: _(
        "Les services rouvrent quand l’organisme lève la suspension d’une inscription. Appelez le service d’aide."
    ),
    Cause.HELD: _("Appelez le service d’aide : seul le personnel lève cette suspension."),
}


def repair_of(cause: str) -> str:
    """Return what repairs a cause; blank for one that the product does not know."""
    return str(REPAIRS[Cause(cause)]) if cause in REPAIRS else ""


def label_of(source: str) -> str:
    """Return what a source is called."""
    return str(ReportSource(source).label)
