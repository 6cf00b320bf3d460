"""Where a person may be sent back: the addresses registered, sign by sign (OP-1), and no parameter twice."""

import pytest

from mandat.openid.addresses import Fault, fault_of
from mandat.openid.models import Authorization
from mandat.openid.tests.world import AUTHORIZE, CALLBACK, World

HOST = "https://agence.example"
VARIANTS = [
    f"{CALLBACK}?a=1", f"{CALLBACK}?", f"{CALLBACK}#", f"{CALLBACK}#a", f"{CALLBACK}/", f"{CALLBACK}//", f"{CALLBACK}.",
    f"{CALLBACK};a", f"{CALLBACK}&a", f"{CALLBACK}%20", f"{CALLBACK} ", f" {CALLBACK}", f"{CALLBACK}%00", f"{CALLBACK}\n",
    f"{CALLBACK}\x00", f"{CALLBACK}%0a", f"{CALLBACK}%23a", f"{CALLBACK}%3fa=1", f"{CALLBACK}/../retour",
    f"{HOST}/./retour", f"{HOST}/x/../retour", f"{HOST}/%2e%2e/retour", f"{HOST}/x/%2e%2e/retour", f"{HOST}//retour",
    f"{HOST}/retou%72", f"{HOST}/RETOUR", f"{HOST}/Retour", f"{HOST}/retour2", f"{HOST}/", HOST, f"{HOST}/retou",
    "http://agence.example/retour", "HTTPS://agence.example/retour", "https://AGENCE.example/retour",
    "https://agence.example:443/retour", "https://agence.example:8443/retour", "https://agence.example./retour",
    "https://www.agence.example/retour", "https://agence.example.evil.example/retour",
    "https://evil.example/retour", "https://evil.example/?https://agence.example/retour",
    "https://agence.example@evil.example/retour", "https://a:b@agence.example/retour", "https://@agence.example/retour",
    "https://evil.example\\@agence.example/retour", "https://agence.example\\.evil.example/retour",
    "https:\\\\agence.example\\retour", "https:/agence.example/retour", "https:agence.example/retour",
    "//agence.example/retour", "/retour", "retour", "javascript:alert(1)", "data:text/html,a",
    "https://agencе.example/retour", "https://xn--agenc-5of.example/retour", "https://agence。example/retour",
    "https://localhost/retour", "https://127.0.0.1/retour", "http://localhost/retour", "https://[::1]/retour",
    "urn:ietf:wg:oauth:2.0:oob", "", "*",
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.drill("OP-1")
def test_op1_no_variant_of_an_address_is_redirected_to(world, drill):
    world.party.enters()
    assert drill.size(len(VARIANTS), full=len(VARIANTS)) >= 60
    wrong = []
    for each in VARIANTS:
        answer = world.party.asks(redirect_uri=each)
        if answer.status_code != 400 or "Location" in answer.headers or "refresh" in answer.content.decode():
            wrong.append(each)
    assert not wrong
    assert Authorization.objects.count() == 1


@pytest.mark.django_db
def test_op1_a_request_that_cannot_return_is_told_on_our_page(world):
    other = World(redirect_uris=["https://autre.example/retour"])
    good = world.party.request()
    for wrong in (
        {"redirect_uri": None},
        {"client_id": None},
        {"client_id": "unknown"},
        {"client_id": good["client_id"].upper()},
        {"client_id": other.client.client_id},
        {"redirect_uri": "https://autre.example/retour"},
    ):
        answer = world.party.asks(**wrong)
        assert answer.status_code == 400
        assert "Ce service ne vous a pas envoyé ici comme il faut" in answer.content.decode()
    english = world.party.asks(redirect_uri="x", ui_locales="en")
    assert 'lang="en-CA"' in english.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_op1_an_address_or_a_client_given_twice_is_not_believed(world, name):
    asked = world.party.request()
    pairs = [*asked.items(), (name, asked[name])]
    answer = world.browser.get(AUTHORIZE + "?" + "&".join(f"{key}={value}" for key, value in pairs))
    assert answer.status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["state", "scope", "nonce", "response_type", "code_challenge", "code_challenge_method", "foo"]
)
def test_a_parameter_given_twice_is_refused(world, name):
    asked = world.party.request(foo="1")
    pairs = [*asked.items(), (name, asked[name])]
    answer = world.browser.get(AUTHORIZE + "?" + "&".join(f"{key}={value}" for key, value in pairs))
    assert "error=invalid_request" in answer.headers["Location"]


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        (CALLBACK, None),
        ("https://agence.example/retour?a=1", None),
        ("http://localhost:9000/retour", None),
        ("http://127.0.0.1:9000/retour", None),
        ("http://agence.example/retour", Fault.NOT_HTTPS),
        ("ftp://agence.example/retour", Fault.NOT_HTTPS),
        ("https://agence.example/#a", Fault.FRAGMENT),
        ("https://agence.example/#", Fault.FRAGMENT),
        ("https://*.example/retour", Fault.WILDCARD),
        ("https://a@agence.example/", Fault.USERINFO),
        ("https://agence.example/a/../b", Fault.DOTS),
        ("https://agence.example/%2E%2e/b", Fault.DOTS),
        ("https://agence.example/?state=1", Fault.OUR_ANSWER),
        ("https://agence.example/a b", Fault.MALFORMED),
        ("https://agencé.example/", Fault.MALFORMED),
        ("https://Agence.example/", Fault.MALFORMED),
        ("https://agence.example:port/", Fault.MALFORMED),
        ("https://[agence/", Fault.MALFORMED),
        ("agence.example/retour", Fault.MALFORMED),
        ("https:///retour", Fault.MALFORMED),
        ("https://agence.example\\retour", Fault.MALFORMED),
        ("https://agence.example/" + "a" * 500, Fault.MALFORMED),
        ("javascript:alert(1)", Fault.MALFORMED),
    ],
)
def test_an_address_that_two_readers_could_read_differently_is_not_registered(address, fault):
    assert fault_of(address) == fault
