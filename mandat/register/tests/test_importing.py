"""A folder becomes the register: once, whole, and with what the register said before kept."""

from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mandat.access.tests.factories import UNDER
from mandat.platform.clock import LEGAL_ZONE
from mandat.platform.models import EventRow
from mandat.register.commands import correct_attachment, end_attachment
from mandat.register.importing.commands import ImpossibleManner
from mandat.register.models import (
    Attachment,
    Establishment,
    Import,
    ImportedChange,
    Individual,
    Office,
    Registrant,
    Registration,
)
from mandat.register.queries import attachments_in_force, file_of
from mandat.register.tests.folders import LINES, Folder, done

pytestmark = pytest.mark.django_db
ALL = {name: {"added": len(lines)} for name, lines in LINES.items()}
DR = LINES["attachments"][0]


@pytest.fixture
def folder(tmp_path, at):
    at(datetime(2026, 6, 30, 12, tzinfo=LEGAL_ZONE))
    return Folder(tmp_path)


def register():
    """Return every row of the register, as values that two registers are compared by."""
    models = (Registrant, Individual, Registration, Establishment, Office, Attachment, ImportedChange, Import)
    return {model.__name__: list(model.objects.order_by("id").values()) for model in models}


def periods(facts):
    return [(each.during.lower.isoformat(), each.during.upper and each.during.upper.isoformat()) for each in facts]


def attachments():
    return Attachment.objects.filter(code="DR").order_by("during")


def test_the_files_become_the_register(folder):
    report, found = folder.imported()
    assert (report.is_kept, done(report), found) == (True, ALL, [])
    file = file_of(Registrant.objects.get(client_number="3009998217"), date(2026, 1, 1))
    assert [(each.code, each.jurisdiction, each.state) for each in file.registrations] == [
        ("EMD", "ON", "suspended"), ("EMD", "QC", "active"),
    ]  # fmt: skip
    assert [str(each) for each in file.establishments] == ["1, rue du Quai, Rimouski"]
    assert [(each.role, str(each.individual)) for each in file.offices] == [("udp", "Éloïse Côté")]
    (attachment,) = file.attachments
    assert (str(attachment.individual), attachment.is_employee, attachment.office) == ("Éloïse Côté", True, "Rimouski")
    assert attachment.individual.sort_name == "cote eloise"
    assert Registrant.objects.get(client_number="3009998522").sort_name == "assurances « ile », s.e.c."


def test_the_same_folder_again_changes_nothing_and_says_so(folder):
    folder.imported()
    before = register()
    report, found = folder.imported()
    assert (report.is_change, done(report), found) == (False, {}, [])
    assert register() == before
    assert EventRow.objects.filter(name="RegisterImported").count() == 1


def test_a_dry_run_reports_what_the_import_reports_and_writes_nothing(folder):
    folder.imported()
    folder.has("attachments", "Rimouski,2020-01-01,,", "Gaspé,2020-01-01,2026-01-01,MOVED")
    folder.more("offices", "3009998217,,1234567,cco,2024-01-01,,")
    folder.lines("establishments")
    before = register()
    dry, told = folder.imported(is_dry=True, ends_missing=True)
    assert (register(), dry.is_kept) == (before, False)
    real, told_again = folder.imported(ends_missing=True)
    assert (dry.files, told) == (real.files, told_again)
    assert done(real) == {"establishments": {"ended": 1}, "offices": {"added": 1}, "attachments": {"changed": 1}}


def test_what_a_change_replaces_is_kept(folder):
    folder.imported()
    folder.has("registrants", "Anse-Bleue inc.", "Anse-Bleue ltée")
    folder.has("individuals", ",1234567,Éloïse,Côté", "3009990002,1234567,Éloïse,Côté-Roy")
    folder.has("registrations", "QC,active", "QC,restricted")
    folder.has("establishments", "1, rue du Quai", "1 bis, rue du Quai")
    report, _ = folder.imported()
    changed = ("registrants", "individuals", "registrations", "establishments")
    assert done(report) == {name: {"changed": 1} for name in changed}
    kept = {each.kind: each for each in ImportedChange.objects.order_by("id")}
    assert kept["registrants"].before["name"] == "Gestion Anse-Bleue inc."
    assert kept["individuals"].before == {
        "client_number": "", "nrd_number": "1234567", "given_name": "Éloïse", "family_name": "Côté",
    }  # fmt: skip
    assert kept["registrations"].before["state"] == "active"
    assert kept["establishments"].subject == Establishment.objects.get().public_id
    counts = Import.objects.order_by("-id").first().counts
    assert counts["registrants.csv"] == {
        "read": 2, "added": 0, "changed": 1, "ended": 0, "removed": 0, "refused": 0,
    }  # fmt: skip


def test_an_end_that_lies_ahead_takes_effect_by_itself(folder, at):
    folder.imported()
    folder.has("attachments", "Rimouski,2020-01-01,,", "Rimouski,2020-01-01,2026-09-01,MOVED")
    folder.imported()
    firm = Registrant.objects.get(client_number="3009998217")
    assert attachments_in_force(firm, date(2026, 8, 31)).count() == 1
    assert attachments_in_force(firm, date(2026, 9, 1)).count() == 0


def test_a_number_left_blank_is_not_taken_away(folder):
    folder.imported()
    folder.has("individuals", ",1234567,", "3009990002,1234567,")
    folder.imported()
    folder.has("individuals", "3009990002,1234567,", "3009990002,,")
    report, _ = folder.imported()
    assert done(report) == {}
    assert Individual.objects.get(client_number="3009990002").nrd_number == "1234567"


def test_one_row_may_name_somebody_by_both_numbers(folder):
    folder.has("individuals", ",1234567,", "3009990002,1234567,")
    folder.has("attachments", "3009998217,,1234567", "3009998217,3009990002,1234567")
    report, found = folder.imported()
    assert (done(report), found) == (ALL, [])


def test_what_follows_ends_what_came_before(folder):
    folder.imported()
    folder.has("registrations", "EMD,QC,active,2020-01-01,", "EMD,QC,suspended,2025-03-01,")
    report, found = folder.imported()
    assert (done(report), found) == ({"registrations": {"added": 1, "changed": 1}}, [])
    both = Registration.objects.filter(code="EMD", jurisdiction="QC").order_by("during")
    assert periods(both) == [("2020-01-01", "2025-03-01"), ("2025-03-01", None)]
    assert [each.state for each in both] == ["active", "suspended"]
    assert ImportedChange.objects.get().before["to"] is None
    folder.has("registrations", "3009998217,securities,EMD,QC,suspended", "3009998217,securities,EMD,QC,suspended")
    assert not folder.imported()[0].is_change


@pytest.mark.parametrize("start", ["2019-06-01", "2020-02-01"])
def test_a_beginning_is_corrected_when_nothing_else_changes(folder, start):
    folder.imported()
    folder.has("attachments", "Rimouski,2020-01-01", f"Rimouski,{start}")
    report, found = folder.imported()
    assert (done(report), found) == ({"attachments": {"changed": 1}}, [])
    assert periods(attachments()) == [(start, None)]
    assert ImportedChange.objects.get().before["from"] == "2020-01-01"


def test_a_history_told_in_more_rows_replaces_one_row(folder):
    folder.imported()
    folder.lines(
        "attachments", "3009998217,,1234567,securities,DR,,Rimouski,2020-01-01,2021-01-01,",
        "3009998217,,1234567,securities,DR,,Rimouski,2022-01-01,,", LINES["attachments"][1],
    )  # fmt: skip
    report, found = folder.imported()
    assert (done(report), found) == ({"attachments": {"added": 1, "changed": 1}}, [])
    assert periods(attachments()) == [("2020-01-01", "2021-01-01"), ("2022-01-01", None)]


def test_dates_of_two_facts_move_at_once(folder):
    folder.lines(
        "attachments", "3009998217,,1234567,securities,DR,,Rimouski,2020-01-01,2021-01-01,",
        "3009998217,,1234567,securities,DR,,Rimouski,2021-01-01,2022-01-01,",
    )  # fmt: skip
    folder.imported()
    folder.lines(
        "attachments", "3009998217,,1234567,securities,DR,,Rimouski,2020-01-01,2021-06-01,",
        "3009998217,,1234567,securities,DR,,Rimouski,2021-06-01,2022-01-01,",
    )  # fmt: skip
    report, found = folder.imported()
    assert (done(report), found) == ({"attachments": {"changed": 2}}, [])
    assert periods(attachments()) == [("2020-01-01", "2021-06-01"), ("2021-06-01", "2022-01-01")]


def test_an_older_file_does_not_undo_what_was_decided_here(folder):
    folder.imported()
    held = attachments().select_related("individual", "registrant").get()
    end_attachment(
        individual=held.individual, registrant=held.registrant, code="DR", on=date(2026, 3, 1), reason="MOVED",
        under=UNDER, cause="F-1",
    )  # fmt: skip
    report, (told,) = folder.imported()
    assert (report.is_kept, report.is_change) == (True, False)
    assert (told.reason, told.line, told.value) == ("decided_here", 2, "2026-03-01")
    assert periods(attachments()) == [("2020-01-01", "2026-03-01")]
    folder.has("attachments", "Rimouski,2020-01-01,,", "Rimouski,2020-01-01,2026-03-01,OTHER")
    assert folder.imported()[1] == []
    folder.lines("attachments", LINES["attachments"][1])
    report, found = folder.imported(ends_missing=True)
    assert (report.is_change, found) == (False, [])


def test_a_row_does_not_overlap_what_was_decided_here(folder):
    folder.imported()
    held = attachments().get()
    correct_attachment(
        attachment_id=held.public_id, during=held.during.__class__(date(2020, 1, 1), date(2026, 6, 1)), reason="",
        under=UNDER, cause="F-1",
    )  # fmt: skip
    folder.has("attachments", "Rimouski,2020-01-01,,", "Rimouski,2020-01-01,2026-01-01,")
    folder.more("attachments", "3009998217,,1234567,securities,DR,,Gaspé,2026-05-01,,")
    report, found = folder.imported()
    assert [(each.reason, each.line) for each in found] == [("decided_here", 2), ("overlaps", 4)]
    assert not report.is_kept


def test_what_is_no_longer_in_the_files_is_told_and_left(folder):
    folder.imported()
    for name in LINES:
        folder.lines(name)
    before = register()
    report, found = folder.imported()
    assert (report.is_kept, report.is_change, register()) == (True, False, before)
    assert [(each.file, each.value) for each in found if each.reason == "gone"] == [
        ("registrants.csv", "3009998217"),
        ("registrants.csv", "3009998522"),
        ("individuals.csv", "1234567"),
        ("individuals.csv", "3009990001"),
        ("registrations.csv", "3009998217 / securities / EMD / ON / 2020-01-01"),
        ("registrations.csv", "3009998217 / securities / EMD / QC / 2020-01-01"),
        ("establishments.csv", "3009998217 / E1 / 2020-01-01"),
        ("offices.csv", "3009998217 / 1234567 / udp / 2020-01-01"),
        ("offices.csv", "3009998522 / 3009990001 / correspondent / 2020-01-01"),
        ("attachments.csv", "3009998217 / 1234567 / DR / 2020-01-01"),
        ("attachments.csv", "3009998522 / 3009990001 / AP / 2020-01-01"),
    ]


def test_missing_facts_end_at_the_close_of_the_day_when_asked(folder):
    folder.imported()
    folder.lines("attachments")
    report, _ = folder.imported(ends_missing=True)
    assert done(report) == {"attachments": {"ended": 2}}
    assert periods(attachments()) == [("2020-01-01", "2026-07-01")]
    assert ImportedChange.objects.filter(before__to=None).count() == 2
    again, found = folder.imported(ends_missing=True)
    assert (again.is_change, found) == (False, [])


def test_a_missing_fact_that_had_not_begun_is_removed_and_kept_as_it_was(folder):
    folder.more("offices", "3009998217,,1234567,cco,2027-01-01,,")
    folder.imported()
    folder.lines("offices", *LINES["offices"])
    report, _ = folder.imported(ends_missing=True)
    assert done(report) == {"offices": {"removed": 1}}
    assert not Office.objects.filter(role="cco").exists()
    assert (kept := ImportedChange.objects.get().before)["role"] == "cco"
    assert kept["individual"] == str(Individual.objects.get(nrd_number="1234567").public_id)


def test_a_missing_fact_makes_room_for_a_row_when_it_is_ended(folder):
    folder.imported()
    folder.lines("offices", LINES["offices"][0], "3009998522,,1234567,correspondent,2026-07-01,,")
    _, found = folder.imported()
    assert [each.reason for each in found if each.line] == ["overlaps"]
    report, _ = folder.imported(ends_missing=True)
    assert (report.is_kept, done(report)) == (True, {"offices": {"added": 1, "ended": 1}})


def test_one_bad_row_keeps_everything_out(folder):
    folder.more("attachments", "3009998217,,7654321,securities,DR,,,2020-01-01,,")
    report, (bad,) = folder.imported()
    assert (report.is_kept, report.refused, bad.line) == (False, 1, 4)
    assert not Registrant.objects.exists()


def test_bad_rows_are_skipped_when_asked_with_those_that_depend_on_them(folder):
    folder.has("registrants", "3009998522,cabinet", "3009998522,bank")
    report, found = folder.imported(skips_bad_rows=True)
    assert report.is_kept
    assert [(each.file, each.line, each.reason) for each in found] == [
        ("registrants.csv", 3, "not_one_of"),
        ("registrations.csv", 4, "unknown_registrant"),
        ("offices.csv", 3, "unknown_registrant"),
        ("attachments.csv", 3, "unknown_registrant"),
    ]
    assert [each.client_number for each in Registrant.objects.all()] == ["3009998217"]
    assert Attachment.objects.count() == 1


def test_a_row_kept_out_leaves_its_fact_in_the_way_of_others(folder):
    """The second row waits for the first, which a third keeps out: neither may be written over the fact on file."""
    folder.lines(
        "offices", "3009998522,3009990001,,correspondent,2020-01-01,2024-01-01,",
        "3009998522,,1234567,correspondent,2024-01-01,,",
    )  # fmt: skip
    folder.imported()
    folder.lines(
        "offices", "3009998522,3009990001,,correspondent,2020-01-01,2022-01-01,",
        "3009998522,,1234567,correspondent,2021-06-01,2023-01-01,",
    )  # fmt: skip
    report, found = folder.imported(skips_bad_rows=True)
    assert report.is_kept
    assert {each.line for each in found if each.reason == "overlaps"} == {3}
    assert Office.objects.count() == 2


def test_bad_rows_skipped_and_missing_facts_ended_do_not_go_together(folder):
    with pytest.raises(ImpossibleManner):
        folder.imported(skips_bad_rows=True, ends_missing=True)


def statements(folder):
    with CaptureQueriesContext(connection) as captured:
        folder.imported()
    return len(captured)


def test_a_thousand_rows_take_as_many_statements_as_ten(folder):
    for size in (10, 1000):
        individuals = [f",10{number:05},Éloïse,Côté-{number}" for number in range(size)]
        folder.lines("individuals", *LINES["individuals"], *individuals)
        attached = [f"3009998217,,10{number:05},securities,DR,,,2020-01-01,," for number in range(size)]
        folder.lines("attachments", *LINES["attachments"], *attached)
        if size == 10:
            few = statements(folder)
    assert statements(folder) == few
    assert few < 140


def test_an_import_is_told_to_whoever_subscribes(folder):
    folder.imported()
    told = EventRow.objects.get(name="RegisterImported")
    assert told.body == {"register_import": str(Import.objects.get().public_id)}
