"""A whole entry: what the service gets, and what it is told, by the standards."""

import pytest
from django.conf import settings

from mandat.openid import jose
from mandat.openid.models import Authorization, Code, Consent, Subject
from mandat.openid.tests.world import CALLBACK, World, asked_in, claims_in

pytestmark = pytest.mark.django_db


def test_an_entry_gives_tokens_that_say_who_when_and_how(world):
    tokens = world.party.enters()
    claims = claims_in(tokens["id_token"], world.client)
    assert claims["sub"] == Subject.objects.get().sub
    assert claims["nonce"] == "n-1"
    assert claims["sid"] == str(world.session.public_id)
    assert claims["auth_time"] == int(world.session.opened_at.timestamp())
    assert claims["exp"] - claims["iat"] == 300
    assert claims["acr"] == "urn:mandat:acr:two-factors"
    assert claims["amr"] == ["pwd", "otp", "mfa"]
    assert claims["at_hash"] == jose.left_half(tokens["access_token"])
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 600
    assert not {"name", "email", "enterprise", "roles", "rights", "permissions"} & claims.keys()


def test_the_first_entry_asks_once_and_a_new_scope_asks_again(world):
    party = world.party
    assert "/partager" in party.asks().headers["Location"]
    party.enters()
    assert asked_in(party.asks().headers["Location"])["code"]
    again = party.asks(scope="openid email")
    assert "/partager" in again.headers["Location"]
    page = world.browser.get(again.headers["Location"])
    assert page.context["new"] == ["Votre courriel"]
    assert len(page.context["already"]) == 1


def test_consent_is_remembered_noted_and_withdrawable(world, django_capture_on_commit_callbacks):
    tokens = world.party.enters(scope="openid email")
    consent = Consent.objects.get()
    assert consent.scopes == ["email", "openid"]
    page = world.browser.get("/compte/services").content.decode()
    assert "Agence exemple" in page
    assert "Votre courriel" in page
    gone = world.browser.post(f"/compte/services/{consent.public_id}/retirer")
    assert gone.headers["Location"] == "/compte/services"
    assert world.party.reads(tokens["access_token"]).status_code == 401
    assert world.party.refreshes(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert "Agence exemple" not in world.browser.get("/compte/services").content.decode()
    assert "/partager" in world.party.asks(scope="openid email").headers["Location"]


def test_nobody_withdraws_the_consent_of_another(world):
    world.party.enters()
    consent = Consent.objects.get()
    other = World()
    assert other.browser.post(f"/compte/services/{consent.public_id}/retirer").status_code == 404
    consent.refresh_from_db()
    assert consent.withdrawn_at is None


def test_refusing_tells_the_service_and_gives_nothing(world):
    address = world.party.asks().headers["Location"]
    answer = world.browser.post(address, {"refuse": "1"})
    told = asked_in(answer.context["address"])
    assert told == {
        "error": "access_denied", "error_description": "the person has refused", "state": "s-1",
        "iss": settings.PUBLIC_URL,
    }  # fmt: skip
    assert not Authorization.objects.exists()
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("openid", {"sub"}),
        ("openid profile", {"sub", "name", "given_name", "family_name", "locale"}),
        ("openid email", {"sub", "email"}),
        ("openid offline_access address phone roles", {"sub"}),
    ],
)
def test_a_service_is_told_what_it_asked_and_no_more(world, scope, told):
    tokens = world.party.enters(scope=scope)
    answer = world.party.reads(tokens["access_token"])
    assert answer.json().keys() == told
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(tokens["scope"].split()) <= set(scope.split())


def test_a_scope_that_the_client_was_not_given_is_left_out(db):
    world = World(scopes=["openid"])
    assert world.party.enters(scope="openid email")["scope"] == "openid"


def test_the_person_chooses_the_enterprise_that_they_act_for(world):
    first, second = world.firms
    tokens = world.party.enters(scope="openid enterprise", enterprise=first)
    told = {"id": str(first.public_id), "name": "Courtage Anse inc.", "neq": world.number}
    assert claims_in(tokens["id_token"], world.client)["enterprise"] == told
    assert world.party.reads(tokens["access_token"]).json()["enterprise"] == told
    again = world.party.enters(scope="openid enterprise", enterprise=second)
    assert world.party.reads(again["access_token"]).json()["enterprise"]["name"] == "Courtage Baie inc."


def test_an_enterprise_must_be_chosen_among_one_s_own(world):
    address = world.party.asks(scope="openid enterprise").headers["Location"]
    for given in ({}, {"enterprise": str(World().firms[0].public_id)}, {"enterprise": "x"}):
        answer = world.browser.post(address, given)
        assert answer.status_code == 422
        assert answer.context["form"].errors.keys() == {"enterprise"}
    assert not Authorization.objects.exists()


def test_whoever_acts_for_nobody_enters_without_an_enterprise(world):
    for each in world.firms:
        each.designations.update(during="[2020-01-01,2021-01-01)")
    tokens = world.party.enters(scope="openid enterprise")
    assert "enterprise" not in world.party.reads(tokens["access_token"]).json()


def test_an_enterprise_that_one_acts_for_no_more_is_told_no_more(world):
    first = world.firms[0]
    tokens = world.party.enters(scope="openid enterprise", enterprise=first)
    first.designations.update(during="[2020-01-01,2021-01-01)")
    assert "enterprise" not in world.party.reads(tokens["access_token"]).json()
    again = world.party.refreshes(tokens["refresh_token"]).json()
    assert "enterprise" not in claims_in(again["id_token"], world.client)


def test_two_services_of_two_sectors_cannot_tell_that_they_know_the_same_person(world):
    other = world.another_party(redirect_uris=["https://autre.example/retour"])
    same = world.another_party(name_fr="Autre porte")
    assert world.party.enters()["id_token"]
    code, verifier = other.obtains(redirect_uri="https://autre.example/retour")
    assert other.redeems(code, verifier, redirect_uri="https://autre.example/retour").status_code == 200
    assert same.enters()
    subs = {each.sector: each.sub for each in Subject.objects.all()}
    assert subs.keys() == {"agence.example", "autre.example"}
    assert len(set(subs.values())) == 2
    assert all(str(world.person.pk) != each and str(world.person.public_id) != each for each in subs.values())


def test_a_code_never_stands_in_the_database(world):
    code, _ = world.party.obtains()
    kept = Code.objects.get()
    assert code not in {kept.digest, kept.challenge}


# Signing in on the way


def test_whoever_is_not_signed_in_signs_in_then_comes_back(world, client):
    party = world.party
    party.browser = client
    answer = party.asks(ui_locales="en-CA fr")
    assert answer.headers["Location"].startswith("/en/entrer?next=")
    onward = asked_in(answer.headers["Location"])["next"]
    assert onward.startswith("/en/partager/suite?")
    page = client.get(onward)
    assert page.status_code == 200  # a page, not a redirect: no form’s answer leads elsewhere
    assert page.context["address"].startswith("/openid/autoriser?")


def test_no_page_lets_a_form_lead_outside(world):
    address = world.party.asks().headers["Location"]
    page = world.browser.get(address)
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    answer = world.browser.post(address)
    assert answer.status_code == 200
    assert f'content="0; url={CALLBACK}?code=' in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_request_by_post_is_asked_again_by_address(world):
    answer = world.browser.post("/openid/autoriser", world.party.request())
    assert answer.status_code == 303
    assert "/partager" in world.browser.get(answer.headers["Location"]).headers["Location"]


# What the service wants asked, or not (OP-5)


def error_of(answer) -> str:
    told = asked_in(answer.headers["Location"])
    assert answer.headers["Location"].startswith(CALLBACK + "?")
    assert told["iss"] == settings.PUBLIC_URL
    assert told["state"] == "s-1"
    assert "code" not in told
    return told["error"]


def test_op5_silence_is_kept_or_refused(world, client):
    party = world.party
    assert error_of(party.asks(prompt="none")) == "consent_required"
    party.enters(scope="openid enterprise", enterprise=world.firms[0])
    assert asked_in(party.asks(prompt="none").headers["Location"])["code"]
    assert error_of(party.asks(prompt="none", scope="openid enterprise")) == "interaction_required"
    party.browser = client
    assert error_of(party.asks(prompt="none")) == "login_required"


@pytest.mark.parametrize("more", [{"prompt": "login"}, {"max_age": "0"}, {"prompt": "login consent"}])
def test_op5_a_new_proof_is_asked_once(world, at, more):
    world.party.enters()
    request = world.party.request(**more)
    asked = world.browser.get("/openid/autoriser", request)
    assert asked.headers["Location"].startswith("/entrer/confirmer/code?next=")
    again = world.browser.get("/openid/autoriser", request)
    assert again.headers["Location"].startswith("/entrer/confirmer/code?next=")
    prove_again(world.browser)
    done = world.browser.get("/openid/autoriser", request).headers["Location"]
    assert "/partager" in done if "consent" in more.get("prompt", "") else "code=" in done


def prove_again(browser):
    from mandat.platform.clock import now
    from mandat.web.account.session import KEPT

    session = browser.session
    session[KEPT] = session[KEPT] | {"at": now().isoformat()}
    session.save()


def test_op5_max_age_looks_at_when_the_person_proved_themselves(world, at):
    from datetime import timedelta

    party = world.party
    party.enters()
    assert "code=" in party.asks(max_age="600").headers["Location"]
    at(world.session.opened_at + timedelta(seconds=601))
    assert "/entrer/confirmer/code" in party.asks(max_age="600").headers["Location"]
    assert error_of(party.asks(max_age="600", prompt="none")) == "login_required"
    assert "code=" in party.asks(max_age="700").headers["Location"]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "create"}, "invalid_request"),
        ({"prompt": "select_account"}, "account_selection_required"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"max_age": "9" * 30}, "invalid_request"),
        ({"id_token_hint": "x.y.z"}, "invalid_request"),
        ({"nonce": "n" * 501}, "invalid_request"),
        ({"nonce": "a\x00b"}, "invalid_request"),
    ],
)
def test_op5_what_is_not_in_order_goes_back_as_an_error(world, more, error):
    assert error_of(world.party.asks(**more)) == error


def test_op5_state_and_nonce_may_be_absent(world):
    tokens = world.party.enters(nonce=None, state=None)
    assert "nonce" not in claims_in(tokens["id_token"], world.client)
    assert "state" not in asked_in(world.party.asks(state=None).headers["Location"])


def test_op5_a_hint_of_another_person_is_no_entry(world):
    mine = world.party.enters()["id_token"]
    assert "code=" in world.party.asks(id_token_hint=mine, prompt="none").headers["Location"]
    other = World()
    party = world.party
    party.browser = other.browser
    assert error_of(party.asks(id_token_hint=mine)) == "login_required"


def test_op5_a_login_hint_and_unknown_parameters_change_nothing(world):
    world.party.enters()
    answer = world.party.asks(login_hint="<script>@", claims='{"userinfo":{"email":null}}', display="wap", foo="bar")
    assert "code=" in answer.headers["Location"]


def test_op5_a_wished_assurance_asks_once_then_tells_what_there_is(world):
    world.party.enters()
    assert "code=" in world.party.asks(acr_values="urn:mandat:acr:two-factors").headers["Location"]
    wished = world.party.request(acr_values="urn:mandat:acr:phishing-resistant")
    first = world.browser.get("/openid/autoriser", wished)
    assert first.headers["Location"].startswith("/entrer/confirmer/code")
    prove_again(world.browser)
    assert "code=" in world.browser.get("/openid/autoriser", wished).headers["Location"]
    assert "code=" in world.party.asks(acr_values="urn:other", prompt="none").headers["Location"]


# Flows that we do not have (OP-11)


@pytest.mark.parametrize(
    "kind", ["token", "id_token", "code token", "code id_token", "code id_token token", "none", "CODE", "code code"]
)
def test_op11_only_the_code_flow_is_served(world, kind):
    world.party.enters()
    assert error_of(world.party.asks(response_type=kind)) == "unsupported_response_type"


def test_op11_a_flow_changed_on_the_consent_page_is_refused_there_too(world):
    address = world.party.asks().headers["Location"].replace("response_type=code", "response_type=token")
    answer = world.browser.post(address)
    assert asked_in(answer.context["address"])["error"] == "unsupported_response_type"


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"request": "eyJ.a.b"}, "request_not_supported"),
        ({"request_uri": "https://agence.example/r"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
    ],
)
def test_op11_what_we_do_not_do_is_said(world, more, error):
    assert error_of(world.party.asks(**more)) == error


@pytest.mark.parametrize(
    "grant", ["password", "client_credentials", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer", ""]
)
def test_op11_no_other_grant_is_served(world, grant):
    answer = world.party.posts("/openid/jeton", {"grant_type": grant, "username": "a", "password": "b"})
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")
