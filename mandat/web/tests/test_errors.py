"""What goes wrong is said in the language of the address, with its status, and with a way on."""

from unittest import mock

import pytest
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from mandat.access.decision import AccessDenied, evaluate
from mandat.access.rights import Right
from mandat.platform.clock import now
from mandat.web import errors


@pytest.fixture
def unforgiving(db) -> Client:
    """A browser whose failures are answers, and whose forms need their token."""
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


@pytest.mark.parametrize(("address", "title"), [("/rien", "Page introuvable"), ("/en/nothing", "Page not found")])
def test_an_unknown_address_is_a_404_with_a_way_on(unforgiving, address, title):
    response = unforgiving.get(address)
    assert response.status_code == 404
    assert title in response.content.decode()
    assert 'href="/entrer"' in response.content.decode() or 'href="/en/entrer"' in response.content.decode()


@pytest.mark.parametrize(
    ("address", "title"), [("/entrer", "La page a expiré"), ("/en/entrer", "The page has expired")]
)
def test_a_form_without_its_token_has_expired_and_leads_back_to_it(unforgiving, address, title):
    response = unforgiving.post(address, {"login": "x", "password": "y"})
    assert response.status_code == 419
    assert title in response.content.decode()
    assert f'href="{address}"' in response.content.decode()


@pytest.mark.parametrize(("address", "language"), [("/", "fr"), ("/en/", "en")])
def test_a_method_that_an_address_does_not_take_is_a_405_that_names_those_it_takes(client, db, address, language):
    response = client.put(address)
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    assert f'<html lang="{language}-CA">' in response.content.decode()


@pytest.mark.parametrize(("address", "title"), [("/", "La faute est de notre côté"), ("/en/", "The fault is ours")])
def test_a_failure_is_told_without_the_database(unforgiving, address, title):
    with (
        mock.patch("mandat.web.public.views.render", side_effect=RuntimeError),
        mock.patch("django.db.backends.utils.CursorWrapper.execute", side_effect=DatabaseError),
    ):
        response = unforgiving.get(address)
    assert response.status_code == 500
    assert title in response.content.decode()


@pytest.mark.parametrize(("address", "title"), [("/", "Demande illisible"), ("/en/", "Unreadable request")])
def test_a_request_for_another_host_is_a_400(unforgiving, address, title):
    response = unforgiving.get(address, headers={"host": "evil.example"})
    assert response.status_code == 400
    assert title in response.content.decode()


@pytest.mark.parametrize(("address", "title"), [("/entrer", "Trop d’essais"), ("/en/entrer", "Too many attempts")])
def test_too_many_tries_is_a_429(db, address, title):
    response = errors.too_many(RequestFactory().post(address))
    assert response.status_code == 429
    assert title in response.content.decode()


def test_the_refusal_of_a_command_becomes_its_page(visitors):
    decision = evaluate([], Right.AUDIT, now())
    with mock.patch("mandat.web.staff.views.render", side_effect=AccessDenied(decision)):
        response = visitors.browser("supervisor").get("/agence/")
    assert response.status_code == 403
    assert "Il manque un maillon" in response.content.decode()


def test_the_switch_of_a_posted_error_leads_to_a_page_that_can_be_opened(unforgiving):
    assert 'href="/en/" lang="en-CA"' in unforgiving.post("/entrer").content.decode()
    assert 'href="/" lang="fr-CA"' in unforgiving.post("/en/entrer").content.decode()


def test_a_page_of_the_person_s_own_is_kept_by_no_cache(visitors):
    response: HttpResponse = visitors.browser("rse").get("/rien")
    assert "no-store" in response["Cache-Control"]
