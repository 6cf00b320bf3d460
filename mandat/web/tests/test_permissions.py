"""Who may open what: every address, as each standing, by every method, against the map."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from mandat.web import permissions
from mandat.web.permissions import RULES, InFirm, Public, Staff, every_view_has_a_rule, view_names
from mandat.web.tests.asking_everything import EVERYBODY, HIDDEN, REFUSED, Everything

pytestmark = pytest.mark.xdist_group("every address")  # one walk, of which several tests ask


@pytest.fixture
def visitors(one_demonstration, db):
    return one_demonstration


@pytest.fixture(scope="module")
def walks() -> dict[str, Everything]:
    """The walks that were made: one."""
    return {}


@pytest.fixture
def everything(walks, visitors) -> Everything:
    """Every address, asked by everybody: at full size by every method, in both languages, of three firms."""
    if not walks:
        walks["all"] = Everything.asked(visitors)
    return walks["all"]


@pytest.mark.drill("TI-1")
def test_every_address_opens_to_those_the_map_says_and_to_nobody_else(everything, drill):
    drill.record.trials, drill.record.failures = everything.probes, len(everything.wrong)
    assert everything.wrong == []
    assert everything.tried == {(name, who) for name in RULES for who in EVERYBODY}


@pytest.mark.drill("SE-8")
def test_every_address_guards_what_it_answers(everything, drill):
    drill.record.trials, drill.record.failures = everything.probes, len(everything.unguarded)
    assert everything.unguarded == []


def _staff_open_every_page_of_the_staff(patch):
    patch.setattr(Staff, "is_open_to", lambda *_: True)


def _any_right_will_do(patch):
    patch.setattr(permissions, "RULES", RULES | {"firm:accesses": InFirm()})


def _a_firm_is_open_to_strangers(patch):
    place_of = permissions.place_of
    patch.setattr(permissions, "place_of", lambda *asked: _Welcoming(place_of(*asked)))


class _Welcoming:
    """A place that lets everybody in."""

    may_open = True

    def __init__(self, place) -> None:
        self.place = place

    def __getattr__(self, name: str):
        return getattr(self.place, name)


def _nobody_is_asked_who_they_are(patch):
    patch.setattr(permissions.SignedIn, "admit", lambda *_: None)


@pytest.mark.parametrize(
    ("bug", "name", "found"),
    [
        (_staff_open_every_page_of_the_staff, "staff:roles", {"verifier1", "officer", "finance"}),
        (_any_right_will_do, "firm:accesses", {"user", "accountant"}),
        (_a_firm_is_open_to_strangers, "firm:visits", {"stranger", "rse2", "finance"}),
        (_nobody_is_asked_who_they_are, "account:home", {"nobody"}),
    ],
    ids=lambda each: each.__name__.strip("_") if callable(each) else "",
)
def test_a_gate_that_forgets_is_found(visitors, monkeypatch, bug, name, found):
    bug(monkeypatch)
    assert found <= {each.who for each in Everything.asked(visitors, [name]).wrong}


@pytest.mark.parametrize(
    ("setting", "value", "fault"),
    [
        ("SECURE_HSTS_SECONDS", 0, "Strict-Transport-Security"),
        ("SECURE_REFERRER_POLICY", "unsafe-url", "Referrer-Policy"),
        ("SECURE_CONTENT_TYPE_NOSNIFF", False, "X-Content-Type-Options"),
        ("X_FRAME_OPTIONS", "SAMEORIGIN", "X-Frame-Options"),
        ("CSRF_COOKIE_HTTPONLY", False, "Set-Cookie"),
        ("CSRF_COOKIE_NAME", "csrf", "Set-Cookie"),
    ],
)
def test_a_header_or_a_flag_that_is_missing_is_found(visitors, settings, setting, value, fault):
    asked = Everything.asked(visitors, ["public:paper"], but_for={setting: value})
    assert [each for each in asked.unguarded if each[-1].startswith(fault)]


def test_what_is_shown_to_somebody_and_may_be_kept_is_found(visitors, monkeypatch):
    monkeypatch.setattr(permissions, "patch_cache_control", lambda *_, **__: None)
    asked = Everything.asked(visitors, ["account:home"])
    assert {each[1] for each in asked.unguarded} >= {"rse", "officer"}


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
