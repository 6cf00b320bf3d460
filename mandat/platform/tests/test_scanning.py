import socketserver
from io import BytesIO

import pytest
from django.db import transaction

from mandat.platform.commands import unpark_scan
from mandat.platform.effects import MOST_ATTEMPTS, EffectState
from mandat.platform.events import Event
from mandat.platform.files import FileCorrupted, FileScanned, place_of, store
from mandat.platform.models import Condition, EventRow, Scan, StoredFile
from mandat.platform.queries import parked_scans
from mandat.platform.scanner import Clamd, ScannerSilent, scanner
from mandat.platform.tests import clamd
from mandat.platform.tests.papers import EICAR
from mandat.platform.tests.running import work_off

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    disk = {"BACKEND": "mandat.platform.files.DurableFolder", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": disk}
    return tmp_path


@pytest.fixture
def daemon(settings):
    with clamd.running() as running:
        settings.SCANNER = "clamd://{}:{}".format(*running.server_address)
        yield running


def kept(content=b"Avis"):
    return store(BytesIO(content), name="avis.txt", media_type="text/plain")


def condition(file):
    return StoredFile.objects.select_related("scan").get(pk=file.pk).condition


def test_a_file_waits_until_the_scanner_has_found_nothing(daemon):
    file = kept()
    assert condition(file) == Condition.WAITING
    work_off()
    assert condition(file) == Condition.CLEAN
    assert daemon.scanned == [b"Avis"]
    assert issubclass(FileScanned, Event)
    assert EventRow.objects.filter(name="FileScanned", aggregate_id=str(file.scan.public_id)).count() == 1


def test_an_infected_file_is_known_by_the_name_of_what_it_holds(daemon):
    file = kept(b"plain text, then " + EICAR)
    work_off()
    assert condition(file) == Condition.INFECTED
    assert Scan.objects.get().found == "Eicar-Test-Signature"


def test_the_same_content_is_scanned_once_whoever_hands_it_in(daemon):
    kept()
    kept()
    work_off()
    file = kept()
    work_off()
    assert condition(file) == Condition.CLEAN
    assert len(daemon.scanned) == 1


@pytest.mark.parametrize(
    "said", [b"INSTREAM size limit exceeded. ERROR", b"stream: Can't allocate memory ERROR", b"", b"OK", b"stream: FOUND"]
)  # fmt: skip
def test_a_scanner_that_does_not_say_clean_or_infected_decides_nothing(daemon, said):
    daemon.says = said or b"\0"
    file = kept()
    with pytest.raises(ScannerSilent):
        work_off()
    assert condition(file) == Condition.WAITING


def test_a_scanner_that_is_away_makes_the_file_wait_and_one_that_is_back_lets_it_go(settings, daemon):
    address, settings.SCANNER = settings.SCANNER, "clamd://127.0.0.1:1"
    file = kept()
    for _ in range(MOST_ATTEMPTS):
        work_off(on_failure="again")
    assert condition(file) == Condition.WAITING
    parked = parked_scans().get()
    settings.SCANNER = address
    unpark_scan(scan=parked.public_id)
    work_off()
    assert condition(file) == Condition.CLEAN


def test_a_content_that_was_changed_where_it_lies_is_not_scanned_in_its_stead(daemon, folder):
    file = kept()
    (folder / place_of(file.sha256)).write_bytes(b"other")
    with pytest.raises(FileCorrupted):
        work_off()
    assert daemon.scanned == []
    assert condition(file) == Condition.WAITING


def test_without_a_scanner_no_file_is_said_to_be_clean(settings):
    settings.SCANNER = "none"
    file = kept()
    assert work_off() == 0
    assert condition(file) == Condition.NOT_SCANNED


def test_what_an_earlier_scanner_found_stays_true(settings, daemon):
    kept(EICAR)
    work_off()
    settings.SCANNER = "none"
    assert condition(kept(EICAR)) == Condition.INFECTED


def test_a_scanner_that_nobody_knows_stops_the_deployment_at_once(settings):
    settings.SCANNER = "clam:3310"
    with pytest.raises(ValueError, match="clam:3310"):
        scanner()


def test_the_daemon_may_be_reached_by_a_socket_of_the_same_machine(tmp_path):
    class Local(clamd.Daemon, socketserver.UnixStreamServer):
        """The daemon on a socket of the machine."""

        address_family = socketserver.UnixStreamServer.address_family
        server_bind = socketserver.UnixStreamServer.server_bind

    path = tmp_path / "clamd.ctl"
    with clamd.running(Local, str(path)):
        assert Clamd(f"clamd:{path}").scan(BytesIO(EICAR)) == (False, "Eicar-Test-Signature")


def test_a_scan_done_says_what_it_found():
    with transaction.atomic(), pytest.raises(Exception, match="a_scan_done_says_what_it_found"):
        Scan.objects.create(
            sha256="0" * 64, state=EffectState.DONE, ordered_at="2026-01-01T00:00Z", done_at="2026-01-01T00:00Z"
        )
