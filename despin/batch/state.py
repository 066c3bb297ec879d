"""What a run has done so far: the figures for its report, and the state from which `--resume` goes on."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from despin.batch.interfaces import BITE, Counts, Done
from despin.cachefile import MOST_BYTES
from despin.errors import DespinError, InputError, OutputError, UsageError
from despin.text import files, writing

#: Seconds between two savings of a state.
PAUSE = 1.0
#: Different problems, and kinds of what is spun, that are told apart in the report.
MOST_PROBLEMS = 20
_VERSION = 3
Checked = TypeVar("Checked", "Tally", "State")
_COUNTS = (*(one.name for one in fields(Counts)), "failed")


@dataclass(slots=True)
class Tally(Counts):
    """Figures of a run. `problems`: how many records failed for each reason, and where the first of them stands;
    `kinds`: the same of what is spun, by family and score."""

    failed: int = 0
    #: Outputs that were complete before.
    complete: int = 0
    problems: dict[str, tuple[int, str]] = field(default_factory=dict)
    kinds: dict[str, tuple[int, str]] = field(default_factory=dict)
    #: What could not be read at all, with exit codes, in the order it was met.
    failures: list[tuple[int, str]] = field(default_factory=list)

    def add(self, done: Done, path: str, first: int) -> None:
        """Add the results of a block of `path` whose first record is number `first`."""
        self._count(done)
        for known, found in ((self.problems, done.problems), (self.kinds, done.kinds)):
            for index, what in found:
                _add(known, what, 1, f"{path}:{first + index}")

    def _count(self, found: Done | Tally) -> None:
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(found, name))

    def merge(self, other: Tally) -> None:
        """Add the figures of another output."""
        self._count(other)
        self.complete += other.complete
        for known, found in ((self.problems, other.problems), (self.kinds, other.kinds)):
            for what, (count, place) in found.items():
                _add(known, what, count, place)
        self.failures += other.failures

    def fail(self, error: DespinError) -> None:
        """Note what could not be read."""
        self.failures.append((error.exit_code, str(error)))

    @property
    def code(self) -> int:
        """The exit code: that of the first failure, or of a text that cannot be read where lines were cut off."""
        return self.failures[0][0] if self.failures else InputError.exit_code if self.cut else 0

    def as_dict(self) -> dict[str, Any]:
        """The figures as JSON-ready values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Tally:
        """The inverse of `as_dict`. Raises `ValueError`, `TypeError` or `AttributeError` for anything else."""
        found = _checked(cls(**values))
        if not all(type(code) is int and isinstance(message, str) for code, message in found.failures):
            raise TypeError
        found.problems = {problem: (count, place) for problem, (count, place) in found.problems.items()}
        found.kinds = {kind: (count, place) for kind, (count, place) in found.kinds.items()}
        found.failures = [(code, message) for code, message in found.failures]
        return found


def _add(known: dict[str, tuple[int, str]], what: str, count: int, place: str) -> None:
    """Count something that stands at `place`, unless it is known where it stood first."""
    if what not in known and len(known) >= MOST_PROBLEMS:
        what = "other reasons"
    before, first = known.get(what, (0, place))
    known[what] = before + count, first


@dataclass(slots=True)
class State:
    """Where a run stands: input number `input` is read up to `offset` (see `interfaces.Position`, also of `digest`),
    and `size` of the part is safe, with the CRC-32 `part_digest`. `first` is the input whose columns the output has;
    `before` are the figures when this input began."""

    settings: dict[str, Any]
    input: int = 0
    offset: int = 0
    record: int = 1
    digest: int = 0
    size: int = 0
    part_digest: int = 0
    first: str | None = None
    finished: bool = False
    tally: Tally = field(default_factory=Tally)
    records_before: int = 0
    failed_before: int = 0

    def copy(self) -> State:
        """The state as it is now, whatever becomes of this one; the settings, which stay, are shared."""
        own = self.tally
        tally = replace(own, problems=dict(own.problems), kinds=dict(own.kinds), failures=list(own.failures))
        return replace(self, tally=tally)

    def dump(self) -> bytes:
        """The state as bytes."""
        values = asdict(self)
        return json.dumps({"version": _VERSION, "checksum": seal(values), **values}).encode()


class Keeper:
    """Saves states at `path`, at most one a second; None saves nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._waiting: State | None = None
        self._saved = time.monotonic()

    @property
    def due(self) -> bool:
        """Whether it is time to save again."""
        return time.monotonic() - self._saved >= PAUSE

    def note(self, state: State) -> None:
        """Remember a state that can be gone on from."""
        if self._path is not None:
            # Written down when it is saved: most states that are noted never are.
            self._waiting = state.copy()

    def save(self) -> None:
        """Write the latest state that was noted. Raises `OSError`."""
        if self._path is not None and self._waiting is not None:
            writing.replace(self._path, self._waiting.dump())
            writing.keep_names(self._path.parent)
            self._waiting = None
        self._saved = time.monotonic()

    def remove(self) -> None:
        """Remove the state of a run that is over, once its output has its name for good."""
        if self._path is not None:
            writing.keep_names(self._path.parent)
            self._path.unlink(missing_ok=True)


def seal(values: Mapping[str, Any]) -> str:
    """The SHA-256 of a state, without its version: a number that was edited would put a wrong result together."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


#: What reading a state, or a journal of a folder, raises where it is damaged.
DAMAGES = (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


def unsealed(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a state without the checksum that `seal` gave them. Raises one of `DAMAGES` for another one."""
    if values.pop("checksum") != seal(values):
        raise ValueError
    return values


def begin(path: Path) -> None:
    """Leave the state of a run that has done nothing yet, before there is anything of it. Raises `OSError`."""
    writing.replace(path, json.dumps({"version": _VERSION}).encode())
    writing.keep_names(path.parent)


def load(path: Path, output: str) -> State | None:
    """The state of an interrupted run, or None where it had done nothing. Raises `OutputError` for a damaged one."""
    try:
        values = json.loads(files.read_regular(path, MOST_BYTES, follow=False))
        if values.pop("version") != _VERSION:
            raise ValueError
        if not values:
            return None
        values = unsealed(values)
        found = _checked(State(**{**values, "tally": Tally.from_dict(values["tally"])}))
        if found.input > len(found.settings["inputs"]):
            raise ValueError
        return found
    except FileNotFoundError:
        return None
    except DAMAGES:
        raise OutputError(
            f"{output}: {path} cannot be read as the state of an interrupted run; start again with --overwrite"
        ) from None


#: What the fields of a state hold, by their types.
_HOLDS: dict[str, Callable[[Any], bool]] = {
    "int": lambda value: type(value) is int and value >= 0,
    "bool": lambda value: isinstance(value, bool),
    "str | None": lambda value: isinstance(value, str | None),
    "dict[str, Any]": lambda value: isinstance(value, dict),
}


def _checked(values: Checked) -> Checked:
    """A state or figures that were read. Raises `ValueError` where a field holds something else than it has to."""
    for one in fields(values):
        if one.type in _HOLDS and not _HOLDS[str(one.type)](getattr(values, one.name)):
            raise ValueError(one.name)
    return values


def check_same(found: Mapping[str, Any], now: Mapping[str, Any], output: str) -> None:
    """Raise `UsageError` or `InputError` when an interrupted run cannot go on: other settings, other inputs."""
    for name in now:
        if name != "inputs" and found.get(name) != now[name]:
            raise UsageError(
                f"{output}: the interrupted run had {name} {found.get(name)!r}, not {now[name]!r}; "
                "continue it with the same options, or start again with --overwrite"
            )
    if found.get("inputs") != now["inputs"]:
        names = [[one[0] for one in each or ()] for each in (found.get("inputs"), now["inputs"])]
        what = "another list of inputs" if names[0] != names[1] else "inputs that have changed since"
        raise InputError(f"{output}: the interrupted run had {what}; start again with --overwrite")


def fingerprint(path: str) -> list[Any]:
    """What tells whether an input is the same as it was: its name, size, time of change, and the CRC-32 of its
    beginning and end; of a pipe its name alone."""
    nothing = [path, None, None, None]
    try:
        found = os.stat(path)
        if path == files.STANDARD or not stat.S_ISREG(found.st_mode):
            return nothing
        with open(path, "rb") as file:
            checksum = zlib.crc32(file.read(BITE))
            file.seek(max(0, found.st_size - BITE))
            checksum = zlib.crc32(file.read(BITE), checksum)
    except (OSError, ValueError):
        return nothing
    return [path, found.st_size, found.st_mtime_ns, checksum]
