"""Passkeys on the pages: alone, after a password, before an act, as the first factor; and everything refused."""

import json
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from mandat.access.tests.factories import DesignationFactory, StaffAssignmentFactory
from mandat.access.tests.parallel import Worker, together
from mandat.enterprises.models import Role
from mandat.identity.commands import prove_passkey, suspend_person
from mandat.identity.factor_policy import Factor, FactorPolicy
from mandat.identity.models import Login, Session
from mandat.identity.passkeys import PasskeyRefused, Purpose, ask_to_prove, passkeys_of
from mandat.identity.queries import link_of
from mandat.identity.second_factor import factors_of, recovery_codes
from mandat.identity.tests.people import code, login, login_with_second_factor
from mandat.platform.clock import now
from mandat.platform.models import EventRow
from mandat.web.account.tests.passkeys import Passkey, given, sends
from mandat.web.account.tests.test_sessions import NOON, enter, is_in

pytestmark = pytest.mark.django_db
ANY = FactorPolicy((Factor.PASSKEY, Factor.TOTP))


@pytest.fixture
def someone(at):
    """Return a login without an application of codes, at noon."""
    at(NOON)
    return login()


@pytest.fixture
def passkey(someone):
    """Return its one passkey."""
    return given(someone, policy=ANY)


def actor_in(client):
    return client.get("/compte/").wsgi_request.actor


# Alone


def test_signs_in_with_a_passkey_alone_and_resists_phishing(client, someone, passkey):
    answer = sends(client, passkey, "/entrer/cle")
    assert answer.headers["Location"] == "/compte/"
    actor = actor_in(client)
    assert (actor.login, actor.assurance, actor.methods) == (someone, "phishing_resistant", ("webauthn",))
    assert Session.objects.get().assurance == "phishing_resistant"


def test_leads_to_the_page_that_asked(client, someone, passkey):
    asked = client.get("/compte/codes-de-secours").headers["Location"]
    onward = asked.removeprefix("/entrer")
    assert sends(client, passkey, "/entrer/cle", onward=onward).headers["Location"] == "/compte/codes-de-secours"
    other = Client()
    onward = "?next=https://ailleurs.test/"
    assert sends(other, passkey, "/entrer/cle", onward=onward).headers["Location"] == "/compte/"


@pytest.mark.parametrize(
    "forged",
    [
        {"said": {"origin": "https://ailleurs.test"}},
        {"party": "ailleurs.test"},
        {"flags": 1},
        {"counter": 0},
        {"handle": ""},
        {"said": {"challenge": "AAAA"}},
    ],
)
def test_what_is_forged_lets_nobody_in_and_says_what_to_do(client, someone, passkey, forged):
    answer = sends(client, passkey, "/entrer/cle", **forged)
    assert answer.status_code == 422
    assert "n’a rien prouvé" in answer.content.decode()
    assert not is_in(client)


def test_an_answer_sent_twice_or_from_another_browser_lets_nobody_in(client, someone, passkey):
    options = client.post("/entrer/cle/defi").json()
    sent = {"credential": json.dumps(passkey.proven(options))}
    thief = Client()
    assert thief.post("/entrer/cle", sent).status_code == 422
    assert client.post("/entrer/cle", sent).status_code == 302
    client.post("/sortir")
    assert client.post("/entrer/cle", sent).status_code == 422
    assert not is_in(client)


@pytest.mark.parametrize(
    "sent", [{}, {"credential": ""}, {"credential": "["}, {"credential": "[]"}, {"credential": "x" * 30000}]
)
def test_junk_is_refused(client, someone, passkey, sent):
    client.post("/entrer/cle/defi")
    assert client.post("/entrer/cle", sent).status_code == 422
    assert client.post("/entrer/cle", sent).status_code == 422


@pytest.mark.parametrize("what", ["suspended", "inactive", "nobody's"])
def test_whoever_may_not_sign_in_may_not_by_a_passkey(client, someone, passkey, what):
    if what == "suspended":
        suspend_person(person_id=link_of(someone).person.public_id, reason="essai", under={})
    elif what == "inactive":
        Login.objects.filter(pk=someone.pk).update(is_active=False)
    else:
        someone.links.all().delete()
    answer = sends(client, passkey, "/entrer/cle")
    assert answer.status_code == 422 or answer.headers["Location"] == "/entrer"
    assert not is_in(client)
    assert not Session.objects.exists()


def test_stopped_between_the_challenge_and_the_answer(client, someone, passkey):
    options = client.post("/entrer/cle/defi").json()
    suspend_person(person_id=link_of(someone).person.public_id, reason="essai", under={})
    answer = client.post("/entrer/cle", {"credential": json.dumps(passkey.proven(options))})
    assert answer.headers["Location"] == "/entrer"
    assert not is_in(client)


# After the password


def test_a_passkey_is_the_second_factor(client, someone, passkey):
    assert enter(client, someone.email).headers["Location"] == "/entrer/code"
    page = client.get("/entrer/code").content.decode()
    assert "Utiliser ma clé d’accès" in page
    assert "a besoin de JavaScript" in page
    assert not is_in(client)
    assert sends(client, passkey, "/entrer/code/cle").headers["Location"] == "/compte/"
    assert actor_in(client).methods == ("password", "webauthn")


def test_anothers_passkey_is_not(client, someone, passkey):
    other = login(email="marc@exemple.test")
    theirs = given(other, policy=ANY)
    enter(client, someone.email)
    assert sends(client, theirs, "/entrer/code/cle").status_code == 422
    assert not is_in(client)
    assert EventRow.objects.filter(name="SecondFactorRefused", aggregate_id=someone.public_id).exists()


def test_a_recovery_code_stands_in_for_a_lost_passkey(client, someone, passkey):
    enter(client, someone.email)
    assert client.post("/entrer/code", {"code": recovery_codes(someone)[0]}).status_code == 302
    assert actor_in(client).assurance == "two_factors"


def test_the_challenges_of_a_step_open_to_nobody_who_is_not_at_it(client, someone):
    for step in ("code/cle", "code/cle/defi", "second-facteur/cle", "second-facteur/cle/defi", "code/courriel"):
        assert client.post(f"/entrer/{step}").headers["Location"] == "/entrer"
    for step in ("confirmer/cle", "confirmer/cle/defi", "confirmer/code/courriel"):
        assert client.post(f"/entrer/{step}").headers["Location"].startswith("/entrer?next=")


# As the first factor


def test_the_first_factor_may_be_a_passkey(client, someone):
    assert enter(client, someone.email).headers["Location"] == "/entrer/second-facteur"
    passkey = Passkey()
    fields = {"name": "Portable"}
    answer = sends(client, passkey, "/entrer/second-facteur/cle", does="create", fields=fields)
    assert answer.headers["Location"] == "/compte/codes-de-secours?next=%2Fcompte%2F"
    assert actor_in(client).assurance == "phishing_resistant"
    assert recovery_codes(someone)[0][:4] in client.get(answer.headers["Location"]).content.decode()
    assert passkeys_of(someone).get().data["name"] == "Portable"
    assert is_in_alone(passkey)


def is_in_alone(passkey):
    other = Client()
    sends(other, passkey, "/entrer/cle")
    return is_in(other)


@pytest.mark.parametrize("name", ["", " ", "x" * 61])
def test_a_passkey_has_a_name(client, someone, name):
    enter(client, someone.email)
    answer = sends(client, Passkey(), "/entrer/second-facteur/cle", does="create", fields={"name": name})
    assert answer.status_code == 422
    assert answer.context["name_form"].errors.keys() == {"name"}
    assert not factors_of(someone)


def test_two_browsers_at_the_set_up_step_set_up_once(someone):
    """Whoever knows only the password, and waits at that step, adds nothing once its holder has a factor."""
    holder, thief = Client(), Client()
    for each in (holder, thief):
        enter(each, someone.email)
    sends(holder, Passkey(), "/entrer/second-facteur/cle", does="create", fields={"name": "À moi"})
    answer = sends(thief, Passkey(), "/entrer/second-facteur/cle", does="create", fields={"name": "À lui"})
    assert answer.headers["Location"] == "/entrer"
    assert not is_in(thief)
    assert passkeys_of(someone).count() == 1
    enter(thief, someone.email)
    assert thief.get("/entrer/second-facteur").headers["Location"] == "/entrer"


# What the policy asks of each


@pytest.fixture
def agent(someone):
    """Make that person staff, who has an application of codes and nothing more."""
    made = login_with_second_factor(email="agente@exemple.test")
    StaffAssignmentFactory(person=link_of(made).person, role="officer")
    return made


def test_staff_without_a_passkey_set_one_up_before_anything_else(client, agent):
    enter(client, agent.email)
    assert client.post("/entrer/code", {"code": code(agent)}).headers["Location"] == "/entrer/second-facteur"
    assert not is_in(client)
    page = client.get("/entrer/second-facteur").content.decode()
    assert "Votre rôle demande une clé d’accès" in page
    assert "application d’authentification" not in page
    assert client.post("/entrer/second-facteur", {"code": "000000"}).headers["Location"] == "/entrer/second-facteur"
    sends(client, Passkey(), "/entrer/second-facteur/cle", does="create", fields={"name": "Bureau"})
    assert client.get("/agence/").status_code == 200


def test_staff_with_a_passkey_prove_nothing_with_a_code(client, agent):
    given(agent, policy=FactorPolicy((Factor.PASSKEY,)))
    enter(client, agent.email)
    for sent in (code(agent), recovery_codes(agent)[0]):
        assert client.post("/entrer/code", {"code": sent}).status_code == 422
    assert not is_in(client)


def test_in_a_demonstration_staff_may_use_codes(client, agent):
    from mandat.identity.models import Deployment

    Deployment.objects.create(kind="demo", marked_at=NOON)
    enter(client, agent.email)
    client.post("/entrer/code", {"code": code(agent)})
    assert client.get("/agence/").status_code == 200


def test_an_rse_may_use_either(client, someone, passkey):
    DesignationFactory(person=link_of(someone).person, role=Role.RSE, basis="named", function="")
    assert sends(client, passkey, "/entrer/cle").status_code == 302
    assert is_in(client)


# Before an act


def test_a_passkey_proves_again_and_counts_for_a_few_minutes(client, someone, passkey, at):
    sends(client, passkey, "/entrer/cle")
    at(NOON + timedelta(minutes=6))
    asked = client.get("/compte/codes-de-secours/nouveaux").headers["Location"]
    assert asked.startswith("/entrer/confirmer/code?next=")
    assert "Confirmer avec ma clé d’accès" in client.get(asked).content.decode()
    before = client.cookies["session"].value
    onward = "?" + asked.partition("?")[2]
    answer = sends(client, passkey, "/entrer/confirmer/cle", onward=onward)
    assert answer.headers["Location"] == "/compte/codes-de-secours/nouveaux"
    assert client.cookies["session"].value != before
    assert client.get("/compte/codes-de-secours/nouveaux").status_code == 200


def test_a_challenge_of_the_entry_proves_nothing_before_an_act(client, someone, passkey, at):
    sends(client, passkey, "/entrer/cle")
    at(NOON + timedelta(minutes=6))
    options = client.post("/entrer/cle/defi").json()
    answer = client.post("/entrer/confirmer/cle", {"credential": json.dumps(passkey.proven(options))})
    assert answer.status_code == 422
    assert client.get("/compte/codes-de-secours/nouveaux").status_code == 302


# Many at once


@pytest.mark.django_db(transaction=True)
def test_the_same_answer_sent_many_times_at_once_is_accepted_once(transactional_db):
    """Even from a synchronised passkey, whose counter never moves."""
    someone = login()
    passkey = given(someone, policy=ANY, counter=0)
    options, ceremony = ask_to_prove(Purpose.ENTER, login=None, at=now())
    answer = passkey.proven(options)
    hands = [Worker() for _ in range(6)]
    try:
        tries = ((each, lambda: prove_passkey(ceremony=ceremony, answer=answer, login=None)) for each in hands)
        answers = together(*tries)
    finally:
        for each in hands:
            each.close()
    assert sum(each == someone for each in answers) == 1
    assert sum(isinstance(each, PasskeyRefused) for each in answers) == 5
    assert Authenticator.objects.filter(user=someone, type="webauthn").count() == 1
