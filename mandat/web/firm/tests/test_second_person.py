"""What takes two persons, on the firm's pages: chosen, undone by two, and first thing on the home of the second."""

import pytest

from mandat.access.decision import Right, decide
from mandat.access.models import Proxy, SecondPersonChange
from mandat.access.tests.factories import DesignationFactory, ProxyFactory, ServiceRegistrationFactory, actor
from mandat.openid.tests.world import browser_of
from mandat.platform.clock import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return ServiceRegistrationFactory().enterprise


@pytest.fixture
def rses(firm):
    return [actor(each.person) for each in DesignationFactory.create_batch(2, enterprise=firm)]


@pytest.fixture
def browsers(rses):
    return [browser_of(each)[0] for each in rses]


def page_of(firm):
    return f"/d/{firm.public_id}/acces/deux-personnes/"


def asked_of(firm):
    firm.refresh_from_db()
    return firm.second_person_for


def said(answer):
    return answer.content.decode()


def test_two_rses_choose_and_undo(firm, browsers):
    one, two = browsers
    one.post(page_of(firm), {"rights": ["sign", "pay"]})
    assert asked_of(firm) == ["pay", "sign"]
    answer = one.post(page_of(firm), {"rights": ["sign"]}, follow=True)
    assert "un autre responsable doit confirmer" in said(answer)
    assert asked_of(firm) == ["pay", "sign"]
    change = SecondPersonChange.objects.get(state="asked")
    confirm = f"{page_of(firm)}{change.public_id}/confirmer"
    assert '<form method="post">' not in said(one.get(confirm))
    assert "Il faut une autre personne" in said(one.post(confirm, follow=True))
    assert asked_of(firm) == ["pay", "sign"]
    assert "On attend votre confirmation" in said(two.get(f"/d/{firm.public_id}/"))
    assert "attend un autre responsable" in said(one.get(f"/d/{firm.public_id}/"))
    two.post(confirm)
    assert asked_of(firm) == ["sign"]
    assert "avant vous" in said(two.post(confirm, follow=True))


def test_a_request_is_set_aside_with_a_reason(firm, browsers):
    one, two = browsers
    one.post(page_of(firm), {"rights": ["sign"]})
    one.post(page_of(firm), {"rights": []})
    change = SecondPersonChange.objects.get(state="asked")
    two.post(f"{page_of(firm)}{change.public_id}/ecarter", {"reason": "Non"})
    assert asked_of(firm) == ["sign"]
    assert "refusé" in said(one.get(page_of(firm)))
    assert "a sa réponse" in said(two.get(f"{page_of(firm)}{change.public_id}/confirmer"))


def test_what_cannot_be_chosen_is_said_at_the_field(firm, browsers):
    answer = browsers[0].post(page_of(firm), {"rights": []})
    assert (answer.status_code, "Rien n’est changé" in said(answer)) == (422, True)
    browsers[0].post(page_of(firm), {"rights": ["sign", "pay"]})
    browsers[0].post(page_of(firm), {"rights": ["sign"]})
    answer = browsers[1].post(page_of(firm), {"rights": ["pay"]})
    assert (answer.status_code, "attend déjà" in said(answer)) == (422, True)


def test_a_firm_with_one_rse_reads_why_it_cannot_choose(firm):
    browser, _ = browser_of(actor(DesignationFactory(enterprise=firm).person))
    assert "Elle ne peut pas le choisir" in said(browser.get(page_of(firm)))
    assert browser.post(page_of(firm), {"rights": ["sign"]}).status_code == 422
    assert asked_of(firm) == []


def test_a_proxy_that_waits_is_first_on_the_home_of_whoever_may_confirm(firm, rses, browsers):
    one, two = browsers
    proxy = ProxyFactory(
        enterprise=firm, needs_second=True, granted_under={"person": str(rses[0].person.public_id)}
    )  # fmt: skip
    assert str(proxy.person) in said(two.get(f"/d/{firm.public_id}/"))
    assert "On attend votre confirmation" not in said(one.get(f"/d/{firm.public_id}/"))
    two.post(f"/d/{firm.public_id}/acces/procurations/{proxy.public_id}/confirmer")
    assert Proxy.objects.get().confirmed_by == rses[1].person
    assert decide(proxy.person, Right.SIGN, firm, proxy.block, now())
    assert "On attend votre confirmation" not in said(two.get(f"/d/{firm.public_id}/"))


def test_too_few_rses_are_said_quietly_on_the_home_and_among_accesses(firm):
    browser, _ = browser_of(actor(DesignationFactory(enterprise=firm).person))
    for page in (f"/d/{firm.public_id}/", f"/d/{firm.public_id}/acces/"):
        assert "Un seul responsable peut agir" in said(browser.get(page))
    DesignationFactory(enterprise=firm)
    assert "responsable peut agir" not in said(browser.get(f"/d/{firm.public_id}/"))
