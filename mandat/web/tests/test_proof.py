"""What binds asks for a fresh proof (reliability SE-2): every such address, walked; and nothing typed is lost."""

from datetime import timedelta

import pytest
from django.urls import get_resolver, resolve

from mandat.access.models import Proxy
from mandat.identity.second_factor import secret_of
from mandat.identity.tests.people import code
from mandat.platform.clock import now
from mandat.platform.models import EventRow
from mandat.web.account.session import KEPT
from mandat.web.permissions import RULES, Public, view_names
from mandat.web.proof import PROVEN
from mandat.web.tests.samples import addresses

#: What takes a form and binds nobody: drafts, files, filters, ways in and out, refusals of one's own, desk work undone
#: at will. A new address that takes a form stands here or in PROVEN: whoever adds it decides.
HARMLESS = {
    "account_logout", "mfa_reauthenticate", "mfa_send_code_again", "passkey_reauthenticate",
    "passkey_reauthenticate_challenge", "mfa_view_recovery_codes", "account:decline_passkey", "account:profile",
    "account:end_all", "account:stay", "account:forget", "account:forget_device", "account:leave",
    "firm:bulk", "account:ask_rights", "account:withdraw_request",
    "firm:cancel_invitation", "firm:withdraw_external", "firm:decline_external", "firm:begin_handover", "staff:handover_document",
    "staff:departure_document",
    "firm:begin", "firm:step", "firm:documents", "firm:remove_document",
    "staff:document", "staff:enrolment_document", "staff:visit", "staff:close_visit", "staff:open_visit",
    "staff:take_up", "staff:give_back", "staff:enrolment_taken_up", "staff:enrolment_returned", "staff:resume",
    "staff:enrolment_evidence", "staff:enrolment_resumed", "staff:enrolment_reconsidered",
    "staff:enrolment_stepped_aside", "staff:enrolment_checked_again", "staff:enrolment_looked_again",
    "staff:call_request",
    "staff:people",
    "staff:papers", "staff:paper", "staff:paper_file",
}  # fmt: skip
#: The provider of identity has its own order of proofs, and takes no rights.
ELSEWHERE = ("entry:", "account:withdraw_consent")


def takes_forms(view) -> bool:
    """Tell whether a view answers POST, by what its decorators or its class say."""
    if hasattr(view, "view_class"):
        return hasattr(view.view_class, "post")
    while view is not None:
        names = getattr(getattr(view, "__code__", None), "co_freevars", ())
        if "request_method_list" in names:
            return "POST" in view.__closure__[names.index("request_method_list")].cell_contents
        view = getattr(view, "__wrapped__", None)
    return True


def test_whoever_adds_a_form_decides_whether_it_binds():
    views = {name: resolve_named(name) for name in view_names()}
    asked = {name for name, view in views.items() if not isinstance(RULES[name], Public) and takes_forms(view)}
    undecided = {each for each in asked - PROVEN.keys() - HARMLESS if not each.startswith(ELSEWHERE)}
    assert undecided == set()


def resolve_named(name):
    *spaces, last = name.split(":")
    patterns = get_resolver()
    for space in spaces:
        patterns = patterns.namespace_dict[space][1]
    found = [each for each in _all(patterns.url_patterns) if each.name == last]
    return found[0].callback


def _all(patterns):
    for each in patterns:
        if hasattr(each, "url_patterns"):
            if not each.namespace:
                yield from _all(each.url_patterns)
        else:
            yield each


def prove_long_ago(browser):
    session = browser.session
    session[KEPT] = session[KEPT] | {"strong_at": (now() - timedelta(minutes=6)).isoformat()}
    session.save()
    return browser


@pytest.mark.django_db
def test_nothing_that_binds_is_done_on_an_old_proof(visitors):
    wrong = {}
    of = addresses(visitors.own_firm.public_id)
    browsers = {
        who: prove_long_ago(visitors.browser(who)) for who in ("ra", "rse", "verifier1", "officer", "supervisor")
    }
    before = EventRow.objects.count()
    for name in PROVEN:
        answers = [each.post(of[name], {"reason": "parce que"}) for each in browsers.values()]
        led = [each for each in answers if each.headers.get("Location", "").startswith("/entrer/confirmer/code?next=")]
        refused = [each.status_code for each in answers if each not in led]
        if not led or set(refused) - {403, 404}:
            wrong[name] = [each.status_code for each in answers]
    assert wrong == {}
    assert EventRow.objects.count() == before


@pytest.mark.django_db
def test_what_was_typed_comes_back_after_the_proof(visitors):
    browser, rse = prove_long_ago(visitors.browser("rse")), visitors.actors["rse"]
    proxy = Proxy.objects.filter(enterprise=visitors.own_firm, revoked_at=None, person__isnull=False).first()
    page = f"/d/{visitors.own_firm.public_id}/acces/procurations/{proxy.public_id}/revoquer"
    asked = browser.post(page, {"reason": "Elle a changé d’emploi."}).headers["Location"]
    assert asked.startswith("/entrer/confirmer/code?next=")
    assert "Révoquer la procuration" in browser.get(asked).content.decode()
    assert browser.post(asked, {"code": "000000"}).status_code == 422
    assert secret_of(rse.login)
    answer = browser.post(asked, {"code": code(rse.login, steps=1)})
    assert answer.headers["Location"].startswith("/entrer/confirmer/reprendre?next=")
    shown = browser.get(answer.headers["Location"]).content.decode()
    assert "Elle a changé d’emploi." in shown
    assert f'action="{page}"' in shown
    assert Proxy.objects.get(pk=proxy.pk).revoked_at is None
    browser.post(page, {"reason": "Elle a changé d’emploi."})
    assert Proxy.objects.get(pk=proxy.pk).revoked_at is not None
    again = browser.get(answer.headers["Location"])
    assert again.status_code == 302  # it is forgotten once it served


@pytest.mark.django_db
def test_opening_a_page_asks_for_nothing_unless_it_is_about_ones_factors(visitors):
    browser = prove_long_ago(visitors.browser("rse"))
    assert browser.get(f"/d/{visitors.own_firm.public_id}/acces/nouvelle-personne").status_code == 200
    assert browser.get("/compte/facons-d-entrer/").status_code == 200
    assert browser.get("/compte/facons-d-entrer/mot-de-passe").status_code == 302


def test_the_map_names_addresses_that_exist():
    assert set(view_names()) >= PROVEN.keys()
    assert resolve("/entrer/confirmer/reprendre").view_name == "account_resume"
