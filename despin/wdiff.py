"""The markup `[-spun-]{+original+}`: printed by despin, corrected by hand, read back as gold.

`{+a|b+}` accepts either original, `{+?a+}` marks a place that is not scored, `{++}` (or no braces at all) is a
deletion, and `{+a+}` alone is an insertion. A stretch of a page that looks like markup itself is escaped with a backslash
before the bracket.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from despin.edits import Edit
from despin.errors import InputError

_MARK = re.compile(r"\\(?P<escaped>\[-|\{\+|-\]|\+\}|\\)|\[-(?P<spun>.*?)-\]|\{\+(?P<original>.*?)\+\}", re.DOTALL)
_STRAY = re.compile(r"\[-|\{\+|-\]|\+\}")
_SPECIAL = re.compile(r"\[-|\{\+|-\]|\+\}|\\(?=\[-|\{\+|-\]|\+\}|\\)")


@dataclass(frozen=True, slots=True)
class GoldEdit:
    """A marked span: `spun_text[start:end]` stands for any of `originals`; `scored` is False for a `?` span."""

    start: int
    end: int
    originals: tuple[str, ...]
    scored: bool = True


@dataclass(frozen=True, slots=True)
class Sample:
    """An annotated article: the spun text and its marked spans, sorted and disjoint."""

    spun: str
    gold: tuple[GoldEdit, ...]

    @property
    def original(self) -> str:
        """The text with the first accepted original at every scored span; unscored spans stay as they are."""
        pieces, position = [], 0
        for edit in self.gold:
            pieces.append(self.spun[position : edit.start])
            pieces.append(edit.originals[0] if edit.scored else self.spun[edit.start : edit.end])
            position = edit.end
        return "".join(pieces) + self.spun[position:]


def read(markup: str, name: str = "<text>") -> Sample:
    """The sample that `markup` describes. Raises `InputError` with line and column for broken markup."""
    pieces: list[str] = []
    gold: list[GoldEdit] = []
    length = position = 0
    pending: str | None = None

    def add(text: str) -> None:
        nonlocal length
        pieces.append(text)
        length += len(text)

    def close(originals: str) -> None:
        nonlocal pending
        spun = pending or ""
        scored = not originals.startswith("?")
        gold.append(GoldEdit(length, length + len(spun), tuple(originals.removeprefix("?").split("|")), scored))
        add(spun)
        pending = None

    for mark in _MARK.finditer(markup):
        between = markup[position : mark.start()]
        _refuse_stray(markup, between, position, name)
        if pending is not None and (between or mark["original"] is None):
            close("")
        add(between)
        if mark["escaped"] is not None:
            add(mark["escaped"])
        elif mark["spun"] is not None:
            _refuse_stray(markup, mark["spun"], mark.start("spun"), name)
            pending = mark["spun"]
        else:
            _refuse_stray(markup, mark["original"], mark.start("original"), name)
            close(mark["original"])
        position = mark.end()
    if pending is not None:
        close("")
    _refuse_stray(markup, markup[position:], position, name)
    add(markup[position:])
    return Sample("".join(pieces), tuple(gold))


def _refuse_stray(markup: str, piece: str, offset: int, name: str) -> None:
    stray = _STRAY.search(piece)
    if stray is None:
        return
    place = offset + stray.start()
    line = markup.count("\n", 0, place) + 1
    column = place - (markup.rfind("\n", 0, place) + 1) + 1
    raise InputError(
        f"{name}:{line}:{column}: '{stray.group()}' without its partner: close it as [-spun-]{{+original+}}, "
        f"or write a backslash before it if the page really says so"
    )


def escape(text: str) -> str:
    """`text` with a backslash before everything that would read as markup."""
    return _SPECIAL.sub(lambda match: "\\" + match.group(), text)


def write(text: str, edits: Sequence[Edit], colour: bool = False) -> str:
    """`text` in markup, every edit as `[-spun-]{+original+}`; `colour` adds terminal colours."""
    red, green, off = ("\x1b[31m", "\x1b[32m", "\x1b[0m") if colour else ("", "", "")
    pieces: list[str] = []
    position = 0
    for edit in edits:
        pieces.append(escape(text[position : edit.start]))
        pieces.append(f"{red}[-{escape(edit.spun)}-]{off}{green}{{+{escape(edit.original)}+}}{off}")
        position = edit.end
    return "".join(pieces) + escape(text[position:])


def read_cases(lines: Iterable[str], name: str = "<cases>") -> list[Sample]:
    """One sample a line; empty lines and lines that start with `#` are skipped."""
    return [
        read(line.rstrip("\n"), f"{name}({number})")
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.startswith("#")
    ]
