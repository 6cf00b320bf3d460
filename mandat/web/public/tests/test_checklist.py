"""What to have in hand: the checklist announces what the enrolment and the registration ask, and nothing else."""

import re

import pytest
from django.utils import translation

from mandat.enrolment.steps import STEPS
from mandat.web.firm.registration import RegisterForm

#: What each step of the enrolment asks about, as the checklist names it: a new step must be announced.
ANNOUNCED = {
    "entreprise": "Numéro d’entreprise du Québec (NEQ)",
    "revenu-quebec": "Numéro d’identification de Revenu Québec",
    "proprietaire": "Représentant autorisé (RA)",
    "representant": "Représentant autorisé (RA)",
    "responsable": "Responsables des services électroniques (RSE)",
    "autres-responsables": "Responsables des services électroniques (RSE)",
}
AT_THE_SECOND_REGISTRATION = "Numéro de client"
#: What identifies the firm: asked nowhere but at the step that the checklist announces.
NUMBERS = {"neq": "entreprise", "rq_number": "revenu-quebec"}

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_announces_every_step_and_nothing_that_is_not_asked(client, language):
    page = client.get("/avant-de-commencer" if language == "fr" else "/en/avant-de-commencer").content.decode()
    with translation.override(language):
        expected = [
            translation.gettext(each) for each in dict.fromkeys([*ANNOUNCED.values(), AT_THE_SECOND_REGISTRATION])
        ]
    assert re.findall(r"<h2>([^<]+)</h2>\s*<p>", page.partition("</ol>")[0]) == expected
    assert [step.code for step in STEPS] == list(ANNOUNCED)


def test_each_number_is_asked_where_it_is_announced():
    asked = {name: step.code for step in STEPS for name in step.base_fields if name in NUMBERS}
    assert asked == NUMBERS
    assert set(RegisterForm.base_fields) == {"client_number", "accepted"}
