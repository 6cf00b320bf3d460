"""A decision in words, and whom to ask, in both languages."""

from itertools import product
from uuid import uuid4

import pytest
from django.utils import translation

from mandat.access.decision import PATHS, Decision, Ground, Kind, Link, Right, decide, evaluate
from mandat.access.links import WITHOUT_THE_BLOCK
from mandat.access.queries import Help, who_can_supply
from mandat.access.standing import CARRIED
from mandat.access.tests.factories import (
    BLOCK,
    FAR_AHEAD,
    LONG_AGO,
    DesignationFactory,
    EnterpriseFactory,
    PersonFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    StaffAssignmentFactory,
)
from mandat.access.words import Helper, helpers_for, in_words
from mandat.enterprises.models import ServiceRegistration
from mandat.platform.clock import now

STATES = {
    Kind.ENTERPRISE: ["active", "in_recovery", "suspended", "closed"],
    Kind.REGISTRATION: [*ServiceRegistration.State.values, WITHOUT_THE_BLOCK],
    Kind.PERSON: ["active", "suspended"],
    Kind.RA: ["RA"],
    Kind.RSE: ["RSE"],
    Kind.PROXY: [BLOCK],
    Kind.EXTERNAL: [BLOCK],
    Kind.MANDATARY: ["active", "in_recovery", "suspended", "closed"],
    Kind.MEMBER: ["user"],
    Kind.LEADER: ["RSE"],
    Kind.NAMING: [BLOCK],
    Kind.ASSIGNMENT: ["verifier", "supervisor"],
}
PROXIES = (Kind.PROXY, Kind.EXTERNAL, Kind.NAMING)
DATES = [
    {"start": LONG_AGO, "end": FAR_AHEAD},
    {"start": LONG_AGO},
    {"start": FAR_AHEAD},
    {"start": LONG_AGO, "end": LONG_AGO.replace(year=2021)},
    {"start": LONG_AGO, "end": FAR_AHEAD, "revoked_at": LONG_AGO.replace(year=2021)},
]


def every_row(kind):
    for state, when in product(STATES[kind], DATES):
        carries = {Right.VIEW} if kind in PROXIES else CARRIED.get((kind, state), ())
        dated = kind not in (Kind.ENTERPRISE, Kind.REGISTRATION, Kind.PERSON, Kind.MANDATARY)
        if kind not in PROXIES or "end" in when:
            yield Link(kind, uuid4(), state, frozenset(carries), **(when if dated else {}))
        if kind in (Kind.PROXY, Kind.EXTERNAL, Kind.ASSIGNMENT) and "end" in when:
            for held in ({"awaits": True}, {"pauses": ((LONG_AGO, None),)}):
                yield Link(
                    kind,
                    uuid4(),
                    state,
                    frozenset(Right),
                    **when,
                    **({"awaits": True} if kind == Kind.ASSIGNMENT else held),
                )


def every_decision():
    """Yield each decision whose standing is good but for one edge, which is anything it may be."""
    at = LONG_AGO.replace(year=2026)
    for right, path in ((right, path) for right, paths in PATHS.items() for path in paths):
        for wrong in path:
            good = [first(kind) for kind in path if kind != wrong]
            for row in [None, *every_row(wrong)]:
                yield evaluate([*good, *([row] if row else [])], right, at)


def first(kind):
    return Link(kind, uuid4(), "active", frozenset(Right), start=LONG_AGO, end=FAR_AHEAD)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_decision_has_its_sentence_and_every_refusal_its_helper(language):
    with translation.override(language):
        for decision in every_decision():
            sentence = in_words(decision)
            assert sentence.endswith(".")
            assert "%" not in sentence
            assert bool(helpers_for(decision)) is not bool(decision)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "La procuration était valable jusqu’au 31 décembre 2020."),
        ("en", "The proxy was valid until December 31, 2020."),
    ],
)
def test_an_end_is_said_by_its_last_day(language, sentence):
    """The end is excluded: what ends on 1 January at midnight, in Québec, was valid until 31 December."""
    ended = Link(Kind.PROXY, uuid4(), start=LONG_AGO, end=LONG_AGO.replace(year=2021, hour=5))
    refusal = Decision(ground=Ground.ENDED, missing=Kind.PROXY, nearest=ended, right=Right.SIGN)
    with translation.override(language):
        assert in_words(refusal) == sentence


def test_a_refusal_without_its_ground_is_a_fault():
    with pytest.raises(ValueError, match="ground"):
        in_words(Decision(ground=Ground.ABSENT))


@pytest.mark.django_db
class TestWhoCanSupply:
    @pytest.fixture
    def firm(self):
        return ServiceRegistrationFactory().enterprise

    def ask(self, firm, right=Right.SIGN, person=None, block=BLOCK):
        decision = decide(person or PersonFactory(), right, firm, block, now())
        return who_can_supply(decision, firm, now())

    def test_the_effective_rses_supply_a_proxy(self, firm):
        rse = DesignationFactory(enterprise=firm).person
        DesignationFactory(enterprise=firm, ended=True)
        assert self.ask(firm) == Help(Helper.RSE, (rse,))

    def test_the_ra_is_asked_when_no_rse_is_there_and_the_desk_when_there_is_nobody(self, firm):
        assert self.ask(firm) == Help(Helper.REGULATOR)
        ra = DesignationFactory(enterprise=firm, as_ra=True).person
        assert self.ask(firm) == Help(Helper.RA, (ra,))

    def test_the_ra_supplies_a_designation(self, firm):
        ra = DesignationFactory(enterprise=firm, as_ra=True).person
        assert self.ask(firm, Right.ADMINISTER) == Help(Helper.RA, (ra,))

    def test_an_rse_supplies_a_block(self, firm):
        rse = DesignationFactory(enterprise=firm).person
        assert self.ask(firm, person=rse, block="BF-RAD") == Help(Helper.RSE, (rse,))

    def test_the_desk_supplies_what_the_regulator_holds_back(self):
        for registration in ({"suspended": True}, {"in_process": True}):
            rse = DesignationFactory(enterprise=ServiceRegistrationFactory(**registration).enterprise)
            assert self.ask(rse.enterprise, person=rse.person) == Help(Helper.REGULATOR)
        assert self.ask(EnterpriseFactory(suspended=True)) == Help(Helper.REGULATOR)
        assert self.ask(ServiceRegistrationFactory().enterprise, Right.DESIGNATE) == Help(Helper.REGULATOR)

    def test_an_ra_brings_an_enterprise_out_of_recovery(self):
        firm = EnterpriseFactory(in_recovery=True)
        ra = DesignationFactory(enterprise=firm, as_ra=True).person
        assert self.ask(firm, Right.ADMINISTER) == Help(Helper.RA, (ra,))

    def test_supervisors_supply_an_assignment(self):
        supervisors = {each.person for each in StaffAssignmentFactory.create_batch(2, supervisor=True)}
        offered = self.ask(None, Right.VERIFY, block=None)
        assert (offered.helper, set(offered.people)) == (Helper.SUPERVISORS, supervisors)

    def test_nothing_is_missing_from_a_permit(self, firm):
        assert self.ask(firm, person=ProxyFactory(enterprise=firm).person) is None
