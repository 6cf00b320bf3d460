"""The catalogue of blocks: one source, and nothing in it that does not exist or that opens nothing unsaid."""

from dataclasses import replace

import pytest

from mandat.access.rights import RIGHTS_OF_A_PROXY
from mandat.filing_types.catalogue import TYPES
from mandat.platform.clock import legal_day, now
from mandat.reference.queries import entry
from mandat.web import block_catalogue
from mandat.web.block_catalogue import OF_A_FILING, PAGES, catalogue
from mandat.web.permissions import RULES, InFirm

pytestmark = pytest.mark.django_db
#: Blocks of the sample catalogue whose services are still to be built. One that opens something leaves this list.
PLANNED = {
    "BF-COMM", "BF-FIN", "BF-MAINT", "BF-LIENS", "BF-DIVULG", "BF-AVIS", "BF-TERR", "BF-CAT", "BF-DISP", "BF-RAD",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _the_types_of_the_product(monkeypatch):
    """Leave out those that other tests install."""
    monkeypatch.setattr(block_catalogue, "current_types", lambda: list(TYPES))


@pytest.fixture
def blocks():
    return {each.entry.code: each for each in catalogue(legal_day(now()))}


def test_every_block_opens_something_or_is_known_to_be_planned(blocks):
    assert {code for code, block in blocks.items() if not block.services} == PLANNED


def test_every_filing_type_is_in_a_version_of_a_block_that_exists(blocks):
    for kind in TYPES:
        assert kind.block in blocks, f"{kind.code} names a block that does not exist: {kind.block}"
        assert kind.opened_by <= blocks[kind.block].version, f"{kind.code} is opened by a version to come"
        assert kind.title in [service.title for service in blocks[kind.block].services]


def test_every_page_of_a_block_names_one_that_exists_a_right_of_a_proxy_and_its_title(blocks):
    inside = {name: rule for name, rule in RULES.items() if isinstance(rule, InFirm) and rule.block}
    assert {rule.block for rule in inside.values()} <= blocks.keys()
    assert {rule.right for rule in inside.values()} <= RIGHTS_OF_A_PROXY
    assert inside.keys() == PAGES.keys()
    assert RIGHTS_OF_A_PROXY.issuperset(OF_A_FILING)


@pytest.mark.parametrize("language", ["", "/en"])
def test_everyone_may_read_it(client, blocks, language):
    shown = client.get(f"{language}/blocs").content.decode()
    for block in blocks.values():
        assert f'id="{block.entry.code}"' in shown
    assert {"": "Retrait d’un représentant", "/en": "Withdrawal of a representative"}[language] in shown
    assert {"": "Rien n’y est encore ouvert", "/en": "Nothing is open in it yet"}[language] in shown


def test_a_service_is_listed_from_the_version_that_opened_it_on(blocks, monkeypatch):
    later = [replace(each, opened_by=2) for each in TYPES]
    monkeypatch.setattr(block_catalogue, "current_types", lambda: later)
    assert blocks["BF-REP"].services
    assert not {each.entry.code: each for each in catalogue(legal_day(now()))}["BF-REP"].services
    assert blocks["BF-REP"].since == entry("block", "BF-REP", legal_day(now())).during.lower
