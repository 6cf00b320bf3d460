"""What counts as having just proven who one is, for what asks for a step-up."""

from datetime import timedelta

import pytest
from django.test import RequestFactory

from mandat.identity.tests.people import code
from mandat.web.account.session import proven_lately
from mandat.web.account.tests.test_sessions import NOON, sign_in, someone  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=6)


def is_fresh(client, at):
    request = RequestFactory().get("/")
    request.session = client.session
    return proven_lately(request, at)


def test_a_sign_in_with_two_factors_counts_for_a_few_minutes(client, someone):  # noqa: F811
    sign_in(client, someone)
    assert is_fresh(client, NOON + timedelta(minutes=4, seconds=59))
    assert not is_fresh(client, NOON + timedelta(minutes=5))


def test_a_code_given_again_counts_anew(client, someone, at):  # noqa: F811
    sign_in(client, someone)
    at(LATER)
    client.post("/entrer/confirmer/code", {"code": code(someone, steps=1)})
    assert is_fresh(client, LATER)


def test_a_session_that_never_proved_a_second_factor_is_never_fresh(client):
    assert not is_fresh(client, NOON)
