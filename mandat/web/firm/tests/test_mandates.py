"""A firm and the organisation that acts for it, on their pages: proposed, accepted, named, ended; and the list of all."""

import uuid

import pytest

from mandat.access.decision import Right, decide
from mandat.access.mandataries import ExternalProposal, Naming
from mandat.access.models import Proxy
from mandat.access.tests.factories import (
    BLOCK,
    DesignationFactory,
    EnterpriseFactory,
    IdentifierFactory,
    NamingFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    UserFactory,
    actor,
)
from mandat.enterprises.models import Enterprise
from mandat.openid.tests.world import browser_of
from mandat.platform.clock import legal_day, now

pytestmark = pytest.mark.django_db


class Sides:
    """A client and an accounting firm, each with somebody in charge, and an accountant."""

    def __init__(self):
        self.client = ServiceRegistrationFactory().enterprise
        self.mandatary = IdentifierFactory(value="1199999900").enterprise
        self.at_client = browser_of(actor(DesignationFactory(enterprise=self.client).person))[0]
        self.at_mandatary = browser_of(actor(DesignationFactory(enterprise=self.mandatary).person))[0]
        self.accountant = UserFactory(enterprise=self.mandatary).person
        self.until = legal_day(now()).replace(month=12, day=31).isoformat()

    def here(self, page=""):
        return f"/d/{self.client.public_id}/acces/mandataires/{page}"

    def there(self, page=""):
        return f"/d/{self.mandatary.public_id}/acces/clients/{page}"

    def propose(self, number="1199 999 900", **more):
        asked = {"key": uuid.uuid4(), "number": number, BLOCK: ["view", "prepare"], "until": self.until}
        return self.at_client.post(self.here(), asked | more, follow=True)

    def may(self, right=Right.PREPARE):
        return bool(decide(self.accountant, right, self.client, BLOCK, now()))


@pytest.fixture
def sides():
    return Sides()


def said(answer):
    return answer.content.decode()


def test_from_the_proposal_to_the_act_and_to_its_end(sides):
    assert "Rien n’est permis" in said(sides.propose())
    proposal = ExternalProposal.objects.get()
    assert sides.client.name in said(sides.at_mandatary.get(sides.there()))
    assert sides.at_mandatary.get(sides.there(f"{proposal.public_id}/accepter")).status_code == 200
    sides.at_mandatary.post(sides.there(f"{proposal.public_id}/accepter"))
    proxy = Proxy.objects.get()
    named = {"key": uuid.uuid4(), "person": sides.accountant.public_id, "given": ["prepare"], "until": sides.until}
    sides.at_mandatary.post(sides.there(f"{proxy.public_id}/habiliter"), named)
    assert sides.may()
    assert not sides.may(Right.SIGN)
    assert str(sides.accountant) in said(sides.at_client.get(sides.here()))
    browser = browser_of(actor(sides.accountant))[0]
    assert browser.get(f"/d/{sides.client.public_id}/").status_code == 200
    assert sides.client.name in said(browser.get("/compte/clients"))
    sides.at_client.post(sides.here(f"{proxy.public_id}/fin"), {"reason": "Fin de contrat"})
    assert not sides.may()
    assert browser.get(f"/d/{sides.client.public_id}/").status_code == 404
    assert sides.client.name not in said(browser.get("/compte/clients"))


@pytest.mark.parametrize("number", ["1199999999", "12", "Comptables", str(uuid.UUID(int=7))])
def test_an_organisation_is_found_by_its_exact_number_or_not_at_all(number, sides):
    answer = sides.propose(number)
    assert answer.status_code == 422
    assert not ExternalProposal.objects.exists()
    assert number in said(answer)


def test_the_public_reference_is_a_number_too_and_ones_own_is_refused(sides):
    assert "votre firme" in said(sides.propose(str(sides.client.public_id)))
    sides.propose(str(sides.mandatary.public_id))
    assert ExternalProposal.objects.get().mandatary == sides.mandatary


def test_a_second_person_confirms_from_the_list_what_takes_two(sides):
    Enterprise.objects.filter(pk=sides.client.pk).update(second_person_for=["prepare"])
    second = browser_of(actor(DesignationFactory(enterprise=sides.client).person))[0]
    sides.propose()
    sides.at_mandatary.post(sides.there(f"{ExternalProposal.objects.get().public_id}/accepter"))
    proxy = Proxy.objects.get()
    page = f"/d/{sides.client.public_id}/acces/procurations/{proxy.public_id}/confirmer"
    assert page in said(second.get(sides.here()))
    assert "Rien à confirmer" in said(sides.at_client.get(page)), "whoever proposed it"
    assert sides.mandatary.name in said(second.get(page))
    answer = second.post(page, follow=True)
    assert answer.redirect_chain[-1][0] == sides.here()
    proxy.refresh_from_db()
    assert proxy.confirmed_at


def test_a_firm_answers_for_no_other_firm(sides):
    sides.propose()
    proposal = ExternalProposal.objects.get()
    naming = NamingFactory()
    for page in (f"{proposal.public_id}/accepter", f"{naming.proxy.public_id}/habiliter"):
        assert sides.at_client.get(f"/d/{sides.client.public_id}/acces/clients/{page}").status_code == 404
    end = sides.there(f"habilitations/{naming.public_id}/fin")
    assert sides.at_mandatary.post(end, {"reason": ""}).status_code == 404
    assert not Naming.objects.exclude(revoked_at=None).exists()


def test_nobody_is_named_wider_than_was_received_by_the_page(sides):
    proxy = ProxyFactory(enterprise=sides.client, person=None, mandatary=sides.mandatary, to_view=True)
    asked = {"key": uuid.uuid4(), "person": sides.accountant.public_id, "given": ["sign"], "until": sides.until}
    answer = sides.at_mandatary.post(sides.there(f"{proxy.public_id}/habiliter"), asked)
    assert answer.status_code == 422
    assert not Naming.objects.exists()


def test_the_list_of_all_firms_costs_the_same_for_three_and_for_many(sides, django_assert_max_num_queries):
    proxies = [NamingFactory(proxy=_received(sides), person=sides.accountant) for _ in range(3)]
    browser = browser_of(actor(sides.accountant))[0]
    browser.get("/compte/clients")
    few = _asked(browser)
    proxies += [NamingFactory(proxy=_received(sides), person=sides.accountant) for _ in range(25)]
    assert _asked(browser) == few


def _received(sides):
    firm = ServiceRegistrationFactory().enterprise
    return ProxyFactory(enterprise=firm, person=None, mandatary=sides.mandatary)


def _asked(browser):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        assert browser.get("/compte/clients").status_code == 200
    return len(asked)


def test_no_list_of_one_agent_holds_a_client_of_another(sides):
    mine, theirs = _received(sides), _received(sides)
    type(theirs.enterprise).objects.filter(pk=theirs.enterprise.pk).update(name="CANARI-Q7XK2")
    NamingFactory(proxy=mine, person=sides.accountant)
    other = UserFactory(enterprise=sides.mandatary).person
    NamingFactory(proxy=theirs, person=other)
    browser = browser_of(actor(sides.accountant))[0]
    for page in ("/compte/clients", "/compte/clients?name=canari", "/compte/", "/compte/droits"):
        assert "CANARI-Q7XK2" not in said(browser.get(page))
    assert "CANARI-Q7XK2" in said(browser_of(actor(other))[0].get("/compte/clients"))


def test_az_9_each_firm_and_block_is_checked_after_switching_and_no_post_crosses(sides):
    """Five firms: under each, its own block is open, and no thing of another answers."""
    held = [NamingFactory(proxy=_received(sides), person=sides.accountant) for _ in range(5)]
    led = [DesignationFactory(enterprise=each.proxy.enterprise, person=sides.accountant) for each in held]
    browser = browser_of(actor(sides.accountant))[0]
    accepted = 0
    for one in held:
        for block, opens in ((BLOCK, True), ("BF-FIN", False)):
            assert bool(decide(sides.accountant, Right.VIEW, one.proxy.enterprise, block, now())) is opens
        for other in held:
            page = f"/d/{other.proxy.enterprise.public_id}/acces/mandataires/{one.proxy.public_id}/fin"
            if one is not other:
                answer = browser.post(page, {"reason": ""})
                accepted += answer.status_code != 404
    assert accepted == 0
    assert not Proxy.objects.exclude(revoked_at=None).exists()
    assert len(led) == len(held)


def test_whoever_acts_for_nobody_is_told_how_to(sides):
    assert "Vous n’agissez pour aucune firme" in said(browser_of(actor())[0].get("/compte/clients"))
    assert EnterpriseFactory()
