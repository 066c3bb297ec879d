r"""The markup `[-spun-]{+original+}`: printed by despin, corrected by hand, read back as gold.

`{+a|b+}` accepts either original, `{+?a+}` marks a place that is not scored, `{++}` (or no braces at all) is a
deletion, and `{+a+}` alone is an insertion.

A backslash makes plain text of the marker (`[-`, `-]`, `{+`, `+}`) or the backslash that follows it, and inside braces
also of a `|` or `?`; before anything else it is a backslash. `[-[-]` holds the spun text `[`, `{+{+}` the original `{`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from despin.errors import InputError
from despin.results import Edit

#: What means something outside marks, inside brackets, and inside braces. An opener that runs into its own closer is
#: a bracket or brace at the end of the contents.
_OUTSIDE = re.compile(r"\\(?:\[-|\{\+|-\]|\+\}|\\)|\[-|\{\+|-\]|\+\}")
_BRACKETS = re.compile(r"\\(?:\[-|\{\+|-\]|\+\}|\\)|\[-(?!\])|\{\+|-\]|\+\}")
_BRACES = re.compile(r"\\(?:\[-|\{\+|-\]|\+\}|[\\|?])|\[-|\{\+(?!\})|-\]|\+\}|\|")
#: What needs a backslash when written: in running text (and there directly before a mark), in brackets, in braces.
_PLAIN = re.compile(r"\[-|\{\+|-\]|\+\}|\\(?=\[-|\{\+|-\]|\+\}|\\)")
_PLAIN_BEFORE_MARK = re.compile(r"\[-|\{\+|-\]|\+\}|\\(?=\[-|\{\+|-\]|\+\}|\\|\Z)")
_SPUN = re.compile(r"\[-|\{\+|-\]|\+\}|\\")
_ORIGINAL = re.compile(r"\[-|\{\+|-\]|\+\}|[\\|]|\A\?")


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


@dataclass(frozen=True, slots=True)
class _Source:
    """Markup and what its messages call it; `line` is the number of its first line."""

    markup: str
    name: str
    line: int

    def plain(self, pattern: re.Pattern[str], position: int) -> tuple[str, re.Match[str] | None]:
        """The plain text from `position` up to the next mark of `pattern`, and that mark; None at the end."""
        parts: list[str] = []
        while True:
            mark = pattern.search(self.markup, position)
            parts.append(self.markup[position : mark.start() if mark else len(self.markup)])
            if mark is None or mark.group()[0] != "\\":
                return "".join(parts), mark
            parts.append(mark.group()[1:])
            position = mark.end()

    def brackets(self, opener: int) -> tuple[str, int]:
        """The spun text in the brackets at `opener`, and where they end."""
        text, closer = self.plain(_BRACKETS, opener + 2)
        if closer is None or closer.group() != "-]":
            raise self.stray(opener)
        return text, closer.end()

    def braces(self, opener: int) -> tuple[tuple[str, ...], bool, int]:
        """The originals in the braces at `opener`, whether they are scored, and where the braces end."""
        scored = not self.markup.startswith("?", opener + 2)
        position = opener + (2 if scored else 3)
        originals: list[str] = []
        while True:
            text, mark = self.plain(_BRACES, position)
            if mark is None or mark.group() not in ("|", "+}"):
                raise self.stray(opener)
            originals.append(text)
            position = mark.end()
            if mark.group() == "+}":
                return tuple(originals), scored, position

    def stray(self, place: int) -> InputError:
        """The error for a marker at `place` that is not closed, or closes nothing."""
        line = self.markup.count("\n", 0, place) + self.line
        column = place - self.markup.rfind("\n", 0, place)
        return InputError(
            f"{self.name}:{line}:{column}: '{self.markup[place : place + 2]}' without its partner: "
            "close it as [-spun-]{+original+}, or write a backslash before it if the page really says so"
        )


def read(markup: str, name: str = "<text>", line: int = 1) -> Sample:
    """The sample that `markup` describes.

    Raises `InputError` with line and column for broken markup; `line` is the number of its first line.
    """
    source = _Source(markup, name, line)
    pieces: list[str] = []
    gold: list[GoldEdit] = []
    length = position = 0
    while True:
        text, opener = source.plain(_OUTSIDE, position)
        pieces.append(text)
        length += len(text)
        if opener is None:
            return Sample("".join(pieces), tuple(gold))
        position = opener.start()
        if opener.group() not in ("[-", "{+"):
            raise source.stray(position)
        spun, scored = "", True
        originals: tuple[str, ...] = ("",)
        if opener.group() == "[-":
            spun, position = source.brackets(position)
        if markup.startswith("{+", position):
            originals, scored, position = source.braces(position)
        gold.append(GoldEdit(length, length + len(spun), originals, scored))
        pieces.append(spun)
        length += len(spun)


def escape(text: str) -> str:
    """`text` with a backslash before everything that would read as markup."""
    return _escaped(_PLAIN, text)


def _escaped(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: "\\" + match.group(), text)


def write(text: str, edits: Sequence[Edit], colour: bool = False) -> str:
    """`text` in markup, every edit as `[-spun-]{+original+}`; `colour` adds terminal colours.

    Without colours `read` gives back `text` and the spans and originals of `edits`.
    """
    marks = [(edit.start, edit.end, edit.spun, _escaped(_ORIGINAL, edit.original)) for edit in edits]
    return _written(text, marks, ("\x1b[31m", "\x1b[32m", "\x1b[0m") if colour else ("", "", ""))


def write_sample(sample: Sample) -> str:
    """The markup that `read` makes `sample` of."""
    marks = []
    for mark in sample.gold:
        originals = "|".join(_escaped(_ORIGINAL, original) for original in mark.originals)
        spun = sample.spun[mark.start : mark.end]
        marks.append((mark.start, mark.end, spun, originals if mark.scored else f"?{originals}"))
    return _written(sample.spun, marks, ("", "", ""))


def _written(text: str, marks: Iterable[tuple[int, int, str, str]], colours: tuple[str, str, str]) -> str:
    """A text in markup with marks (start, end, spun, what stands in braces), each in two of the colours."""
    red, green, off = colours
    pieces: list[str] = []
    position = 0
    for start, end, spun, braces in marks:
        pieces.append(_escaped(_PLAIN_BEFORE_MARK, text[position:start]))
        pieces.append(f"{red}[-{_escaped(_SPUN, spun)}-]{off}{green}{{+{braces}+}}{off}")
        position = end
    return "".join(pieces) + escape(text[position:])
