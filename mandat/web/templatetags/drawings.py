"""Drawings inlined in the page: they take its colours, print, survive forced colours, and cost no request."""

import re
from pathlib import Path

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

SYMBOL = re.compile(r'<symbol id="([^"]+)" viewBox="([^"]+)">(.*?)</symbol>', re.DOTALL)
SHEET = (Path(__file__).parent.parent / "drawings.svg").read_text(encoding="utf-8")
DRAWINGS = {name: (box, shape) for name, box, shape in SYMBOL.findall(SHEET)}


@register.simple_tag
def drawing(name: str, style: str) -> SafeString:
    """
    Return a drawing as inline SVG, hidden from screen readers: a word always stands beside it.

    :raises KeyError: if no drawing has that name
    """
    box, shape = DRAWINGS[name]
    return mark_safe(f'<svg class="{style}" viewBox="{box}" aria-hidden="true">{shape}</svg>')  # noqa: S308 - our own file


@register.simple_tag
def drawing_at(name: str, x: int, y: int) -> SafeString:
    """
    Return an icon inside a larger drawing, hidden from screen readers.

    :raises KeyError: if no icon has that name
    """
    box, shape = DRAWINGS[f"i-{name}"]
    place = f'class="i" x="{int(x)}" y="{int(y)}" width="22" height="22" viewBox="{box}"'
    return mark_safe(f'<svg {place} aria-hidden="true">{shape}</svg>')  # noqa: S308 - our own file, and two numbers


#: The colour that goes with the shape of each state (a shape and a word always come before it).
TONES = {"missing": "late", "due": "late", "near": "late", "silent": "late", "pause": "wait"}


@register.filter
def tone(state: str) -> str:
    """Return the colour class of a state's node."""
    return TONES.get(state, state)
