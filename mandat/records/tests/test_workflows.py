import ast
from pathlib import Path

from mandat.records.workflows import page, tables

ROOT = Path(__file__).parents[3]


def test_the_page_of_workflows_is_what_the_tables_say():
    assert (ROOT / "docs" / "workflows.md").read_text() == page(), "run `mandat workflows --write`"


def test_the_page_misses_no_table():
    """A table is looked for in the modules named for it: one defined elsewhere would be forgotten."""
    found = {name for name, _ in tables()}
    for path in (ROOT / "mandat").rglob("*.py"):
        if "tests" in path.parts:
            continue
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("Workflow("):
                assert f"{module}.{ast.unparse(node.targets[0])}" in found
