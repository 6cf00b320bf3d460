"""A proxy on one filing opens that one and no other; a service added to a block opens to whoever accepted it."""

import dataclasses

import pytest

from mandat.access.commands import accept_versions
from mandat.access.decision import AccessDenied
from mandat.access.links import Ground
from mandat.access.place import place_of
from mandat.access.tests.factories import PersonFactory, ProxyFactory, actor
from mandat.access.tests.test_versions import widen
from mandat.filings.queries import filings_in, filings_visible_to
from mandat.filings.registry import install
from mandat.filings.tests.world import ESSAI, World
from mandat.platform.clock import now

pytestmark = pytest.mark.django_db

ADDED = dataclasses.replace(ESSAI, code="ESSAI-AJOUT", opened_by=2)
install([ADDED])


@pytest.fixture
def world():
    return World()


def helper_on(world, filing, rights=("view", "prepare", "sign")):
    """Return somebody whose only proxy is on one filing."""
    person = PersonFactory()
    ProxyFactory(
        enterprise=world.firm, provider=world.registration.provider, person=person, subject=filing.public_id,
        rights=list(rights),
    )  # fmt: skip
    return actor(person)


def test_who_holds_one_filing_prepares_and_signs_that_one_and_no_other(world):
    one, other = world.draft(), world.draft()
    helper = helper_on(world, one)
    world.save(one, "who", by=helper, name="Pénélope")
    world.submit(one, by=helper)
    with pytest.raises(AccessDenied):
        world.save(other, "who", by=helper)
    with pytest.raises(AccessDenied):
        world.begun(by=helper)


def test_the_lists_show_that_one_filing_only(world):
    one, _other = world.draft(), world.draft()
    person = helper_on(world, one).person
    place = place_of(person, world.firm, now())
    assert list(filings_visible_to(person, now())) == [one]
    assert list(filings_in(world.registrant, place.viewable, place.subjects)) == [one]


def test_a_service_added_to_a_block_opens_once_the_firm_accepts_the_new_version(world):
    widen("BF-REP")
    for by in (world.rse, world.signer):
        with pytest.raises(AccessDenied) as refused:
            world.begun(type_code="ESSAI-AJOUT", by=by)
        assert refused.value.decision.ground == Ground.VERSION_NOT_ACCEPTED
    world.begun()  # what was there before is as it was
    accept_versions(registration_id=world.registration.public_id, versions={"BF-REP": 2}, by=world.rse)
    for by in (world.rse, world.signer):
        assert world.begun(type_code="ESSAI-AJOUT", by=by)
