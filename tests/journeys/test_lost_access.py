"""Access lost and found again: a password by the mailed link and the code, a telephone by the RSE; mail is real."""

import re
import time

import pytest

from mandat.demo.people import PASSWORD
from tests.journeys.people import Post, Somebody

pytestmark = pytest.mark.browser
ANOTHER = "une tout autre phrase, bien à moi"


def test_a_lost_password_is_replaced_by_the_mailed_link_and_the_second_factor(chromium, live):
    someone, address = Somebody(chromium, live), "finance@demo.test"
    someone.goes_to("/entrer")
    someone.clicks("Mon mot de passe")
    someone.fills(typed=address)
    someone.clicks("Envoyer le courriel")
    text = Post(live).mail_to(address, about="Choisissez un autre mot de passe")
    someone.goes_to(re.search(r"https?://\S+/mot-de-passe/\S+", text).group())
    someone.fills(code="000000", password=ANOTHER, again=ANOTHER)
    someone.clicks("Remplacer mon mot de passe")
    someone.reads("Ce code n’est pas le bon")
    someone.fills(code=live.code_of("finance"), password=ANOTHER, again=ANOTHER)
    someone.clicks("Remplacer mon mot de passe")
    someone.reads_title("Entrez dans votre dossier")
    someone.fills(login=address, password=PASSWORD)
    someone.clicks("Continuer")
    someone.reads("ne va pas avec ce mot de passe")
    someone.fills(login=address, password=ANOTHER)
    someone.clicks("Continuer")
    someone.reads_title("Entrez votre code de validation")
    someone.fills(code=live.code_of("finance"))
    someone.clicks("Entrer")
    someone.reads_title("Rien ne vous attend")
    someone.goes_to("/compte/historique")
    someone.reads("Votre mot de passe a été remplacé")
    assert someone.complaints == []


def test_a_lost_telephone_is_replaced_once_the_rse_has_recognised_its_holder(chromium, live):
    someone, rse, post, address = Somebody(chromium, live), Somebody(chromium, live), Post(live), "user@demo.test"
    someone.goes_to("/entrer")
    someone.fills(login=address, password=PASSWORD)
    someone.clicks("Continuer")
    someone.clicks("Je n’ai plus mon second facteur ni mes codes de secours")
    someone.reads("Claire Dubuc")
    someone.clicks("Demander qu’on confirme que c’est moi")
    someone.reads_title("Votre demande est envoyée")

    rse.enters("rse")
    rse.reads_title("Bonjour, Claire.")
    asked = post.mail_to("rse@demo.test", about="a perdu son second facteur")
    rse.goes_to(re.search(r"https?://\S+/acces/\S+", asked).group())
    rse.clicks("Voir la demande")
    rse.fills(words="Vu au bureau, ce matin.")
    rse.clicks("C’est bien cette personne : lui envoyer le lien")
    rse.reads("Le code à remettre")
    second = rse.page.locator("dd .mono").inner_text()

    text = post.mail_to(address, about="Installez un nouveau second facteur")
    someone.goes_to(re.search(r"https?://\S+/preuve/\S+", text).group())
    someone.secret = someone.page.locator("code").inner_text().replace(" ", "")
    used = int(time.time()) // 30
    someone.fills(second=second, password=PASSWORD, code=someone.code())
    someone.clicks("Remplacer mon second facteur")
    someone.reads("Votre nouveau second facteur est installé")
    someone.fills(login=address, password=PASSWORD)
    someone.clicks("Continuer")
    while int(time.time()) // 30 == used:
        time.sleep(0.5)
    someone.fills(code=someone.code())
    someone.clicks("Entrer")
    someone.reads_title("Gardez vos codes de secours")
    someone.clicks("Je les ai gardés")
    someone.goes_to("/compte/historique")
    someone.reads("Second facteur perdu remplacé")
    assert someone.complaints == rse.complaints == []
