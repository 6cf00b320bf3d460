"""Requests for rights on real connections: asked by two clicks, answered by two hands, withdrawn as they are granted."""

import uuid
from datetime import timedelta
from functools import partial

import pytest

from mandat.access.commands.requests import (
    AlreadyAnswered,
    ask_for_rights,
    grant_request,
    refuse_request,
    withdraw_request,
)
from mandat.access.decision import Right
from mandat.access.models import Proxy
from mandat.access.requests import RightsRequest, RightsRequestHistory
from mandat.access.tests.factories import BLOCK, DesignationFactory, ServiceRegistrationFactory, UserFactory, actor
from mandat.access.tests.parallel import Worker, together
from mandat.platform.clock import legal_day, now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workers():
    made = [Worker(), Worker()]
    yield made
    for each in made:
        each.close()


@pytest.fixture
def firm():
    return ServiceRegistrationFactory().enterprise


@pytest.fixture
def rses(firm):
    return [actor(each.person) for each in DesignationFactory.create_batch(2, enterprise=firm)]


@pytest.fixture
def user(firm):
    return actor(UserFactory(enterprise=firm).person)


@pytest.fixture
def ask(firm, user):
    until = legal_day(now()) + timedelta(days=60)
    return partial(
        ask_for_rights, enterprise=firm, block=BLOCK, rights=[Right.SIGN], until=until, reason="Congé", by=user
    )


def granting(asked, by):
    return partial(
        grant_request, key=uuid.uuid4(), request_id=asked.public_id, rights=[Right.SIGN], until=asked.until, by=by
    )


def test_two_clicks_ask_once(workers, ask):
    first, second = together(*((each, ask) for each in workers))
    assert first == second == RightsRequest.objects.get()


@pytest.mark.parametrize("second", ["grant", "refuse", "withdraw"])
def test_two_answers_at_once_are_one(workers, rses, user, ask, second):
    asked = ask()
    other = {
        "grant": granting(asked, rses[1]),
        "refuse": partial(refuse_request, request_id=asked.public_id, reason="Non", by=rses[1]),
        "withdraw": partial(withdraw_request, request_id=asked.public_id, by=user),
    }[second]
    answers = together((workers[0], granting(asked, rses[0])), (workers[1], other))
    assert [type(each) for each in answers].count(AlreadyAnswered) == 1, answers
    asked.refresh_from_db()
    assert RightsRequestHistory.objects.filter(request=asked).count() == 1
    assert Proxy.objects.count() == (asked.state == "granted")
