"""A firm wakes an access that slept, and lifts no other suspension."""

import pytest

from mandat.access.commands.restoring import NotAsleep, NotOfTheFirm, wake_access
from mandat.access.decision import AccessDenied
from mandat.access.tests.factories import (
    DesignationFactory,
    PersonFactory,
    ServiceRegistrationFactory,
    UserFactory,
    actor,
)
from mandat.identity.commands import suspend_person
from mandat.identity.models import Person
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return ServiceRegistrationFactory().enterprise


@pytest.fixture
def rse(firm):
    return actor(DesignationFactory(enterprise=firm).person)


def suspended(firm=None, policy="dormant"):
    someone = UserFactory(enterprise=firm).person if firm else PersonFactory()
    suspend_person(person_id=someone.public_id, reason="essai", under={"policy": policy} if policy else {})
    return someone


def wake(firm, someone, by):
    wake_access(enterprise=firm, person=someone, reason="de retour", by=by)


def test_wakes_who_slept_under_the_authority_of_who_asks(firm, rse):
    someone = suspended(firm)
    wake(firm, someone, rse)
    assert Person.objects.get(pk=someone.pk).state == Person.State.ACTIVE
    assert someone.history.latest("id").authority["person"] == str(rse.person.public_id)
    with pytest.raises(NotAsleep):
        wake(firm, someone, rse)


def test_lifts_no_suspension_that_somebody_decided(firm, rse):
    with pytest.raises(NotAsleep):
        wake(firm, suspended(firm, policy=""), rse)


def test_refuses_for_somebody_of_elsewhere_and_to_whoever_is_not_in_charge(firm, rse):
    with pytest.raises(NotOfTheFirm):
        wake(firm, suspended(), rse)
    with pytest.raises(AccessDenied):
        wake(firm, suspended(firm), actor(UserFactory(enterprise=firm).person))


def test_the_page_of_the_person_offers_it_and_does_it(firm, rse):
    someone, browser = suspended(firm), browser_of(rse)
    page = f"/d/{firm.public_id}/acces/{someone.public_id}/"
    assert "Rétablir l’accès" in browser.get(page).content.decode()
    assert "peut de nouveau entrer" in browser.post(f"{page}retablir", follow=True).content.decode()
    assert "Rétablir l’accès" not in browser.get(page).content.decode()
    assert "rien à rétablir" in browser.post(f"{page}retablir", follow=True).content.decode()
