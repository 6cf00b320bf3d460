"""A proxy on one filing: given from its page, good for it alone, ended by revoking it."""

import uuid
from datetime import timedelta

import pytest

from mandat.access.commands import revoke_proxy
from mandat.access.models import Proxy
from mandat.access.tests.factories import PersonFactory, UserFactory, actor
from mandat.platform.clock import legal_day, now
from mandat.web.firm.tests.office import READS, Desk, text
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def guest(desk):
    """A user of the firm who may do nothing there yet."""
    someone = actor(PersonFactory(given_name="Nadia", family_name="Lavigne"))
    UserFactory(enterprise=desk.firm, person=someone.person)
    return someone


def asked(guest, *, rights=("prepare",), until=None):
    until = until or legal_day(now()) + timedelta(days=30)
    return {
        "person": str(guest.person.memberships.get().public_id),
        "rights_given": list(rights),
        "until": until.isoformat(),
    }


def give(desk, filing, guest, **more):
    sent = asked(guest, **more) | {"key": str(uuid.uuid4())}
    answer = desk.at_rse.post(desk.page(filing, "acces"), sent)
    assert answer.status_code == 302, answer.content.decode()
    return Proxy.objects.get(person=guest.person, subject=filing.public_id, revoked_at=None)


def test_it_is_read_over_then_given_and_listed(desk, guest):
    filing = desk.written()
    preview = text(desk.at_rse.get(desk.page(filing, "acces"), asked(guest)))
    assert "Rien n’est encore accordé" in preview
    assert not Proxy.objects.filter(person=guest.person).exists()
    proxy = give(desk, filing, guest)
    assert (proxy.rights, proxy.block) == (["prepare", "view"], filing.block)
    assert "Nadia Lavigne" in text(desk.at_rse.get(desk.page(filing)))
    table = text(desk.at_rse.get(f"{desk.firm_page}/acces/tableau", {"title": "filing"}))
    assert "Nadia Lavigne" in table
    assert "pour une seule demande" in table


def test_the_holder_sees_that_filing_and_nothing_else(desk, guest):
    filing, other = desk.written(), desk.written()
    give(desk, filing, guest, rights=["sign"])
    browser = browser_of(guest)
    assert desk.page(filing) in text(browser.get(f"{desk.firm_page}/"))
    listed = text(browser.get(f"{desk.firm_page}/demandes"))
    assert desk.page(filing) in listed
    assert desk.page(other) not in listed
    assert browser.get(desk.page(filing, "relire")).status_code == 200
    closed = [
        desk.page(other, each)
        for each in ("", "relire", "documents", "maintenant", f"etapes/{filing.filing_type.steps[0].code}")
    ]
    closed += [
        f"{desk.firm_page}/{each}"
        for each in ("dossier", "acces/", "services/", f"demandes/nouvelle/{filing.type_code}")
    ]
    closed += [desk.page(filing, "acces")]
    assert {address: browser.get(address).status_code for address in closed} == dict.fromkeys(closed, 403)
    revoke_proxy(proxy_id=Proxy.objects.get(person=guest.person).public_id, reason="", by=desk.rse)
    assert browser.get(desk.page(filing)).status_code == 404


def test_what_is_given_on_one_adds_to_what_the_block_gives_and_goes_without_it(desk):
    reader = desk.member(*READS)
    filing, other = desk.written(), desk.written()
    if not reader.person.memberships.exists():
        UserFactory(enterprise=desk.firm, person=reader.person)
    give(desk, filing, reader, rights=["prepare"])
    browser = browser_of(reader)
    assert "Continuer à écrire" in text(browser.get(desk.page(filing)))
    assert "Continuer à écrire" not in text(browser.get(desk.page(other)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"person": ""}, "Choisissez la personne."),
        ({"person": str(uuid.uuid4())}, "n’est plus parmi les utilisateurs"),
        ({"rights_given": []}, "Cochez au moins un droit."),
        ({"rights_given": ["pay"]}, "pay"),
        ({"until": "2020-01-01"}, "Ce jour est passé"),
        ({"until": "2999-01-01"}, "C’est trop loin"),
        ({"until": "demain"}, "Cette date n’existe pas"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_given(desk, guest, change, said):
    filing = desk.written()
    sent = asked(guest) | change
    assert said in text(desk.at_rse.get(desk.page(filing, "acces"), sent), 422)
    assert said in text(desk.at_rse.post(desk.page(filing, "acces"), sent | {"key": str(uuid.uuid4())}), 422)
    assert not Proxy.objects.filter(person=guest.person).exists()


def test_it_is_given_once_however_often_it_is_sent_and_not_twice_over(desk, guest):
    filing = desk.written()
    sent = asked(guest) | {"key": str(uuid.uuid4())}
    for _ in range(2):
        assert desk.at_rse.post(desk.page(filing, "acces"), sent).status_code == 302
    assert Proxy.objects.filter(person=guest.person).count() == 1
    again = desk.at_rse.post(desk.page(filing, "acces"), sent | {"key": str(uuid.uuid4())})
    assert "a déjà une procuration sur cette demande" in text(again, 422)


def test_the_rse_is_not_offered_to_themselves_and_no_other_may_give(desk, guest):
    filing = desk.written()
    UserFactory(enterprise=desk.firm, person=desk.rse.person)
    own = desk.rse.person.memberships.get(enterprise=desk.firm)
    assert str(own.public_id) not in text(desk.at_rse.get(desk.page(filing, "acces")))
    assert desk.at_signer.get(desk.page(filing, "acces")).status_code == 403
    assert desk.at_signer.post(desk.page(filing, "acces"), asked(guest)).status_code == 403
