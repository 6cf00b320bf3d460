"""`mandat decide`: the answer, its chain or its missing link, an exit code for scripts, the caller's language."""

import json

import pytest
from django.core.management import CommandError, call_command

from mandat.access.tests.factories import (
    BLOCK,
    LONG_AGO,
    DesignationFactory,
    IdentifierFactory,
    LoginFactory,
    PersonFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    StaffAssignmentFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def language(monkeypatch):
    def set_to(value):
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("LANG", value)

    set_to("fr_CA.UTF-8")
    return set_to


@pytest.fixture
def firm():
    return ServiceRegistrationFactory().enterprise


@pytest.fixture
def mandat_decide(capsys):
    """Return a function that asks, and returns the exit code and what was printed."""

    def ask(*words):
        try:
            call_command("decide", *map(str, words))
        except SystemExit as left:
            return left.code, capsys.readouterr().out
        except CommandError as error:
            return error.returncode, str(error)
        return 0, capsys.readouterr().out

    return ask


def test_a_yes_shows_the_chain(firm, mandat_decide):
    proxy = ProxyFactory(enterprise=firm)
    code, printed = mandat_decide(proxy.person.public_id, "sign", firm.public_id, BLOCK)
    assert code == 0
    assert printed.startswith("Oui.\nPermis par une procuration en vigueur depuis le 31 décembre 2019")
    assert [line.split(",")[0] for line in printed.splitlines()[2:]] == [
        "  – Compte de l’entreprise", "  – Inscription aux services en ligne", "  – Personne", "  – Procuration",
    ]  # fmt: skip
    assert str(proxy.public_id) in printed
    assert proxy.granted_under["person"] in printed


def test_a_no_shows_the_missing_link_and_who_can_supply_it(firm, mandat_decide):
    rse = DesignationFactory(enterprise=firm).person
    code, printed = mandat_decide(PersonFactory().public_id, "sign", firm.public_id, BLOCK)
    assert code == 1
    assert "Non.\nAucune procuration ne permet d’agir" in printed
    assert f"Une personne responsable des services électroniques de l’entreprise peut y remédier.\n  – {rse}" in printed


def test_answers_in_english_to_an_english_terminal(firm, mandat_decide, language):
    language("en_CA.UTF-8")
    code, printed = mandat_decide(PersonFactory().public_id, "sign", firm.public_id, BLOCK)
    assert (code, printed.splitlines()[0]) == (1, "No.")
    assert "No proxy gives leave to act for this enterprise in this functional block." in printed


def test_finds_a_person_by_login_and_an_enterprise_by_its_neq(firm, mandat_decide):
    login = LoginFactory(person=DesignationFactory(enterprise=firm).person)
    neq = IdentifierFactory(enterprise=firm).value
    for named in (login.email, login.email.upper(), login.user_code):
        assert mandat_decide(named, "administer", neq)[0] == 0


def test_answers_for_an_instant(firm, mandat_decide):
    person = ProxyFactory(enterprise=firm).person
    question = (person.public_id, "sign", firm.public_id, BLOCK, "--at")
    assert mandat_decide(*question, LONG_AGO.isoformat())[0] == 0
    code, printed = mandat_decide(*question, "2019-12-31T23:59:59.999999+00:00")
    assert (code, "entre en vigueur le 31 décembre 2019" in printed) == (1, True)


def test_answers_for_the_staff_without_an_enterprise(mandat_decide):
    person = StaffAssignmentFactory().person
    assert mandat_decide(person.public_id, "verify")[0] == 0
    assert mandat_decide(person.public_id, "audit")[0] == 1


def test_answers_programs(firm, mandat_decide):
    rse = DesignationFactory(enterprise=firm).person
    code, printed = mandat_decide(PersonFactory().public_id, "sign", firm.public_id, BLOCK, "--json")
    record = json.loads(printed)
    assert (code, record["decision"], record["missing"]) == (1, False, {"kind": "proxy", "ground": "absent"})
    assert record["can_help"] == {"helper": "rse", "people": [str(rse.public_id)]}
    code, printed = mandat_decide(rse.public_id, "sign", firm.public_id, BLOCK, "--json")
    record = json.loads(printed)
    assert (code, record["decision"], record["chain"][-1]["kind"]) == (0, True, "rse")
    assert "can_help" not in record


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nobody@demo.test", "sign", "{firm}", BLOCK], "Cette personne est inconnue"),
        (["00000000-0000-0000-0000-000000000000", "sign", "{firm}", BLOCK], "Cette personne est inconnue"),
        (["{person}", "fly", "{firm}", BLOCK], "Ce droit est inconnu"),
        (["{person}", "sign", "1199999013", BLOCK], "Cette entreprise est inconnue"),
        (["{person}", "sign", "{firm}"], "Ce droit s’exerce dans une entreprise"),
        (["{person}", "administer"], "Ce droit s’exerce dans une entreprise"),
        (["{person}", "sign", "{firm}", BLOCK, "--at", "hier"], "n’est pas écrit selon la norme"),
        (["{person}", "sign", "{firm}", BLOCK, "--at", "2027-02-31T00:00:00Z"], "n’est pas écrit selon la norme"),
        (["{person}", "sign", "{firm}", BLOCK, "--at", "2027-03-31T16:30:00"], "n’est pas écrit selon la norme"),
    ],
)
def test_bad_input_is_neither_yes_nor_no(words, said, firm, mandat_decide):
    person = PersonFactory()
    filled = [word.format(firm=firm.public_id, person=person.public_id) for word in words]
    code, printed = mandat_decide(*filled)
    assert (code, said in printed) == (2, True), printed


def test_asking_costs_few_statements(firm, django_assert_max_num_queries):
    person = ProxyFactory(enterprise=firm).person
    with django_assert_max_num_queries(4):
        call_command("decide", str(person.public_id), "sign", str(firm.public_id), BLOCK)
