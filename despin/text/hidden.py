"""Text read through what hides its words: characters that show nothing, escapes, spaces between all characters, and
lines broken at a width.

What is read is a text of its own; a `View` says where each of its characters stands. Line ends are read as line feeds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from itertools import pairwise

from despin.text.view import View, composed, replaced

_SHOWING_NOTHING = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
#: Characters that show nothing on a page but keep a word from matching: soft hyphen, fillers, zero-width and
#: bidirectional controls, variation selectors, tags.
INVISIBLE = re.compile(f"[{_SHOWING_NOTHING}]")
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
#: What hides within a line: what shows nothing, control characters, strokes, accents of a Chinese character, escapes.
_HIDING = re.compile(
    f"[{_SHOWING_NOTHING}\0-\x08\x0e-\x1f\x7f\u0334-\u0338\u20d0-\u20ff]+|(?<=[{_HAN}])[\u0300-\u036f]+|\r\n?"
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\n|&#?[0-9a-zA-Z]{1,8};"
)
_VISIBLE = "[\u4e00-\u9fff\n!-%'-\\[\\]-~\u3001-\u3163\uff01-\uff5e\u2010-\u2027\u00b7]*"
#: Matches the whole of a text that hides nothing within its lines, which most are.
_PLAIN = re.compile(f"{_VISIBLE}(?:[ \u3000]+(?!\\S[ \u3000]+\\S[ \u3000]){_VISIBLE})*")
#: Eight words of a character, or of a few, with spaces between them.
_SPACED = re.compile(
    r"(?:(?<![^\n])[^\S\n]{1,8}|(?<!\S))\S{1,4}(?:[^\S\n]{1,8}(?:\n[^\S\n]{1,8}){0,4}\S{1,4}(?!\S)){7,}"
    r"(?:[^\S\n]{1,8}(?=\n))?"
)
_SPACES = re.compile(r"[^\S\n]+")
#: Of them such a share stands alone, and such a share is a Chinese character.
ALONE, CHINESE = 0.7, 0.25
#: Lines that are broken at a width hold so many characters or columns at least, on average at most so many characters;
#: those of nearly full width (so many less at most) are so many and such a share of the text, no more than such a share
#: stands in longer ones, and such a share of their ends stands within words. They are prose, no headlines or verses:
#: they hold a comma or a full stop for every so many characters, or they are so many and such a share of the text.
NARROWEST, WIDEST, SLACK, FEWEST = 10, 42, 2, 3
FULL, LONGER, WITHIN, CLAUSE, MANY, MOSTLY = 0.5, 0.15, 0.6, 45, 8, 0.85
_STOPS = re.compile("[，。,]")
#: What stands at the end of a sentence, and, with letters, what no line begins with but a broken one.
_SENTENCE_END = re.compile("[。！？!?…][”』」）)]*$")
_BEHIND = frozenset("，。、；：！？”’）》」』,.;:!?)")


def read(text: str) -> View | None:
    """How a text is read without what hides in it; None where nothing does."""
    plain = _PLAIN.match(text)
    if plain is not None and plain.end() == len(text):
        return replaced(text, _breaks(text))
    views: list[View] = []
    for marks in (_hiding, _spaces, _breaks):
        view = replaced(text, marks(text))
        if view is not None:
            views.append(view)
            text = view.text
    return composed(*views)


def as_read(text: str) -> str:
    """A text without what hides in it."""
    view = read(text)
    return text if view is None else view.text


def _hiding(text: str) -> Iterator[tuple[int, int, str]]:
    """What hides within lines, and what it is read as."""
    escaped = "\\u" in text
    for match in _HIDING.finditer(text):
        mark = match.group()
        read = mark
        if mark[0] == "\r":
            read = "\n"
        elif mark == "\\n":
            read = "\n" if escaped else mark
        elif mark[0] == "\\":
            units = [int(unit, 16) for unit in mark[2:].split("\\u")]
            read = chr(units[0] if len(units) == 1 else 0x10000 + ((units[0] & 0x3FF) << 10) + (units[1] & 0x3FF))
        elif mark[0] == "&":
            read = unescape(mark)
        else:
            read = ""
        if len(read) == 1 and len(mark) > 1 and (INVISIBLE.match(read) or (read < " " and read not in "\n\t")):
            read = ""
        if read != mark and len(read) < 2 and not "\ud800" <= read <= "\udfff" and read != "\ufffd":
            yield match.start(), match.end(), read


def _spaces(text: str) -> Iterator[tuple[int, int, str]]:
    """The spaces between characters that all have spaces between them; those that stood there before remain."""
    for match in _SPACED.finditer(text):
        words = match.group().split()
        alone = [one for one in words if len(one) == 1]
        if len(alone) < ALONE * len(words) or sum(map(_is_chinese, alone)) < CHINESE * len(words):
            continue
        for gap in _SPACES.finditer(text, match.start(), match.end()):
            start, end = gap.span()
            at_line = not start or "\n" in text[start - 1] + text[end : end + 1]
            yield start, end, " " if end - start > 2 and not at_line else ""


def _columns(line: str) -> int:
    """The width of a line on a terminal."""
    return len(line) + sum(one > "\u10ff" for one in line)


def _is_chinese(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _breaks(text: str) -> Iterator[tuple[int, int, str]]:
    """The line breaks that stand within sentences because every line is broken at the same width."""
    if text.count("\n") * WIDEST <= len(text):
        return
    lines = text.split("\n")
    within = [
        line[-1:].isalnum() and (behind[:1].isalnum() or behind[:1] in _BEHIND) for line, behind in pairwise(lines)
    ]
    full = _full(lines, within, len) or _full(lines, within, _columns)
    place = -1
    for number, line in enumerate(lines):
        place += len(line) + 1
        if number in full and not _SENTENCE_END.search(line) and lines[number + 1][:1].strip():
            yield place, place + 1, ""


def _full(lines: Sequence[str], within: Sequence[bool], measure: Callable[[str], int]) -> frozenset[int]:
    """The numbers of the lines that reach the width at which most are broken; none where they are not broken so."""
    widths = [measure(line) for line in lines[:-1]]
    counts = Counter([one for one in widths if one >= NARROWEST])
    if not counts:
        return frozenset()
    width = max(counts, key=lambda one: (sum(counts[one - less] for less in range(SLACK + 1)), one))
    full = [number for number, one in enumerate(widths) if width - SLACK <= one <= width]
    size, whole = sum(len(lines[number]) for number in full), sum(map(len, lines))
    longer = sum(len(line) for line in lines if measure(line) > width)
    if len(full) < FEWEST or size < FULL * whole or longer > LONGER * whole:
        return frozenset()
    ends = sum(within[number] for number in full)
    stops = sum(len(_STOPS.findall(lines[number])) for number in full)
    prose = stops * CLAUSE >= size or (len(full) >= MANY and size >= MOSTLY * whole)
    return frozenset(full) if prose and ends >= WITHIN * len(full) else frozenset()
