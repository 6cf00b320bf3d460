"""What may be done to persons and logins."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from mandat.identity import user_code
from mandat.identity.commands import (
    EmailTaken,
    create_login,
    create_person,
    link_login,
    restore_person,
    suspend_person,
)
from mandat.identity.models import Login, LoginLink, Person
from mandat.identity.queries import link_of, login_named
from mandat.identity.tests.people import NOBODY, PASSWORD, login, person
from mandat.platform.models import EventRow
from mandat.platform.workflow import MoveNotAllowed

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)
UNDER = {"decision": "essai"}


def test_sorts_people_without_accents_or_capitals():
    for given, family in [("Zoé", "Émond"), ("Ève", "eger"), ("Aïcha", "Dubé"), ("Anne", "Émond")]:
        person(given, family)
    assert [str(each) for each in Person.objects.all()] == ["Aïcha Dubé", "Ève eger", "Anne Émond", "Zoé Émond"]


def test_creates_a_person_once_for_one_key():
    key = uuid4()
    asked = {"key": key, "given_name": "Ève", "family_name": "Roy", "language": "fr", "asked_by": NOBODY}
    assert create_person(**asked) == create_person(**asked)


def test_creates_a_login_once_for_one_key():
    asked = {"key": uuid4(), "email": "a@exemple.test", "password": PASSWORD, "asked_by": NOBODY}
    assert create_login(**asked) == create_login(**asked)


def test_draws_another_code_when_one_is_taken(monkeypatch):
    taken = login().user_code
    drawn = iter([taken, "ZZZ999999"])
    monkeypatch.setattr(user_code, "draw", lambda: next(drawn))
    assert login(email="autre@exemple.test").user_code == "ZZZ999999"


def test_refuses_a_second_active_login_with_one_address():
    first = login(email="Eloise@Exemple.test")
    with pytest.raises(EmailTaken):
        login(email="ELOISE@exemple.TEST")
    first.is_active = False
    first.save()
    assert login(email="eloise@exemple.test") != first


@pytest.mark.parametrize(
    "wrong", [{"email": "A@exemple.test"}, {"user_code": "abc123456"}, {"user_code": "ABI123456"}, {"user_code": "1"}]
)
def test_the_database_holds_codes_and_addresses_to_one_form(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Login.objects.create(**{"user_code": "ABC123456", "email": "a@exemple.test"} | wrong)


def test_finds_a_login_by_code_or_address_however_typed():
    made = login()
    for typed in (made.user_code.lower(), user_code.grouped(made.user_code), " Eloise@EXEMPLE.test "):
        assert login_named(typed) == made
    for typed in ("", "@", "inconnu@exemple.test", "AAA000000", made.user_code + "x"):
        assert login_named(typed) is None


def test_a_login_linked_again_leaves_rights_and_past_with_its_first_person(at):
    at(NOON)
    first, second = person(), person("Marc", "Roy")
    made = login(of=first)
    at(NOON + timedelta(days=1))
    link_login(login=made, person=second)
    assert link_of(made).person == second
    past = LoginLink.objects.get(login=made, person=first)
    assert (past.during.lower, past.during.upper) == (NOON, NOON + timedelta(days=1))


def test_linking_to_the_same_person_changes_nothing():
    holder = person()
    made = login(of=holder)
    assert link_login(login=made, person=holder) == LoginLink.objects.get(login=made)


def test_a_login_is_one_persons_at_any_instant():
    made = login()
    link = LoginLink.objects.get(login=made)
    with pytest.raises(IntegrityError), transaction.atomic():
        LoginLink.objects.create(login=made, person=person("Marc", "Roy"), during=link.during)


def test_suspends_and_restores_a_person_and_keeps_why():
    someone = person()
    suspend_person(person_id=someone.public_id, reason="téléphone volé", under=UNDER)
    with pytest.raises(MoveNotAllowed):
        suspend_person(person_id=someone.public_id, reason="encore", under=UNDER)
    restore_person(person_id=someone.public_id, reason="retrouvé", under=UNDER)
    kept = [(each.before, each.after, each.reason, each.authority) for each in someone.history.all()]
    assert kept == [
        ("active", "suspended", "téléphone volé", UNDER),
        ("suspended", "active", "retrouvé", UNDER),
    ]


def test_tells_events_without_personal_data():
    made = login()
    told = {each.name: each.body for each in EventRow.objects.order_by("id")}
    assert set(told) == {"PersonCreated", "LoginCreated", "LoginLinked"}
    words = str(told)
    assert str(made.public_id) in words
    assert made.user_code not in words
    assert "eloise" not in words.lower()
