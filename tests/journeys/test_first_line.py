"""
The first whole line: a firm enrols, is verified, activates, registers, gives a proxy, files; an officer decides.

One story, lived by five people in five browsers, with nothing made beforehand but the regulator's register.
"""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import expect

from mandat.demo.firms import TO_ENROL
from mandat.platform.clock import LEGAL_ZONE
from tests.journeys.people import Post, Somebody

pytestmark = pytest.mark.browser
RA, RSE, USER = "ra@brise-lame.test", "rse@brise-lame.test", "commis@brise-lame.test"
PHRASE = "une phrase qui ne sert qu’ici"
#: Where the firm is, once it is known.
FIRM = re.compile(r"/d/[0-9a-f-]{36}/")


def today() -> date:
    """Return the legal day."""
    return datetime.now(UTC).astimezone(LEGAL_ZONE).date()


def test_a_firm_enrols_and_withdraws_a_representative(chromium, live, tmp_path):
    post = Post(live)
    applicant, verifier, officer, rse, user = (Somebody(chromium, live) for _ in range(5))
    number = enrols(applicant)
    verifier.enters("verifier1")
    is_returned(verifier, applicant)
    is_approved(verifier, applicant)
    activates(rse, post, live)
    firm = registers(rse)
    gives_a_proxy(rse, user, post)
    officer.enters("officer")
    filing = files(user, firm, live, tmp_path)
    is_followed_side_by_side(rse, user, officer, firm, filing)
    is_revoked(rse, user, firm, filing)
    assert number
    for who in (applicant, verifier, officer, rse, user):
        assert who.complaints == []


def enrols(applicant: Somebody) -> str:
    """From the checklist: each step saved, errors at their fields, check digits as warnings, resumed elsewhere."""
    applicant.goes_to("/avant-de-commencer")
    applicant.clicks("Inscrire", exact=False)
    applicant.fills(email=RA)
    applicant.clicks("Commencer l’inscription")
    number = applicant.page.locator("dd .mono").first.inner_text()
    applicant.clicks("C’est noté, continuer")

    applicant.fills(kind="legal_person", has_neq="yes", neq="4499999013", name=TO_ENROL.name)
    applicant.fills(is_established_in_quebec="yes")
    applicant.fills(street="14, rue de l’Amarre", city="Rimouski", province="Québec, Canada", postal_code="G5L 9Z7")
    applicant.clicks("Enregistrer et continuer")
    expect(applicant.page.locator("[name=neq]")).to_have_attribute("aria-invalid", "true")
    applicant.fills(neq=TO_ENROL.neq)
    applicant.clicks("Enregistrer et continuer")

    applicant.fills(rq_source="own", rq_number="1099999010")  # the check digit is wrong: a warning, not a refusal
    applicant.clicks("Enregistrer et continuer")
    applicant.fills(ra_given_name="Océane", ra_family_name="Thibeault", ra_function="Présidente", ra_basis="office")
    applicant.fills(ra_email=RA, ra_language="fr")
    applicant.clicks("Enregistrer et quitter")
    applicant.reads("Elle n’est pas encore transmise")
    applicant.clicks("Continuer")
    applicant.page.get_by_role("link", name="Responsable des services électroniques").first.click()
    applicant.fills(rse_is_ra="no", rse_given_name="Jasmin", rse_family_name="Pinsonneault", rse_email=RSE)
    applicant.fills(rse_language="fr", rse_street="14, rue de l’Amarre", rse_city="Rimouski")
    applicant.fills(rse_province="Québec, Canada", rse_postal_code="G5L 9Z7")
    applicant.clicks("Enregistrer et continuer")
    expect(applicant.page.locator("[name=rse2_email]")).to_be_hidden()
    applicant.fills(rse_more="1")
    expect(applicant.page.locator("[name=rse2_email]")).to_be_visible()
    expect(applicant.page.locator("[name=rse3_email]")).to_be_hidden()
    applicant.fills(rse_more="0")
    applicant.clicks("Enregistrer et continuer")

    applicant.reads_title("Relisez, puis transmettez")
    applicant.reads("À vérifier avant de transmettre")
    applicant.fills(consent=True)
    applicant.clicks("Transmettre l’inscription")
    applicant.reads("Elle attend qu’une personne la prenne en charge")
    return number


def is_returned(verifier: Somebody, applicant: Somebody) -> None:
    """The desk sees what was checked, and by which source; asks for a correction; the applicant makes it."""
    verifier.goes_to("/agence/dossiers")
    verifier.clicks(TO_ENROL.name, exact=False)
    verifier.reads("Vérifications automatiques")
    verifier.clicks("Prendre en charge")
    verifier.reads("L’inscription est entre vos mains")
    applicant.reads("Une personne la vérifie")  # by itself
    verifier.clicks("Renvoyer pour correction")
    verifier.fills(why_rq_number="NOT-THIS-NUMBER", rq_number="Comparez à un relevé.")
    verifier.clicks("Renvoyer")
    applicant.reads("Une correction vous est demandée")
    applicant.reads("Ce numéro n’est pas celui de l’entreprise. Comparez à un relevé.")
    applicant.clicks("Numéro d’identification de Revenu Québec", exact=False)
    expect(applicant.page.locator("#id_rq_number_helptext")).to_contain_text(
        "Ce numéro n’est pas celui de l’entreprise"
    )
    applicant.fills(rq_number="1099999019")
    applicant.clicks("Enregistrer et quitter")
    applicant.clicks("Relire et transmettre de nouveau", exact=False)
    applicant.fills(consent=True)
    applicant.clicks("Transmettre l’inscription")


def is_approved(verifier: Somebody, applicant: Somebody) -> None:
    """The desk approves; the applicant's page says so by itself."""
    verifier.goes_to("/agence/dossiers")
    verifier.clicks(TO_ENROL.name, exact=False)
    verifier.clicks("Prendre en charge")
    verifier.reads("L’inscription est entre vos mains")
    verifier.clicks("Approuver")
    verifier.clicks("Confirmer les identités et approuver")
    verifier.reads("La firme est inscrite")
    applicant.reads("La firme est inscrite")


def activates(rse: Somebody, post: Post, live) -> None:
    """The RA is given the user codes; the RSE alone the two parts; neither opens anything without the other, or twice."""
    assert "Jasmin Pinsonneault" in post.mail_to(RA, about="Codes d’utilisateur")
    link, code = post.link_to(RSE), post.code_on_the_letter_to("Jasmin Pinsonneault")
    rse.goes_to(link)
    rse.fills(second="AAAA-BBBB-CCCC", password=PHRASE, again=PHRASE)
    rse.clicks("Activer mon accès")
    rse.reads("Ce code n’est pas celui qui va avec ce lien")
    rse.activates(link, code, PHRASE)
    expect(rse.page).to_have_url(FIRM)
    somebody_else = rse.page.context.browser.new_context(base_url=live.url).new_page()
    assert somebody_else.goto(link).status == 410
    somebody_else.context.close()


def registers(rse: Somebody) -> str:
    """The firm is registered at once, for its file bears it out; it chooses its blocks."""
    firm = FIRM.search(rse.page.url).group()
    rse.goes_to(f"{firm}services")
    rse.clicks("Inscrire la firme")
    rse.fills(client_number=TO_ENROL.client_number, accepted=True)
    rse.clicks("Inscrire la firme")
    rse.reads_title("De quels blocs la firme se servira-t-elle?")
    rse.fills(blocks=["BF-REP", "BF-DOSSIER", "BF-FIN"])
    rse.clicks("Garder ce choix")
    rse.reads("Actif")
    return firm


def gives_a_proxy(rse: Somebody, user: Somebody, post: Post) -> None:
    """The RSE makes a user and gives a proxy on one block, until a date; the user activates their access."""
    rse.page.get_by_role("link", name="Accès et procurations").click()
    rse.clicks("Ajouter une personne")
    rse.fills(given_name="Aurèle", family_name="Beaulne", email=USER, place="inside")
    rse.clicks("Ajouter")
    code = rse.page.locator("dd .mono").inner_text()
    rse.clicks("Accorder une procuration")
    rse.fills(**{"BF-REP": ["view", "prepare", "sign"], "until": (today() + timedelta(days=90)).isoformat()})
    rse.clicks("Voir ce que cela permet")
    rse.reads("Rien n’est encore accordé")
    rse.clicks("Accorder la procuration")
    rse.reads("C’est fait")
    user.activates(post.link_to(USER), code, PHRASE)
    expect(user.page.get_by_role("banner")).to_contain_text(TO_ENROL.name)


def files(user: Somebody, firm: str, live, tmp_path) -> str:
    """Another block is refused, and who can help is said; the withdrawal is written, proven, signed, and receipted."""
    user.goes_to(f"{firm}dossier")
    user.reads_title("Il manque un maillon")
    user.reads("Jasmin Pinsonneault")

    user.goes_to(f"{firm}demandes")
    user.clicks("Commencer", exact=False)
    user.clicks("Commencer")
    leaving = user.page.locator("[name=representative] option").nth(1)
    user.fills(representative=leaving.get_attribute("value"))
    user.clicks("Enregistrer et continuer")
    user.page.locator("[name=attachments]").first.check()
    user.fills(cessation_date=today().isoformat(), reason="RESIGNED")
    user.clicks("Enregistrer et continuer")
    user.fills(complaints="no", custody="firm")
    user.clicks("Enregistrer et continuer")
    user.fills(contact_name="Aurèle Beaulne", contact_phone="418 555-0199", contact_email=USER)
    user.clicks("Enregistrer et continuer")
    user.fills(declaration=True)
    user.clicks("Enregistrer et continuer")
    expect(user.page).not_to_have_url(re.compile("/declaration"))
    user.goes_to(re.sub(r"[^/]+$", "relire", re.sub(r"etapes/.*$", "", user.page.url)))
    user.reads_title("Relecture et signature")
    if user.page.get_by_role("link", name="Confirmer, puis signer").count():
        user.clicks("Confirmer, puis signer")
        user.proves_again()
    user.clicks("Signer et déposer")
    user.reads_title("C’est déposé")
    is_verifiable(user, live, tmp_path)
    return re.search(r"demandes/[0-9a-f-]{36}/", user.page.url).group()


def is_verifiable(user: Somebody, live, tmp_path) -> None:
    """The receipt is a file that a command checks; one letter changed, it is no longer genuine."""
    with user.page.expect_download() as downloading:
        user.clicks("Reçu vérifiable, en JSON")
    kept = tmp_path / "receipt.json"
    downloading.value.save_as(kept)
    assert json.loads(kept.read_text())["receipt"]["registrant"]["client_number"] == TO_ENROL.client_number
    live.command("verify-receipt", str(kept))
    forged = tmp_path / "forged.json"
    forged.write_text(kept.read_text().replace(TO_ENROL.client_number, "3009998217"))
    assert "verify-receipt" in live.failing("verify-receipt", str(forged))


def is_followed_side_by_side(rse: Somebody, user: Somebody, officer: Somebody, firm: str, filing: str) -> None:
    """Each step of the officer's shows by itself on the firm's two open pages; the correction opens its field."""
    for who in (rse, user):
        who.goes_to(f"{firm}{filing}")
    officer.goes_to("/agence/dossiers")
    officer.clicks(TO_ENROL.name, exact=False)
    officer.clicks("Prendre en charge")
    officer.reads("Vous avez pris la demande")
    for who in (rse, user):
        who.reads("Jean-Philippe Côté")
    officer.clicks("Demander une correction")
    officer.fills(contact_phone="Ajoutez le poste.")
    officer.clicks("Demander ces corrections")
    for who in (rse, user):
        who.reads("Ajoutez le poste.")
    user.clicks("Corriger")
    expect(user.page).to_have_url(re.compile("#id_contact_phone$"))
    user.fills(contact_phone="418 555-0199 poste 12")
    user.clicks("Enregistrer et quitter")
    expect(user.page).to_have_url(re.compile("/demandes/[0-9a-f-]{36}/(#.*)?$"))
    user.goes_to(f"{firm}{filing}relire")
    user.clicks("Signer et déposer")
    user.reads_title("C’est déposé")
    user.clicks("Suivre la demande")
    officer.goes_to("/agence/dossiers")
    officer.clicks(TO_ENROL.name, exact=False)
    officer.reads("Ce que la correction a changé")
    officer.clicks("Prendre en charge")
    officer.reads("Vous avez pris la demande")
    officer.clicks("Accepter")
    officer.reads("Ce que l’acceptation change au dossier")
    officer.clicks("Accepter")
    for who in (rse, user):
        who.reads("Acceptée")
    rse.goes_to(f"{firm}dossier")
    rse.reads(re.compile("représentant", re.IGNORECASE))


def is_revoked(rse: Somebody, user: Somebody, firm: str, filing: str) -> None:
    """The proxy is revoked; the user's next click is refused; what was filed stays, with the title it was signed under."""
    rse.goes_to(f"{firm}acces")
    rse.page.get_by_role("main").get_by_role("link", name="Aurèle Beaulne").click()
    rse.clicks("Révoquer", exact=False)
    rse.clicks("Révoquer maintenant")
    rse.reads("La procuration est révoquée")
    assert user.page.goto(f"{firm}{filing}").status in {403, 404}
    rse.goes_to(f"{firm}{filing}")
    rse.reads("Aurèle Beaulne")
    rse.reads("Acceptée")
