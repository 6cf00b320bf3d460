"""A second copy of ourselves, in a process and on a database of its own, as the outside provider of a first."""

import json
import re
from urllib.parse import urlsplit

import pytest
import requests
from django.core.cache import cache

from mandat.demo.people import PASSWORD
from mandat.identity.actor import actor_of
from mandat.identity.models import Session
from mandat.identity.queries import link_of
from mandat.identity.tests.people import code, login_with_second_factor
from mandat.openid.models import OutsideLink
from mandat.openid.tests.world import browser_of
from mandat.platform.clock import now

HERE = "http://localhost:9999"


@pytest.fixture
def other_copy(live, db, settings, tmp_path, monkeypatch):
    """Register us at the other copy, and describe it to us."""
    known = json.loads(live.command("demo", "service", "--return-to", f"{HERE}/entrer/retour"))
    monkeypatch.setenv("OTHER_COPY_SECRET", known["client_secret"])
    path = tmp_path / "providers.toml"
    path.write_text(
        f'[[provider]]\ncode = "autre"\nfr = "L’autre copie"\nen = "The other copy"\nissuer = "{live.url}"\n'
        f'client_id = "{known["client_id"]}"\nclient_secret_env = "OTHER_COPY_SECRET"\n'
    )
    settings.OUTSIDE_PROVIDERS, settings.PUBLIC_URL = str(path), HERE
    cache.clear()
    return live


class Elsewhere:
    """Somebody’s browser at the other copy."""

    def __init__(self, live):
        self.live, self.browser = live, requests.Session()

    def posts(self, page, **fields):
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text).group(1)
        return self.browser.post(page.url, fields | {"csrfmiddlewaretoken": token}, headers={"Referer": page.url})

    def goes_through(self, address: str) -> str:
        """Sign in there and agree; return the query that one comes back here with."""
        page = self.browser.get(address)
        if "/entrer" in page.url:
            page = self.posts(page, login="rse@demo.test", password=PASSWORD)
            page = self.posts(page, code=self.live.code_of("rse"))
            page = self.follow(page)
        page = self.posts(page) if "/partager" in page.url else page
        return urlsplit(self.onward(page)).query

    def onward(self, page) -> str:
        return re.search(r'content="0; url=([^"]+)"', page.text).group(1).replace("&amp;", "&")

    def follow(self, page):
        return self.browser.get(self.live.url + self.onward(page))


def test_one_links_the_other_copy_then_enters_by_it(other_copy, client):
    ours = login_with_second_factor()
    browser, _ = browser_of(actor_of(ours, person=link_of(ours).person, at=now(), methods=["password", "totp"]))
    there = Elsewhere(other_copy)
    asked = browser.get("/compte/ailleurs/relier/autre").headers["Location"]
    assert asked.startswith(other_copy.url)
    linked = browser.get("/entrer/retour?" + there.goes_through(asked))
    assert linked.headers["Location"] == "/compte/ailleurs"
    assert OutsideLink.objects.get().issuer == other_copy.url
    answer = there.browser.get(client.get("/entrer/par/autre").headers["Location"], allow_redirects=False)
    entered = client.get("/entrer/retour?" + urlsplit(answer.headers["Location"]).query)
    assert entered.headers["Location"] == "/entrer/code"
    client.post("/entrer/code", {"code": code(ours)})
    assert client.get("/compte/").status_code == 200
    assert Session.objects.order_by("-id").first().methods == ["outside", "totp"]
