"""The rules of the house that the import linter cannot see."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path.relative_to(ROOT)
    for folder in ("mandat", "config")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
PRODUCT = [path for path in SOURCES if "tests" not in path.parts and path.name not in {"settings_test.py"}]
DRAWERS = {"utils.py", "helpers.py", "common.py", "base.py", "services.py", "signals.py", "misc.py", "tools.py"}
#: Modules of Django and of libraries that know requests. Only `web` and `api` may.
HTTP = ("django.http", "django.shortcuts", "django.views", "django.urls", "django.middleware", "ninja")
KNOW_HTTP = {"web", "api"}


def tree_of(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(), filename=str(path))


def writes_state(function: ast.AST) -> bool:
    """Tell whether a function assigns an attribute `state`, or updates the column of that name."""
    for node in ast.walk(function):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(each, ast.Attribute) and each.attr == "state" for each in targets):
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            named = {keyword.arg for keyword in node.keywords}
            if node.func.attr in {"update", "aupdate"} and "state" in named:
                return True
            if node.func.attr in {"setattr", "__setattr__"} and "state" in ast.unparse(node):
                return True
    return False


def functions_of(module: ast.Module) -> list[ast.FunctionDef]:
    return [each for each in ast.walk(module) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]


def imports_of(module: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def docstring_lines(function: ast.FunctionDef) -> int:
    first = function.body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(getattr(first, "value", None), ast.Constant)
    return (first.end_lineno or 0) - first.lineno + 1 if is_text else 0


@pytest.mark.parametrize("path", PRODUCT, ids=str)
def test_only_make_writes_a_state(path):
    assert {each.name for each in functions_of(tree_of(path)) if writes_state(each)} <= {"make"}


@pytest.mark.parametrize("path", PRODUCT, ids=str)
def test_http_is_known_in_web_and_api_alone(path):
    if path.parts[0] == "config" or path.parts[1] in KNOW_HTTP:
        return
    assert not {name for name in imports_of(tree_of(path)) if name.startswith(HTTP)}


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_no_module_is_a_drawer(path):
    assert path.name not in DRAWERS


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_no_module_is_longer_than_400_lines(path):
    assert len((ROOT / path).read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", PRODUCT, ids=str)
def test_no_function_is_longer_than_a_screen(path):
    """Thirty lines of code, its docstring apart."""
    long = {
        each.name: length
        for each in functions_of(tree_of(path))
        if (length := (each.end_lineno or 0) - each.lineno + 1 - docstring_lines(each)) > 36
    }
    assert not long


@pytest.mark.parametrize("path", [each for each in PRODUCT if each.parts[0] == "mandat"], ids=str)
def test_the_machine_clock_is_read_in_one_place(path):
    """Time comes from the database through `platform.clock`; only what never touches the database may do otherwise."""
    allowed = {"doorbell.py", "supervisor.py", "cluster.py", "clock.py"}
    if path.name in allowed or "supervisor" in path.parts or "postgres" in path.parts:
        return
    read = {ast.unparse(each.func) for each in ast.walk(tree_of(path)) if isinstance(each, ast.Call)}
    assert not read & {"timezone.now", "datetime.now", "datetime.utcnow", "date.today", "time.time"}


def test_a_rule_of_the_house_can_fail():
    seeded = ast.parse("def approve(it):\n    it.state = 'approved'\n\ndef make(it):\n    it.state = 'x'\n")
    assert [each.name for each in functions_of(seeded) if writes_state(each)] == ["approve", "make"]
    assert "django.http.HttpResponse" in imports_of(ast.parse("from django.http import HttpResponse"))
