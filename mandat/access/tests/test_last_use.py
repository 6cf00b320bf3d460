"""When a right was last used: noted once a day, after the act, and forgotten in time."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from mandat.access.decision import AccessDenied, Right, require, require_one_of
from mandat.access.last_use import forget_notes, forget_old_uses, last_uses, note_use
from mandat.access.models import LastUse
from mandat.access.tests.factories import (
    BLOCK,
    DesignationFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    actor,
)
from mandat.platform.clock import legal_day, now
from mandat.reference.queries import policy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_noted():
    forget_notes()
    yield
    forget_notes()


@pytest.fixture
def firm():
    return ServiceRegistrationFactory().enterprise


@pytest.fixture
def holder(firm):
    return actor(ProxyFactory(enterprise=firm).person)


@pytest.fixture
def succeed(django_capture_on_commit_callbacks):
    """Do something, and let its transaction succeed."""

    def do(act):
        with django_capture_on_commit_callbacks(execute=True):
            return act()

    return do


def noted():
    return sorted(LastUse.objects.values_list("right", "day"))


def test_an_act_notes_the_day_of_each_right_it_used(succeed, firm, holder):
    succeed(lambda: require(holder, Right.PREPARE, Right.SIGN, enterprise=firm, block=BLOCK))
    assert noted() == [("prepare", legal_day(now())), ("sign", legal_day(now()))]
    assert last_uses(firm, [holder.person.pk]) == {(holder.person.pk, BLOCK): legal_day(now())}


def test_of_two_rights_of_which_one_is_enough_the_one_relied_on_is_noted(succeed, firm):
    viewer = actor(ProxyFactory(enterprise=firm, to_view=True).person)
    succeed(lambda: require_one_of(viewer, Right.SIGN, Right.VIEW, enterprise=firm, block=BLOCK))
    assert [right for right, _ in noted()] == ["view"]


def test_what_is_refused_and_what_fails_note_nothing(django_capture_on_commit_callbacks, firm, holder):
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(AccessDenied):
            require(holder, Right.VIEW, enterprise=firm, block="BF-RAD")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            require(holder, Right.VIEW, enterprise=firm, block=BLOCK)
            raise ZeroDivisionError
    assert noted() == []


def test_giving_a_right_is_not_using_it(succeed, firm):
    rse = actor(DesignationFactory(enterprise=firm).person)
    succeed(lambda: require(rse, Right.ADMINISTER, Right.SIGN, enterprise=firm, block=BLOCK))
    assert noted() == []


def test_the_second_use_of_a_day_asks_nothing_of_the_database(succeed, firm, holder):
    at = now()
    use = lambda: note_use(holder.person, firm, BLOCK, [Right.VIEW], at)  # noqa: E731
    with CaptureQueriesContext(connection) as first:
        succeed(use)
    with CaptureQueriesContext(connection) as second:
        succeed(use)
    assert (len(first), len(second)) == (1, 0)


def test_another_process_changes_no_row_that_is_of_the_day_already(succeed, firm, holder):
    note = lambda at: succeed(lambda: note_use(holder.person, firm, BLOCK, [Right.VIEW], at))  # noqa: E731
    note(now())
    [row] = LastUse.objects.extra(select={"version": "ctid::text"}).values_list("pk", "version")
    forget_notes()  # as another process, which has noted nothing
    note(now())
    forget_notes()
    note(now() - timedelta(days=2))
    assert [row] == list(LastUse.objects.extra(select={"version": "ctid::text"}).values_list("pk", "version"))
    note(now() + timedelta(days=1))
    assert noted() == [("view", legal_day(now() + timedelta(days=1)))]


def test_it_is_forgotten_once_the_policy_says_so(firm, holder):
    today, kept = legal_day(now()), policy("last-use-days", legal_day(now()))
    for right, age in (("view", kept), ("sign", kept + 1)):
        LastUse.objects.create(
            enterprise=firm, person=holder.person, block=BLOCK, right=right, day=today - timedelta(days=age)
        )
    assert forget_old_uses() == 1
    assert [right for right, _ in noted()] == ["view"]
