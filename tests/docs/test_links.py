"""Links, paths, modules and commands that any document names exist."""

from __future__ import annotations

import argparse
import glob
import importlib
import importlib.util
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from despin.cli.main import COMMANDS, build_parser

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "lexicons/**/*.md", "despin/**/*.md", "tests/**/*.md", "examples/*.md")
    for path in ROOT.glob(pattern)
)
TOP = ("despin", "docs", "examples", "lexicons", "tests", "tools", ".ci", ".github")
#: A name with a slash in it, or that of a file at the top, as it may stand in a sentence or a command.
PATH = re.compile(r"(?<![\w./:@-])(?:\.\./)*[\w.{},*-]+(?:/[\w.{},*-]+)+/?")
#: Endings of the files that are named.
KNOWN_ENDS = (
    ".py",
    ".pyx",
    ".pxd",
    ".pyi",
    ".md",
    ".yaml",
    ".tsv",
    ".json",
    ".wdiff",
    ".txt",
    ".table",
    ".lm",
    ".context",
)
#: Where a path may begin, besides the folder of the page and the top.
BASES = (ROOT, ROOT / "despin", ROOT / "despin" / "kernel")


def label(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(path: Path) -> str:
    return path.read_text("utf-8")


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as they are made on the web."""
    headings = re.findall(r"^#+ (.*)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def spans(path: Path) -> Iterator[str]:
    """All that a page sets as code: lines of shell blocks, and what stands in backticks outside of blocks."""
    text = text_of(path)
    for kind, body in re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        if kind in ("sh", ""):
            yield from body.replace("\\\n", " ").splitlines()
    plain = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from (re.sub(r"\s+", " ", found) for found in re.findall(r"`([^`]+)`", plain))


def expand(pattern: str) -> Iterator[str]:
    """A path with `{a,b}` as all that it stands for."""
    found = re.search(r"\{([^{}]*)\}", pattern)
    if found is None:
        yield pattern
    else:
        for part in found[1].split(","):
            yield from expand(pattern[: found.start()] + part + pattern[found.end() :])


def exists(path: str, page: Path) -> bool:
    return any(all(glob.glob(str(base / one)) for one in expand(path.rstrip("/"))) for base in (page.parent, *BASES))


def is_path(found: str) -> bool:
    """Whether a name with slashes means a file or folder of this repository. Capitals and `./` stand for the reader's own."""
    if found.startswith("./") or re.search(
        r"[A-Z]{3}", found.replace("README", "").replace("LICENCE", "").replace("CONTRIBUTING", "")
    ):
        return False
    first, *rest = found.split("/")
    return (first in TOP and bool(rest)) or found.endswith(KNOWN_ENDS)


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_links_lead_somewhere(page: Path) -> None:
    wrong = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            wrong.append(target)
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_paths_exist(page: Path) -> None:
    named = {found for span in spans(page) for found in PATH.findall(span) if is_path(found)}
    assert sorted(path for path in named if not exists(path, page)) == []


def modules(page: Path) -> set[str]:
    """Dotted names below despin and tools, but for those that a table of moved modules calls old."""
    lines = []
    for line in text_of(page).splitlines():
        moved = re.fullmatch(r"\| (`despin\.[^|]*) \| (`despin\.[^|]*) \|", line)
        lines.append(moved[2] if moved else line)
    return set(re.findall(r"(?<![\w/.-])despin(?:\.[A-Za-z_]\w*)+(?![\w/*-])", "\n".join(lines)))


def resolves(name: str) -> bool:
    """Whether a dotted name is a module, or an attribute of one; what needs an engine that is not installed is not imported."""
    parts = name.split(".")
    if ROOT.joinpath(*parts).with_suffix(".py").exists() or ROOT.joinpath(*parts, "__init__.py").exists():
        return True
    for count in range(len(parts) - 1, 0, -1):
        try:
            value: object = importlib.import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        return all((value := getattr(value, part, None)) is not None for part in parts[count:])
    return False


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_modules_exist(page: Path) -> None:
    files = {"despin.yaml", "despin.toml"}
    assert sorted(name for name in modules(page) - files if not resolves(name)) == []


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_modules_that_are_run_exist(page: Path) -> None:
    for span in spans(page):
        for name in re.findall(r"python3? -m ((?:despin|tools)[\w.]*)", span):
            base = ROOT.joinpath(*name.split("."))
            old = page.name == "CHANGELOG.md" and name.startswith("tools.") and name.count(".") == 1
            assert old or base.with_suffix(".py").exists() or (base / "__main__.py").exists(), name


def commands(span: str) -> Iterator[list[str]]:
    """The calls of despin in a line of shell."""
    for part in re.split(r"&&|\|(?=\s)|;", span):
        if not re.match(r"\s*(?:\$ )?despin \S", part):
            continue
        try:
            words = shlex.split(part, comments=True)
        except ValueError:
            continue
        if words and words[0] == "$":
            words = words[1:]
        if len(words) > 1 and words[0] == "despin" and re.fullmatch(r"[a-z]+|--[a-z-]+", words[1]):
            yield words[1:]


@cache
def parser() -> argparse.ArgumentParser:
    return build_parser(COMMANDS)


def problem(words: list[str]) -> str | None:
    """What is wrong with a call: a command or an option that there is none of."""
    current = parser()
    for number, word in enumerate(words):
        if word.startswith("--") and word != "--":
            known = {option for action in current._actions for option in action.option_strings}
            if word.partition("=")[0] not in known:
                return f"{current.prog} has no {word}"
        below = [action for action in current._actions if isinstance(action, argparse._SubParsersAction)]
        if below and not word.startswith("-"):
            if word in below[0].choices:
                current = below[0].choices[word]
            elif re.fullmatch(r"[a-z]+", word):
                return f"{current.prog} has no {' '.join(words[: number + 1])}"
    return None


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_commands_exist(page: Path) -> None:
    found = [problem(words) for span in spans(page) for words in commands(span)]
    assert [one for one in found if one] == []


def test_the_picture_of_the_floors_is_what_is_tested() -> None:
    page = ROOT / "docs" / "architecture.md"
    picture = re.search(r"<!-- floors -->\n```\n(.*?)```", text_of(page), re.DOTALL)
    assert picture
    drawn = [tuple(re.split(r"\s{2,}", line)[0].split(" | ")) for line in picture[1].splitlines()]
    spec = importlib.util.spec_from_file_location("floors_of_the_house", ROOT / "tests" / "test_imports.py")
    assert spec is not None
    assert spec.loader is not None
    tested = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tested)
    assert drawn == [floor for floor in tested.FLOORS if floor != ("__main__",)]
