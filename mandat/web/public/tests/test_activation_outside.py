"""Activating an access by an outside provider: both parts of the invitation, the provider's word, then our second factor."""

import pytest
from django.test import Client

from mandat.access.tests.factories import DesignationFactory, EnterpriseFactory, actor
from mandat.enrolment.commands import reissue_invitation
from mandat.enrolment.models import Invitation
from mandat.enrolment.tests.test_invitations import link_to, make_user
from mandat.identity.commands import mail_password_link
from mandat.identity.models import Login, Session
from mandat.identity.tests.people import code
from mandat.openid.models import OutsideLink
from mandat.openid.tests.test_outside import ISSUER, elsewhere  # noqa: F401 - a fixture
from mandat.platform.models import Mail
from mandat.web.public.tests.test_activation import set_up

pytestmark = pytest.mark.django_db
EMAIL = "etienne@demo.test"


@pytest.fixture
def rse():
    return actor(DesignationFactory(enterprise=EnterpriseFactory()).person)


@pytest.fixture
def invited(rse):
    """The login of a user whom an RSE has just invited, and the page where they activate it by a provider."""
    firm = rse.person.designations.get().enterprise
    return make_user(firm, rse).login, f"/activer/{link_to(EMAIL)}/par/ailleurs"


def go(elsewhere, browser, page, second):  # noqa: F811
    assert browser.post(page, {"second": second})["Location"] == page
    assert f"{page}/aller" in browser.get(page).content.decode()
    return elsewhere.answer(browser.get(f"{page}/aller")["Location"])


def test_both_parts_and_the_providers_word_then_our_second_factor(elsewhere, invited, client):  # noqa: F811
    login, page = invited
    assert page in client.get(page.removesuffix("/par/ailleurs")).content.decode()
    answer = client.get("/entrer/retour", go(elsewhere, client, page, login.user_code))
    assert answer["Location"] == "/entrer/second-facteur", "two factors elsewhere are not the one of ours that is asked"
    assert client.get("/compte/").status_code == 302
    set_up(client)
    assert client.get("/compte/").status_code == 200
    assert Session.objects.get().methods == ["outside_2f", "totp"]
    assert not Login.objects.get(pk=login.pk).has_usable_password()
    assert Invitation.objects.get().state == "activated"
    assert client.get(page).status_code == 410


def test_without_the_second_part_nobody_is_sent_out_and_tries_are_counted(elsewhere, invited, client):  # noqa: F811
    _, page = invited
    assert client.get(f"{page}/aller")["Location"] == page
    for _ in range(5):
        assert client.post(page, {"second": "KTR-7M2-Q9X"}).status_code == 422
    assert client.post(page, {"second": "KTR-7M2-Q9X"}).status_code == 410
    assert not OutsideLink.objects.exists()


def test_an_invitation_renewed_meanwhile_opens_nothing(elsewhere, invited, rse, client):  # noqa: F811
    login, page = invited
    given = go(elsewhere, client, page, login.user_code)
    reissue_invitation(invitation_id=Invitation.objects.get().public_id, by=rse)
    assert client.get("/entrer/retour", given).status_code == 410
    assert not OutsideLink.objects.exists()
    assert not Session.objects.exists()


def test_the_answer_serves_only_the_browser_that_asked(elsewhere, invited, client):  # noqa: F811
    login, page = invited
    given = go(elsewhere, client, page, login.user_code)
    assert Client().get("/entrer/retour", given).status_code == 400
    assert Invitation.objects.get().state == "pending"


def test_an_identity_linked_to_another_activates_nothing(elsewhere, invited, rse, client):  # noqa: F811
    login, page = invited
    OutsideLink.objects.create(issuer=ISSUER, sub="eux-1", login=rse.login, during=("2020-01-01T00:00Z", None))
    answer = client.get("/entrer/retour", go(elsewhere, client, page, login.user_code))
    assert answer.status_code == 400
    assert Invitation.objects.get().state == "pending"


def test_whoever_activated_so_is_not_invited_again_and_may_choose_a_password(elsewhere, invited, rse, client):  # noqa: F811
    login, page = invited
    client.get("/entrer/retour", go(elsewhere, client, page, login.user_code))
    other = DesignationFactory().enterprise
    made = make_user(other, actor(DesignationFactory(enterprise=other).person))
    assert made.invitation is None
    set_up(client)
    mail_password_link(login_id=login.pk)
    assert "/entrer/mot-de-passe/" in Mail.objects.filter(to=login.email).latest("id").text
    assert code(login)
