"""Who is written to when a filing moves."""

import pytest

from mandat.access.commands import revoke_proxy
from mandat.filings.events import FilingAccepted, FilingRefused, FilingReturned, FilingSubmitted
from mandat.filings.handlers import tell_firm
from mandat.filings.tests.world import World
from mandat.platform.models import Mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def moved(kind, filing, **ids):
    return kind(filing=str(filing.public_id), **ids)


EVENTS = {
    "submitted": (FilingSubmitted, {"submission": "", "submitted_by": ""}, "Demande déposée"),
    "returned": (FilingReturned, {"returned_by": ""}, "Une correction est demandée"),
    "accepted": (FilingAccepted, {"submission": "", "accepted_by": ""}, "Demande acceptée"),
    "refused": (FilingRefused, {"refused_by": ""}, "Demande refusée"),
}


@pytest.mark.parametrize("state", EVENTS)
def test_whoever_signed_is_told_once_where_to_look_and_nobody_is_named(world, state):
    kind, ids, subject = EVENTS[state]
    filing = getattr(world, state)()
    event = moved(kind, filing, **ids)
    tell_firm(event)
    tell_firm(event)  # a handler may run twice
    (mail,) = Mail.objects.all()
    assert mail.to == world.signer.login.email
    assert mail.subject.startswith(subject)
    assert filing.number in mail.subject
    assert f"/d/{world.firm.public_id}/demandes/{filing.public_id}/" in mail.text
    assert "Ulysse" not in mail.text


def test_whoever_began_it_is_told_too(world):
    filing = world.begun(by=world.rse)
    for step in ("who", "what"):
        world.save(filing, step)
    world.submit(filing)
    filing.refresh_from_db()
    tell_firm(moved(FilingSubmitted, filing, submission="", submitted_by=""))
    assert set(Mail.objects.values_list("to", flat=True)) == {world.rse.login.email, world.signer.login.email}


def test_whoever_may_no_longer_view_it_is_not_told(world):
    filing = world.under_review()
    revoke_proxy(proxy_id=world.proxy.public_id, reason="", by=world.rse)
    tell_firm(moved(FilingAccepted, filing, submission="", accepted_by=""))
    assert not Mail.objects.exists()


def test_an_english_firm_is_written_to_in_english(world):
    world.registrant.language = "en"
    world.registrant.save()
    filing = world.submitted()
    tell_firm(moved(FilingSubmitted, filing, submission="", submitted_by=""))
    mail = Mail.objects.get()
    assert mail.subject.startswith("Filing received")
    assert "/en/d/" in mail.text
