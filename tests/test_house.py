"""How large things may be: modules on the top floor, functions, and lines."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(path for folder in ("despin", "tools") for path in (ROOT / folder).rglob("*.py"))
SOURCES = sorted(
    path for path in (ROOT / "despin").rglob("*") if path.suffix in {".py", ".pyx", ".pxi", ".pxd", ".pyi"}
)
#: Modules directly in despin/, lines of a function, and characters of a line.
MODULES, LINES, CHARACTERS = 12, 60, 120


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_few_modules_stand_directly_in_the_package() -> None:
    names = [path.name for path in (ROOT / "despin").glob("*.py")]
    assert len(names) <= MODULES, names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_function_is_longer_than_a_screen(path: Path) -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in functions(path)
        if node.end_lineno is not None and node.end_lineno - node.lineno + 1 > LINES
    ]
    assert long == []


def test_no_line_is_longer_than_a_screen_is_wide() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{number}: {len(line)} characters"
        for path in SOURCES
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1)
        if len(line) > CHARACTERS
    ]
    assert long == []
