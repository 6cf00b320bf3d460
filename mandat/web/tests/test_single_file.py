"""The single file, as the firm and the staff see it."""

from datetime import date

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from mandat.access.tests.factories import ProxyFactory, actor
from mandat.register.tests.factories import (
    AttachmentFactory,
    EstablishmentFactory,
    IndividualFactory,
    OfficeFactory,
    RegistrantFactory,
    RegistrationFactory,
)
from mandat.web.firm.tests.office import Desk, text
from mandat.web.tests.conftest import browser_of


@pytest.fixture
def desk(db):
    world = Desk()
    world.registration.accepted_blocks = ["BF-REP", "BF-DOSSIER"]
    world.registration.save()
    RegistrationFactory(registrant=world.registrant)
    RegistrationFactory(registrant=world.registrant, in_distribution=True)
    OfficeFactory(registrant=world.registrant)
    EstablishmentFactory(registrant=world.registrant)
    world.address = f"{world.firm_page}/dossier"
    world.desk_address = f"/agence/registre/{world.registrant.public_id}"
    return world


@pytest.mark.parametrize("who", ["firm", "staff"])
def test_shows_what_holds_today_by_its_name(desk, who):
    shown = text(desk.at_rse.get(desk.address) if who == "firm" else desk.at_officer.get(desk.desk_address))
    for words in (
        "Courtier sur le marché dispensé", "Assurance de personnes", "Québec", "Rimouski", desk.leaving.family_name,
        "Personne désignée responsable", desk.registrant.client_number,
    ):  # fmt: skip
        assert words in shown


def test_shows_the_file_as_of_another_day(desk):
    gone = AttachmentFactory(registrant=desk.registrant, ended=True).individual
    assert gone.family_name not in text(desk.at_rse.get(desk.address))
    assert gone.family_name in text(desk.at_rse.get(f"{desk.address}?on=2020-06-01"))
    assert "n’existe pas" in text(desk.at_rse.get(f"{desk.address}?on=hier"), 422)


def test_says_the_last_day_of_what_will_end(desk):
    AttachmentFactory(registrant=desk.registrant, during=DateRange(date(2020, 1, 1), date(2099, 4, 1)))
    assert "31 mars 2099" in text(desk.at_rse.get(desk.address))


def test_offers_to_withdraw_only_to_those_who_may_prepare_it(desk):
    assert f"nouvelle/REP-RETRAIT?representative={desk.leaving.public_id}" in text(desk.at_rse.get(desk.address))
    reader = ProxyFactory(
        enterprise=desk.firm, provider=desk.registration.provider, block="BF-DOSSIER", to_view=True
    ).person
    assert "REP-RETRAIT" not in text(browser_of(actor(reader)).get(desk.address))


def test_is_refused_to_those_who_lack_its_block(desk):
    refused = text(desk.at_signer.get(desk.address), 403)
    assert "Aucune procuration ne permet" in refused


def test_a_firm_without_a_file_is_told_so(desk):
    desk.registrant.service_registration = None
    desk.registrant.save()
    assert "pas encore reliée" in text(desk.at_rse.get(desk.address))
    assert "pas encore reliée" in text(desk.at_rse.get(f"{desk.firm_page}/demandes"))


def test_finds_a_person_whatever_the_accents(desk):
    someone = AttachmentFactory(
        registrant=desk.registrant, individual=IndividualFactory(given_name="Zoé", family_name="Événement")
    ).individual
    found = text(desk.at_rse.get(f"{desk.address}?words=evenement"))
    assert someone.family_name in found
    assert desk.leaving.family_name not in found
    assert "Personne de ce nom" in text(desk.at_rse.get(f"{desk.address}?words=zzz"))


def test_a_large_firm_is_shown_a_page_at_a_time_with_as_few_questions(desk):
    text(desk.at_rse.get(desk.address))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            shown = text(desk.at_rse.get(desk.address))
        counts.append(len(queries))
        AttachmentFactory.create_batch(60, registrant=desk.registrant)
    assert counts[0] == counts[1] <= 11, counts
    assert "Page suivante" in shown
    assert "62 personnes" in shown


@pytest.mark.parametrize("of", ["name", "client_number", "neq"])
def test_the_staff_finds_a_registrant(desk, of):
    other = RegistrantFactory(name="Épargne Deux-Rivières ltée")
    words = "deux-rivieres" if of == "name" else getattr(other, of)
    found = text(desk.at_officer.get("/agence/registre", {"words": words}))
    assert other.name in found
    assert desk.registrant.name not in found


def test_a_search_that_finds_nobody_says_so(desk):
    assert "Aucun dossier ne correspond" in text(desk.at_officer.get("/agence/registre?words=zzzz"))
    assert text(desk.at_officer.get("/agence/registre?words=%00"), 422)
