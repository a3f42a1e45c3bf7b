"""What keeps the code readable, in figures. A module past its budget becomes a folder."""

import ast
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from django.conf import settings

from tests.architecture.routes import APPS

MODULE_LINES, MODULE_MEDIAN = 400, 80
FUNCTION_LINES, FUNCTION_MEDIAN = 50, 8
VIEW_LINES, VIEW_MEDIAN = 12, 8


@dataclass(frozen=True)
class Function:
    name: str
    lines: int  # with decorators and docstring
    body_lines: int  # without
    is_view: bool


def modules() -> list[Path]:
    paths = [path for app in APPS for path in Path(settings.BASE_DIR / app).rglob("*.py")]
    return [path for path in paths if "migrations" not in path.parts]


def functions() -> list[Function]:
    return [
        _measured(node, path)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def _measured(node: ast.FunctionDef, path: Path) -> Function:
    said = isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
    first = node.body[1] if said and len(node.body) > 1 else node.body[0]
    begins = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    takes = [argument.arg for argument in node.args.args]
    return Function(
        name=f"{path.relative_to(settings.BASE_DIR)}: {node.name}",
        lines=node.end_lineno - begins + 1,
        body_lines=node.end_lineno - first.lineno + 1,
        is_view=takes[:1] == ["request"] and ("views" in path.parts or path.name == "views.py"),
    )


def test_modules_stay_short():
    lengths = {str(path): len(path.read_text().splitlines()) for path in modules()}

    assert {path: n for path, n in lengths.items() if n > MODULE_LINES} == {}
    assert median(n for n in lengths.values() if n) <= MODULE_MEDIAN


def test_functions_stay_short():
    lengths = {function.name: function.lines for function in functions()}

    assert {name: n for name, n in lengths.items() if n > FUNCTION_LINES} == {}
    assert median(lengths.values()) <= FUNCTION_MEDIAN


def test_views_fetch_call_and_redirect():
    lengths = {view.name: view.body_lines for view in functions() if view.is_view}

    assert {name: n for name, n in lengths.items() if n > VIEW_LINES} == {}
    assert median(lengths.values()) <= VIEW_MEDIAN
