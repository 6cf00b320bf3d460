"""Who may open what: every address, as each standing, by every method, against the map."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.http import Http404
from django.test import Client

from mandat.access.rights import RIGHTS_OF_STAFF, Right
from mandat.web import permissions
from mandat.web.permissions import RULES, Gate, InFirm, Public, SignedIn, Staff, every_view_has_a_rule, view_names
from mandat.web.tests.samples import addresses

OPENED, SIGN_IN, HIDDEN, REFUSED = "opened", 302, 404, 403
METHODS = ["GET", "POST", "PUT", "DELETE", "OPTIONS"]
IN_THE_FIRM = {"ra", "rse", "user", "accountant"}
#: Who holds, in the demonstration, a right that a page of a firm asks for.
HOLDERS = {
    (Right.VIEW, "BF-DOSSIER"): {"rse", "user"},
    (Right.ADMINISTER, None): {"rse"},
    (Right.DESIGNATE, None): {"ra"},
}
RIGHTS = {
    "verifier1": Right.VERIFY,
    "officer": Right.EXAMINE,
    "finance": Right.COLLECT,
    "supervisor": Right.SUPERVISE,
    "auditor": Right.AUDIT,
}
EVERY_METHOD = {"nobody", "rse", "supervisor"}  # the gate does not look at the method; these see that nothing breaks
STANDINGS = ["nobody", "stranger", *sorted(IN_THE_FIRM), *RIGHTS]


@pytest.fixture
def answers(monkeypatch) -> Iterator[list]:
    """What the gate answered, request by request."""
    answers, ask = [], Gate.process_view

    def listen(gate, *request):
        try:
            response = ask(gate, *request)
        except Http404:
            answers.append(HIDDEN)
            raise
        answers.append(response.status_code if response else OPENED)
        return response

    monkeypatch.setattr(Gate, "process_view", listen)
    return answers


def expected(rule: permissions.Rule, who: str, *, is_own_firm: bool) -> object:
    """Return what the map promises to somebody, told independently of the code that keeps the promise."""
    if isinstance(rule, Public):
        return OPENED
    if who == "nobody":
        return SIGN_IN
    if isinstance(rule, InFirm):
        if who not in IN_THE_FIRM or not is_own_firm:
            return HIDDEN
        asked = [(right, rule.block) for right in (rule.right, rule.otherwise) if right]
        return OPENED if not asked or any(who in HOLDERS[each] for each in asked) else REFUSED
    if isinstance(rule, Staff):
        return HIDDEN if who not in RIGHTS else OPENED if RIGHTS[who] in (rule.rights or RIGHTS_OF_STAFF) else REFUSED
    assert type(rule) is SignedIn
    return OPENED


@pytest.mark.parametrize("firm", ["own_firm", "other_firm"])
def test_every_address_opens_to_those_the_map_says_and_to_nobody_else(visitors, answers, firm):
    wrong = []
    reading = {who: visitors.browser(who) for who in STANDINGS if who not in EVERY_METHOD}
    for name, address in addresses(getattr(visitors, firm).public_id).items():
        rule = RULES[name]
        if firm == "other_firm" and not isinstance(rule, InFirm):
            continue
        for who in STANDINGS:
            browser = reading.get(who) or visitors.browser(who)
            promised = expected(rule, who, is_own_firm=firm == "own_firm")
            for method in METHODS if who in EVERY_METHOD else ["GET"]:
                answers.clear()
                response = browser.generic(method, address)
                if answers != [promised] or response.status_code >= 500:
                    wrong.append((name, who, method, promised, answers.copy(), response.status_code))
                if name in {"account_logout", "account:end_all"}:
                    browser = visitors.browser(who)
    assert wrong == []


def test_every_view_is_named_once_and_has_a_rule():
    names = list(view_names())
    assert "" not in names
    assert len(names) == len(set(names))
    assert set(names) == set(RULES)
    assert every_view_has_a_rule(None) == []


def test_the_system_check_names_a_view_without_a_rule_and_a_rule_without_a_view(monkeypatch):
    monkeypatch.setattr(
        permissions, "RULES", {"nowhere": Public(), **{k: v for k, v in RULES.items() if k != "healthz"}}
    )
    assert [each.msg for each in every_view_has_a_rule(None)] == [
        "No rule says who may open “healthz”.",
        "The rule for “nowhere” opens nothing.",
    ]


def test_a_view_without_a_rule_opens_to_nobody(db, monkeypatch):
    monkeypatch.delitem(permissions.RULES, "public:home")
    assert Client().get("/").status_code == REFUSED


def test_sign_in_leads_back_to_the_page_that_was_asked(visitors):
    response = visitors.browser("nobody").get("/en/agence/?page=2")
    assert response["Location"] == "/en/entrer?next=/en/agence/%3Fpage%3D2"


def test_a_person_whose_last_grant_ended_finds_the_firm_gone(visitors):
    rse = visitors.actors["rse"].person
    address = f"/d/{visitors.own_firm.public_id}/"
    browser = visitors.browser("rse")
    assert browser.get(address).status_code == 200
    rse.designations.update(revoked_at="2020-01-01T00:00Z", revoked_under={"test": True})
    assert browser.get(address).status_code == HIDDEN


def test_a_refusal_names_the_missing_right_and_who_can_supply_it(visitors):
    text = visitors.browser("officer").get("/agence/serveur").content.decode()
    assert "L’affectation ne comprend pas ce droit" in text
    assert "Hélène Saint-Cyr" in text


def test_a_stranger_cannot_tell_a_firm_from_none(visitors):
    browser = visitors.browser("stranger")
    there, nowhere = (
        without_what_varies(browser.get(f"/d/{firm}/")) for firm in (visitors.own_firm.public_id, uuid4())
    )
    assert there == nowhere


def without_what_varies(response) -> str:
    """Return a page without the address it answers to, the token of its form, nor the seconds left of its session."""
    return re.sub(r"[0-9a-f-]{36}|value=\"\w{64}\"|data-left=\"\d+\"", "", response.content.decode())
