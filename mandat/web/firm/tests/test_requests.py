"""Requests for rights, on pages: from a refusal, to the list of the RSEs, to the answer, and what each may not open."""

import uuid
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from mandat.access.decision import Right, decide
from mandat.access.requests import RightsRequest
from mandat.access.tests.factories import (
    BLOCK,
    DesignationFactory,
    ProxyFactory,
    ServiceRegistrationFactory,
    UserFactory,
    actor,
)
from mandat.openid.tests.world import browser_of
from mandat.platform.clock import legal_day, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def registration():
    return ServiceRegistrationFactory(accepted_blocks=[BLOCK, "BF-DOSSIER"])


@pytest.fixture
def firm(registration):
    return registration.enterprise


@pytest.fixture
def user(registration):
    """Return a user who may look at one block of the firm."""
    someone = actor(UserFactory(enterprise=registration.enterprise).person)
    ProxyFactory(
        enterprise=registration.enterprise, provider=registration.provider, person=someone.person, rights=["view"]
    )  # fmt: skip
    return someone


@pytest.fixture
def at_user(user):
    return browser_of(user)[0]


@pytest.fixture
def at_rse(firm):
    return browser_of(actor(DesignationFactory(enterprise=firm).person))[0]


@pytest.fixture
def until():
    return (legal_day(now()) + timedelta(days=30)).isoformat()


@pytest.fixture
def typed(until):
    return {"block": BLOCK, "rights": ["prepare"], "until": until, "reason": "Congé de Claire"}


def said(answer):
    return answer.content.decode()


def asking(firm):
    return f"/compte/droits/{firm.public_id}/demander"


def list_of(firm):
    return f"/d/{firm.public_id}/acces/demandes/"


def test_a_refusal_leads_to_the_request_with_what_was_missing(firm, at_user):
    refusal = at_user.get(f"/d/{firm.public_id}/dossier")
    asked = urlencode({"block": "BF-DOSSIER", "right": "view"}).replace("&", "&amp;")
    assert refusal.status_code == 403
    assert f"{asking(firm)}?{asked}" in said(refusal)
    page = said(at_user.get(f"{asking(firm)}?block=BF-DOSSIER&right=view"))
    assert '<option value="BF-DOSSIER" selected>' in page


def test_what_a_proxy_would_not_open_is_not_offered(firm, user, at_user):
    why = f"/d/{firm.public_id}/acces/{user.person.public_id}/pourquoi?right=view&block=BF-DOSSIER"
    assert "/demander?" in said(at_user.get(why))
    assert "/demander?" not in said(at_user.get(why.replace("view", "administer")))
    firm.registrations.update(accepted_blocks=[BLOCK])
    assert "/demander?" not in said(at_user.get(why))


def test_a_request_goes_from_its_asker_to_its_answer(firm, user, at_user, at_rse, typed):
    answer = at_user.post(asking(firm), typed, follow=True)
    asked = RightsRequest.objects.get()
    assert "La demande part aux responsables" in said(answer)
    assert "On attend votre réponse" in said(at_rse.get(f"/d/{firm.public_id}/"))
    page = f"{list_of(firm)}{asked.public_id}/"
    assert page in said(at_rse.get(list_of(firm)))
    assert "Congé de Claire" in said(at_rse.get(page))
    given = {"key": str(uuid.uuid4()), "rights": ["prepare"], "until": typed["until"], "reason": ""}
    assert "C’est fait" in said(at_rse.post(page, given, follow=True))
    assert decide(user.person, Right.PREPARE, firm, BLOCK, now())
    assert "Accordée" in said(at_user.get(f"/compte/droits/demandes/{asked.public_id}/"))
    assert "On attend votre réponse" not in said(at_rse.get(f"/d/{firm.public_id}/"))


def test_a_refusal_asks_for_its_reason_and_the_asker_reads_it(firm, at_user, at_rse, typed):
    at_user.post(asking(firm), typed)
    asked = RightsRequest.objects.get()
    page = f"{list_of(firm)}{asked.public_id}/refuser"
    assert at_rse.post(page, {"reason": ""}).status_code == 422
    at_rse.post(page, {"reason": "Voyez Aïcha"})
    assert "Voyez Aïcha" in said(at_user.get(f"/compte/droits/demandes/{asked.public_id}/"))


def test_what_is_missing_is_said_at_the_field_and_nothing_typed_is_lost(firm, at_user, typed):
    for lacking in ("rights", "until", "reason"):
        answer = at_user.post(asking(firm), typed | {lacking: ""})
        assert answer.status_code == 422, lacking
        assert "Congé de Claire" in said(answer) or lacking == "reason"
    at_user.post(asking(firm), typed)
    answer = at_user.post(asking(firm), typed | {"rights": ["sign"]})
    assert (answer.status_code, "déjà une demande" in said(answer)) == (422, True)
    assert RightsRequest.objects.count() == 1


def test_a_request_is_withdrawn_once(firm, at_user, typed):
    at_user.post(asking(firm), typed)
    page = f"/compte/droits/demandes/{RightsRequest.objects.get().public_id}/"
    assert "La demande est retirée" in said(at_user.post(f"{page}retirer", follow=True))
    assert "déjà sa réponse" in said(at_user.post(f"{page}retirer", follow=True))


def test_others_see_nothing_of_it(firm, at_user, typed):
    at_user.post(asking(firm), typed)
    asked = RightsRequest.objects.get().public_id
    neighbour = browser_of(actor(DesignationFactory(enterprise=ServiceRegistrationFactory().enterprise).person))[0]
    other = browser_of(actor(UserFactory(enterprise=firm).person))[0]
    assert neighbour.get(asking(firm)).status_code == 404
    for browser in (neighbour, other):
        assert browser.get(f"/compte/droits/demandes/{asked}/").status_code == 404
        assert browser.post(f"/compte/droits/demandes/{asked}/retirer").status_code == 404
        assert browser.get(f"{list_of(firm)}{asked}/").status_code == 404
    assert at_user.get(f"{list_of(firm)}{asked}/").status_code == 403


def test_whoever_asks_and_becomes_an_rse_sees_that_another_answers(firm, user, at_user, typed):
    at_user.post(asking(firm), typed)
    page = f"{list_of(firm)}{RightsRequest.objects.get().public_id}/"
    DesignationFactory(enterprise=firm, person=user.person)
    assert "un autre responsable y répond" in said(at_user.get(page))
    given = {"key": str(uuid.uuid4()), "rights": ["prepare"], "until": typed["until"]}
    at_user.post(page, given)
    assert RightsRequest.objects.get().state == "asked"


def test_what_an_answer_would_change_is_seen_first_and_seeing_it_changes_nothing(firm, user, at_user, at_rse, typed):
    at_user.post(asking(firm), typed | {"rights": ["prepare", "sign"]})
    page = f"{list_of(firm)}{RightsRequest.objects.get().public_id}/"
    assert "de plus : préparer, signer" in said(at_rse.get(page))
    less = {"key": str(uuid.uuid4()), "rights": ["prepare"], "until": typed["until"], "preview": "yes"}
    seen = said(at_rse.post(page, less))
    assert "de plus : préparer<" in seen
    assert "rien ne change : une procuration de" in seen
    assert not decide(user.person, Right.PREPARE, firm, BLOCK, now())
    assert RightsRequest.objects.get().state == "asked"
