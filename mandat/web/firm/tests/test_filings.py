"""The firm's filings: what is listed, begun, followed, refused."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mandat.access.commands import revoke_proxy
from mandat.access.tests.factories import ProxyFactory, actor
from mandat.filings.commands import return_for_correction, take_up
from mandat.filings.models import Filing
from mandat.filings.workflow import State
from mandat.web.firm.tests.office import PREPARES, READS, Desk, filing_of, hidden, text
from mandat.web.tests.conftest import browser_of


@pytest.fixture
def desk(db):
    return Desk()


def begin(desk, browser=None, **more):
    browser = browser or desk.at_signer
    address = f"{desk.firm_page}/demandes/nouvelle/REP-RETRAIT"
    key = hidden(browser.get(address), "key")
    return browser.post(address, {"key": key} | more)


def test_a_filing_is_begun_from_the_list_and_leads_to_its_first_step(desk):
    assert "Commencer" in text(desk.at_signer.get(f"{desk.firm_page}/demandes"))
    answer = begin(desk)
    assert answer.headers["Location"] == desk.page(filing_of(answer), "etapes/representative")
    assert "Brouillon" in text(desk.at_signer.get(f"{desk.firm_page}/demandes"))


def test_what_the_file_already_answers_goes_along_to_the_first_step(desk):
    address = f"{desk.firm_page}/demandes/nouvelle/REP-RETRAIT?representative={desk.leaving.public_id}"
    key = hidden(desk.at_signer.get(address), "key")
    onward = desk.at_signer.post(address, {"key": key}).headers["Location"]
    assert f'value="{desk.leaving.public_id}" selected' in text(desk.at_signer.get(onward))


def test_a_double_click_begins_one_filing(desk):
    address, key = f"{desk.firm_page}/demandes/nouvelle/REP-RETRAIT", str(uuid.uuid4())
    first, second = (desk.at_signer.post(address, {"key": key}) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Filing.objects.count() == 1


def test_a_key_of_somebody_else_begins_nothing(desk):
    address, key = f"{desk.firm_page}/demandes/nouvelle/REP-RETRAIT", str(uuid.uuid4())
    desk.at_signer.post(address, {"key": key})
    assert desk.at_rse.post(address, {"key": key}).headers["Location"] == f"{desk.firm_page}/demandes"
    assert Filing.objects.count() == 1


@pytest.mark.parametrize("key", ["", "x", "1"])
def test_a_form_without_a_key_is_a_bad_request(desk, key):
    assert desk.at_signer.post(f"{desk.firm_page}/demandes/nouvelle/REP-RETRAIT", {"key": key}).status_code == 400


def test_nobody_begins_what_the_catalogue_does_not_have(desk):
    assert desk.at_signer.get(f"{desk.firm_page}/demandes/nouvelle/RIEN").status_code == 404


def test_one_who_may_only_look_is_told_so_and_begins_nothing(desk):
    reader = desk.browser_with(*READS)
    address = f"{desk.firm_page}/demandes/nouvelle/REP-RETRAIT"
    assert "mais pas de préparer" in text(reader.get(address))
    listed = text(reader.get(f"{desk.firm_page}/demandes"))
    assert address not in listed
    assert 'aria-disabled="true"' in listed
    assert "pourquoi?right=prepare&amp;block=BF-REP" in listed
    refused = reader.post(address, {"key": str(uuid.uuid4())})
    assert "ne comprend pas ce droit" in text(refused, 403)


def test_the_list_shows_no_filing_of_a_block_that_one_may_not_view(desk):
    filing = desk.submitted_withdrawal()
    elsewhere = actor(ProxyFactory(enterprise=desk.firm, provider=desk.registration.provider, block="BF-FIN").person)
    desk.registration.accepted_blocks = ["BF-REP", "BF-FIN"]
    desk.registration.save()
    browser = browser_of(elsewhere)
    assert filing.number not in text(browser.get(f"{desk.firm_page}/demandes"))
    refused = text(browser.get(desk.page(filing)), 403)
    assert "Aucune procuration ne permet" in refused
    assert str(desk.rse.person) in refused  # who can help


def test_the_filing_of_another_firm_does_not_exist_here(desk):
    theirs = Desk()
    filing = theirs.submitted_withdrawal()
    submission = filing.submissions.get()
    for place in (
        "", "maintenant", "etapes/representative", "documents", "relire", "retirer",
        f"recus/{submission.public_id}", f"recus/{submission.public_id}.json",
    ):  # fmt: skip
        assert desk.at_signer.get(desk.page(filing, place)).status_code == 404, place
        assert desk.at_signer.get(theirs.page(filing, place)).status_code == 404, place
    assert desk.at_signer.post(desk.page(filing, "signer"), {"key": uuid.uuid4(), "revision": 1}).status_code == 404
    mine = desk.submitted_withdrawal()
    assert desk.at_signer.get(desk.page(mine, f"recus/{submission.public_id}")).status_code == 404


def test_a_revocation_counts_at_the_next_click(desk):
    filing = desk.submitted_withdrawal()
    assert desk.at_signer.get(desk.page(filing)).status_code == 200
    revoke_proxy(proxy_id=desk.proxy.public_id, reason="Départ", by=desk.rse)
    assert desk.at_signer.get(desk.page(filing)).status_code == 404
    assert filing.number in text(desk.at_rse.get(desk.page(filing)))


def test_the_page_tells_what_happened_and_who_has_it(desk):
    filing = desk.submitted_withdrawal()
    assert "En attente d’une personne" in text(desk.at_signer.get(desk.page(filing)))
    take_up(filing=filing.public_id, by=desk.officer)
    shown = text(desk.at_signer.get(desk.page(filing, "maintenant")))
    assert str(desk.officer.person) in shown
    assert "<html" not in shown
    assert "Signée et déposée" in shown
    assert "titulaire d’une procuration" in shown


def test_a_correction_leads_to_its_field_with_the_words_of_the_officer(desk):
    filing = desk.submitted_withdrawal()
    take_up(filing=filing.public_id, by=desk.officer)
    corrections = {"cessation_date": "Le contrat se termine le 30."}
    return_for_correction(filing=filing.public_id, corrections=corrections, by=desk.officer)
    shown = text(desk.at_signer.get(desk.page(filing)))
    assert "Le contrat se termine le 30." in shown
    assert f'{desk.page(filing, "etapes/cessation")}#id_cessation_date"' in shown
    step = text(desk.at_signer.get(desk.page(filing, "etapes/cessation")))
    assert "Le contrat se termine le 30." in step
    assert 'href="#id_cessation_date"' in step


@pytest.mark.parametrize(
    ("state", "rights", "offered"),
    [
        (State.DRAFT, PREPARES, {"etapes", "relire", "retirer"}),
        (State.DRAFT, READS, set()),
        (State.SUBMITTED, PREPARES, set()),
        (State.UNDER_REVIEW, PREPARES, set()),
        (State.RETURNED, PREPARES, {"etapes", "relire"}),
        (State.ACCEPTED, PREPARES, set()),
        (State.REFUSED, PREPARES, set()),
        (State.WITHDRAWN, PREPARES, set()),
    ],
)
def test_only_what_the_state_and_the_rights_allow_is_offered(desk, state, rights, offered):
    filing = desk.in_state(state)
    shown = text(desk.browser_with(*rights).get(desk.page(filing)))
    places = {place for place in ("etapes", "relire", "retirer") if f'href="{desk.page(filing, place)}' in shown}
    assert places == offered


def test_a_signer_may_withdraw_what_waits(desk):
    filing = desk.in_state(State.SUBMITTED)
    assert f'href="{desk.page(filing, "retirer")}"' in text(desk.at_signer.get(desk.page(filing)))


def test_what_people_typed_is_shown_as_text(desk):
    filing = desk.draft(name='<b>"Ulysse" & fils</b>')
    for address in (desk.page(filing), desk.page(filing, "relire"), f"{desk.firm_page}/demandes"):
        shown = text(desk.at_signer.get(address))
        assert "<b>&quot;Ulysse" not in shown
        assert "&amp;amp;" not in shown
        assert "&lt;b&gt;&quot;Ulysse&quot; &amp; fils" in shown


@pytest.mark.parametrize("place", ["", "relire", "etapes/representative"])
def test_asks_as_few_questions_for_a_large_firm_as_for_a_small_one(desk, place):
    filing = desk.written()
    text(desk.at_signer.get(f"{desk.firm_page}/demandes"))  # what a process asks once
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            text(desk.at_signer.get(desk.page(filing, place)))
        counts.append(len(queries))
        for _ in range(3):
            desk.submitted_withdrawal()
    assert counts[0] == counts[1] <= 10, counts


def test_the_list_asks_as_few_questions_for_many_filings_as_for_one(desk):
    text(desk.at_signer.get(f"{desk.firm_page}/demandes"))  # what a process asks once
    counts = []
    for _ in range(2):
        desk.submitted()
        with CaptureQueriesContext(connection) as queries:
            text(desk.at_signer.get(f"{desk.firm_page}/demandes"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8, counts
