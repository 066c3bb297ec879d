"""docs/model.md: every function and every test that it names exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "model.md").read_text("utf-8")
#: No longer than a coffee.
LINES = 200
#: `one`, `two` in `path`
NAMED = re.compile(r"((?:`\w+`,?\s+)+)in\s+`([\w/.]+/[\w.]+|tuning\.py)`")


def references() -> list[tuple[str, str]]:
    """(file, name) of all that the page names."""
    return [(path, name) for names, path in NAMED.findall(PAGE) for name in re.findall(r"`(\w+)`", names)]


@cache
def defined(path: Path) -> frozenset[str]:
    """The functions, methods and classes of a file."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        kinds = ast.FunctionDef | ast.ClassDef
        return frozenset(node.name for node in ast.walk(ast.parse(text)) if isinstance(node, kinds))
    return frozenset(re.findall(r"^\s*(?:cp?def|def|class)\b[^(\n:=]*?(\w+)\s*[(:]", text, re.MULTILINE))


def file_of(path: str) -> Path:
    return ROOT / path if path.startswith("tests/") else ROOT / "despin" / path


@pytest.mark.parametrize(("path", "name"), references())
def test_what_is_named_exists(path: str, name: str) -> None:
    assert file_of(path).exists(), f"docs/model.md names {path}, which is not there"
    assert name in defined(file_of(path)), f"docs/model.md names {name} in {path}, which has none"
    assert name.startswith("test_") == path.startswith("tests/")


def test_no_test_is_named_without_its_file() -> None:
    named = [name for _, name in references()]
    assert sorted(re.findall(r"`(test_\w+)`", PAGE)) == sorted(name for name in named if name.startswith("test_"))


def test_every_part_has_code_and_tests() -> None:
    parts = re.split(r"^##+ ", PAGE, flags=re.MULTILINE)[1:]
    without = [part.split("\n", 1)[0] for part in parts if not NAMED.search(part) or "tests/" not in part]
    assert without == []


def test_the_page_is_short() -> None:
    assert len(PAGE.splitlines()) <= LINES
