"""docs/python.md names everything that is public."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import despin
from despin import errors, results
from despin.restorer import Restorer

PAGE = Path(__file__).parents[2] / "docs" / "python.md"
CLASSES = [
    Restorer,
    results.Restoration,
    results.Edit,
    results.Alternative,
    results.Suspect,
    results.Stretch,
    results.Proof,
    results.Verdict,
    results.Clue,
    results.Readings,
    results.Reading,
]


def section(name: str) -> str:
    """The part of the page below the heading of this name."""
    found = re.search(rf"^## {re.escape(name)}\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found, f"docs/python.md has no section {name}"
    return found[1]


def named(text: str) -> set[str]:
    """The names that stand first in backticks: `name` or `name(...)`."""
    return set(re.findall(r"`([A-Za-z_]\w*)(?:\([^`]*\))?`", text))


def public(kind: type) -> set[str]:
    """The public attributes and methods of a class and of what it makes."""
    names = set(dir(kind)) | set(getattr(kind, "__dataclass_fields__", ()))
    if kind is Restorer:
        names |= set(vars(Restorer())) | set(inspect.signature(Restorer).parameters)
    return {name for name in names if not name.startswith("_")}


def test_every_name_of_the_package_is_there() -> None:
    assert sorted(set(despin.__all__) - named(section("despin"))) == []


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_public_attribute_is_there(kind: type) -> None:
    assert sorted(public(kind) - named(section(kind.__name__))) == []


def test_every_error_is_there_with_its_exit_code() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", section("Errors"), re.MULTILINE))
    kinds = {name: kind for name, kind in vars(errors).items() if hasattr(kind, "exit_code")}
    assert rows == {name: str(kind.exit_code) for name, kind in kinds.items()}


def test_the_settings_are_those_of_the_code() -> None:
    from despin.settings import SETTINGS

    for name, least in SETTINGS.items():
        assert f'`"{name}"` ({least})' in section("Restorer")


def test_a_name_of_a_class_that_is_public_is_that_of_one_class() -> None:
    """The page names each by its own name, without its module."""
    found: dict[str, list[str]] = {}
    for path in (PAGE.parents[1] / "despin").rglob("*.py*"):
        if path.suffix in (".py", ".pyx"):
            for name in re.findall(r"^(?:cdef )?class (\w+)", path.read_text("utf-8"), re.MULTILINE):
                found.setdefault(name, []).append(str(path))
    shown = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", PAGE.read_text("utf-8")))))
    assert {name: paths for name, paths in found.items() if name in shown and len(paths) > 1} == {}
