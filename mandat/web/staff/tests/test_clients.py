"""The services that sign persons in with us, on the staff's pages: registered, changed, renewed, disabled."""

import json
import re
from uuid import uuid4

import pytest

from mandat.access.models import StaffAssignment
from mandat.access.tests.factories import ServiceProviderFactory, StaffAssignmentFactory, actor
from mandat.openid.models import Client
from mandat.openid.tests.test_proofs import JWKS, RSA_KEY
from mandat.openid.tests.world import CALLBACK, World, browser_of, supervisor
from mandat.platform.models import EventRow

pytestmark = pytest.mark.django_db
NEW = "/agence/clients/nouveau"


@pytest.fixture
def browser(db):
    ServiceProviderFactory()
    return browser_of(supervisor())[0]


def form(**more):
    known = {
        "key": str(uuid4()), "provider": "autorite", "name_fr": "Agence", "name_en": "Agency", "redirect_uris": CALLBACK,
        "auth_method": "client_secret_basic", "scopes": ["profile", "email"],
    }  # fmt: skip
    return {name: value for name, value in (known | more).items() if value is not None}


def test_registers_a_service_and_shows_its_secret_once(browser):
    given = form(post_logout_redirect_uris="https://agence.example/a\r\nhttps://agence.example/b\r\n")
    page = browser.post(NEW, given).content.decode()
    client = Client.objects.get()
    assert client.client_id in page
    secret = re.search(r"client_secret\)</dt><dd><code>([\w-]{43})<", page).group(1)
    assert secret not in str(list(client.secrets.values_list("digest", flat=True)))
    assert client.scopes == ["openid", "profile", "email"]
    assert client.sector == "agence.example"
    assert client.post_logout_redirect_uris == ["https://agence.example/a", "https://agence.example/b"]
    assert EventRow.objects.filter(name="ClientRegistered", aggregate_id=client.client_id).exists()
    assert client.history.get().authority["capacities"] == ["supervisor"]
    again = browser.post(NEW, given)
    assert again.headers["Location"] == f"/agence/clients/{client.public_id}/"
    assert Client.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("redirect_uris", "", "au moins une adresse"),
        ("redirect_uris", "http://agence.example/retour", "https://"),
        ("redirect_uris", f"{CALLBACK}#a", "dièse"),
        ("redirect_uris", "https://*.agence.example/retour", "astérisque"),
        ("redirect_uris", f"{CALLBACK}\nhttps://autre.example/retour", "plusieurs serveurs"),
        ("redirect_uris", "\n".join(f"{CALLBACK}{n}" for n in range(21)), "vingt au plus"),
        ("post_logout_redirect_uris", "javascript:alert(1)", "pas complète"),
        ("backchannel_logout_uri", "http://agence.example/s", "https://"),
        ("name_fr", " ", "en français"),
        ("name_en", "", "en anglais"),
        ("auth_method", "client_secret_post", "Choisissez"),
        ("auth_method", None, "Choisissez"),
        ("provider", "inconnu", "prestataire"),
        ("provider", None, "prestataire"),
        ("jwks", "{}", "ensemble de clés"),
        ("jwks", '{"keys":[{"kty":"oct","k":"a"}]}', "clé privée"),
        ("scopes", ["admin"], ""),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(browser, field, value, said):
    answer = browser.post(NEW, form(**{field: value}))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert said in str(answer.context["form"].errors[field])
    assert field == "name_fr" or 'value="Agence"' in answer.content.decode()
    assert not Client.objects.exists()


def test_a_service_with_a_key_gives_its_public_keys_and_has_no_secret(browser):
    refused = browser.post(NEW, form(auth_method="private_key_jwt"))
    assert refused.context["form"].errors.keys() == {"jwks"}
    done = browser.post(NEW, form(auth_method="private_key_jwt", jwks=json.dumps(JWKS)))
    client = Client.objects.get()
    assert done.headers["Location"] == f"/agence/clients/{client.public_id}/"
    assert len(client.jwks["keys"]) == 2
    assert not client.secrets.exists()
    assert browser.get(f"/agence/clients/{client.public_id}/secret").status_code == 404
    assert RSA_KEY


def test_a_service_on_one_s_own_machine_is_for_a_trial_alone(browser, settings):
    local = "http://localhost:9000/retour"
    settings.IS_HTTPS = True
    assert browser.post(NEW, form(redirect_uris=local)).status_code == 422
    settings.IS_HTTPS = False
    assert browser.post(NEW, form(redirect_uris=local)).status_code == 200


def test_changes_what_a_service_is(browser):
    world = World()
    address = f"/agence/clients/{world.client.public_id}/modifier"
    shown = browser.get(address).content.decode()
    assert CALLBACK in shown
    assert "auth_method" not in shown
    assert browser.post(address, form(redirect_uris="http://x")).status_code == 422
    done = browser.post(address, form(name_fr="Autre nom", redirect_uris="https://agence.example/autre"))
    assert done.status_code == 302
    world.client.refresh_from_db()
    assert world.client.name_fr == "Autre nom"
    assert world.client.auth_method == "client_secret_basic"
    assert world.party.asks().status_code == 400  # the former address
    assert [each.act for each in world.client.history.order_by("id")] == ["register", "change"]


def test_renews_a_secret_after_asking(browser):
    world = World()
    address = f"/agence/clients/{world.client.public_id}/secret"
    assert "qu’une fois" in browser.get(address).content.decode()
    page = browser.post(address).content.decode()
    fresh = re.search(r"client_secret\)</dt><dd><code>([\w-]{43})<", page).group(1)
    assert fresh != world.secret
    assert "reste accepté jusqu" in browser.get(f"/agence/clients/{world.client.public_id}/").content.decode()


def test_disables_and_enables_after_asking(browser):
    world = World()
    tokens = world.party.enters()
    page = f"/agence/clients/{world.client.public_id}/"
    assert browser.get(f"{page}desactiver").status_code == 200
    assert world.party.reads(tokens["access_token"]).status_code == 200
    assert browser.post(f"{page}desactiver").headers["Location"] == page
    assert world.party.reads(tokens["access_token"]).status_code == 401
    assert world.party.asks().status_code == 400
    assert browser.post(f"{page}desactiver").status_code == 302  # somebody was first
    assert browser.post(f"{page}reactiver").status_code == 302
    assert world.party.reads(tokens["access_token"]).status_code == 200
    names = EventRow.objects.filter(aggregate="client").values_list("name", flat=True)
    assert {"ClientRegistered", "ClientDisabled", "ClientEnabled"} <= set(names)


def test_an_auditor_sees_and_changes_nothing():
    world, auditor = World(), actor()
    StaffAssignmentFactory(person=auditor.person, role=StaffAssignment.Role.AUDITOR)
    browser, _ = browser_of(auditor)
    page = f"/agence/clients/{world.client.public_id}/"
    assert browser.get("/agence/clients/").status_code == 200
    shown = browser.get(page).content.decode()
    assert world.client.client_id in shown
    assert "Modifier" not in shown
    for act in ("modifier", "secret", "desactiver", "reactiver"):
        assert browser.post(f"{page}{act}").status_code == 403
    assert browser.post(NEW, form()).status_code == 403


def test_the_list_is_two_statements_however_long(browser, django_assert_max_num_queries):
    for _ in range(3):
        World()
    with django_assert_max_num_queries(12) as few:
        browser.get("/agence/clients/")
    for _ in range(5):
        World()
    with django_assert_max_num_queries(len(few)):
        browser.get("/agence/clients/")
