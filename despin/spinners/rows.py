"""The rows of a table of words as they are kept in a file: `word→what is written`,
`word⇄word` for rows that go both ways.

One row a line, UTF-8, in the order of the list, duplicates and all. A line that begins with `#` and a space before the
first row is a comment. `despin lexicon import` makes such files of lists as they circulate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from despin.errors import LexiconError
from despin.fingerprint import sha256

ONE_WAY, BOTH_WAYS = "→", "⇄"
#: In the place of a file: the table is what the entries of the family are, turned round.
ENTRIES = "entries"
#: No table is larger (bytes).
MOST_BYTES = 64 << 20


class TableRow(NamedTuple):
    """A word and what is written for it; `both` where it goes the other way as well; `number` says how old
    the row is, 0 where nobody does."""

    key: str
    target: str
    both: bool = False
    number: int = 0


@dataclass(frozen=True)
class Rows:
    """The rows of a table, in order. Two are equal where their rows are."""

    rows: tuple[TableRow, ...] = ()

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the table in its normal form."""
        return sha256(render_rows(self.rows).encode("utf-8", "surrogatepass")).hexdigest()

    def __len__(self) -> int:
        return len(self.rows)

    def __hash__(self) -> int:
        return hash(self.digest)


def read_table(path: str | Path, mend: str) -> tuple[str, str]:
    """(text, SHA-256) of the file of a program's table. Raises `LexiconError` for one that is missing, too large or,
    which `mend` helps against, not UTF-8."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise LexiconError(
            f"{path}: the table of a program cannot be read ({error.strerror}): check the path"
        ) from None
    if len(data) > MOST_BYTES:
        raise LexiconError(f"{path}: a table of more than 64 MB: split it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise LexiconError(f"{path}:{line}:1: not UTF-8: {mend}") from None
    return text.replace("\r\n", "\n"), sha256(data).hexdigest()


def read_rows(path: str | Path) -> Rows:
    """The rows of a file in normal form. Raises `LexiconError`, with the line, for a file that is none."""
    again = f"make a table of the list with 'despin lexicon import {path} --program auto'"
    return Rows(tuple(parse_rows(read_table(path, again)[0], str(path))))


def parse_rows(text: str, name: str) -> list[TableRow]:
    """The rows of a table's text. Raises `LexiconError`, with the line, for one that is no row."""
    found: list[TableRow] = []
    for line, content in enumerate(text.split("\n"), 1):
        if not content or (content.startswith("# ") and not found):
            continue
        words, _, number = content.partition("\t")
        both = BOTH_WAYS in words
        key, mark, target = words.partition(BOTH_WAYS if both else ONE_WAY)
        if not mark or not key or ONE_WAY in target or BOTH_WAYS in target or not (number or "0").isdecimal():
            raise LexiconError(
                f"{name}:{line}:1: no row of a table: write word{ONE_WAY}word, or make a table of the list with "
                f"'despin lexicon import {name} --program auto'"
            )
        found.append(TableRow(key, target, both, int(number or 0)))
    return found


def render_rows(rows: Iterable[TableRow]) -> str:
    """The rows as a file holds them."""
    lines = [
        f"{key}{BOTH_WAYS if both else ONE_WAY}{target}" + (f"\t{number}" if number else "")
        for key, target, both, number in rows
    ]
    return "\n".join(lines) + "\n" if lines else ""
