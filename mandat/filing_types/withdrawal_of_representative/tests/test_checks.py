"""The rules of a withdrawal, one by one, without a database."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from mandat.filing_types.withdrawal_of_representative import checks, withdrawal_of_representative
from mandat.filing_types.withdrawal_of_representative.facts import Attached, Facts
from mandat.filings.definition import Weight
from mandat.reference.queries import NoEntry

TODAY = date(2026, 11, 23)


@dataclass
class Listed:
    label: str = ""
    code: str = ""
    values: dict = field(default_factory=dict)


LISTS = {
    "withdrawal_reason": {"MOVED": Listed("Départ", "MOVED"), "OTHER": Listed("Autre", "OTHER")},
    "time_limit": {
        "33-109F1": Listed(values={"days": 15}),
        "withdrawal_past": Listed(values={"days": 730}),
        "withdrawal_ahead": Listed(values={"days": 90}),
    },
    "individual_category": {"DR": Listed("Représentant de courtier")},
    "discipline": {"AP": Listed("Assurance de personnes")},
}
ZOE = Attached("zoe", "Zoé Côté", "securities", "DR", date(2020, 1, 6))
ZOE_INSURES = Attached("zoe", "Zoé Côté", "distribution", "AP", date(2021, 3, 1))
MAX = Attached("max", "Max Roy", "securities", "DR", date(2022, 1, 1))
FACTS = Facts(TODAY, (ZOE, ZOE_INSURES, MAX), LISTS)
GOOD = {
    "representative": "zoe", "attachments": ["DR"], "cessation_date": "2026-11-20", "reason": "MOVED",
    "reason_details": "", "complaints": "no", "complaints_details": "", "custody": "firm", "custodian": "",
    "contact_name": "Ève Roy", "contact_phone": "418 555-0123 poste 12", "contact_email": "eve@exemple.ca",
    "declaration": True,
}  # fmt: skip


def findings(facts=FACTS, **answers):
    _, found = withdrawal_of_representative.examine(GOOD | answers, facts)
    return {(each.field, each.weight) for each in found}


def test_a_good_withdrawal_has_nothing_to_be_said_of_it():
    assert findings() == set()


def test_each_finding_says_where_its_rule_comes_from():
    _, found = withdrawal_of_representative.examine(GOOD | {"cessation_date": "2026-11-07"}, FACTS)
    assert [(each.rule, each.weight) for each in found] == [(checks.F1, Weight.WARNS)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("representative", ""), ("representative", "nobody"), ("attachments", []), ("attachments", ["PM"]),
        ("cessation_date", ""), ("cessation_date", "20/11/2026"), ("cessation_date", "2026-02-30"),
        ("reason", "BORED"), ("complaints", None), ("custody", "dog"), ("contact_name", " "),
        ("contact_phone", "12"), ("contact_email", "eve@"),
        ("declaration", False),
    ],
)  # fmt: skip
def test_an_answer_of_the_wrong_form_is_an_error_at_its_field(name, value):
    assert (name, Weight.ERROR) in findings(**{name: value})


@pytest.mark.parametrize("representative", ["max", "zoe"])
def test_one_ends_what_the_person_holds_and_nothing_else(representative):
    found = findings(representative=representative, attachments=["AP"])
    assert (("attachments", Weight.ERROR) in found) == (representative == "max")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (ZOE.since, {("cessation_date", Weight.ERROR), ("cessation_date", Weight.WARNS)}),
        (TODAY - timedelta(days=731), {("cessation_date", Weight.ERROR), ("cessation_date", Weight.WARNS)}),
        (TODAY - timedelta(days=730), {("cessation_date", Weight.WARNS)}),
        (TODAY - timedelta(days=16), {("cessation_date", Weight.WARNS)}),
        (TODAY - timedelta(days=15), set()),
        (TODAY, set()),
        (TODAY + timedelta(days=90), set()),
        (TODAY + timedelta(days=91), {("cessation_date", Weight.ERROR)}),
    ],
)
def test_the_date_of_cessation(day, expected):
    assert findings(cessation_date=day.isoformat()) == expected


def test_the_time_limit_of_securities_says_nothing_of_distribution():
    late = (TODAY - timedelta(days=60)).isoformat()
    assert ("cessation_date", Weight.WARNS) not in findings(attachments=["AP"], cessation_date=late)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({"reason": "OTHER"}, "reason_details"),
        ({"complaints": "yes"}, "complaints_details"),
        ({"custody": "other"}, "custodian"),
    ],
)
def test_some_answers_call_for_another(asked, wanted):
    assert findings(**asked) == {(wanted, Weight.ERROR)}
    assert findings(**asked, **{wanted: "Voici"}) == set()


def test_the_last_person_of_a_discipline_is_noticed():
    assert findings(attachments=["DR", "AP"]) == {("attachments", Weight.WARNS)}


def test_without_its_time_limit_a_rule_is_not_passed_over():
    bare = Facts(TODAY, FACTS.attached, LISTS | {"time_limit": {}})
    with pytest.raises(NoEntry):
        findings(bare)


def test_nothing_answered_is_no_accident():
    _, found = withdrawal_of_representative.examine({}, FACTS)
    assert {each.weight for each in found} == {Weight.ERROR}


def test_it_reads_as_people_speak():
    answers, _ = withdrawal_of_representative.examine(GOOD, FACTS)
    rows = dict(
        row
        for section in withdrawal_of_representative.summary(withdrawal_of_representative, answers, FACTS)
        for row in section.rows
    )
    assert rows["Représentant à retirer"] == "Zoé Côté"
    assert rows["Catégories ou disciplines visées"] == "Représentant de courtier"
    assert rows["Date de cessation"] == "20 novembre 2026"
    assert rows["Motif"] == "Départ"
    assert withdrawal_of_representative.about(GOOD, FACTS) == "Zoé Côté"
