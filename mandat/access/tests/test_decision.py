"""The rules alone: every right before every combination of what each edge may be. No database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest

from mandat.access.decision import (
    PATHS,
    Authority,
    Decision,
    Ground,
    Kind,
    Link,
    QuestionIncomplete,
    Right,
    RightWithoutRule,
    decide,
    evaluate,
)
from mandat.access.links import WITHOUT_THE_BLOCK
from mandat.access.rights import RIGHTS_OF_A_PROXY, RIGHTS_OF_A_ROLE, RIGHTS_OF_STAFF
from mandat.access.standing import CARRIED

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)

IN_FORCE = {"start": NOW - DAY, "end": NOW + DAY}
ENDED = {"start": NOW - 2 * DAY, "end": NOW}
NOT_YET = {"start": NOW + INSTANT, "end": NOW + DAY}
REVOKED = {**IN_FORCE, "revoked_at": NOW}
WHEN = {"in force": IN_FORCE, "ended": ENDED, "not yet": NOT_YET, "revoked": REVOKED}


def link(kind, state, **more):
    carries = more.pop("carries", CARRIED.get((kind, state), frozenset()))
    return Link(kind, uuid4(), state, frozenset(carries), **more)


REGISTERED = link(Kind.REGISTRATION, "active")
SUSPENDED = link(Kind.REGISTRATION, "suspended")
OPEN = link(Kind.ENTERPRISE, "active")
SOMEBODY = link(Kind.PERSON, "active")
RSE = link(Kind.RSE, "RSE", **IN_FORCE)
RA = link(Kind.RA, "RA", **IN_FORCE)
SIGNER = link(Kind.PROXY, "BF-REP", carries=RIGHTS_OF_A_PROXY, **IN_FORCE)
PREPARER = link(Kind.PROXY, "BF-REP", carries={Right.VIEW, Right.PREPARE}, **IN_FORCE)
FORMER_SIGNER = link(Kind.PROXY, "BF-REP", carries=RIGHTS_OF_A_PROXY, **ENDED)
STANDING = [OPEN, SOMEBODY]

# What each edge may be: a name that the oracle reads, and the rows that stand for it.
ENTERPRISES = ["active", "in_recovery", "suspended", "closed"]
REGISTRATIONS = ["none", "without", "in_process", "active", "refused", "suspended", "deactivated"]
PERSONS = ["active", "suspended"]
DESIGNATIONS = ["none", *WHEN]
PROXIES = ["none", *WHEN, "to view", "to view, ended", "with another provider"]


def enterprise_rows(name):
    return [link(Kind.ENTERPRISE, name)]


def registration_rows(name):
    rows = {"none": [], "without": [link(Kind.REGISTRATION, WITHOUT_THE_BLOCK, provider=1)]}
    return rows.get(name, [link(Kind.REGISTRATION, name, provider=1)])


def designation_rows(kind, name):
    return [] if name == "none" else [link(kind, kind.value.upper(), **WHEN[name])]


def proxy_rows(name):
    if name == "none":
        return []
    rights = {Right.VIEW} if name.startswith("to view") else RIGHTS_OF_A_PROXY
    when = ENDED if name.endswith("ended") else WHEN.get(name, IN_FORCE)
    return [link(Kind.PROXY, "BF-REP", carries=rights, provider=2 if "another" in name else 1, **when)]


def oracle(*, right, enterprise, registration, person, rse, ra, proxy):
    """Say who may act, as a lawyer would: written apart from the rules. Nobody is staff here."""
    if person == "suspended" or enterprise in ("suspended", "closed"):
        return False
    if right == "designate":
        return ra == "in force"
    if right == "administer":
        return rse == "in force" and enterprise != "in_recovery"
    served = registration == "active" or (registration == "suspended" and right == "view")
    given = proxy == "in force" or (proxy == "to view" and right == "view")
    return right in ("view", "prepare", "sign", "pay") and served and (rse == "in force" or given)


@pytest.mark.parametrize("enterprise", ENTERPRISES)
@pytest.mark.parametrize("registration", REGISTRATIONS)
@pytest.mark.parametrize("right", Right)
def test_every_right_before_every_combination_of_edges(right, registration, enterprise):
    for person, rse, ra, proxy in product(PERSONS, DESIGNATIONS, DESIGNATIONS, PROXIES):
        standing = [
            *enterprise_rows(enterprise),
            *registration_rows(registration),
            link(Kind.PERSON, person),
            *designation_rows(Kind.RA, ra),
            *designation_rows(Kind.RSE, rse),
            *proxy_rows(proxy),
        ]
        case = {"person": person, "rse": rse, "ra": ra, "proxy": proxy}
        expected = oracle(right=right.value, enterprise=enterprise, registration=registration, **case)
        decision = evaluate(standing, right, NOW)
        assert bool(decision) is expected, case
        assert_explains_itself(decision, standing, right)


def assert_explains_itself(decision, standing, right):
    """A permit is a whole path of links that hold; a refusal names an edge that does not hold, after links that do."""
    assert all(each in standing and each.ground_against(right, NOW) is None for each in decision.chain)
    kinds = tuple(each.kind for each in decision.chain)
    if decision:
        assert kinds in PATHS[right]
        assert decision.missing is decision.nearest is None
    else:
        assert any(path[: len(kinds) + 1] == (*kinds, decision.missing) for path in PATHS[right])
        of_that_kind = [each for each in standing if each.kind == decision.missing and each.continues(decision.chain)]
        assert all(each.ground_against(right, NOW) is not None for each in of_that_kind)
        assert (decision.nearest is None) is (decision.ground == Ground.ABSENT)
        assert decision.nearest is None or decision.nearest.ground_against(right, NOW) == decision.ground


ROLES = ["none", "unconfirmed", "verifier", "officer", "finance", "supervisor", "auditor"]
ROLE_OF = {
    "verify": "verifier",
    "examine": "officer",
    "collect": "finance",
    "supervise": "supervisor",
    "audit": "auditor",
}


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("role", ROLES)
def test_every_right_before_every_staff_role(role, right):
    for person, when in product(PERSONS, WHEN):
        rows = {
            "none": [], "unconfirmed": [link(Kind.ASSIGNMENT, "verifier", awaits=True, **WHEN[when])],
        }.get(role, [link(Kind.ASSIGNMENT, role, **WHEN[when])])  # fmt: skip
        standing = [OPEN, REGISTERED, link(Kind.PERSON, person), *rows]
        expected = person == "active" and when == "in force" and ROLE_OF.get(right.value) == role
        decision = evaluate(standing, right, NOW)
        assert bool(decision) is expected
        assert_explains_itself(decision, standing, right)


@pytest.mark.parametrize("right", sorted(RIGHTS_OF_A_PROXY))
def test_an_rse_holds_every_right_in_an_accepted_block(right):
    assert evaluate([*STANDING, REGISTERED, RSE], right, NOW).chain == (OPEN, REGISTERED, SOMEBODY, RSE)


@pytest.mark.parametrize(
    ("standing", "right", "ground", "missing"),
    [
        ([REGISTERED, PREPARER], Right.SIGN, Ground.NOT_CARRIED, Kind.PROXY),
        ([REGISTERED, FORMER_SIGNER], Right.SIGN, Ground.ENDED, Kind.PROXY),
        ([REGISTERED], Right.SIGN, Ground.ABSENT, Kind.PROXY),
        ([SUSPENDED, RSE], Right.SIGN, Ground.NOT_CARRIED, Kind.REGISTRATION),
        ([REGISTERED, SIGNER], Right.ADMINISTER, Ground.ABSENT, Kind.RSE),
        ([REGISTERED, RSE], Right.DESIGNATE, Ground.ABSENT, Kind.RA),
        ([REGISTERED, RA], Right.SIGN, Ground.ABSENT, Kind.PROXY),
        ([link(Kind.REGISTRATION, WITHOUT_THE_BLOCK), RSE], Right.VIEW, Ground.BLOCK_NOT_ACCEPTED, Kind.REGISTRATION),
        ([REGISTERED, SIGNER], Right.VERIFY, Ground.ABSENT, Kind.ASSIGNMENT),
        (
            [link(Kind.ASSIGNMENT, "verifier", awaits=True, **IN_FORCE)],
            Right.VERIFY,
            Ground.UNCONFIRMED,
            Kind.ASSIGNMENT,
        ),
        (
            [link(Kind.ASSIGNMENT, "finance", awaits=True, **IN_FORCE)],
            Right.VERIFY,
            Ground.NOT_CARRIED,
            Kind.ASSIGNMENT,
        ),
    ],
)
def test_a_refusal_names_its_ground_and_the_nearest_missing_link(standing, right, ground, missing):
    decision = evaluate([*STANDING, *standing], right, NOW)
    assert (decision.ground, decision.missing) == (ground, missing)


def test_the_narrowest_path_that_permits_is_the_one_recorded():
    assert evaluate([*STANDING, REGISTERED, RSE, SIGNER], Right.SIGN, NOW).chain[-1] == SIGNER


def test_an_edge_in_force_wins_over_those_of_the_same_kind_that_are_not():
    for standing in ([FORMER_SIGNER, SIGNER], [SIGNER, FORMER_SIGNER]):
        assert evaluate([*STANDING, REGISTERED, *standing], Right.SIGN, NOW).chain[-1] == SIGNER


def test_of_several_edges_that_do_not_hold_the_nearest_is_named():
    ahead = replace(SIGNER, start=NOW + DAY, end=NOW + 2 * DAY)
    decision = evaluate([*STANDING, REGISTERED, FORMER_SIGNER, ahead, REGISTERED], Right.SIGN, NOW)
    assert (decision.ground, decision.nearest) == (Ground.NOT_YET, ahead)


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        (IN_FORCE["start"] - INSTANT, False),
        (IN_FORCE["start"], True),
        (IN_FORCE["end"] - INSTANT, True),
        (IN_FORCE["end"], False),
        (IN_FORCE["end"] + INSTANT, False),
    ],
)
def test_a_right_holds_at_its_start_and_no_more_at_its_end(at, holds):
    assert bool(evaluate([*STANDING, REGISTERED, SIGNER], Right.SIGN, at)) is holds
    assert bool(evaluate([*STANDING, RA], Right.DESIGNATE, at)) is holds


def test_a_revocation_ends_a_right_at_its_instant_and_leaves_its_past():
    standing = [*STANDING, REGISTERED, replace(SIGNER, revoked_at=NOW)]
    assert evaluate(standing, Right.SIGN, NOW - INSTANT)
    assert evaluate(standing, Right.SIGN, NOW).ground == Ground.REVOKED


@pytest.mark.parametrize("unknown", ["fly", "", None, "View"])
def test_a_right_without_a_rule_is_an_error_and_never_a_yes(unknown):
    with pytest.raises(RightWithoutRule):
        evaluate([*STANDING, REGISTERED, RSE, RA, SIGNER], unknown, NOW)
    with pytest.raises(RightWithoutRule):
        decide(None, unknown, None, None, NOW)


def test_every_right_has_a_rule_and_belongs_to_one_family():
    assert set(PATHS) == set(Right)
    assert len(RIGHTS_OF_A_PROXY) + len(RIGHTS_OF_A_ROLE) + len(RIGHTS_OF_STAFF) == len(Right)


@pytest.mark.parametrize("right", sorted(RIGHTS_OF_A_PROXY | RIGHTS_OF_A_ROLE))
def test_a_question_that_names_no_enterprise_is_an_error(right):
    with pytest.raises(QuestionIncomplete):
        decide(None, right, None, "BF-REP", NOW)


@pytest.mark.parametrize("right", sorted(RIGHTS_OF_A_PROXY))
@pytest.mark.parametrize("block", [None, ""])
def test_a_question_in_a_block_that_names_none_is_an_error(right, block):
    with pytest.raises(QuestionIncomplete):
        decide(None, right, object(), block, NOW)


def test_adding_an_edge_never_takes_a_right_away():
    edges = [REGISTERED, SUSPENDED, RSE, RA, SIGNER, PREPARER, FORMER_SIGNER]
    for present in product([False, True], repeat=len(edges)):
        standing = [*STANDING, *(edge for edge, is_in in zip(edges, present, strict=True) if is_in)]
        for right, more in product(Right, edges):
            assert not evaluate(standing, right, NOW) or evaluate([*standing, more], right, NOW)


def test_removing_any_edge_of_a_chain_turns_the_permit_into_a_refusal():
    for right, standing in ((Right.SIGN, [*STANDING, REGISTERED, SIGNER]), (Right.ADMINISTER, [*STANDING, RSE])):
        for edge in evaluate(standing, right, NOW).chain:
            without = [each for each in standing if each != edge]
            assert evaluate(without, right, NOW).missing == edge.kind


def test_a_decision_reads_the_same_by_programs():
    proxy = replace(SIGNER, public_id=UUID(int=7), given_by="someone", revoked_at=NOW)
    record = evaluate([*STANDING, REGISTERED, proxy], Right.SIGN, NOW).as_record()
    assert record["missing"] == {
        "kind": "proxy",
        "ground": "revoked",
        "nearest": {
            "kind": "proxy", "id": str(UUID(int=7)), "state": "BF-REP", "given_by": "someone",
            "start": "2026-11-22T12:00:00+00:00", "end": "2026-11-24T12:00:00+00:00",
            "revoked_at": "2026-11-23T12:00:00+00:00",
        },
    }  # fmt: skip
    assert (record["decision"], record["right"]) == (False, "sign")
    assert [each["kind"] for each in record["chain"]] == ["enterprise", "registration", "person"]


def test_a_decision_without_a_ground_is_a_yes():
    assert Decision()
    assert not Decision(ground=Ground.ABSENT, missing=Kind.PROXY)


def test_an_authority_says_in_what_capacity():
    assigned = link(Kind.ASSIGNMENT, "verifier", **IN_FORCE)
    for chain, capacities in (((OPEN, SOMEBODY, RSE), ["rse"]), ((SOMEBODY, assigned), ["verifier"])):
        assert Authority(by=None, on_behalf_of=None, chain=chain, at=NOW).capacities == capacities
