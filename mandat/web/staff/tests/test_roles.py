"""The roles of the staff on their pages: proposed with a name, confirmed by another, reviewed, ended; seen by auditors."""

from datetime import timedelta
from uuid import uuid4

import pytest

from mandat.access.decision import Right, decide
from mandat.access.models import StaffAssignment
from mandat.access.tests.factories import LoginFactory, StaffAssignmentFactory, actor
from mandat.access.workflow import AssignmentMove
from mandat.openid.tests.world import browser_of
from mandat.platform.clock import legal_day, now

pytestmark = pytest.mark.django_db
LIST, NEW = "/agence/personnel/", "/agence/personnel/nouveau"


@pytest.fixture
def supervisors():
    return [actor(StaffAssignmentFactory(supervisor=True, kept_at=now()).person) for _ in range(3)]


@pytest.fixture
def browsers(supervisors):
    return [browser_of(each)[0] for each in supervisors]


def page_of(role):
    return f"{LIST}{role.public_id}/"


def asked(login, **more):
    until = legal_day(now()) + timedelta(days=300)
    return {"who": login.email, "role": "officer", "queue": "registration", "start": "", "until": str(until)} | more


def test_a_role_is_proposed_with_a_name_and_confirmed_by_another(browsers):
    one, two, _ = browsers
    login = LoginFactory()
    person = login.links.get().person
    shown = one.post(NEW, asked(login)).content.decode()
    assert str(person) in shown
    assert not StaffAssignment.objects.filter(person=person).exists()
    key = str(uuid4())
    done = one.post(NEW, asked(login, key=key))
    role = StaffAssignment.objects.get(person=person)
    assert done.headers["Location"] == page_of(role)
    assert one.post(NEW, asked(login, key=key)).headers["Location"] == page_of(role)
    assert "attend votre confirmation" in two.get("/agence/").content.decode()
    assert "attend votre confirmation" not in one.get("/agence/").content.decode()
    assert "Confirmer le rôle" not in one.get(f"{page_of(role)}confirmer").content.decode()
    one.post(f"{page_of(role)}confirmer")
    assert not decide(person, Right.EXAMINE, None, "registration", now())
    two.post(f"{page_of(role)}confirmer")
    assert decide(person, Right.EXAMINE, None, "registration", now())
    life = two.get(page_of(role)).content.decode()
    assert "Proposé" in life
    assert "Confirmé par un second superviseur" in life


def test_going_back_from_the_preview_loses_nothing(browsers):
    login = LoginFactory()
    shown = browsers[0].post(NEW, asked(login, edit="on", key=str(uuid4()))).content.decode()
    assert login.email in shown
    assert "Voir ce qui sera proposé" in shown
    assert StaffAssignment.objects.filter(role="officer").count() == 0


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("who", "", "Dites de qui"),
        ("who", "personne@nulle.part", "Personne n’entre ici"),
        ("who", "ZZZ-000-000", "Personne n’entre ici"),
        ("role", "roi", "Choisissez un rôle"),
        ("queue", "rien", "Choisissez une file"),
        ("start", "2020-01-01", "Ce jour est passé"),
        ("until", "2020-01-01", "finirait avant de commencer"),
        ("until", "2126-01-01", "trop loin"),
        ("until", "", "il finit toujours"),
        ("until", "demain", "n’existe pas"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(browsers, field, value, said):
    answer = browsers[0].post(NEW, asked(LoginFactory(), key=str(uuid4()), **{field: value}))
    assert answer.status_code == 422
    assert said in str(answer.context["form"].errors[field])
    assert 'value="registration" selected' in answer.content.decode() or field == "queue"
    assert not StaffAssignment.objects.filter(role="officer").exists()


def test_nobody_proposes_a_role_for_themselves_by_any_of_their_logins(browsers, supervisors):
    second = LoginFactory(person=supervisors[0].person)
    answer = browsers[0].post(NEW, asked(second, key=str(uuid4())))
    assert "Personne ne propose un rôle pour soi" in str(answer.context["form"].errors["who"])


def test_a_queue_is_for_desks_alone_and_a_role_is_given_once(browsers):
    login = LoginFactory()
    refused = browsers[0].post(NEW, asked(login, role="supervisor", key=str(uuid4())))
    assert "toutes les files" in str(refused.context["form"].errors["queue"])
    browsers[0].post(NEW, asked(login, key=str(uuid4())))
    again = browsers[1].post(NEW, asked(login, key=str(uuid4())))
    assert "déjà ce rôle" in str(again.context["form"].errors["role"])


def test_a_review_keeps_or_ends_with_a_reason(browsers):
    role = StaffAssignmentFactory()  # confirmed years ago
    shown = browsers[0].get(LIST).content.decode()
    assert "en retard depuis le" in shown
    assert browsers[0].post(f"{page_of(role)}revoir", {"reason": " "}).status_code == 422
    browsers[0].post(f"{page_of(role)}revoir", {"reason": "Toujours au bureau de vérification"})
    assert "en retard depuis le" not in browsers[0].get(LIST).content.decode()
    life = browsers[0].get(page_of(role)).content.decode()
    assert "Toujours au bureau de vérification" in life
    browsers[1].post(f"{page_of(role)}terminer", {"reason": "Départ"})
    assert not decide(role.person, Right.VERIFY, None, None, now())
    assert [each.move for each in role.history.order_by("id")] == [AssignmentMove.KEEP, AssignmentMove.END]
    assert str(role.person) in browsers[0].get("/agence/personnel/termines").content.decode()


def test_a_proposal_is_refused_with_a_reason(browsers, supervisors):
    login = LoginFactory()
    browsers[0].post(NEW, asked(login, key=str(uuid4())))
    role = StaffAssignment.objects.get(role="officer")
    assert "Retirer la proposition" in browsers[0].get(page_of(role)).content.decode()
    browsers[1].post(f"{page_of(role)}retirer", {"reason": "Pas de besoin"})
    assert "Proposition refusée" in browsers[0].get(page_of(role)).content.decode()


def test_the_last_two_supervisors_are_not_ended_and_the_page_says_why(browsers, supervisors):
    browsers[0].post(f"{page_of(supervisors[2].person.assignments.get())}terminer", {"reason": "Départ"})
    answer = browsers[0].post(
        f"{page_of(supervisors[1].person.assignments.get())}terminer", {"reason": "Départ"}, follow=True
    )
    assert "moins de deux superviseurs" in answer.content.decode()
    assert decide(supervisors[1].person, Right.SUPERVISE, None, None, now())


def test_an_auditor_sees_and_changes_nothing(supervisors):
    auditor = actor(StaffAssignmentFactory(role="auditor").person)
    role = StaffAssignmentFactory()
    browser, _ = browser_of(auditor)
    assert str(role.person) in browser.get(LIST).content.decode()
    assert "Proposer un rôle" not in browser.get(LIST).content.decode()
    assert "Mettre fin au rôle" not in browser.get(page_of(role)).content.decode()
    for act in ("confirmer", "retirer", "revoir", "terminer"):
        assert browser.post(f"{page_of(role)}{act}", {"reason": "x"}).status_code == 403
    assert browser.post(NEW, {}).status_code == 403


def test_the_list_takes_as_many_statements_however_long(browsers, django_assert_max_num_queries):
    StaffAssignmentFactory.create_batch(2)
    browsers[0].get(LIST)
    with django_assert_max_num_queries(20) as few:
        browsers[0].get(LIST)
    StaffAssignmentFactory.create_batch(6)
    with django_assert_max_num_queries(len(few)):
        browsers[0].get(LIST)
