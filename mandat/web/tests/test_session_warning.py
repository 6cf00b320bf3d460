"""The warning before the end of a session, in a real browser whose clock the test moves."""

import pytest
from django.conf import settings

from mandat.access.tests.factories import actor
from mandat.identity.models import Session
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(chromium, live_server):
    client = browser_of(actor())
    context = chromium.new_context(base_url=live_server.url)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    context.add_cookies([cookie | {"url": live_server.url}])
    page = context.new_page()
    page.clock.install()
    page.goto("/compte/profil/courriel")
    page.get_by_label("Nouveau courriel").fill("brouillon@exemple.test")
    yield page
    context.close()


def test_warns_three_minutes_before_and_stays_on_demand(page):
    page.clock.fast_forward("26:50")
    assert not page.get_by_role("alertdialog").is_visible()
    page.clock.fast_forward("00:20")
    dialog = page.get_by_role("alertdialog", name="Êtes-vous toujours là?")
    assert dialog.is_visible()
    with page.expect_response("**/compte/sessions/rester") as answer:
        dialog.get_by_role("button", name="Rester").click()
    assert answer.value.status == 204
    dialog.wait_for(state="hidden")
    assert page.get_by_label("Nouveau courriel").input_value() == "brouillon@exemple.test"
    page.clock.fast_forward("26:50")
    assert not dialog.is_visible()


def test_says_that_it_is_over_and_keeps_what_is_typed_in_the_page(page):
    page.clock.fast_forward("30:01")
    dialog = page.get_by_role("alertdialog")
    assert "Votre session a pris fin." in dialog.inner_text()
    dialog.get_by_role("button", name="Revenir à la page").click()
    assert page.get_by_label("Nouveau courriel").input_value() == "brouillon@exemple.test"


def test_a_session_that_ended_elsewhere_is_not_said_to_go_on(page):
    page.clock.fast_forward("27:10")
    Session.objects.update(ended_at="2026-01-01T00:00Z", ending="ended_elsewhere")
    page.get_by_role("alertdialog").get_by_role("button", name="Rester").click()
    page.get_by_text("Votre session a pris fin.").wait_for()
