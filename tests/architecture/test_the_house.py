"""The rules of the house that the import linter cannot see."""

import ast
from functools import cache
from pathlib import Path

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


#: What reads the machine's clock.
MACHINE_CLOCK = {"timezone.now", "datetime.now", "datetime.utcnow", "date.today", "time.time"}


@cache
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


def calls_of(module: ast.Module) -> set[str]:
    return {ast.unparse(each.func) for each in ast.walk(module) if isinstance(each, ast.Call)}


def docstring_lines(function: ast.FunctionDef) -> int:
    first = function.body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(getattr(first, "value", None), ast.Constant)
    return (first.end_lineno or 0) - first.lineno + 1 if is_text else 0


def test_only_make_writes_a_state():
    written = {path: {each.name for each in functions_of(tree_of(path)) if writes_state(each)} for path in PRODUCT}
    assert not {path: names for path, names in written.items() if not names <= {"make"}}


def test_http_is_known_in_web_and_api_alone():
    others = [path for path in PRODUCT if path.parts[0] != "config" and path.parts[1] not in KNOW_HTTP]
    known = {path: {name for name in imports_of(tree_of(path)) if name.startswith(HTTP)} for path in others}
    assert not {path: names for path, names in known.items() if names}


def test_no_module_is_a_drawer():
    assert not [path for path in SOURCES if path.name in DRAWERS]


def test_no_module_is_longer_than_400_lines():
    lengths = {path: len((ROOT / path).read_text().splitlines()) for path in SOURCES}
    assert not {path: length for path, length in lengths.items() if length > 400}


def test_no_function_is_longer_than_a_screen():
    """Thirty lines of code, its docstring apart."""
    assert not {
        f"{path}: {each.name}": length
        for path in PRODUCT
        for each in functions_of(tree_of(path))
        if (length := (each.end_lineno or 0) - each.lineno + 1 - docstring_lines(each)) > 36
    }


def test_the_machine_clock_is_read_in_one_place():
    """Time comes from the database through `platform.clock`; only what never touches the database may do otherwise."""
    allowed = {"doorbell.py", "supervisor.py", "cluster.py", "clock.py"}
    asked = [path for path in PRODUCT if path.parts[0] == "mandat" and path.name not in allowed]
    asked = [path for path in asked if not {"supervisor", "postgres"} & set(path.parts)]
    read = {path: calls_of(tree_of(path)) & MACHINE_CLOCK for path in asked}
    assert not {path: calls for path, calls in read.items() if calls}


def test_a_rule_of_the_house_can_fail():
    seeded = ast.parse("def approve(it):\n    it.state = 'approved'\n\ndef make(it):\n    it.state = 'x'\n")
    assert [each.name for each in functions_of(seeded) if writes_state(each)] == ["approve", "make"]
    assert "django.http.HttpResponse" in imports_of(ast.parse("from django.http import HttpResponse"))
    assert calls_of(ast.parse("at = datetime.now(tz)")) & MACHINE_CLOCK
