"""
The English catalogue: one file in the source, compiled into the language folders that the product reads.

French needs no translation, yet is compiled too, each sentence standing for itself: so that zero takes the singular,
as French does, and so that a sentence of ours which is also one of Django's own in English is left as it is.
"""

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import polib

from mandat.platform.texts.messages import Key, Message

ENGLISH = Path("en/LC_MESSAGES/django.po")
PARTS = Path("en/parts")
WIDTH = 110
PLURALS = {"fr": "nplurals=2; plural=(n > 1);", "en": "nplurals=2; plural=(n != 1);"}


@dataclass
class Update:
    """What bringing the catalogue up to date has changed."""

    kept: int = 0
    new: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    merged: list[Path] = field(default_factory=list)


def sources(locale: Path) -> list[Path]:
    """Return the files that make the catalogue: itself, and the parts not merged yet."""
    return [path for path in (locale / ENGLISH, *sorted((locale / PARTS).glob("*.po"))) if path.exists()]


def entries(locale: Path) -> dict[Key, polib.POEntry]:
    """Return the entries of the catalogue and its parts; the first to translate a sentence has it."""
    found: dict[Key, polib.POEntry] = {}
    for path in sources(locale):
        for entry in polib.pofile(str(path), encoding="utf-8"):
            key = (entry.msgctxt, entry.msgid)
            if key not in found or not found[key].translated():
                found[key] = entry
    return found


def update(locale: Path, messages: Iterable[Message], *, drop_parts: bool) -> Update:
    """Write the catalogue anew: every message of the source, translated where it was, and nothing else."""
    present, report = entries(locale), Update()
    catalogue = empty("en")
    wanted = grouped(messages)
    for key, found in sorted(wanted.items(), key=lambda item: (item[0][1], item[0][0] or "")):
        entry = fresh(found)
        if (old := present.get(key)) and bool(old.msgid_plural) == bool(entry.msgid_plural):
            entry.msgstr, entry.msgstr_plural, entry.tcomment = old.msgstr, old.msgstr_plural or {}, old.tcomment
        if entry.translated():
            report.kept += 1
        else:
            report.new.append(entry.msgid)
        catalogue.append(entry)
    report.gone = sorted(msgid for context, msgid in present if (context, msgid) not in wanted)
    write(locale / ENGLISH, str(catalogue).encode())
    if drop_parts:
        report.merged = remove_parts(locale)
    return report


def grouped(messages: Iterable[Message]) -> dict[Key, list[Message]]:
    """Return the places of each message; a plural anywhere is its plural everywhere."""
    found: dict[Key, list[Message]] = {}
    for message in messages:
        found.setdefault(message.key, []).append(message)
    return found


def fresh(found: list[Message]) -> polib.POEntry:
    """Return an entry without translation for a message."""
    plural = next((each.plural for each in found if each.plural), "")
    places = [(file, "") for file in sorted({each.file for each in found})]
    entry = polib.POEntry(msgid=found[0].text, msgctxt=found[0].context, occurrences=places)
    if plural:
        entry.msgid_plural, entry.msgstr_plural = plural, {0: "", 1: ""}
    return entry


def empty(language: str) -> polib.POFile:
    """Return a catalogue that holds only its header."""
    catalogue = polib.POFile(wrapwidth=WIDTH)
    catalogue.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    return catalogue


def remove_parts(locale: Path) -> list[Path]:
    """Remove the parts, once the catalogue holds them."""
    parts = sorted((locale / PARTS).glob("*.po"))
    for path in parts:
        path.unlink()
    if (locale / PARTS).is_dir() and not any((locale / PARTS).iterdir()):
        (locale / PARTS).rmdir()
    return parts


def compile_catalogues(locale: Path, target: Path) -> list[Path]:
    """Compile both languages into a folder, unless what is there is newer than its sources; return what was written."""
    read = sources(locale)
    compiled = {language: target / language / "LC_MESSAGES/django.mo" for language in PLURALS}
    newest = max((path.stat().st_mtime_ns for path in read), default=0)
    if all(path.exists() and path.stat().st_mtime_ns > newest for path in compiled.values()):
        return []
    catalogues = {language: empty(language) for language in PLURALS}
    for entry in entries(locale).values():
        catalogues["fr"].append(itself(entry))
        catalogues["en"].append(entry)
    for language, path in compiled.items():
        write(path, catalogues[language].to_binary())
    return list(compiled.values())


def itself(entry: polib.POEntry) -> polib.POEntry:
    """Return a French entry, which stands for itself."""
    if entry.msgid_plural:
        return polib.POEntry(
            msgid=entry.msgid, msgid_plural=entry.msgid_plural, msgctxt=entry.msgctxt,
            msgstr_plural={0: entry.msgid, 1: entry.msgid_plural},
        )  # fmt: skip
    return polib.POEntry(msgid=entry.msgid, msgctxt=entry.msgctxt, msgstr=entry.msgid)


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, whoever reads it meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
        draft.write(content)
    Path(draft.name).chmod(0o644)
    os.replace(draft.name, path)  # noqa: PTH105 – rename that replaces
