"""The desk ends one place: what follows is read first, a proof is asked for, two officers where it takes two."""

import uuid
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mandat.access.tests.factories import actor
from mandat.enrolment.commands.departures import report_departure
from mandat.enrolment.models import Departure
from mandat.enrolment.tests.relief import Relief
from mandat.enterprises.models import Designation
from mandat.platform.tests.papers import pdf
from mandat.web.tests.conftest import browser_of

pytestmark = pytest.mark.django_db
PDF = pdf("lettre")


class Desk(Relief):
    """Two officers at the desk, and the page that ends a place of a firm."""

    def __init__(self, **more):
        super().__init__(**more)
        self.first_screen, self.second_screen = browser_of(self.officer), browser_of(self.second)

    def page(self, who):
        return f"/agence/departs/place/{Designation.objects.get(person=who).public_id}"

    def post(self, who, *, with_proof=True, screen=None, language="", **said):
        typed = {"key": str(uuid.uuid4()), "cause": "LEFT", "words": "Lettre lue, appel 4711."} | said
        if with_proof:
            typed["document"] = SimpleUploadedFile("lettre.pdf", PDF, content_type="application/pdf")
        return (screen or self.first_screen).post(language + self.page(who), typed)

    def waiting(self, who) -> Departure:
        return report_departure(
            key=uuid.uuid4(), designation=Designation.objects.get(person=who).public_id, cause="MISTAKE",
            words="Mauvaise personne.", file=None, by=self.officer,
        )  # fmt: skip


@pytest.fixture
def desk():
    return Desk()


def text(answer):
    return unescape(answer.content.decode())


def test_what_follows_is_read_before_a_place_ends(desk):
    page = text(desk.first_screen.get(desk.page(desk.rses[0])))
    assert "Ce qui en dépend" in page
    assert str(desk.rses[1]) in page
    assert "Départ de la firme (avec une pièce)" in page
    assert "Décès (avec une pièce, par deux personnes du bureau)" in page
    assert "n’aura plus de représentant autorisé" in text(desk.first_screen.get(desk.page(desk.ra)))


def test_the_end_of_the_last_place_says_that_the_firm_is_left_alone():
    desk = Desk(rses=1)
    page = text(desk.first_screen.get(desk.page(desk.rses[0])))
    assert "n’aura plus de responsable" in page
    assert "Départ de la firme (avec une pièce, par deux personnes du bureau)" in page


def test_a_place_ended_by_one_is_over_at_once_and_the_second_click_leads_to_it(desk):
    key = str(uuid.uuid4())
    answers = [desk.post(desk.rses[0], key=key) for _ in range(2)]
    departure = Departure.objects.get()
    assert [each["Location"] for each in answers] == [f"/agence/departs/{departure.public_id}/"] * 2
    assert departure.state == "ended"
    history = text(browser_of(actor(desk.rses[1])).get(f"/d/{desk.firm.public_id}/acces/historique"))
    assert "Départ de la firme, constaté par le bureau de vérification" in history
    assert "Le bureau de vérification" in history
    assert str(desk.officer.person) not in history


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"with_proof": False}, "id_document_error"),
        ({"words": ""}, "id_words_error"),
        ({"words": "NAS 046 454 286"}, "id_words_error"),
        ({"cause": ""}, "id_cause_error"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_ends(desk, said, field):
    answer = desk.post(desk.rses[0], **said)
    assert answer.status_code == 422
    assert field in text(answer)
    assert not Departure.objects.exists()


def test_a_second_officer_reads_then_ends_and_the_first_only_sets_aside(desk):
    one = f"/agence/departs/{desk.waiting(desk.rses[0]).public_id}/"
    mine = text(desk.first_screen.get(one))
    assert f'href="{one}end"' not in mine
    assert f'href="{one}drop"' in mine
    assert desk.first_screen.post(f"{one}end").status_code == 409
    assert f'href="{one}end"' in text(desk.second_screen.get(one))
    assert desk.second_screen.post(f"{one}end").status_code == 302
    assert Departure.objects.get().state == "ended"
    assert desk.second_screen.post(f"{one}drop", {"reason": "Non."}).status_code == 409


def test_setting_aside_asks_why(desk):
    one = f"/agence/departs/{desk.waiting(desk.rses[0]).public_id}/"
    assert desk.first_screen.post(f"{one}drop", {"reason": ""}).status_code == 422
    assert desk.first_screen.post(f"{one}drop", {"reason": "Erreur."}).status_code == 302
    assert "garde sa place" not in text(desk.first_screen.get("/agence/departs/"))
    assert str(desk.rses[0]) in text(desk.first_screen.get("/agence/departs/?decided=yes"))


def test_it_is_told_in_english_too(desk):
    departure = desk.waiting(desk.rses[0])
    page = text(desk.second_screen.get(f"/en/agence/departs/{departure.public_id}/"))
    assert "Place given by mistake" in page
    assert "End the place" in page
