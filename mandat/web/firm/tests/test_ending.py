"""The end of a responsibility: what rests on it is told first, and nobody effective is left without."""

import pytest

from mandat.access.handlers import tell_of_designation_ended
from mandat.access.models import Proxy
from mandat.access.queries import effective_rses
from mandat.access.tests.factories import (
    DesignationFactory,
    LoginFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    actor,
)
from mandat.enterprises.events import DesignationRevoked
from mandat.openid.tests.world import browser_of
from mandat.platform.clock import now
from mandat.platform.models import EventRow, Mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return ServiceRegistrationFactory().enterprise


@pytest.fixture
def rses(firm):
    return [actor(each.person) for each in DesignationFactory.create_batch(2, enterprise=firm)]


def page_of(firm, someone):
    return f"/d/{firm.public_id}/acces/{someone.person.public_id}/fin-de-responsabilite"


def said(answer):
    return answer.content.decode()


def test_an_rse_ends_another_having_read_what_rests_on_them(firm, rses):
    one, two = rses
    firm.second_person_for = ["sign"]
    firm.save()
    waiting = ProxyFactory(
        enterprise=firm, needs_second=True, granted_under={"person": str(one.person.public_id)}
    )  # fmt: skip
    ProxyFactory(enterprise=firm, block="BF-FIN", granted_under={"person": str(two.person.public_id)})
    browser, _ = browser_of(one)
    shown = said(browser.get(page_of(firm, two)))
    assert str(one.person) in shown
    assert "Plus personne ne pourra confirmer" in shown
    assert str(waiting.person) in shown
    assert "1 procuration accordée" in shown
    browser.post(page_of(firm, two), {"cause": "leaves", "reason": "Départ"})
    assert list(effective_rses(firm, now())) == [one.person]
    assert Proxy.objects.filter(revoked_at=None).count() == 2
    assert browser.get(page_of(firm, two)).status_code == 404


def test_the_last_who_is_effective_is_not_ended_and_the_page_says_what_to_do(firm):
    rse = actor(DesignationFactory(enterprise=firm).person)
    ra = actor(DesignationFactory(enterprise=firm, as_ra=True).person)
    browser, _ = browser_of(ra)
    assert "ne peut pas encore prendre fin" in said(browser.get(page_of(firm, rse)))
    assert browser.post(page_of(firm, rse), {"cause": "leaves", "reason": "x"}).status_code == 409
    assert effective_rses(firm, now()).exists()


def test_nobody_ends_their_own_here_and_a_user_ends_nobody_s(firm, rses):
    one, two = rses
    assert browser_of(one)[0].get(page_of(firm, one)).status_code == 404
    user = actor(ProxyFactory(enterprise=firm).person)
    assert browser_of(user)[0].post(page_of(firm, two), {"cause": "leaves", "reason": "x"}).status_code == 403


def test_what_rests_on_an_rse_who_leaves_is_told_them_too(firm, rses):
    shown = said(browser_of(rses[0])[0].get(f"/compte/droits/{firm.public_id}/quitter"))
    assert "Qui reste responsable" in shown
    assert str(rses[1].person) in shown


def test_the_person_ended_and_those_who_stay_are_written_to(firm, rses):
    one, two = rses
    ra = LoginFactory()
    DesignationFactory(enterprise=firm, as_ra=True, person=ra.links.get().person)
    browser_of(one)[0].post(page_of(firm, two), {"cause": "leaves", "reason": "Nouvel emploi"})
    event = EventRow.objects.filter(name="DesignationRevoked").latest("id")
    tell_of_designation_ended(DesignationRevoked(**event.body))
    assert {each.to for each in Mail.objects.all()} == {one.login.email, two.login.email, ra.email}
    assert all("Nouvel emploi" in each.text for each in Mail.objects.all())
