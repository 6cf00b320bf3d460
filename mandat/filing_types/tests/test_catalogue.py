"""The catalogue, and the page that says how to add to it, followed to the letter."""

import re
import shutil
import subprocess
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

import mandat.filing_types
from mandat.filing_types.catalogue import TYPES
from mandat.filing_types.tests.driving import Office
from mandat.filings import registry
from mandat.filings.registry import InstalledTwice, UnknownFilingType, current, filing_type, install
from mandat.filings.workflow import State
from mandat.platform.clock import legal_day, now
from mandat.reference.queries import entry

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "add-a-filing-type.md").read_text()


@pytest.fixture
def _a_registry_of_its_own(monkeypatch):
    monkeypatch.setattr(registry, "_TYPES", dict(registry._TYPES))


def test_the_catalogue_is_installed_at_start():
    assert all(filing_type(each.code, each.version) is each for each in TYPES)


@pytest.mark.usefixtures("_a_registry_of_its_own")
def test_a_new_version_is_what_new_filings_begin_with_and_the_old_one_stays():
    first = TYPES[0]
    second = replace(first, version=first.version + 1)
    install([second])
    assert current(first.code) is second
    assert filing_type(first.code, first.version) is first
    with pytest.raises(InstalledTwice):
        install([replace(second)])
    with pytest.raises(UnknownFilingType):
        filing_type(first.code, 99)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", TYPES, ids=lambda each: each.code)
def test_a_type_lies_in_a_block_of_the_catalogue_and_can_be_read_in_two_languages(kind):
    assert entry("block", kind.block, legal_day(now()))
    assert len({step.code for step in kind.steps}) == len(kind.steps)
    assert all(step.title and kind.title for step in kind.steps)


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.django_db
@pytest.mark.usefixtures("_a_registry_of_its_own")
def test_the_page_followed_to_the_letter_adds_a_type_that_is_filed_and_accepted(tmp_path, monkeypatch):
    folder = tmp_path / "mandat" / "filing_types"
    shutil.copytree(ROOT / "mandat" / "filing_types", folder)
    for commands in blocks("sh"):
        subprocess.run(["bash", "-euo", "pipefail", "-c", commands], cwd=tmp_path, check=True)
    (catalogue,) = blocks("python")
    (folder / "catalogue.py").write_text(catalogue)
    monkeypatch.setattr(mandat.filing_types, "__path__", [*mandat.filing_types.__path__, str(folder)])
    spec = spec_from_file_location("catalogue_of_the_page", folder / "catalogue.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    install(module.TYPES)

    added = module.TYPES[-1]
    office = Office(type_code=added.code)
    filing = office.accepted_withdrawal()
    assert Path(added.facts.__code__.co_filename).is_relative_to(tmp_path)
    assert (filing.type_code, filing.state) == ("REP-FIN-SUPERVISION", State.ACCEPTED)
    assert office.attached() == {office.staying}
