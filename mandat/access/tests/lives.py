"""
Random lives of four firms and six persons, told step by step to the commands and to the oracle.

After each step the decision on everything is compared with the oracle's, and what a command refused is compared with
what the oracle would have refused. One life is one transaction, undone at its end.
"""

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mandat.access import commands
from mandat.access.decision import Right, decide_each
from mandat.access.models import Proxy
from mandat.access.place import place_of
from mandat.access.rights import RIGHTS_OF_A_PROXY, RIGHTS_OF_A_ROLE
from mandat.access.tests.factories import (
    UNDER,
)
from mandat.access.tests.oracle import INSIDE_A_BLOCK, permitted
from mandat.access.tests.told import BLOCKS, DAY, FIRMS, INSTANT, PEOPLE, Told
from mandat.enterprises.models import Designation, Enterprise, ServiceRegistration
from mandat.identity.commands import restore_person, suspend_person
from mandat.platform.clock import end_of, legal_day, now

RIGHTS_ASKED = sorted(RIGHTS_OF_A_PROXY | RIGHTS_OF_A_ROLE)
#: How many cells of the matrix are asked of the statement that commands use, at each step, beside what a step touched.
SAMPLED = 3

#: Who makes a gesture: anybody, or (none named) whoever it falls to.
somebody = st.one_of(st.none(), st.sampled_from(PEOPLE))
people, firms, blocks = st.sampled_from(PEOPLE), st.sampled_from(FIRMS), st.sampled_from(BLOCKS)
some_rights = st.sets(st.sampled_from(INSIDE_A_BLOCK), min_size=1).map(frozenset)
some_blocks = st.sets(blocks, min_size=3).map(frozenset)
which = st.integers(0, 30)


class Lives(Told, RuleBasedStateMachine):
    """The gestures of a firm, in any order, by anybody."""

    compared = 0  # decisions, over all lives
    every = 1  # how many steps between two comparisons of everything

    # The gestures

    @rule(by=somebody, to=people, firm=firms, block=blocks, rights=some_rights, days=st.integers(1, 400))
    def give(self, by, to, firm, block, rights, days):  # noqa: PLR0917
        by = by or self.rse_of(firm)
        until = self.at + days * DAY
        standing = [
            each for each in self.live("given", "given, to be confirmed") if (each.firm, each.person, each.block) == (firm, to, block)
        ]  # fmt: skip
        expected = (
            by != to and to != PEOPLE[-1] and not standing and self.may(by, "administer", firm)
            and all(self.may(by, right, firm, block) for right in rights)
        )  # fmt: skip
        proxy = self.try_to(
            commands.grant_proxy, expected=expected, key=uuid.uuid4(), registration=self.registrations[firm],
            person=self.people[to], block=block, rights=[Right(each) for each in rights],
            during=DateTimeTZRange(None, until), by=self.actors[by],
        )  # fmt: skip
        self.touched = {(to, firm, block)}
        if proxy:
            self.keep(proxy, self.verb(proxy), firm=firm, person=to, block=block, words=rights, until=until, by=by)

    @staticmethod
    def verb(proxy):
        return "given, to be confirmed" if proxy.needs_second and not proxy.confirmed_at else "given"

    @rule(firm=firms, rights=st.sampled_from([[], ["sign"], ["pay", "sign"]]))
    def ask_for_two(self, firm, rights):
        Enterprise.objects.filter(pk=self.firms[firm].pk).update(second_person_for=rights)
        self.registrations[firm] = ServiceRegistration.objects.get(pk=self.registrations[firm].pk)

    @rule(by=somebody, number=which, rights=some_rights, days=st.integers(1, 60))
    def narrow(self, by, number, rights, days):
        if not (key := self.paper(Proxy, number)):
            return
        public_id, about = self.papers[key]
        by = by or self.rse_of(about["firm"])
        until = legal_day(self.at + days * DAY)
        before = self.held(key)
        ends_sooner = end_of(until) < before.until
        expected = (
            self.may(by, "administer", about["firm"]) and self.stands(key) and rights <= before.words
            and (rights < before.words or ends_sooner) and end_of(until) <= before.until
        )  # fmt: skip
        made = self.try_to(
            commands.narrow_proxy, expected=expected, key=uuid.uuid4(), proxy_id=public_id, until=until, reason="",
            rights=[Right(each) for each in rights], by=self.actors[by],
        )  # fmt: skip
        if made:
            self.replace(key, made, words=rights, until=end_of(until))

    @rule(by=somebody, number=which, days=st.integers(1, 700))
    def renew(self, by, number, days):
        if not (key := self.paper(Proxy, number)):
            return
        public_id, about = self.papers[key]
        by = by or self.rse_of(about["firm"])
        until = legal_day(self.at + days * DAY)
        before = self.held(key)
        expected = (
            by != about["person"] and self.may(by, "administer", about["firm"]) and self.stands(key)
            and all(self.may(by, right, about["firm"], about["block"]) for right in before.words)
            and end_of(until) > before.until
        )  # fmt: skip
        made = self.try_to(
            commands.renew_proxy, expected=expected, key=uuid.uuid4(), proxy_id=public_id, until=until,
            by=self.actors[by],
        )  # fmt: skip
        if made:
            self.replace(key, made, words=before.words, until=end_of(until), by=by)

    def replace(self, key, made, **change):
        """Tell that a proxy took the place of another; a suspended one is still so."""
        _, about = self.papers[key]
        set_aside = self.held(key).set_aside
        self.tell("ended", key=key)
        self.keep(made, self.verb(made), **about | {"from_key": key} | change)
        if set_aside:
            self.tell("set aside", key=list(self.papers)[-1])
        self.touched = {(about["person"], about["firm"], about["block"])}

    @rule(by=somebody, number=which)
    def suspend_or_restore_a_proxy(self, by, number):
        if not (key := self.paper(Proxy, number)):
            return
        public_id, about = self.papers[key]
        by = by or self.rse_of(about["firm"])
        held = self.held(key)
        able = self.may(by, "administer", about["firm"]) and self.stands(key)
        if held.set_aside:
            able = able and by != about["person"]
            able = able and all(self.may(by, right, about["firm"], about["block"]) for right in held.words)
            made = self.try_to(commands.restore_proxy, expected=able, proxy_id=public_id, by=self.actors[by])
        else:
            made = self.try_to(
                commands.suspend_proxy, expected=able, proxy_id=public_id, reason="Congé", by=self.actors[by]
            )
        self.touched = {(about["person"], about["firm"], about["block"])}
        if made:
            self.tell("taken up again" if held.set_aside else "set aside", key=key)

    @rule(by=somebody, number=which)
    def confirm(self, by, number):
        if not (key := self.paper(Proxy, number)):
            return
        public_id, about = self.papers[key]
        by = by or self.rse_of(about["firm"])
        held = self.held(key)
        expected = (
            by not in (about["by"], about["person"]) and self.may(by, "administer", about["firm"]) and held.unseen
            and all(self.may(by, right, about["firm"], about["block"]) for right in held.words) and self.stands(key)
        )  # fmt: skip
        if self.try_to(commands.confirm_proxy, expected=expected, proxy_id=public_id, by=self.actors[by]):
            self.tell("confirmed", key=key)

    @rule(by=somebody, number=which)
    def take_back(self, by, number):
        if key := self.paper(Proxy, number):
            public_id, about = self.papers[key]
            by = by or self.rse_of(about["firm"])
            expected = self.may(by, "administer", about["firm"]) and not self.is_over(key)
            proxy = self.try_to(
                commands.revoke_proxy, expected=expected, proxy_id=public_id, reason="Départ", by=self.actors[by]
            )
            self.touched = {(about["person"], about["firm"], about["block"])}
            if proxy:
                self.tell("ended", key=key)

    @rule(by=somebody, to=people, firm=firms, days=st.one_of(st.none(), st.integers(1, 60)))
    def name_an_rse(self, by, to, firm, days):
        by = by or self.ra_of(firm)
        until = self.at + days * DAY if days else None
        standing = [each for each in self.live("named RSE") if (each.firm, each.person) == (firm, to)]
        expected = self.may(by, "designate", firm) and not standing
        made = self.try_to(
            commands.designate, expected=expected, key=uuid.uuid4(), enterprise=self.firms[firm],
            person=self.people[to], role="RSE", basis="named", function="", evidence={},
            during=DateTimeTZRange(None, until), by=self.actors[by],
        )  # fmt: skip
        if made:
            self.keep(made, "named RSE", firm=firm, person=to, until=until)
            self.note_recovery(firm)

    @rule(by=somebody, number=which)
    def remove_an_rse(self, by, number):
        key = self.paper(Designation, number)
        public_id, about = self.papers[key]
        firm = about["firm"]
        by = by or self.ra_of(firm)
        verb = next(each.verb for each in self.told if each.key == key)
        able = verb == "named RSE" and (self.may(by, "administer", firm) or self.may(by, "designate", firm))
        before = self.in_charge(firm)
        left = self.in_charge(firm, but=key)
        made = self.try_to(
            commands.revoke_designation, expected=able and not self.is_over(key) and (bool(left) or not before),
            designation_id=public_id, reason="Départ", by=self.actors[by],
        )  # fmt: skip
        if made:
            self.tell("ended", key=key)

    @rule(by=somebody, firm=firms, chosen=some_blocks)
    def choose_blocks(self, by, firm, chosen):
        by = by or self.rse_of(firm)
        done = self.try_to(
            commands.accept_blocks, expected=self.may(by, "administer", firm), blocks=chosen, catalogue_version=1,
            registration_id=self.registrations[firm].public_id, by=self.actors[by],
        )  # fmt: skip
        if done:
            self.tell("blocks are chosen", firm=firm, words=chosen)

    @rule(firm=firms)
    def suspend_or_reinstate_services(self, firm):
        state = ServiceRegistration.objects.get(pk=self.registrations[firm].pk).state
        move = ServiceRegistration.Move.SUSPEND if state == "active" else ServiceRegistration.Move.REINSTATE
        public_id = self.registrations[firm].public_id
        with transaction.atomic():
            commands.move_registration(registration_id=public_id, move=move, by=self.officer, reason="Contrôle")
        self.tell(f"services are {'suspended' if state == 'active' else 'active'}", firm=firm)

    @rule(person=people)
    def suspend_or_restore_a_person(self, person):
        who = self.people[person].public_id
        is_kept_out = [each.verb for each in self.told if each.person == person and "person is" in each.verb][-1:]
        if is_kept_out == ["person is kept out"]:
            restore_person(person_id=who, reason="Erreur", under=UNDER)
            self.tell("person is let in", person=person)
        else:
            suspend_person(person_id=who, reason="Vol", under=UNDER)
            self.tell("person is kept out", person=person)
        self.touched = {(person, firm, block) for firm in FIRMS for block in BLOCKS[:2]}

    @rule(firm=firms)
    def suspend_or_reinstate_a_firm(self, firm):
        row = Enterprise.objects.get(pk=self.firms[firm].pk)
        move = Enterprise.Move.REINSTATE if row.state == "suspended" else Enterprise.Move.SUSPEND
        row.make(move, at=self.at, under=UNDER)
        self.tell(f"firm is {row.state}", firm=firm)

    @rule(hours=st.integers(1, 2000))
    def let_time_pass(self, hours):
        self.at += timedelta(hours=hours)
        self.wind(self.at)

    @rule(number=which, off=st.sampled_from([-INSTANT, timedelta(0), INSTANT]))
    def come_to_an_end(self, number, off):
        """AZ-3: stop an instant before an end, at it, or an instant after."""
        ends = sorted({each.until for each in self.told if each.until and each.until + off > self.at})
        if ends:
            self.at = ends[number % len(ends)] + off
            self.wind(self.at)

    def note_recovery(self, firm):
        """Tell what a designation did to the state of a firm in recovery."""
        state = Enterprise.objects.get(pk=self.firms[firm].pk).state
        said = [each.verb for each in self.told if each.firm == firm and each.verb.startswith("firm is")][-1]
        if said == "firm is in recovery" and self.in_charge(firm):
            assert state == "active"
            self.tell("firm is active", firm=firm)

    # What is compared

    @invariant()
    def the_decision_on_everything_is_the_oracles(self):
        self.steps += 1
        if self.steps % self.every:
            return
        expected = permitted(self.told, self.at)
        at = now()
        assert at == self.at
        found = set()
        for person, row in self.people.items():
            for firm, enterprise in self.firms.items():
                found |= self.answers(person, firm, place_of(row, enterprise, at))
        type(self).compared += len(PEOPLE) * len(FIRMS) * (len(BLOCKS) * len(INSIDE_A_BLOCK) + 2)
        assert found == expected, {"too much": found - expected, "too little": expected - found}

    @staticmethod
    def answers(person, firm, place):
        firmwide = {(person, right.value, firm, "") for right in RIGHTS_OF_A_ROLE if place.decide(right)}
        return firmwide | {
            (person, right, firm, block)
            for block in BLOCKS for right in INSIDE_A_BLOCK if place.decide(Right(right), block)
        }  # fmt: skip

    @invariant()
    def the_statement_of_commands_answers_the_same(self):
        expected = permitted(self.told, self.at)
        turn = len(self.told)
        sampled = {(PEOPLE[(turn + n) % 6], FIRMS[n % 4], BLOCKS[(turn * 3 + n) % 8]) for n in range(SAMPLED)}
        for person, firm, block in self.touched | sampled:
            decisions = decide_each(self.people[person], RIGHTS_ASKED, self.firms[firm], block, self.at)
            for right, decision in decisions.items():
                where = "" if right in RIGHTS_OF_A_ROLE else block
                assert bool(decision) is ((person, right.value, firm, where) in expected), (person, right, firm, block)
        type(self).compared += len(self.touched | sampled) * len(RIGHTS_ASKED)
        self.touched = set()
