"""
A chain of authority drawn: boxes and bonds with their words set in lines, in units that the page scales.

Drawn by the server, so that it prints, follows the colours that the reader forces, and needs no script. Its words are
set in lines by counting letters, generously: the fonts of a reader are not ours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mandat.web.chains import Stage

WIDTH = 340
#: Where the bond runs, and where the words of boxes and of bonds begin.
BOND, IN_A_BOX, BESIDE = 26, 52, 46
#: How many letters fit in a line: bold and plain, in a box; then beside a bond.
LETTERS_IN_A_BOX, LETTERS_BESIDE = (29, 37), (35, 40)
#: The height of a line: bold, plain; and what is left above and below.
BOLD, PLAIN, AIR = 20, 18, 11
ICON = 22


@dataclass(frozen=True)
class Words:
    """One line of words, where it stands."""

    text: str
    x: int
    y: int
    style: str


@dataclass(frozen=True)
class Shape:
    """A party in its box, or a bond, from a height to another."""

    style: str
    top: int
    height: int
    icon: str
    words: tuple[Words, ...]

    @property
    def bottom(self) -> int:
        """Return where it ends."""
        return self.top + self.height

    @property
    def icon_y(self) -> int:
        """Return where its icon begins."""
        return self.top + (self.height - ICON) // 2

    @property
    def is_bond(self) -> bool:
        """Tell whether it is drawn as a line and not as a box."""
        return self.style in ("edge", "gap")


@dataclass(frozen=True)
class Drawing:
    """The shapes of a chain, and how high they stand."""

    shapes: tuple[Shape, ...]

    @property
    def height(self) -> int:
        """Return how high the whole is."""
        return self.shapes[-1].bottom + 2 if self.shapes else 0


def drawn(stages: "Sequence[Stage]") -> Drawing:
    """Return a chain as shapes, one under the other."""
    shapes: list[Shape] = []
    for each in stages:
        top = shapes[-1].bottom if shapes else 2
        x, letters = (BESIDE, LETTERS_BESIDE) if each.is_edge else (IN_A_BOX, LETTERS_IN_A_BOX)
        words = tuple(_set(each, x, top + AIR, letters))
        height = words[-1].y + 6 + AIR - top
        shapes.append(Shape(each.style, top, height, "" if each.is_edge else each.icon, words))
    return Drawing(tuple(shapes))


def _set(stage: "Stage", x: int, y: int, letters: tuple[int, int]) -> Iterator[Words]:
    """Yield the words of a stage in lines: its title, then its details."""
    bold, plain = letters
    for text in wrap(stage.title, bold) or [""]:
        y += BOLD
        yield Words(text, x, y - 5, "b")
    for detail in stage.details:
        for text in wrap(detail, plain):
            y += PLAIN
            yield Words(text, x, y - 5, "s")
