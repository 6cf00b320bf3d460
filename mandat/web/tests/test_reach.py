"""TI-4: the second net. Where a page forgets to ask whose rows it reads, the database shows it no other firm's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import ForeignKey, Model
from django.db.utils import ProgrammingError

from mandat.access.reach import reach_all, reach_firm, reach_firms_of, reach_none, release
from mandat.enterprises.models import Enterprise
from mandat.filings.models import Filing, Submission
from mandat.platform.postgres.address import APP, connection_words, database_settings
from mandat.register.models import Attachment, Office
from mandat.web import permissions
from mandat.web.firm import filings as pages_of_filings
from mandat.web.tests.neighbours import neighbour_of

#: What leads to a firm and is not kept within reach, with why.
RIGHTS = "a rule asks of it across firms, or before a firm is known: a row hidden would change its answer in silence"
THE_REGISTERS = "searched by officers, and compared with what an enterprise says of itself"
BY_OTHER_MEANS = "found by what was mailed, or held by a browser or a token, before anyone is signed in"
NOT_KEPT = {
    "enterprises": RIGHTS,
    "access": RIGHTS,
    "register.Registrant": THE_REGISTERS,
    "casework": "the desk’s record of its own looks, which it opens, and a firm reads by its own key",
    "enrolment": BY_OTHER_MEANS,
    "openid": BY_OTHER_MEANS,
}


def models_of_firms() -> set[type[Model]]:
    """Return every model whose rows lead to an enterprise, by whatever chain of keys."""
    found: set[type[Model]] = {Enterprise}
    while more := {each for each in apps.get_models() if each not in found and targets_of(each) & found}:
        found |= more
    return found


def targets_of(model: type[Model]) -> set[type[Model]]:
    return {each.related_model for each in model._meta.fields if isinstance(each, ForeignKey)}


def rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def kept_within_reach() -> set[str]:
    """Return the tables whose rows are secured, from their owner as well."""
    return {
        name
        for (name,) in rows(
            "SELECT DISTINCT relname FROM pg_class JOIN pg_policies ON tablename = relname AND policyname = 'within_reach'"
            " WHERE relrowsecurity AND relforcerowsecurity"
        )
    }


def left_open(models: set[type[Model]]) -> set[str]:
    """Return the models of firms whose tables nothing keeps within reach, and that no one has named."""
    kept = kept_within_reach()
    labels = {each._meta.label for each in models if each._meta.db_table not in kept}
    return {each for each in labels if each not in NOT_KEPT and each.split(".")[0] not in NOT_KEPT}


@contextmanager
def within(say, *what, **by) -> Iterator[None]:
    say(*what, **by)
    try:
        yield
    finally:
        release()


def foreign(firm: Enterprise) -> dict[str, int]:
    """Return how many rows of other firms a query without any filter sees, by model, and that it sees some of its own."""
    paths = {
        Filing: "registrant__service_registration__enterprise",
        Submission: "filing__registrant__service_registration__enterprise",
        Attachment: "registrant__service_registration__enterprise",
        Office: "registrant__service_registration__enterprise",
    }
    assert all(model.objects.filter(**{path: firm.pk}).exists() for model, path in paths.items())
    return {model.__name__: model.objects.exclude(**{path: firm.pk}).count() for model, path in paths.items()}


def test_every_table_of_firms_rows_is_kept_within_reach(db):
    assert left_open(models_of_firms()) == set()


def test_a_table_that_nobody_keeps_is_named(db, monkeypatch):
    monkeypatch.delitem(NOT_KEPT, "register.Registrant")
    assert left_open(models_of_firms()) == {"register.Registrant"}


def test_the_application_owns_nothing_and_bypasses_nothing(db):
    assert rows("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user") == [
        (APP, False, False)
    ]
    assert rows("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = current_user") == []


def test_a_query_without_a_filter_sees_only_the_firm_within_reach(visitors):
    firm, person = visitors.own_firm, visitors.actors["rse"].person
    neighbour_of(visitors)
    assert all(foreign(firm).values())
    with within(reach_firm, firm.public_id, by=person):
        assert set(foreign(firm).values()) == {0}


def test_a_page_that_forgets_its_filter_shows_no_other_firm(visitors, monkeypatch):
    monkeypatch.setattr(pages_of_filings, "filings_in", lambda *_: Filing.objects.select_related("registrant"))
    theirs = Filing.objects.filter(registrant__service_registration__enterprise=neighbour_of(visitors))
    numbers = set(theirs.exclude(number="").values_list("number", flat=True))
    page = visitors.browser("rse").get(f"/d/{visitors.own_firm.public_id}/demandes").content.decode()
    assert page.count("F-20") > 0
    assert [each for each in numbers if each in page] == []
    monkeypatch.setattr(permissions, "reach_firm", lambda *_, **__: reach_all())
    page = visitors.browser("rse").get(f"/d/{visitors.own_firm.public_id}/demandes").content.decode()
    assert [each for each in numbers if each in page] != []


def test_a_firm_comes_within_reach_only_of_whoever_stood_there(visitors):
    assert Filing.objects.exists()
    with within(reach_firm, visitors.own_firm.public_id, by=visitors.actors["stranger"].person):
        assert not Filing.objects.exists()
        assert not Attachment.objects.exists()


def test_a_persons_pages_reach_the_firms_where_they_ever_stood(visitors):
    neighbour_of(visitors)
    person = visitors.actors["rse"].person
    firms = set(person.designations.values_list("enterprise", flat=True))
    theirs = set(Office.objects.filter(registrant__service_registration__enterprise__in=firms))
    with within(reach_firms_of, person):
        assert set(Office.objects.all()) == theirs
    assert len(firms) > 1
    assert set(Office.objects.all()) > theirs


def test_nothing_is_written_for_a_firm_out_of_reach(visitors):
    theirs = Office.objects.filter(registrant__service_registration__enterprise=neighbour_of(visitors)).first()
    with within(reach_firm, visitors.own_firm.public_id, by=visitors.actors["rse"].person):
        assert Office.objects.filter(pk=theirs.pk).update(end_reason="x") == 0
        theirs.pk, theirs.public_id = None, uuid4()
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            theirs.save(force_insert=True)


def test_a_rollback_unsays_what_was_said_inside(visitors):
    reach_none()
    with transaction.atomic():
        reach_all()
        transaction.set_rollback(True)
    assert not Filing.objects.exists()
    release()


def test_a_request_leaves_nothing_within_reach_of_the_next(visitors):
    visitors.browser("rse").get(f"/d/{visitors.own_firm.public_id}/")
    assert rows("SELECT current_setting('mandat.firms')") == [("{0}",)]


def test_a_process_that_serves_pages_reaches_nothing_by_itself(visitors, monkeypatch):
    asked = database_settings({"MANDAT_REACH": "of-the-request"}, var=Path("var"))
    assert "mandat.firms" not in asked["OPTIONS"]["options"]
    words = connection_words(connection.settings_dict) | {"options": asked["OPTIONS"]["options"]}
    with psycopg.connect(**words) as bare:
        assert bare.execute("SELECT nullif(current_setting('mandat.firms', true), '')").fetchone() == (None,)
    with within(reach_none):
        assert not Filing.objects.exists()
