"""What the documents promise about the code, held to it."""

import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps

from mandat.access.rights import Right
from mandat.reference.files import read
from mandat.register.importing.shape import SHAPES

ROOT = Path(__file__).parents[2]
LAYERS = {path.name for path in (ROOT / "mandat").iterdir() if path.is_dir()}


def rows_of_the_glossary():
    """Return the identifiers of each row, and where the row says they are."""
    lines = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [(re.findall(r"`([^`]+)`", row[2]), row[3]) for row in cells if row[0] != "Français" and "---" not in row[0]]


GLOSSARY = rows_of_the_glossary()


def source_of(layer):
    texts = [*(ROOT / "mandat" / layer).rglob("*.py"), *(ROOT / "mandat" / layer).rglob("*.toml")]
    return "\n".join(path.read_text(encoding="utf-8") for path in texts if "migrations" not in path.parts)


def test_the_glossary_is_not_empty_and_names_places_that_exist():
    assert len(GLOSSARY) > 70
    assert {where for _, where in GLOSSARY} - {"later"} <= LAYERS


def test_every_class_that_the_glossary_names_is_a_class_of_the_product():
    classes = {model.__name__ for model in apps.get_models() if model.__module__.startswith("mandat")} | {
        Right.__name__
    }
    named = {
        each
        for names, where in GLOSSARY
        if where != "later"
        for each in names
        if re.fullmatch(r"(?:[A-Z][a-z]+)+", each)
    }
    assert named <= classes
    assert len(named) >= 20


@pytest.mark.parametrize("layer", sorted({where for _, where in GLOSSARY} - {"later"}))
def test_every_identifier_that_the_glossary_calls_built_is_said_in_its_context(layer):
    source = source_of(layer)
    kinds = {line.kind for line in read()}
    said = {each for names, where in GLOSSARY if where == layer for each in names}
    assert not {each for each in said if each not in kinds and not re.search(rf"\b{re.escape(each)}\b", source, re.I)}


def test_what_the_glossary_calls_later_is_no_class_yet():
    models = {model.__name__ for model in apps.get_models()}
    assert not {each for names, where in GLOSSARY if where == "later" for each in names} & models


@pytest.mark.parametrize("file", ["run", "postgres", "bootstrap"])
def test_every_package_that_is_installed_is_credited(file):
    credited = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8").lower()
    pinned = re.findall(r"^([a-z0-9][\w.-]*)==", (ROOT / f"requirements/{file}.txt").read_text(), re.MULTILINE)
    assert pinned
    assert not [each for each in pinned if not re.search(rf"(?<![\w-]){re.escape(each)}(?![\w-])", credited)]


def test_the_readme_names_the_two_commands_and_the_licence_is_there():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make run" in readme
    assert "make test" in readme
    licence = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"]["file"]
    assert "The Mandat authors" in (ROOT / licence).read_text()


def links():
    paths = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    for path in paths:
        for named in re.findall(
            r"`((?:docs|mandat|tests|config|requirements|locale)/[\w./-]+)`", path.read_text(encoding="utf-8")
        ):
            yield path.relative_to(ROOT), named


def test_every_path_that_a_document_names_exists():
    assert not [(str(page), named) for page, named in links() if not (ROOT / named).exists()]


def test_decisions_are_numbered_without_gap():
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs/decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_the_operator_s_page_lists_each_column_of_an_import_and_whether_it_is_required(shape):
    page = (ROOT / "docs/operate/import.md").read_text(encoding="utf-8")
    line = next(each for each in page.splitlines() if each.startswith(f"| `{shape.file}`"))
    listed = re.findall(r"(\*\*)?`(\w+)`", line.split("|")[2])
    assert [(name, bool(bold)) for bold, name in listed] == [(each.name, each.required) for each in shape.columns]
