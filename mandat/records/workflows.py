"""The tables of states of the whole product, as a page with diagrams: found in the code, never written twice."""

import pkgutil
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from typing import Any

from django.utils.translation import override

import mandat
from mandat.platform.workflow import Workflow

HEADING = """# Workflows

Written by `mandat workflows --write`; a test fails when it is not what the tables say. A state is written by `make`
alone, which asks its table; each move leaves a history row. The words in brackets are those that people read.
"""


def page() -> str:
    """Return the page: one section to a table, in the order of their modules."""
    return "\n".join([HEADING, *(section(name, table) for name, table in tables())])


def tables() -> Iterator[tuple[str, Workflow[Any, Any]]]:
    """Return every table that a module of the product defines, each once, under its full name."""
    seen: set[int] = set()
    for module in sorted(
        each.name for each in pkgutil.walk_packages(mandat.__path__, "mandat.") if _is_of_a_table(each.name)
    ):
        for name, value in vars(import_module(module)).items():
            if isinstance(value, Workflow) and id(value) not in seen:
                seen.add(id(value))
                yield f"{module}.{name}", value


def _is_of_a_table(module: str) -> bool:
    """Tell where tables are defined: in a module `workflow`, or in `effects`, the platform's own."""
    return module.rsplit(".", 1)[-1] in {"workflow", "effects"} and ".tests" not in module


def section(name: str, table: Workflow[Any, Any]) -> str:
    """Return one table: its diagram, then its rows."""
    rows = list(table)
    states = list(dict.fromkeys(state for row in rows for state in (row.source, row.target)))
    first = next(iter(type(states[0]).__members__.values()))
    final = [state for state in states if not table.moves_from(state)]
    drawn = [f"    [*] --> {first.value}"]
    drawn += [f"    {row.source.value} --> {row.target.value}: {row.move.value}" for row in rows]
    drawn += [f"    {state.value} --> [*]" for state in final]
    lines = [
        f"## `{name}`",
        "",
        "```mermaid",
        "stateDiagram-v2",
        *drawn,
        "```",
        "",
        "| From | Move | To |",
        "|---|---|---|",
    ]
    lines += [f"| {_cell(row.source)} | {_cell(row.move)} | {_cell(row.target)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(member: Enum) -> str:
    with override("fr"):
        label = str(getattr(member, "label", ""))
    return f"{member.value} [{label}]" if label else str(member.value)
