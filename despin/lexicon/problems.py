"""What is wrong with a lexicon: `Problem`, and `Report`, which collects every problem of one file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from despin.errors import LexiconError

T = TypeVar("T")
Severity = Literal["error", "warning", "note"]

#: A file with more problems than this is no lexicon at all; the rest are only counted, so that memory stays bounded.
MAX_PROBLEMS = 10_000
#: An exception names this many; `despin lexicon check` prints them all.
MAX_RAISED = 20


class Placed(Protocol):
    """Anything that stands at a line and column (counted from 1, in code points)."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A line and column, counted from 1, in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of one file. Line 0 means the file as a whole."""

    path: str
    line: int
    column: int
    what: str
    mend: str
    severity: Severity = "error"

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        kind = "" if self.severity == "error" else f"{self.severity}: "
        return f"{place}: {kind}{self.what}: {self.mend}"


class Report:
    """Collects the problems of one file; beyond `MAX_PROBLEMS` of a kind it only counts."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.errors = 0
        #: Problems beyond `MAX_PROBLEMS`, which counts errors apart from warnings and notes.
        self.dropped_errors = self.dropped_remarks = 0

    def error(self, place: Placed, what: str, mend: str) -> None:
        """Notes something that keeps the file from being used."""
        self.errors += 1
        self._add(Problem(self.path, place.line, place.column, what, mend))

    def warn(self, place: Placed, what: str, mend: str) -> None:
        """Notes something that is probably a mistake but can be read."""
        self._add(Problem(self.path, place.line, place.column, what, mend, "warning"))

    def note(self, place: Placed, what: str, mend: str) -> None:
        """Notes something a reviewer wants to know and that may well be right."""
        self._add(Problem(self.path, place.line, place.column, what, mend, "note"))

    def _add(self, problem: Problem) -> None:
        if problem.severity == "error" and self.errors > MAX_PROBLEMS:
            self.dropped_errors += 1
        elif problem.severity != "error" and len(self.problems) - self.errors >= MAX_PROBLEMS:
            self.dropped_remarks += 1
        else:
            self.problems.append(problem)

    def sorted(self) -> list[Problem]:
        """All problems in the order of the file; a last one counts those that were dropped."""
        ordered = sorted(self.problems, key=lambda problem: (problem.line, problem.column))
        if self.dropped_errors:
            ordered.append(Problem(self.path, 0, 0, f"{self.dropped_errors:,} more errors", "mend those above first"))
        if self.dropped_remarks:
            what = f"{self.dropped_remarks:,} more warnings and notes"
            ordered.append(Problem(self.path, 0, 0, what, "see to those above first", "note"))
        return ordered


def raise_errors(problems: Iterable[Problem]) -> None:
    """Raises `LexiconError` naming the first `MAX_RAISED` errors and counting the rest; warnings and notes pass."""
    errors = [problem for problem in problems if problem.severity == "error"]
    if not errors:
        return
    lines = [str(problem) for problem in errors[:MAX_RAISED]]
    if len(errors) > MAX_RAISED:
        lines.append(f"and {len(errors) - MAX_RAISED} more; 'despin lexicon check {errors[0].path}' lists them all")
    raise LexiconError("\n".join(lines))


def sure(path: str | os.PathLike[str], read: Callable[[Report], T | None]) -> T:
    """What `read` finds in the file at `path`. Raises `LexiconError` naming the errors that it reports."""
    report = Report(str(path))
    found = read(report)
    raise_errors(report.sorted())
    assert found is not None, "what is missing is always reported"
    return found
