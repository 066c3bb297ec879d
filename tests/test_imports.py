"""What may import what: the floors of the house, from the command line down, and no circle anywhere.

A module imports only what stands below its own floor. Imports within functions count as well; those for type checkers alone do
not.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "despin"
#: From the top to the bottom. What shares a floor imports nothing of its neighbours.
FLOORS = (
    ("__main__",),
    ("cli",),
    ("review",),
    ("learning", "integrations"),
    ("evaluation", "batch"),
    ("page",),
    ("__init__",),
    ("restorer",),
    ("document",),
    ("engine",),
    ("damage",),
    ("decode",),
    ("channel",),
    ("lexicon", "lm"),
    ("spinners", "docx"),
    ("settings",),
    ("kernel", "text"),
    ("external",),
    ("cachefile",),
    ("fingerprint",),
    ("errors", "tuning", "results", "progress", "threads"),
    # Shows what it is handed and imports nothing but its types: results show themselves in notebooks.
    ("report",),
    ("language",),
)


def modules() -> dict[str, Path]:
    """Every Python module of the package by its dotted name, without `despin.`; a package goes by its own."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)] = path
    return found


def nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """All of a module but what only type checkers read."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        yield child
        yield from nodes(child)


def imported(path: Path, known: dict[str, Path]) -> Iterator[str]:
    """The modules of the package that a module imports, as `modules` calls them."""
    for node in nodes(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "despin":
                inside = name.removeprefix("despin").lstrip(".")
                while inside and inside not in known:
                    inside = inside.rpartition(".")[0]
                yield inside or "__init__"


KNOWN = modules()
FLOOR = {name: number for number, floor in enumerate(FLOORS) for name in floor}


@functools.cache
def imports() -> dict[str, set[str]]:
    """By module, what it imports."""
    return {name: set(imported(path, KNOWN)) - {name} for name, path in KNOWN.items()}


def top(name: str) -> str:
    """What stands on a floor: a folder of the package, or a module beside them."""
    return name.split(".")[0]


def test_every_module_stands_on_a_floor() -> None:
    assert {top(name) for name in KNOWN} == FLOOR.keys() & {top(name) for name in KNOWN}


def test_nothing_imports_what_stands_above_or_beside_it() -> None:
    wrong = [
        f"{name} imports {other}"
        for name, others in imports().items()
        for other in others
        if top(name) != top(other) and FLOOR[top(other)] <= FLOOR[top(name)]
    ]
    assert sorted(wrong) == []


def test_no_modules_import_one_another() -> None:
    # That a package imports its modules, and they its values, is one thing in two files.
    graph = {
        name: {other for other in others if not name.startswith(f"{other}.")} for name, others in imports().items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_native_modules_import_nothing_but_the_kernel_and_errors() -> None:
    for path in (PACKAGE / "kernel" / "native").glob("*.p[yx][xd]"):
        for line in path.read_text("utf-8").splitlines():
            word, _, rest = line.partition(" ")
            if word in ("from", "import", "cimport") and rest.startswith("despin"):
                assert rest.startswith(("despin.kernel", "despin.errors ")), f"{path.name}: {line}"
