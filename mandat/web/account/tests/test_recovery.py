"""A lost password, a lost user code: one answer to everybody, and never in without the second factor."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from mandat.identity import user_code
from mandat.identity.actor import actor_of
from mandat.identity.commands import (
    RecoveryUnusable,
    change_password,
    confirm_email,
    mail_password_link,
    recover_password,
    renew_recovery_codes,
    restore_person,
    set_up_second_factor,
    suspend_person,
)
from mandat.identity.factor_policy import Factor, FactorPolicy
from mandat.identity.jobs import write_to_holder
from mandat.identity.models import Login, PasswordRecovery
from mandat.identity.queries import link_of
from mandat.identity.second_factor import code_of, recovery_codes, step_at
from mandat.identity.tests.people import PASSWORD, SECRET, code, login, login_with_second_factor, person
from mandat.identity.tests.test_sessions import told
from mandat.identity.tokens import digest
from mandat.platform.models import EventRow, Mail

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 17, 0, 5, tzinfo=UTC)
ANOTHER = "une tout autre phrase, bien à moi"
ANY = FactorPolicy((Factor.PASSKEY, Factor.TOTP))
LINK = re.compile(r"/entrer/mot-de-passe/[\w-]{43}")


@pytest.fixture
def someone(at):
    at(NOON)
    return login_with_second_factor()


def ask(typed, *, about="mot-de-passe", browser=None, **more):
    return (browser or Client()).post(f"/entrer/{about}-perdu", {"typed": typed}, **more)


def work():
    """Do the jobs that were deferred, as a worker would."""
    for job in ProcrastinateJob.objects.filter(task_name="write_to_holder", status="todo").order_by("id"):
        write_to_holder(**job.args)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'write_to_holder'")


def link_to(someone) -> str:
    work()
    return LINK.search(Mail.objects.filter(to=someone.email, text__contains="mot-de-passe/").latest("id").text)[0]


def choose(address, typed, password=ANOTHER, again=None, browser=None):
    sent = {"code": typed, "password": password, "again": password if again is None else again}
    return (browser or Client()).post(address, sent)


def signs_in(someone, password) -> bool:
    answer = Client().post("/entrer", {"login": someone.email, "password": password})
    return answer.status_code == 302


def test_the_link_and_the_second_factor_together_give_another_password_once(someone, at):
    asked = ask(someone.user_code.lower())
    assert asked["Location"] == "/entrer/courriel-envoye"
    address = link_to(someone)
    assert "au moins 8 caractères" in Client().get(address).content.decode(), "there is a second factor"
    answer = choose(address, code(someone))
    assert answer["Location"] == "/entrer"
    assert not signs_in(someone, PASSWORD)
    assert signs_in(someone, ANOTHER)
    assert choose(address, recovery_codes(someone)[0], "et encore une autre phrase").status_code == 410
    assert signs_in(someone, ANOTHER)
    told()
    notice = Mail.objects.latest("id")
    assert (notice.to, notice.subject) == (someone.email, "Votre mot de passe a été remplacé")
    assert EventRow.objects.filter(name="PasswordRecovered", body__method="totp").count() == 1


def test_a_recovery_code_proves_the_second_factor_too(someone):
    ask(someone.email)
    assert choose(link_to(someone), recovery_codes(someone)[0])["Location"] == "/entrer"


def test_the_link_alone_opens_nothing_and_wrong_codes_end_it(someone):
    ask(someone.email)
    address = link_to(someone)
    for _ in range(5):
        assert choose(address, "000000").status_code == 422
    assert choose(address, code(someone)).status_code == 410
    assert signs_in(someone, PASSWORD)


def test_nobody_is_signed_in_by_a_recovery_and_every_session_ends(someone):
    inside, browser = Client(), Client()
    inside.post("/entrer", {"login": someone.email, "password": PASSWORD})
    inside.post("/entrer/code", {"code": code(someone)})
    assert inside.get("/compte/").status_code == 200
    ask(someone.email)
    choose(link_to(someone), recovery_codes(someone)[0], browser=browser)
    assert browser.get("/compte/").status_code == 302
    assert inside.get("/compte/").status_code == 302


def test_a_login_without_second_factor_is_not_recovered_by_mail(at):
    at(NOON)
    half = login(email="marc@exemple.test", of=person("Marc", "Roy"))
    ask(half.email)
    for typed in ("000000", "", "12345678"):
        assert choose(link_to(half), typed).status_code == 422
    assert signs_in(half, PASSWORD)


# One answer to everybody


def nobody():
    return "inconnu@exemple.test"


@pytest.mark.parametrize("about", ["mot-de-passe", "code"])
def test_asking_does_the_same_for_somebody_and_for_nobody(someone, about):
    """The same statements in the same order, the same answer, the same cookies: time and words tell nothing."""
    seen = []
    for typed in (someone.email, nobody()):
        with CaptureQueriesContext(connection) as asked:
            answer = ask(typed, about=about)
        shapes = [re.sub(r"'[^']*'|\d+", "?", each["sql"]) for each in asked.captured_queries]
        seen.append((shapes, answer.status_code, answer["Location"], sorted(answer.cookies), answer.content))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("what", ["suspended", "inactive", "nobody"])
def test_whoever_may_not_sign_in_is_not_written_to(someone, what):
    if what == "suspended":
        suspend_person(person_id=link_of(someone).person.public_id, reason="essai", under={})
    elif what == "inactive":
        Login.objects.filter(pk=someone.pk).update(is_active=False)
    typed = nobody() if what == "nobody" else someone.email
    assert ask(typed)["Location"] == "/entrer/courriel-envoye"
    work()
    assert not Mail.objects.exists()


def test_nothing_that_was_typed_is_kept(someone):
    ask(nobody())
    assert "inconnu" not in str(list(ProcrastinateJob.objects.values()))
    assert not EventRow.objects.filter(body__icontains="inconnu").exists()


def test_too_many_questions_are_answered_429_alike(someone):
    for typed in (someone.email, nobody()):
        answers = [ask(typed).status_code for _ in range(6)]
        assert answers == [302] * 5 + [429]


@pytest.mark.parametrize("typed", ["", "  ", "\0"])
def test_asks_at_the_field_for_what_is_missing(client, typed):
    answer = ask(typed)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"typed"}


# The link


def test_a_newer_link_kills_the_older(someone):
    ask(someone.email)
    old = link_to(someone)
    ask(someone.email)
    new = link_to(someone)
    assert choose(old, code(someone)).status_code == 410
    assert choose(new, code(someone)).status_code == 302


def test_a_link_expires(someone, at):
    ask(someone.email)
    address = link_to(someone)
    at(NOON + timedelta(minutes=30))
    assert Client().get(address).status_code == 410
    assert choose(address, code(someone)).status_code == 410


def changes(someone, what):
    acting = actor_of(someone, person=link_of(someone).person, at=NOON, methods=["password", "totp"])
    if what == "email":
        someone.email_changes.create(
            before=someone.email, after="neuf@exemple.test", link_hash=digest("x"), asked_at=NOON,
            expires_at=NOON + timedelta(hours=1),
        )  # fmt: skip
        confirm_email(token="x")
    elif what == "password":
        change_password(current=PASSWORD, new="et encore une autre", session=None, by=acting)
    elif what == "application":
        at = step_at(NOON)
        set_up_second_factor(login=someone, secret=SECRET, code=code_of(SECRET, at), methods=["totp"])
    elif what == "recovery codes":
        renew_recovery_codes(by=acting)
    else:
        suspend_person(person_id=acting.person.public_id, reason="essai", under={})
        if what == "suspended and restored":
            restore_person(person_id=acting.person.public_id, reason="essai", under={})


@pytest.mark.parametrize(
    "what", ["email", "password", "application", "recovery codes", "suspended", "suspended and restored"]
)
def test_a_link_dies_with_what_it_rests_on(someone, what):
    ask(someone.email)
    address = link_to(someone)
    changes(someone, what)
    closed = Client().get(address)
    assert closed.status_code == 410
    assert "Depuis qu’il est parti" in closed.content.decode()
    before = Login.objects.get(pk=someone.pk).password
    spare = recovery_codes(someone)[0]
    assert choose(address, spare).status_code == 410
    with pytest.raises(RecoveryUnusable):
        recover_password(token=address.rpartition("/")[2], proof=spare, password=ANOTHER, asked=ANY)
    assert Login.objects.get(pk=someone.pk).password == before


def test_what_changes_nothing_of_the_login_leaves_the_link(someone):
    ask(someone.email)
    address = link_to(someone)
    browser = Client()
    browser.post("/entrer", {"login": someone.email, "password": PASSWORD})
    browser.post("/entrer/code", {"code": recovery_codes(someone)[0]})
    assert choose(address, code(someone))["Location"] == "/entrer"


def test_opening_the_link_uses_nothing_up(someone):
    ask(someone.email)
    address = link_to(someone)
    for _ in range(3):
        assert Client().get(address).status_code == Client().head(address).status_code == 200
        assert Client().get(f"{address}/arreter").status_code == 200
    assert choose(address, code(someone)).status_code == 302


def test_the_holder_who_asked_for_nothing_stops_it(someone):
    ask(someone.email)
    address = link_to(someone)
    assert "C’est arrêté" in Client().post(f"{address}/arreter").content.decode()
    assert choose(address, code(someone)).status_code == 410
    assert signs_in(someone, PASSWORD)


def test_no_secret_is_kept_and_no_mailbox_is_flooded(someone):
    for _ in range(9):
        mail_password_link(login_id=someone.pk)
    assert Mail.objects.count() == 5
    token = link_to(someone).rpartition("/")[2]
    assert token not in str(list(PasswordRecovery.objects.values()))
    assert choose(f"/entrer/mot-de-passe/{token}", code(someone)).status_code == 302, "the last link still works"


@pytest.mark.parametrize(
    ("password", "again", "field"),
    [("court", "court", "password"), (ANOTHER, "autre", "again"), ("", "", "password"), ("x" * 300, "x" * 300, "password")],
)  # fmt: skip
def test_a_weak_password_is_said_at_its_field_and_costs_no_code(someone, password, again, field):
    ask(someone.email)
    address, typed = link_to(someone), code(someone)
    answer = choose(address, typed, password, again)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert choose(address, typed).status_code == 302


def test_one_may_look_at_what_one_types_without_a_script(someone, client):
    ask(someone.email)
    address = link_to(someone)
    typed = {"code": "123456", "password": "ce que je tape", "again": "ce que", "shown": "0", "show": "1"}
    shown = client.post(address, typed)
    assert shown.status_code == 200
    assert '<input type="text" name="password" value="ce que je tape"' in shown.content.decode()
    hidden = client.post(address, typed | {"shown": "1", "show": "0"}).content.decode()
    assert '<input type="password" name="password" value="ce que je tape"' in hidden
    assert 'value="123456"' in hidden
    wrong = client.post(address, {"code": "000000", "password": ANOTHER, "again": ANOTHER})
    assert ANOTHER not in wrong.content.decode()


# The user code


def test_a_lost_user_code_goes_to_its_holder(someone):
    ask(someone.email, about="code")
    work()
    mail = Mail.objects.get()
    assert (mail.to, user_code.grouped(someone.user_code) in mail.text) == (someone.email, True)


def test_a_user_code_that_is_a_part_of_an_invitation_is_never_mailed(at):
    """The link of the invitation lies in that mailbox already: both parts would."""
    at(NOON)
    invited = login(email="marc@exemple.test", of=person("Marc", "Roy"), password=None)
    ask(invited.email, about="code")
    ask(invited.email)
    work()
    for mail in Mail.objects.all():
        assert user_code.grouped(invited.user_code) not in mail.text
        assert mail.subject == "Votre accès attend d’être activé"
    assert not PasswordRecovery.objects.exists()
