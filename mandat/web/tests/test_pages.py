"""What is true of every page: well-formed, guarded by its headers, light, with few questions asked, nothing written."""

import gzip
import re
from html import unescape
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path

import html5lib
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mandat.web.frame import in_the_other_language, language_of
from mandat.web.tests.places import filings_of_firm
from mandat.web.tests.samples import addresses

PAGE_BYTES, SCRIPT_BYTES, REQUESTS = 60 * 1024, 25 * 1024, 6
#: Questions of each page to the database, sign-in included. More needs a reason.
QUERIES = {
    "nobody /": 0,
    "nobody /entrer": 0,
    "rse /compte/": 7,
    "rse /d/FIRM/": 14,  # two of them: whether a register says what will stop the firm, whether users ask for rights
    "rse /d/FIRM/dossier": 11,
    "rse /d/FIRM/demandes": 7,
    "rse /d/FIRM/acces/": 12,
    "rse /d/FIRM/services/": 8,
    "accountant /d/FIRM/": 9,
    "supervisor /agence/": 8,
    "officer /agence/dossiers": 4,
    "officer /agence/registre": 5,
    "supervisor /agence/reference/": 6,
    "supervisor /agence/serveur": 13,
}
#: How what an officer of the demonstration wrote begins: no page translates what people write.
SAID_BY_PEOPLE = "Précisez qui conserve"
#: The steps of a journey, where the article that explains it is one click away.
STEPS = re.compile(
    r"/(entrer|avant-de-commencer|inscription(/reprendre|/[^/]+(/etape/.+|/verifier)?)?"
    r"|d/[^/]+/(demandes(/[^/]+/(etapes/.+|relire|documents|retirer)?)?|acces/([^/]+/accorder|nouvelle-personne)?|services/(blocs)?))"
)
#: What a GET may write: the session, its end, and what allauth counts.
NOT_OF_THE_TRADE = {"django_session", "platform_cache"}


class Links(HTMLParser):
    """What a page asks for beside itself, and the names it uses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def values(self, attribute: str) -> list[str]:
        return [value for _, found in self.tags if (value := found.get(attribute))]

    def files(self) -> set[str]:
        return {value for name in ("href", "src") for value in self.values(name) if value.startswith("/static/")}


def test_every_page_answers_in_its_language_and_is_well_formed(walk):
    for who, address, status, response in walk:
        text = response.content.decode()
        assert response.status_code == status, (who, address)
        html5lib.HTMLParser(strict=True).parse(text)
        assert f'<html lang="{language_of(address)}-CA">' in text
        assert "<c-" not in text
        assert not re.search(r"\{[{%#]|[%#}]\}", text)
        assert text.count("<h1>") == 1
        assert "Ceci n’est pas un service officiel." in text or "This is not an official service." in text
        assert re.search(r"<title>\S.*? – Mandat</title>", text)


def test_every_name_is_used_once_and_every_reference_leads_somewhere(walk):
    for _, address, _, response in walk:
        links = Links(response.content.decode())
        ids = links.values("id")
        referred = " ".join(
            links.values("aria-describedby") + links.values("aria-labelledby") + links.values("for")
        ).split()
        inside = [href[1:] for href in links.values("href") if href.startswith("#")]
        assert len(ids) == len(set(ids)), address
        assert set(referred) | set(inside) <= set(ids), address


def test_no_page_carries_a_script_or_a_style_of_its_own(walk):
    for _, address, _, response in walk:
        for tag, attributes in Links(response.content.decode()).tags:
            assert "style" not in attributes, address
            assert tag != "style", address
            assert tag != "script" or attributes.get("src"), address
            assert not any(name.startswith("on") for name in attributes), address


def test_every_page_sends_the_headers_that_guard_it(walk):
    for who, address, _, response in walk:
        policy = response["Content-Security-Policy"]
        assert "unsafe" not in policy, address
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
        if who != "nobody":
            assert "no-store" in response["Cache-Control"], address


def test_every_page_is_light(walk):
    """Goal 7: at a first visit 60 KB at most without the fonts, six requests, 25 KB of script, one family of fonts."""
    for _, address, _, response in walk:
        files = Links(response.content.decode()).files()
        weights = {each: squeezed(each) for each in files if "/fonts/" not in each}
        scripts = sum(weight for each, weight in weights.items() if each.endswith(".js"))
        assert len(gzip.compress(response.content)) + sum(weights.values()) <= PAGE_BYTES, address
        assert scripts <= SCRIPT_BYTES
        assert 1 + len(weights) <= REQUESTS, address


def squeezed(address: str) -> int:
    path = finders.find(address.removeprefix("/static/"))
    assert path, f"{address} is not there"
    return len(gzip.compress(Path(path).read_bytes()))


def test_only_pages_that_refresh_themselves_or_may_end_load_scripts(walk):
    for _, address, _, response in walk:
        needed = any(each in response.content for each in (b"data-doorbell-ticket", b"data-session", b"data-passkey"))
        assert (b"<script" in response.content) == needed, address


def test_each_step_of_a_journey_leads_to_the_article_that_explains_it(walk):
    for _, address, status, response in walk:
        if status == HTTPStatus.OK and STEPS.fullmatch(address):
            assert 'class="help"' in response.content.decode(), address


def test_the_home_of_a_firm_says_first_what_to_do_there_now(visitors):
    """Row 53: the title says the fact; each filing to finish is one click away; nobody is shown what they may not do."""
    home = f"/d/{visitors.own_firm.public_id}/"
    waiting = [each for each in filings_of_firm(visitors.own_firm.public_id) if each.state in {"draft", "returned"}]
    page = visitors.browser("rse").get(home).content.decode()
    assert "<h1>Des demandes à terminer</h1>" in page
    assert all(f"{home}demandes/{each.public_id}/" in page for each in waiting)
    for who in ("ra", "accountant"):
        page = visitors.browser(who).get(home).content.decode()
        assert "<h1>Rien ne vous attend</h1>" in page
        assert not any(str(each.public_id) in page for each in waiting)


def test_every_page_asks_the_database_as_few_questions_as_it_did(visitors):
    asked = {}
    for name in QUERIES:
        who, address = name.split()
        browser = visitors.browser(who)
        with CaptureQueriesContext(connection) as queries:
            browser.get(address.replace("FIRM", str(visitors.own_firm.public_id)))
        asked[name] = len(queries)
    assert asked == QUERIES


def test_reading_writes_nothing(visitors):
    browsers = {who: visitors.browser(who) for who in ("nobody", "rse", "supervisor")}
    with CaptureQueriesContext(connection) as queries:
        for address in addresses(visitors.own_firm.public_id).values():
            for browser in browsers.values():
                browser.get(address)
                browser.head(address)
    written = {
        match[1] for each in queries if (match := re.match(r'(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)', each["sql"]))
    }
    assert written <= NOT_OF_THE_TRADE


def test_the_language_switch_leads_to_the_same_page_and_back(walk):
    for _, address, _, response in walk:
        other = re.search(r'<a href="([^"]*)" lang="(\w\w)-CA"', response.content.decode())
        assert language_of(other[1]) == other[2] != language_of(address)
        assert unescape(other[1]) == in_the_other_language(address)


def test_every_page_of_a_demonstration_says_so(walk):
    for _, address, _, response in walk:
        text = response.content.decode()
        assert "Démonstration." in text or "Demonstration." in text, address


def test_pages_of_a_real_deployment_do_not(client, db):
    assert "Démonstration." not in client.get("/").content.decode()


def test_every_french_text_of_a_page_has_its_english(walk):
    for _, address, _, response in walk:
        if language_of(address) == "en":
            text = words_of_the_page(html5lib.parse(response.content.decode(), namespaceHTMLElements=False))
            assert not re.search(r"\b(?:votre|vous|pour|rien|les|une|dans)\b", text, re.IGNORECASE), address


def words_of_the_page(element) -> str:
    """Return the words of an element, but for what is marked as French and what people wrote."""
    if element.get("lang") == "fr-CA" or SAID_BY_PEOPLE in "".join(element.itertext()).strip()[: len(SAID_BY_PEOPLE)]:
        return ""
    inside = (words_of_the_page(each) + " " + (each.tail or "") for each in element)
    return " ".join([element.text or "", *inside])
