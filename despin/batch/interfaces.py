"""What the parts of a run hand to one another: blocks of records, their results, and
the forms of inputs and outputs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from despin.batch.record import Outcome
from despin.errors import InputError, OutputError

#: The longest line (bytes) that is taken into memory.
LONGEST_LINE = 16 << 20
#: Bytes that are read at one time, and that the headers of a record may have.
BITE = 1 << 16


class ChangedError(InputError):
    """An input is not what an interrupted run had begun to read; nothing may be made of the two together."""


class Position(NamedTuple):
    """How far an input is read: bytes of JSON lines (decompressed) or rows of Parquet; records are counted from
    1. `digest` is the CRC-32 of all lines before (0 of Parquet): size and time of a file say little of what it
    holds, and a pipe has neither."""

    offset: int = 0
    record: int = 1
    digest: int = 0


class Block(NamedTuple):
    """Some records. `items` are lines as bytes, (beginning, error) of lines too long, or with `lines` False the values
    of a column; `rows` are then the whole rows. `first` is the number of the first, `after` where the next begins."""

    items: list[Any]
    lines: bool
    first: int
    after: Position
    rows: Any = None


class Input(Protocol):
    """An open input."""

    #: `lines` or `parquet`.
    kind: str
    size: int | None

    def blocks(self, start: Position) -> Iterator[Block]:
        """The blocks from `start` on, which is the start or the `after` of a block. Raises `InputError`."""
        ...

    def done(self) -> int:
        """Bytes of the file read so far."""
        ...

    def close(self) -> None: ...


@dataclass(slots=True)
class Counts:
    """How many records, and what came of them."""

    records: int = 0
    spun: int = 0
    edits: int = 0
    #: Edits that protected words kept from being made.
    prevented: int = 0
    dropped: int = 0
    #: Lines that were too long, of which only the beginning is kept.
    cut: int = 0
    characters: int = 0
    #: Records whose site is not known though it was asked for, and those whose verdict is another one by their site.
    unplaced: int = 0
    moved: int = 0


@dataclass(slots=True)
class Done(Counts):
    """A block's results: `data` for lines, `outcomes` for the values of a column; `problems` by place in the block."""

    data: bytes = b""
    outcomes: list[Outcome] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    #: The family of what is spun and how sure that is, by place in the block.
    kinds: list[tuple[int, str]] = field(default_factory=list)
    #: Of a first pass, a line for each record.
    counted: bytes = b""

    @property
    def failed(self) -> int:
        """How many records could not be worked on."""
        return len(self.problems)

    def count(self, index: int, outcome: Outcome, value: object) -> None:
        """Add one record to the figures."""
        self.records += 1
        self.spun += outcome.spun
        self.edits += outcome.edits
        self.prevented += outcome.value.get("prevented", 0)
        if outcome.spun and "family" in outcome.value:
            self.kinds.append((index, kind(outcome.value)))
        self.unplaced += not outcome.placed
        self.moved += outcome.moved
        self.counted += outcome.line
        if outcome.problem is not None:
            self.problems.append((index, outcome.problem))
        elif isinstance(value, str):
            self.characters += len(value)


def kind(value: dict[str, Any]) -> str:
    """The family of a record that is spun, and about how sure that is, of its `despin` field."""
    return f"{value['family']}, score {'from .9 up' if value['score'] >= 0.9 else 'below .9'}"


#: The output in the part of a Parquet.
WHOLE = "whole.parquet"


class UnsavedError(OutputError):
    """Writing failed half way, as on a disk that is full; no other output would fare better."""


@contextmanager
def saving(output: str) -> Iterator[None]:
    """A failure to write as an `UnsavedError`."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UnsavedError(
            f"{output}: cannot be written ({error.strerror or error}); what was done is kept; "
            "make room and continue with --resume"
        ) from None


class RecordOutput:
    """A part that grows. `size` is how much of it is safe: bytes, or files; `digest` is the CRC-32 of that much."""

    kind = "lines"
    size = 0
    digest = 0

    def accept(self, path: str, source: Input) -> None:
        """Raise `InputError` when records of `source` cannot stand in this output."""
        raise NotImplementedError

    def add(self, block: Block, done: Done, /) -> bool:
        """Add a block's results; True when everything so far is in the part. Raises `OutputError`."""
        raise NotImplementedError

    def sync(self) -> None:
        """Make the part last, whatever happens to the machine."""

    def finish(self) -> None:
        """Put everything that is held back into the part, as the whole output."""

    def close(self) -> None:
        """Close what is open."""
