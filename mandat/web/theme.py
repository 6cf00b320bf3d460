"""
The face that a regulator gives these pages, in one file: a name, a mark, two numbers for the colours.

Lightness is ours and carries the contrast: any hue stays readable, in light and in dark. No file: our own face.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.safestring import SafeString, mark_safe

from mandat.web.templatetags.drawings import drawing

FULL_CIRCLE, MOST_CHROMA, LONGEST_NAME = 360, 1.5, 40
#: What a drawing may not hold: it stands in the page itself.
_ACTIVE = re.compile(r"<\s*(?:script|style|foreignobject|image|use|a)\b|\son\w+\s*=|href|url\(|<!|<\?", re.IGNORECASE)


class BadTheme(ValueError):
    """The theme file cannot be used; it says why."""


@dataclass(frozen=True)
class Theme:
    """A name, the colours' hue (0 to 360) and strength (0 to 1.5, ours is 1), and a mark as SVG."""

    name: str = "Mandat"
    hue: float = 215
    chroma: float = 1
    mark: str = ""

    @property
    def is_ours(self) -> bool:
        """Tell whether nothing is to be added to our style sheets."""
        return (self.hue, self.chroma) == (Theme.hue, Theme.chroma)

    @property
    def css(self) -> str:
        """Return the sheet that comes after ours."""
        return f":root{{--hue:{self.hue:g};--chroma:{self.chroma:g}}}\n"

    @property
    def version(self) -> str:
        """Return what changes in the sheet's address when the sheet does."""
        return sha256(self.css.encode()).hexdigest()[:12]

    @property
    def drawn(self) -> SafeString:
        """Return the mark, to stand beside the name."""
        return mark_safe(self.mark) if self.mark else drawing("mark", "mark")  # noqa: S308 - checked when it was read


def read_theme(path: Path) -> Theme:
    """
    Return the theme of a TOML file with `name`, `hue`, `chroma` and `mark`, each optional.

    :raises BadTheme: if it cannot be read, or says something that is no theme
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as unreadable:
        raise BadTheme(f"{path}: {unreadable}") from unreadable
    if unknown := set(said) - {"name", "hue", "chroma", "mark"}:
        raise BadTheme(f"{path}: unknown {', '.join(sorted(unknown))}; a theme says name, hue, chroma, mark")
    theme = Theme(**said)
    for wrong in _wrong_with(theme):
        raise BadTheme(f"{path}: {wrong}")
    return Theme(theme.name.strip(), theme.hue, theme.chroma, theme.mark.replace("<svg", '<svg class="mark"', 1))


def _wrong_with(theme: Theme) -> list[str]:
    is_number = {type(theme.hue), type(theme.chroma)} <= {int, float}
    rules = {
        f"name is a text of 1 to {LONGEST_NAME} characters": isinstance(theme.name, str)
        and 0 < len(theme.name.strip()) <= LONGEST_NAME,
        f"hue is a number from 0 to {FULL_CIRCLE}": is_number and 0 <= theme.hue <= FULL_CIRCLE,
        f"chroma is a number from 0 to {MOST_CHROMA}": is_number and 0 <= theme.chroma <= MOST_CHROMA,
        "mark is one <svg …>…</svg> with a viewBox and shapes alone: no script, style, link or image": isinstance(
            theme.mark, str
        )
        and (not theme.mark or _is_a_drawing(theme.mark.strip())),
    }
    return [rule for rule, holds in rules.items() if not holds]


def _is_a_drawing(mark: str) -> bool:
    is_whole = mark.startswith("<svg ") and mark.endswith("</svg>") and mark.count("<svg") == 1
    return is_whole and "viewBox=" in mark and not _ACTIVE.search(mark)


@cache
def theme() -> Theme:
    """Return the theme of this deployment, read once."""
    return read_theme(Path(settings.THEME)) if settings.THEME else Theme()


@register()
def the_theme_can_be_used(app_configs: object, **_options: object) -> list[CheckMessage]:
    """Return an error when the theme file cannot be used."""
    try:
        theme()
    except BadTheme as wrong:
        return [Error(str(wrong), id="mandat.E003")]
    return []
