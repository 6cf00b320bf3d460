"""Reading over, signing, taking back; and the receipt."""

import uuid
from datetime import timedelta

import pytest

from mandat.access.rights import Right
from mandat.filings.commands import return_for_correction, take_up
from mandat.filings.models import Filing, Submission
from mandat.filings.workflow import State
from mandat.platform.clock import now
from mandat.records.keys import public_keys
from mandat.records.queries import receipt_keys
from mandat.records.receipts import verified
from mandat.web.account.session import KEPT
from mandat.web.firm.tests.office import PREPARES, Desk, hidden, text


@pytest.fixture
def desk(db):
    return Desk()


@pytest.fixture
def written(desk):
    return desk.written()


def sign(desk, filing, browser=None, **sent):
    browser = browser or desk.at_signer
    revision = Filing.objects.get(pk=filing.pk).revision
    return browser.post(desk.page(filing, "signer"), {"key": str(uuid.uuid4()), "revision": revision} | sent)


def prove_long_ago(browser):
    session = browser.session
    session[KEPT] = session[KEPT] | {"strong_at": (now() - timedelta(minutes=6)).isoformat()}
    session.save()


def test_the_review_shows_everything_and_the_signature_leads_to_the_receipt(desk, written):
    review = desk.at_signer.get(desk.page(written, "relire"))
    assert str(desk.leaving) in text(review)
    assert "418 555-0123" in text(review)
    answer = sign(desk, written, key=hidden(review, "key"), revision=hidden(review, "revision"))
    submission = Submission.objects.get()
    assert answer.headers["Location"] == desk.page(written, f"recus/{submission.public_id}")
    shown = text(desk.at_signer.get(answer.headers["Location"]))
    assert submission.sha256 in shown
    assert submission.filing.number in shown


def test_a_double_click_submits_once_and_shows_the_same_receipt(desk, written):
    review = desk.at_signer.get(desk.page(written, "relire"))
    sent = {name: hidden(review, name) for name in ("key", "revision")}
    first, second = (sign(desk, written, **sent) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Submission.objects.count() == 1


def test_two_tabs_submit_once_and_the_second_is_told_where_it_stands(desk, written):
    tabs = [desk.at_signer.get(desk.page(written, "relire")) for _ in range(2)]
    answers = [sign(desk, written, **{name: hidden(tab, name) for name in ("key", "revision")}) for tab in tabs]
    assert answers[1].headers["Location"] == desk.page(written)
    assert "ne peut plus être modifiée" in text(desk.at_signer.get(desk.page(written)))
    assert Submission.objects.count() == 1


def test_a_second_factor_proven_too_long_ago_is_asked_for_again(desk, written):
    prove_long_ago(desk.at_signer)
    review = text(desk.at_signer.get(desk.page(written, "relire")))
    prove = f"/entrer/confirmer/code?next={desk.page(written, 'relire').replace('/', '%2F')}"
    assert prove in review
    assert "Signer et déposer" not in review
    assert sign(desk, written).headers["Location"] == prove
    assert not Submission.objects.exists()


def test_one_who_may_not_sign_is_told_who_may(desk, written):
    colleague = desk.browser_with(*PREPARES)
    review = text(colleague.get(desk.page(written, "relire")))
    assert str(desk.signer.person) in review
    assert "Signer et déposer" not in review
    assert text(sign(desk, written, browser=colleague), 403)
    assert not Submission.objects.exists()


def test_one_who_signs_but_does_not_prepare_may_read_over_and_sign(desk, written):
    signer = desk.browser_with(Right.VIEW, Right.SIGN)
    assert "Signer et déposer" in text(signer.get(desk.page(written, "relire")))
    assert "/recus/" in sign(desk, written, browser=signer).headers["Location"]


def test_what_holds_it_back_is_named_and_leads_to_its_field(desk):
    filing = desk.written(contact_phone="12")
    review = text(desk.at_signer.get(desk.page(filing, "relire")))
    assert f"{desk.page(filing, 'etapes/contact')}#id_contact_phone" in review
    assert "Signer et déposer" not in review
    assert "Rien n’a été signé" in text(sign(desk, filing), 422)
    assert not Submission.objects.exists()


def test_what_changed_since_it_was_read_is_read_again_before_it_is_signed(desk, written):
    revision = Filing.objects.get(pk=written.pk).revision
    desk.at_rse.post(desk.page(written, "etapes/contact"), desk.typed(written, contact_name="Paul Demers"))
    shown = text(sign(desk, written, revision=revision), 409)
    assert "Relisez-la" in shown
    assert "Paul Demers" in shown
    assert not Submission.objects.exists()


def test_a_correction_that_changes_nothing_is_not_signed(desk):
    filing = desk.submitted_withdrawal()
    take_up(filing=filing.public_id, by=desk.officer)
    return_for_correction(filing=filing.public_id, corrections={"contact_name": "Qui ?"}, by=desk.officer)
    assert "dit la même chose" in text(sign(desk, filing), 422)
    desk.at_signer.post(desk.page(filing, "etapes/contact"), desk.typed(filing, contact_name="Paul Demers"))
    assert "/recus/" in sign(desk, filing).headers["Location"]
    assert Submission.objects.count() == 2


def test_the_receipt_is_a_file_that_anyone_can_verify(desk):
    filing = desk.submitted_withdrawal()
    submission = filing.submissions.get()
    answer = desk.at_signer.get(desk.page(filing, f"recus/{submission.public_id}.json"))
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == f'attachment; filename="{filing.number}-1.json"'
    said = verified(answer.content, public_keys(receipt_keys()))
    assert (said["number"], said["sha256"]) == (filing.number, submission.sha256)


def test_the_receipt_stays_as_it_was_filed_after_a_correction(desk):
    filing = desk.submitted_withdrawal(contact_name="Première Personne")
    first = filing.submissions.get()
    take_up(filing=filing.public_id, by=desk.officer)
    return_for_correction(filing=filing.public_id, corrections={"contact_name": "Qui ?"}, by=desk.officer)
    desk.at_signer.post(desk.page(filing, "etapes/contact"), desk.typed(filing, contact_name="Autre Personne"))
    sign(desk, filing)
    shown = text(desk.at_signer.get(desk.page(filing, f"recus/{first.public_id}")))
    assert "Première Personne" in shown
    assert "Autre Personne" not in shown


# Taking back


def test_a_draft_is_withdrawn_after_a_confirmation(desk, written):
    assert "ne se rouvre pas" in text(desk.at_signer.get(desk.page(written, "retirer")))
    assert desk.at_signer.post(desk.page(written, "retirer")).headers["Location"] == desk.page(written)
    assert Filing.objects.get(pk=written.pk).state == State.WITHDRAWN


def test_what_was_signed_takes_a_reason_to_withdraw(desk):
    filing = desk.submitted_withdrawal()
    assert "Dites pourquoi" in text(desk.at_signer.post(desk.page(filing, "retirer"), {"reason": "  "}), 422)
    desk.at_signer.post(desk.page(filing, "retirer"), {"reason": "Erreur de personne"})
    assert Filing.objects.get(pk=filing.pk).state == State.WITHDRAWN
    assert "Erreur de personne" in text(desk.at_signer.get(desk.page(filing)))


def test_what_an_officer_has_taken_up_is_not_withdrawn(desk):
    filing = desk.submitted_withdrawal()
    take_up(filing=filing.public_id, by=desk.officer)
    assert desk.at_signer.get(desk.page(filing, "retirer")).headers["Location"] == desk.page(filing)
    desk.at_signer.post(desk.page(filing, "retirer"), {"reason": "Trop tard"})
    assert Filing.objects.get(pk=filing.pk).state == State.UNDER_REVIEW


def test_a_second_withdrawal_changes_nothing(desk, written):
    for _ in range(2):
        assert desk.at_signer.post(desk.page(written, "retirer")).headers["Location"] == desk.page(written)
    assert written.history.count() == 1


def test_one_who_only_prepares_does_not_withdraw_what_was_signed(desk):
    filing = desk.submitted_withdrawal()
    answer = desk.browser_with(*PREPARES).post(desk.page(filing, "retirer"), {"reason": "Je préfère"})
    assert text(answer, 403)
    assert Filing.objects.get(pk=filing.pk).state == State.SUBMITTED
