"""Somebody who lost a second factor, and the firms where they act."""

import pytest

from mandat.access.tests.factories import (
    DesignationFactory,
    EnterpriseFactory,
    UserFactory,
    actor,
)
from mandat.enrolment.tests.losing import NOON, whose
from mandat.identity.tests.people import login_with_second_factor


@pytest.fixture
def someone(at, db):
    at(NOON)
    return login_with_second_factor()


@pytest.fixture
def firm(someone):
    firm = EnterpriseFactory()
    UserFactory(enterprise=firm, person=whose(someone))
    return firm


@pytest.fixture
def rse(firm):
    return actor(DesignationFactory(enterprise=firm).person)


@pytest.fixture
def elsewhere(someone, rse):
    """The RSE of a second firm where the person acts: here as its RSE."""
    other = EnterpriseFactory()
    DesignationFactory(enterprise=other, person=whose(someone))
    return actor(DesignationFactory(enterprise=other).person)
