"""The reference data, shown to supervisors and auditors."""

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from mandat.access.tests.factories import StaffAssignmentFactory, actor
from mandat.reference.models import Correction, Entry
from mandat.web.tests.conftest import browser_of


@pytest.fixture
def supervisor(db):
    assigned = StaffAssignmentFactory(supervisor=True)
    return browser_of(actor(assigned.person))


def entry(code, *, kind="trial", first=date(2025, 1, 1), end=None, **columns):
    given = {"label_fr": f"Essai {code}", "label_en": f"Trial {code}", "source": "Essai", "is_verified": True} | columns
    return Entry.objects.create(kind=kind, code=code, during=DateRange(first, end), **given)


@pytest.fixture
def trial(db):
    notes = {"note_fr": "Une liste.", "note_en": "A list."}
    return entry("trial", kind="list", first=date(2020, 1, 1), values=notes)


def text(browser, address, status=200):
    answer = browser.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_opens_to_supervisors_and_auditors_alone(visitors):
    opened = {name: visitors.browser(name).get("/agence/reference/").status_code for name in visitors.actors}
    assert {name for name, status in opened.items() if status == 200} == {"supervisor", "supervisor2", "auditor"}


def test_names_every_list_and_what_is_unverified(supervisor):
    shown = text(supervisor, "/agence/reference/")
    for one in Entry.objects.filter(kind="list"):
        assert one.label_fr in shown
    assert "12 non vérifiées" in shown  # the blocks are a sample


def test_shows_a_list_as_of_the_day_asked_for(supervisor, trial):
    entry("OLD", end=date(2025, 7, 1))
    entry("NEW", first=date(2025, 7, 1))
    shown = text(supervisor, "/agence/reference/trial?on=2025-06-30")
    assert "OLD" in shown
    assert "NEW" not in shown
    assert "Du 1er janvier 2025 au 30 juin 2025" in shown
    assert "OLD" not in text(supervisor, "/agence/reference/trial?on=2025-07-01")
    assert "OLD" in text(supervisor, "/agence/reference/trial?on=2025-07-01&period=all")


def test_says_plainly_what_is_unverified_and_what_was_corrected(supervisor, trial):
    doubtful = entry("DOUBT", is_verified=False, to_confirm=["fee"], values={"fee": "10.00", "sure": True})
    Correction.objects.create(entry=doubtful, before={})
    shown = text(supervisor, "/agence/reference/trial")
    for words in ("Non vérifié", "À confirmer\u00a0:", "fee", "Oui", "Corrigée le"):
        assert words in shown


@pytest.mark.parametrize("junk", ["hier", "2026-02-30", "26-1-1", "0", "%00", "2026-01-01'"])
def test_a_date_that_does_not_exist_is_an_error_at_its_field(supervisor, trial, junk):
    for address in ("/agence/reference/", "/agence/reference/trial"):
        assert "Cette date n’existe pas." in text(supervisor, f"{address}?on={junk}", status=422)


def test_the_oldest_and_the_latest_days_are_answered(supervisor):
    for day in ("0001-01-01", "9999-12-31"):
        text(supervisor, f"/agence/reference/?on={day}")
        text(supervisor, f"/agence/reference/block?on={day}")


def test_a_period_that_is_not_offered_is_an_error(supervisor):
    text(supervisor, "/agence/reference/block?period=zzz", status=422)


def test_an_unknown_list_is_not_found(supervisor):
    text(supervisor, "/agence/reference/rien", status=404)


def test_finds_words_whatever_their_accents_and_capitals(supervisor):
    shown = text(supervisor, "/agence/reference/firm_category?words=EPARGNE")
    assert "Courtier en épargne collective" in shown
    assert "Gestionnaire de portefeuille" not in shown
    assert "Aucune entrée ne correspond" in text(supervisor, "/agence/reference/firm_category?words=zzz")


def test_speaks_english_under_en(supervisor):
    shown = text(supervisor, "/en/agence/reference/firm_category?on=2026-11-23")
    assert "Mutual fund dealer" in shown
    assert "Since July 1, 2025" in shown
    assert "Unverified" in shown


def test_long_lists_are_paged_and_keep_what_was_asked(supervisor, trial):
    for number in range(60):
        entry(f"E{number:02}", position=number)
    first = text(supervisor, "/agence/reference/trial?words=essai&on=2026-01-01")
    assert "60 entrées" in first
    assert "?words=essai&amp;on=2026-01-01&amp;page=2" in first
    assert "E59" in text(supervisor, "/agence/reference/trial?words=essai&page=2")
    assert "E59" in text(supervisor, "/agence/reference/trial?page=99999")
    assert "E00" in text(supervisor, "/agence/reference/trial?page=x")


@pytest.mark.parametrize("address", ["/agence/reference/", "/agence/reference/trial"])
def test_costs_the_same_however_long_the_list(supervisor, trial, address, django_assert_max_num_queries):
    entry("ONE")
    with django_assert_max_num_queries(8) as few:
        text(supervisor, address)
    for number in range(40):
        Correction.objects.create(entry=entry(f"E{number:02}"), before={})
    with django_assert_max_num_queries(len(few)):
        text(supervisor, address)
