"""The gate: what must be true of every text before it is shown. Each rule has its test, with the mistake it catches."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polib

from mandat.platform.texts import catalogue
from mandat.platform.texts.literals import literals_of_module, literals_of_template
from mandat.platform.texts.messages import (
    Key,
    Message,
    NotLiteral,
    messages_of_module,
    messages_of_template,
    modules_of,
    templates_of,
)
from mandat.platform.texts.typography import faults_of_english, faults_of_french

PLACEHOLDER = re.compile(r"%\([^)]*\)[a-z]|%[sdif]|\{\w*\}")
LANGUAGE_IN_NAME = re.compile(r"\.(fr|en)\.(md|txt|html)$")


def faults(root: Path) -> Iterator[str]:
    """Return everything that is wrong with the texts of a source tree, each with its place."""
    messages: list[Message] = []
    for path in templates_of(root):
        name, source = str(path.relative_to(root)), path.read_text(encoding="utf-8")
        messages += messages_of_template(source, name)
        yield from literals_of_template(source, name)
    for path in modules_of(root):
        name, source = str(path.relative_to(root)), path.read_text(encoding="utf-8")
        try:
            messages += messages_of_module(source, name)
        except NotLiteral as fault:
            yield str(fault)
        yield from literals_of_module(source, name)
    yield from faults_of_messages(messages)
    yield from faults_of_catalogue(root / "locale", messages)
    yield from faults_of_pairs(root)
    yield from faults_of_reference(root)


def faults_of_messages(messages: Iterable[Message]) -> Iterator[str]:
    """Return the French sentences that break a rule of typography."""
    for message in messages:
        for rule in {*faults_of_french(message.text), *faults_of_french(message.plural)}:
            yield f"{message.place}: {rule}: “{message.text.strip()}”"


def faults_of_catalogue(locale: Path, messages: Iterable[Message]) -> Iterator[str]:
    """Return the sentences without English, the English without sentence, and the English that says something else."""
    translated, wanted = catalogue.entries(locale), catalogue.grouped(messages)
    for key, found in sorted(wanted.items(), key=lambda item: item[0][1]):
        yield from (f"{found[0].place}: {fault}: “{key[1]}”" for fault in faults_of_entry(translated.get(key), found))
    yield from faults_of_files(locale, wanted)


def faults_of_files(locale: Path, wanted: Mapping[Key, list[Message]]) -> Iterator[str]:
    """Return what the catalogue's files hold that nothing says any more, or that two of them say differently."""
    seen: dict[Key, str] = {}
    for path in catalogue.sources(locale):
        name = f"locale/{path.relative_to(locale)}"
        for entry in polib.pofile(str(path), encoding="utf-8"):
            key, english = (entry.msgctxt, entry.msgid), said(entry)
            if entry.obsolete or key not in wanted:
                yield f"{name}: nothing says this any more: “{entry.msgid}”"
            elif english.strip() and seen.setdefault(key, english) != english:
                yield f"{name}: translated otherwise in another file: “{entry.msgid}”"


def said(entry: polib.POEntry) -> str:
    """Return all the English of an entry."""
    return "\n".join([entry.msgstr, *(entry.msgstr_plural or {}).values()])


def faults_of_entry(entry: polib.POEntry | None, found: list[Message]) -> Iterator[str]:
    """Return what is wrong with the English of one sentence."""
    if entry is None:
        yield "no English (run `mandat extract-texts`, then translate)"
        return
    plural = next((each.plural for each in found if each.plural), "")
    if bool(plural) != bool(entry.msgid_plural) or (plural and plural != entry.msgid_plural):
        yield "the plural in the catalogue is not that of the source"
        return
    if entry.fuzzy:
        yield "the English is marked fuzzy"
    forms = list((entry.msgstr_plural or {}).values()) if plural else [entry.msgstr]
    if not forms or not all(forms):
        yield "the English is empty"
        return
    if not same_placeholders(entry, forms):
        yield "the English does not have the placeholders of the French"
    yield from {rule for form in forms for rule in faults_of_english(form)}


def same_placeholders(entry: polib.POEntry, forms: list[str]) -> bool:
    """Return whether the English fills in what the French does; a singular may leave its number out."""
    french, last = placeholders(entry.msgid_plural or entry.msgid), placeholders(forms[-1])
    return french == last and all(placeholders(form) <= french for form in forms)


def placeholders(text: str) -> set[str]:
    """Return what a text has filled in."""
    return set(PLACEHOLDER.findall(text.replace("%%", "")))


def faults_of_pairs(root: Path) -> Iterator[str]:
    """Return the long texts that exist in one language only, and those badly typed."""
    for path in sorted(path for folder in ("mandat", "docs") for path in (root / folder).rglob("*.*.*")):
        if not (found := LANGUAGE_IN_NAME.search(path.name)):
            continue
        language, kind = found.groups()
        name, other = path.relative_to(root), {"fr": "en", "en": "fr"}[language]
        if not path.with_name(f"{path.name[: found.start()]}.{other}.{kind}").exists():
            yield f"{name}: its pair in the other language (.{other}.{kind}) is missing"
        rules = faults_of_french if language == "fr" else faults_of_english
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            yield from (f"{name}:{number}: {rule}" for rule in rules(line))


def faults_of_reference(root: Path) -> Iterator[str]:
    """Return the labels of the reference data that are badly typed."""
    for path in sorted(root.glob("mandat/reference/data/*.toml")):
        for name, text in texts_of(tomllib.loads(path.read_text(encoding="utf-8"))):
            rules = faults_of_english if name.endswith("en") else faults_of_french
            yield from (f"{path.relative_to(root)}: {rule}: “{text}”" for rule in rules(text))


def texts_of(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Return the labels, notes and sources inside a list of reference data, whatever their depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_of(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner, name)
    elif isinstance(value, str) and re.search(r"^(fr|en|source)$|_(fr|en)$", name):
        yield name, value
