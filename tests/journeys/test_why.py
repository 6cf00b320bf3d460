"""From a refusal to what was missing; and a block that grows, which serves nobody until the firm accepts it."""

import re
import shutil
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils.timezone import localdate

from mandat.demo.firms import FIRMS
from tests.journeys.conftest import ROOT
from tests.journeys.people import Somebody

pytestmark = pytest.mark.browser
REFERENCE = ROOT / "mandat" / "reference" / "data"
GROWN = """
[[entry]]
code = "BF-COMM"
fr = "Communications sécurisées"
en = "Secure communications"
from = {day}
[entry.values]
version = 2
scope_fr = "Lire les messages et les reçus de l’Autorité, et y répondre."
scope_en = "Read the Autorité’s messages and receipts, and answer them."
added_fr = "Prendre rendez-vous avec l’Autorité."
added_en = "Make an appointment with the Autorité."
"""


def test_a_refusal_leads_to_why_and_whoever_can_opens_the_way_from_there(chromium, live):
    holder, rse = Somebody(chromium, live), Somebody(chromium, live)
    rse.enters("rse")
    rse.page.get_by_role("link", name=FIRMS[0].name).first.click()
    firm = rse.page.url
    holder.enters("accountant")
    holder.goes_to(f"{firm}dossier")
    holder.reads_title("Il manque un maillon")
    holder.reads("Claire Dubuc")
    holder.clicks("Pourquoi, maillon par maillon")
    holder.reads("Non.")
    rse.goes_to(urlsplit(holder.page.url)._replace(netloc=urlsplit(firm).netloc).geturl())
    rse.reads("Non.")
    rse.clicks("Le faire maintenant")
    rse.fills(**{"BF-DOSSIER": ["view"], "until": (localdate() + timedelta(days=30)).isoformat()})
    rse.clicks("Voir ce que cela permet")
    rse.clicks("Accorder la procuration")
    rse.reads("C’est fait")
    holder.page.reload()
    holder.reads("Oui.")
    holder.goes_to(f"{firm}dossier")
    holder.reads_title(re.compile(FIRMS[0].name))
    assert not holder.complaints + rse.complaints


def test_what_is_added_to_a_block_waits_for_the_firm_to_accept_it(chromium, live, tmp_path):
    rse = Somebody(chromium, live)
    data = shutil.copytree(REFERENCE, tmp_path / "data")
    blocks, today = data / "blocks.toml", localdate()
    as_it_was = blocks.read_text().replace('code = "BF-COMM"\n', f'code = "BF-COMM"\nto = {today}\n')
    blocks.write_text(as_it_was + GROWN.format(day=today))
    live.command("load-reference", str(data))
    rse.enters("rse")
    rse.page.get_by_role("link", name=FIRMS[0].name).first.click()
    rse.goes_to(f"{rse.page.url}services/ajouts")
    rse.reads("Prendre rendez-vous avec l’Autorité")
    rse.reads("Claire Dubuc")
    rse.fills(versions=True)
    rse.clicks("Accepter ce qui est coché")
    rse.reads("Ce qui s’ajoute sert dès maintenant")
    rse.goes_to(rse.page.url.replace("services/", "services/ajouts"))
    rse.reads("Rien ne s’ajoute")
    assert not rse.complaints
