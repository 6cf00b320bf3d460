"""A firm changes hands: its RA names a second person in charge, then replaces the first; nobody has to telephone."""

import pytest

from mandat.demo.firms import FIRMS
from tests.journeys.people import Post, Somebody

pytestmark = pytest.mark.browser
NAMED = {
    "given_name": "Maude", "family_name": "Thériault", "email": "maude@demo.test", "language": "fr",
    "street": "8, rue du Quai", "city": "Rimouski", "province": "Québec, Canada", "postal_code": "G5L 9Z9",
}  # fmt: skip


def test_the_representative_names_a_second_person_and_replaces_the_first(chromium, live):
    ra = Somebody(chromium, live)
    ra.enters("ra")
    ra.page.get_by_role("link", name=FIRMS[1].name).first.click()
    ra.reads_title("Rien ne vous attend")
    ra.goes_to(f"{ra.page.url}acces/nouveau-responsable")
    ra.fills(**NAMED)
    ra.clicks("Voir ce qui va se passer")
    ra.reads_title("Désigner Maude Thériault responsable")
    ra.clicks("Désigner maintenant")
    ra.reads_title("Maude Thériault")
    ra.reads("Accès à activer")
    post = Post(live)
    assert "/activer/" in post.mail_to("maude@demo.test", about="Activez")
    assert "/activer/" not in post.mail_to("ra@demo.test", about="Code d’utilisateur de Maude")
    firm = ra.page.url.split("/acces/")[0]
    ra.goes_to(f"{firm}/acces/nouveau-responsable")
    ra.fills(**NAMED | {"given_name": "Ousmane", "family_name": "Hébert", "email": "ousmane@demo.test"})
    ra.page.get_by_role("main").locator('label:has(input[name="replaces"])').last.click()
    ra.fills(cause="leaves")
    ra.clicks("Voir ce qui va se passer")
    ra.reads("Ce qui en dépend")
    ra.clicks("Désigner maintenant")
    ra.reads_title("Ousmane Hébert")
    assert post.mail_to("maude@demo.test", about="a pris fin")
    assert not ra.complaints
