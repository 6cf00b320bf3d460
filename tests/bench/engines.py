"""The engines that `decisions` asks: the product's decision, a bare prepared statement, django-rules. One connection each."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import django

django.setup()

import psycopg  # noqa: E402 - the models need the settings
import rules  # type: ignore[import-untyped] # noqa: E402
from django.db import connection  # noqa: E402

from mandat.access.decision import _kinds_of, decide  # noqa: E402
from mandat.access.models import Proxy  # noqa: E402
from mandat.access.place import place_of  # noqa: E402
from mandat.access.rights import Right  # noqa: E402
from mandat.access.standing import statement  # noqa: E402
from mandat.enterprises.grants import in_force  # noqa: E402
from mandat.enterprises.models import Enterprise  # noqa: E402
from mandat.identity.models import Person  # noqa: E402
from mandat.platform.clock import now  # noqa: E402
from tests.bench.decisions import BARE, BARE_BATCH, BLOCKS  # noqa: E402

RIGHTS = [Right.VIEW, Right.PREPARE, Right.SIGN, Right.PAY]


@dataclass
class Question:
    """One question, and the answer counted from the rows."""

    person: Person
    firm: Enterprise
    block: str
    right: Right
    expected: bool


class Engines:
    """Every way to answer, by its name."""

    def __init__(self) -> None:
        self.at: datetime = now()
        settings = connection.get_connection_params()
        self.own = psycopg.connect(
            host=settings["host"], dbname=settings["dbname"], user=settings["user"], autocommit=True
        )
        kinds = frozenset(_kinds_of([Right.VIEW], Enterprise(pk=0), BLOCKS[0]))
        self.whole = statement(kinds, is_locking=False)
        rules.add_perm("act", rules.predicate(self.by_rule))
        self.singles: dict[str, Callable[[Question], object]] = {
            "product": self.product, "bare": self.bare, "prepared": self.prepared, "rules": self.rule,
        }  # fmt: skip
        self.batches: dict[str, Callable[[list[Question]], object]] = {"place": self.place, "unnest": self.unnest}

    def questions(self, dice: random.Random, count: int) -> list[Question]:
        """Return questions, half of them about a mandate that there is; and the answer to each, counted in Python."""
        low, high = (Proxy.objects.order_by(order).values_list("pk", flat=True)[0] for order in ("id", "-id"))
        asked = []
        for number in range(count):
            row = Proxy.objects.select_related("person", "enterprise").get(pk=dice.randint(low, high))
            block = row.block if number % 2 else dice.choice(BLOCKS)
            right = dice.choice(row.rights) if number % 2 else dice.choice(RIGHTS)
            asked.append(
                Question(row.person, row.enterprise, block, Right(right), self.counted(row, block, right))
            )  # fmt: skip
        return asked

    def counted(self, row: Proxy, block: str, right: str) -> bool:
        if row.person.state != Person.State.ACTIVE or row.enterprise.state != Enterprise.State.ACTIVE:
            return False
        held = Proxy.objects.filter(person_id=row.person_id, enterprise_id=row.enterprise_id)
        return any(
            each.block == block and right in each.rights and each.during.lower <= self.at < each.during.upper
            and each.revoked_at is None
            for each in held
        )  # fmt: skip

    def product(self, asked: Question) -> bool:
        return bool(decide(asked.person, asked.right, asked.firm, asked.block, self.at))

    def bare(self, asked: Question) -> bool:
        names = [asked.person.pk, asked.firm.pk, asked.block, asked.right.value, self.at, self.at]
        return self.own.execute(BARE, names, prepare=True).fetchone() is not None

    def prepared(self, asked: Question) -> list[object]:
        """Read the edges of the product's own statement, prepared on a connection of psycopg; decide nothing."""
        names = {
            "person": asked.person.pk, "enterprise": asked.firm.pk, "block": asked.block, "version": 1, "subject": None
        }  # fmt: skip
        rows: list[object] = self.own.execute(self.whole, names, prepare=True).fetchall()
        return rows

    def rule(self, asked: Question) -> bool:
        return bool(rules.has_perm("act", asked.person, asked))

    def by_rule(self, person: Person, asked: Question) -> bool:
        """Ask what the rule asks through the models, as one writes it with django-rules."""
        if person.state != Person.State.ACTIVE or asked.firm.state != Enterprise.State.ACTIVE:
            return False
        registered = asked.firm.registrations.filter(state="active", accepted_blocks__contains=[asked.block])
        held = Proxy.objects.filter(
            in_force(self.at), person=person, enterprise=asked.firm, block=asked.block, rights__contains=[asked.right]
        )
        return registered.exists() and held.exists()

    def place(self, asked: list[Question]) -> int:
        """Decide fifty times for one person in one firm, as a page with many buttons does: one statement."""
        place = place_of(asked[0].person, asked[0].firm, self.at)
        return sum(bool(place.decide(each.right, each.block)) for each in asked)

    def unnest(self, asked: list[Question]) -> int:
        names = [
            [asked[0].person.pk] * len(asked), [asked[0].firm.pk] * len(asked), [each.block for each in asked],
            [each.right.value for each in asked], self.at, self.at,
        ]  # fmt: skip
        row = self.own.execute(BARE_BATCH, names, prepare=True).fetchone()
        return row[0] if row else 0
