"""What the enterprises register says stops a firm or renames it; silent, out of date or older, it changes nothing."""

from datetime import date, datetime

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from mandat.access.business_standing import hear_business_register
from mandat.access.tests.factories import LONG_AGO, DesignationFactory
from mandat.business_register.commands import read_extract
from mandat.business_register.tests.archives import NEQ, archive, enterprise, name
from mandat.enterprises.models import Enterprise, Identifier
from mandat.platform.clock import LEGAL_ZONE
from mandat.platform.models import EventRow

pytestmark = pytest.mark.django_db
NEW = "1199999021"
MERGED = {"NEQ": NEQ, "NEQ_ASSUJ_REL": NEW, "DENOMN_SOC": "Nouvelle inc.", "COD_RELA_ASSUJ": "FUS"}


@pytest.fixture
def firm(at):
    at(datetime(2026, 7, 5, 12, tzinfo=LEGAL_ZONE))
    firm = DesignationFactory(enterprise__name="Courtage Rive-Haute inc.").enterprise
    Identifier.objects.create(enterprise=firm, kind="neq", value=NEQ, during=DateTimeTZRange(LONG_AGO, None))
    return firm


@pytest.fixture
def read(tmp_path):
    """Read an extract as of a day of July, that says this, and hear it."""

    def read(day, *, names=(), **said):
        files = {"Nom": names or [name("Courtage Rive-Haute inc.")]}
        files |= {"FusionScissions": [MERGED]} if said.pop("is_merged", False) else {}
        read_extract(archive(tmp_path / f"{day}.zip", Entreprise=[enterprise(**said)], **files), as_of=day)
        return hear_business_register()

    return read


def now_of(firm):
    return Enterprise.objects.get(pk=firm.pk)


def july(day):
    return date(2026, 7, day)


def test_who_is_struck_off_is_stopped_and_a_later_extract_gives_it_back(firm, read):
    assert read(july(1)) == 0
    assert read(july(2), COD_STAT_IMMAT="RO", DAT_STAT_IMMAT="2026-06-20") == 1
    assert now_of(firm).state == "suspended"
    (fact,) = firm.reports.get().facts
    assert (fact["cause"], fact["since"], fact["said"]) == ("struck_off", "2026-06-20", "Radiée d’office")
    assert read(july(3)) == 1
    assert now_of(firm).state == "active"


def test_an_older_extract_read_again_stops_nobody(firm, read):
    read(july(3))
    assert read(july(2), COD_STAT_IMMAT="RO") == 0
    assert now_of(firm).state == "active"


def test_a_merger_names_the_enterprise_that_goes_on(firm, read):
    read(july(2), COD_STAT_IMMAT="RD", is_merged=True)
    (fact,) = firm.reports.get().facts
    assert (fact["cause"], fact["other"], fact["said"]) == ("merged", NEW, "Nouvelle inc.")
    assert now_of(firm).state == "active"  # until its notice is over


def test_a_silent_register_neither_stops_nor_gives_back(firm, read, at):
    assert hear_business_register() == 0
    read(july(2), COD_STAT_IMMAT="RO")
    at(datetime(2026, 12, 1, tzinfo=LEGAL_ZONE))  # the extract is out of date
    assert hear_business_register() == 0
    assert now_of(firm).state == "suspended"


def test_a_firm_takes_the_name_that_the_register_gives_it_and_back_and_no_right_moves(firm, read):
    other = [name("Courtage Rive-Haute inc.", STAT_NOM="A"), name("Rive-Haute Conseil inc.")]
    read(july(2), names=other)
    assert (now_of(firm).name, now_of(firm).sort_name) == ("Rive-Haute Conseil inc.", "rive-haute conseil inc.")
    read(july(1))  # an older extract
    assert now_of(firm).name == "Rive-Haute Conseil inc."
    read(july(3))  # the register takes it back
    assert now_of(firm).name == "Courtage Rive-Haute inc."
    assert [each.after for each in firm.name_changes.order_by("id")] == [
        "Rive-Haute Conseil inc.", "Courtage Rive-Haute inc.",
    ]  # fmt: skip
    assert EventRow.objects.filter(name="EnterpriseRenamed").count() == 2
    assert not firm.history.exists()


def test_a_name_that_the_register_never_knew_is_left_to_the_firm(firm, read):
    Enterprise.objects.filter(pk=firm.pk).update(name="Rive-Haute")
    read(july(2))
    assert now_of(firm).name == "Rive-Haute"
