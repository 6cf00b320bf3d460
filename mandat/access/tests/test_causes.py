"""What stops an enterprise from outside: the same reports end in the same state, however they come. Pure."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandat.access.business_standing import causes_in
from mandat.access.causes import (
    REPAIRS,
    Aside,
    Cause,
    Effect,
    Fact,
    Outcome,
    Reported,
    account_move,
    fact_of,
    heard_after,
    name_wanted,
    registration_move,
    weigh,
)
from mandat.business_register.enterprise import Registered, Relation
from mandat.enterprises.workflow import ENTERPRISE, REGISTRATION, EnterpriseState, RegistrationState

START = datetime(2026, 3, 1, 5, tzinfo=UTC)
LATER = START + timedelta(days=400)
ONE, OTHER = UUID(int=1), UUID(int=2)
OUTCOMES = {
    Cause.STRUCK_OFF: Outcome(Effect.SUSPEND),
    Cause.MERGED: Outcome(Effect.SUSPEND, grace_days=30),
    Cause.BANKRUPT: Outcome(Effect.READ_ONLY),
    Cause.NOT_REGISTERED: Outcome(Effect.WARN),
    Cause.REGISTRATION_ENDED: Outcome(Effect.READ_ONLY),
    Cause.HELD: Outcome(Effect.SUSPEND),
}
SOURCES = {
    "business_register": (Cause.STRUCK_OFF, Cause.MERGED, Cause.BANKRUPT, Cause.NOT_REGISTERED),
    "register": (Cause.REGISTRATION_ENDED,),
    "staff": (Cause.HELD,),
}


@st.composite
def reports(draw):
    """Draw what one of the sources may say, as of one of a few instants: ties and corrections come often."""
    source = draw(st.sampled_from(sorted(SOURCES)))
    causes = draw(st.sets(st.sampled_from(SOURCES[source])))
    facts = [Fact(each.value, since=date(2026, 1, draw(st.integers(1, 3)))) for each in sorted(causes)]
    if source == "register":
        facts = [Fact(each.cause, each.since, registration=draw(st.sampled_from([ONE, OTHER]))) for each in facts]
    return Reported(source, START + timedelta(days=draw(st.integers(0, 3))), draw(st.integers(0, 1)), tuple(facts))


class Firm:
    """An account and two registrations, moved as the rules say and by nobody else; or suspended by hand before."""

    def __init__(self, *, by_hand=frozenset()):
        self.kept = {}
        self.account = EnterpriseState.SUSPENDED if "account" in by_hand else EnterpriseState.ACTIVE
        self.services = {
            each: RegistrationState.SUSPENDED if each in by_hand else RegistrationState.ACTIVE for each in (ONE, OTHER)
        }
        self.ours = set()

    def hear(self, report, at):
        self.kept[report.source] = heard_after(self.kept.get(report.source), report, at)
        self.settle(at)

    def settle(self, at, asides=()):
        weighed = weigh(self.kept.values(), OUTCOMES, asides, at)
        if move := account_move(self.account, weighed, at, is_ours="account" in self.ours):
            self.account = ENTERPRISE.target(move, self.account)
            self.ours.add("account")
        for each, state in self.services.items():
            if move := registration_move(each, state, weighed, at, is_ours=each in self.ours):
                self.services[each] = REGISTRATION.target(move, state)
                self.ours.add(each)

    @property
    def state(self):
        return self.account, tuple(self.services.values())


def lived(delivered, **made):
    """Return a firm that heard reports one after the other, a minute apart, once every notice is over."""
    firm = Firm(**made)
    for minute, each in enumerate(delivered):
        firm.hear(each, START + timedelta(days=5, minutes=minute))
    firm.settle(LATER)
    return firm


HANDS = st.sets(st.sampled_from(["account", ONE, OTHER]))


@given(st.data(), st.lists(reports(), max_size=7), HANDS)
def test_late_repeated_and_out_of_order_reports_end_in_the_same_state(data, said, by_hand):
    otherwise = data.draw(st.permutations(said + data.draw(st.lists(st.sampled_from(said)) if said else st.just([]))))
    one, other = lived(said, by_hand=by_hand), lived(otherwise, by_hand=by_hand)
    assert one.state == other.state
    for source, kept in one.kept.items():
        assert kept.says_as(other.kept[source])


@given(st.lists(reports(), max_size=7), HANDS)
def test_once_every_source_says_that_all_is_well_the_firm_is_as_it_was(said, by_hand):
    corrected = [Reported(each, START + timedelta(days=9)) for each in SOURCES]
    assert lived([*said, *corrected], by_hand=by_hand).state == Firm(by_hand=by_hand).state


@given(st.lists(reports(), max_size=7))
def test_only_what_the_sources_said_last_stops_a_firm(said):
    firm = lived(said)
    last = [max((e for e in said if e.source == source), key=lambda e: e.rank, default=None) for source in SOURCES]
    held = {(fact.cause, fact.registration) for each in last if each for fact in each.facts}
    causes = {cause for cause, _registration in held}
    assert (firm.account == EnterpriseState.SUSPENDED) == bool(causes & {Cause.STRUCK_OFF, Cause.MERGED, Cause.HELD})
    for each, state in firm.services.items():
        stopped = Cause.BANKRUPT in causes or (Cause.REGISTRATION_ENDED, each) in held
        assert (state == RegistrationState.SUSPENDED) == stopped


def test_nothing_stops_before_the_notice_is_over_and_hearing_it_again_gives_no_other_notice():
    firm, merged = Firm(), (Fact(Cause.MERGED),)
    firm.hear(Reported("business_register", START, 0, merged), START)
    firm.hear(Reported("business_register", START + timedelta(days=14), 1, merged), START + timedelta(days=14))
    due = START + timedelta(days=30)
    firm.settle(due - timedelta(microseconds=1))
    assert firm.account == EnterpriseState.ACTIVE
    firm.settle(due)
    assert firm.account == EnterpriseState.SUSPENDED


def test_a_supervisor_ranks_over_a_source_for_one_fact_and_for_a_time():
    since = date(2026, 1, 1)
    aside = [Aside("business_register", Cause.STRUCK_OFF, since, START, START + timedelta(days=60))]
    firm = Firm()
    firm.hear(Reported("business_register", START, 0, (Fact(Cause.STRUCK_OFF, since),)), START)
    for day, facts, state in (
        (1, (Fact(Cause.STRUCK_OFF, since),), EnterpriseState.ACTIVE),
        (2, (Fact(Cause.STRUCK_OFF, date(2026, 3, 2)),), EnterpriseState.SUSPENDED),  # another fact
        (3, (Fact(Cause.STRUCK_OFF, since),), EnterpriseState.ACTIVE),
        (60, (Fact(Cause.STRUCK_OFF, since),), EnterpriseState.SUSPENDED),  # its time is over
    ):
        at = START + timedelta(days=day)
        firm.kept["business_register"] = Reported("business_register", at, 0, facts)
        firm.settle(at, aside)
        assert firm.account == state, day


def test_a_fact_is_read_as_it_was_kept():
    fact = Fact(Cause.MERGED, date(2026, 1, 1), "Nouvelle inc.", "1199999013", ONE, START)
    assert fact_of(fact.as_record()) == fact
    assert fact_of(Fact(Cause.BANKRUPT).as_record()) == Fact(Cause.BANKRUPT)


def registered(**said):
    whole = {
        "neq": "1199999021", "status": "IM", "status_label": "", "status_on": date(2026, 2, 1), "form": "",
        "is_bankrupt": False, "name": "Firme", "other_names": (), "former_names": (), "addresses": (), "relations": (),
    }  # fmt: skip
    return Registered(**(whole | said))


MERGER = Relation("Fusion simplifiée", "1199999013", "Nouvelle inc.", date(2026, 1, 31))


@pytest.mark.parametrize(
    ("said", "causes"),
    [
        ({}, []),
        ({"status": "RO"}, [Cause.STRUCK_OFF]),
        ({"status": "RD", "relations": (MERGER,)}, [Cause.MERGED]),
        ({"relations": (MERGER,)}, []),  # the one that goes on
        ({"status": "RX", "is_bankrupt": True}, [Cause.STRUCK_OFF, Cause.BANKRUPT]),
        ({"status": "NI"}, [Cause.NOT_REGISTERED]),
    ],
)
def test_what_the_enterprises_register_states(said, causes):
    assert [each.cause for each in causes_in(registered(**said), merger_words=["fusion"])] == causes


@pytest.mark.parametrize(
    ("current", "former", "is_theirs", "wanted"),
    [
        ("Alpha", ["Alpha"], False, "Bêta"),
        ("ALPHA", ["Alpha"], False, "Bêta"),
        ("Gamma", ["Alpha"], False, ""),  # its own name for itself
        ("Gamma", [], True, "Bêta"),  # that the register gave, and takes back
        ("Beta", ["Beta"], True, ""),  # the same name, written otherwise
    ],
)
def test_a_name_follows_the_register_that_knew_it(current, former, is_theirs, wanted):
    assert name_wanted(current, "Bêta", former, is_theirs=is_theirs) == wanted


def test_each_cause_says_what_repairs_it():
    assert set(REPAIRS) == set(Cause)
