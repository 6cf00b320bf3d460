"""Figures of a bench: kept as ratios to a peer measured in the same run, against the goals of the project."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass
class Figure:
    """One figure: its value, its peer's, their ratio, the goal (for the ratio, or the value) and whether it is met."""

    name: str
    value: float
    unit: str
    goal: str
    met: bool
    peer: float | None = None
    ratio: float | None = None


class Figures:
    """The figures of one run, written to `var/bench.json` and printed as a table."""

    def __init__(self) -> None:
        self.rows: list[Figure] = []

    def at_most(self, name: str, value: float, limit: float, unit: str) -> None:
        """Keep a value that should not exceed a limit."""
        self.rows.append(Figure(name, round(value, 3), unit, f"<= {limit:g} {unit}", value <= limit))

    def noted(self, name: str, value: float, unit: str) -> None:
        """Keep a value that no goal bounds."""
        self.rows.append(Figure(name, round(value, 3), unit, "none", met=True))

    def ratio_at_most(self, name: str, value: float, peer: float, limit: float, unit: str) -> None:
        """Keep a value whose ratio to its peer's should not exceed a limit."""
        ratio = value / peer
        row = Figure(
            name, round(value, 3), unit, f"<= {limit:g} x peer", ratio <= limit, round(peer, 3), round(ratio, 2)
        )
        self.rows.append(row)

    def ratio_at_least(self, name: str, value: float, peer: float, limit: float, unit: str) -> None:
        """Keep a value whose ratio to its peer's should reach a limit."""
        ratio = value / peer
        row = Figure(
            name, round(value, 3), unit, f">= {limit:g} x peer", ratio >= limit, round(peer, 3), round(ratio, 2)
        )
        self.rows.append(row)

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([asdict(row) for row in self.rows], indent=1) + "\n")

    def table(self) -> str:
        lines = [f"{'figure':44} {'value':>10} {'peer':>9} {'ratio':>6}  goal"]
        for row in self.rows:
            peer, ratio = (f"{row.peer:g}" if row.peer else ""), (f"{row.ratio:g}" if row.ratio else "")
            verdict = "" if row.met else "   NOT MET"
            lines.append(f"{row.name:44} {row.value:>7g} {row.unit:<3}{peer:>9} {ratio:>6}  {row.goal}{verdict}")
        return "\n".join(lines)
