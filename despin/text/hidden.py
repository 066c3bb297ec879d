"""Text read through what hides its words: characters that show nothing, escapes, spaces between all characters, and
lines broken at a width.

What is read is a text of its own; a `View` says where each of its characters stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from html import unescape

from despin.text.line_ends import line_ends
from despin.text.view import View, composed, replaced
from despin.tuning import Hiding

_SHOWING_NOTHING = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
_TAGS = "\U000e0000-\U000e0fff"
#: Characters that show nothing on a page but keep a word from matching: soft hyphen, fillers, zero-width and
#: bidirectional controls, variation selectors, tags.
INVISIBLE = re.compile(f"[{_SHOWING_NOTHING}{_TAGS}]")
#: The beginnings of what hides within a line: besides, accents, strokes, control characters and escapes.
_FIRST = f"{_SHOWING_NOTHING}\0-\x08\x0e-\x1f\x7f\u0300-\u036f\u20d0-\u20ff&\\\\"
_BLANK = " \t\u00a0\u2000-\u200a\u202f\u205f\u3000"
#: Characters with blanks between them.
_GAPS = re.compile(f"[{_BLANK}]\\S[{_BLANK}]+\\S[{_BLANK}]")
#: Matches the whole of a text that hides nothing within its lines, which most are.
_VISIBLE = (
    "[\u3001-\u3163\u3165-\ufdff\n!-%'-\\[\\]-~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u05ff\u2010-\u2027\u2030-\u205e"
    "\u2070-\u20cf\u2100-\u2fff\uff01-\uff9f]*"
)
_PLAIN = re.compile(f"{_VISIBLE}(?:[{_BLANK}]+(?!\\S[{_BLANK}]+\\S[{_BLANK}]){_VISIBLE})*")
_HIDING = re.compile(
    f"[{_FIRST}{_TAGS}]"
    r"(?:(?<=&)#?[0-9a-zA-Z]{1,8};|(?<=\\)n"
    r"|(?<=\\)u(?:[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|[0-9a-fA-F]{4}))?"
)
#: Eight words of a character, or of a few, with spaces between them.
_SPACED = re.compile(
    r"(?:(?<![^\n])[^\S\n]{1,8}|(?<!\S))\S{1,4}(?:[^\S\n]{1,8}(?:\n[^\S\n]{1,8}){0,4}\S{1,4}(?!\S)){7,}"
    r"(?:[^\S\n]{1,8}(?=\n))?"
)
_SPACES, _WORDS = re.compile(r"[^\S\n]+"), re.compile(r"\S+")
_STOPS = re.compile("[，。,]")
#: What stands at the end of a sentence, and, with letters, what no line begins with but a broken one.
_SENTENCE_END = re.compile("[。！？!?…][”』」）)]*$")
_BEHIND = frozenset("，。、；：！？”’）》」』,.;:!?)")


def read(text: str) -> View | None:
    """How a text is read without what hides in it; None where nothing does."""
    plain = _PLAIN.match(text)
    if plain is not None and plain.end() == len(text):
        return replaced(text, _breaks(text)) if _has_short_lines(text) else None
    views: list[View] = []
    for marks in (line_ends, _hiding, _spaces, _breaks):
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
        start, end = match.span()
        mark = match.group()
        kept = mark in "&\\" or _is_accent(text, start)
        read = _unescaped(mark, escaped) if len(mark) > 1 else mark if kept else ""
        if read != mark and len(read) < 2 and not "\ud800" <= read <= "\udfff" and read != "\ufffd":
            yield start, end, read


def _is_accent(text: str, place: int) -> bool:
    """Whether a mark belongs to the letter before it: strokes do not, and Chinese characters have none."""
    mark, before = text[place], text[place - 1 : place]
    return "\u0300" <= mark <= "\u036f" and not "\u0334" <= mark <= "\u0338" and mark != "\u034f" and before < "\u2e80"


def _unescaped(mark: str, escaped: bool) -> str:
    """What an escape is read as; `\\n` is an escape only beside others."""
    if mark == "\\n":
        return "\n" if escaped else mark
    if mark[0] == "&":
        read = unescape(mark)
    else:
        units = [int(unit, 16) for unit in mark[2:].split("\\u")]
        read = chr(units[0] if len(units) == 1 else 0x10000 + ((units[0] & 0x3FF) << 10) + (units[1] & 0x3FF))
    return "" if INVISIBLE.fullmatch(read) or (read < " " and read not in "\n\t") else read


def _spaces(text: str) -> Iterator[tuple[int, int, str]]:
    """The spaces between characters that all have spaces between them; those that stood there before remain."""
    for match in _SPACED.finditer(text) if _GAPS.search(text) else ():
        words = alone = chinese = 0
        for word in _WORDS.finditer(text, *match.span()):
            words += 1
            alone += word.end() - word.start() == 1
            chinese += word.end() - word.start() == 1 and "\u3400" <= text[word.start()] <= "\u9fff"
        if alone < Hiding.alone * words or chinese < Hiding.chinese * words:
            continue
        for gap in _SPACES.finditer(text, match.start(), match.end()):
            start, end = gap.span()
            at_line = not start or "\n" in text[start - 1] + text[end : end + 1]
            yield start, end, " " if end - start > 2 and not at_line else ""


def _columns(line: str) -> int:
    """The width of a line on a terminal, where a Chinese character takes two columns."""
    return (len(line) + len(line.encode("utf-8", "surrogatepass"))) // 2


def _has_short_lines(text: str) -> bool:
    """Whether lines are so short, and ends of sentences so rare at their ends, that they may be broken at a width."""
    breaks = text.count("\n")
    return breaks * Hiding.widest > len(text) and text.count("。\n") * 3 <= breaks * 2


def _breaks(text: str) -> Iterator[tuple[int, int, str]]:
    """The line breaks that stand within sentences because every line is broken at the same width."""
    lines = text.split("\n") if _has_short_lines(text) else []
    full = frozenset(_full(lines, len) or _full(lines, _columns))
    place = -1
    for number, line in enumerate(lines if full else ()):
        place += len(line) + 1
        if number in full and not _SENTENCE_END.search(line) and lines[number + 1][:1].strip():
            yield place, place + 1, ""


def _full(lines: Sequence[str], measure: Callable[[str], int]) -> list[int]:
    """The numbers of the lines that reach the width at which most are broken; none where they are not broken so."""
    widths = list(map(measure, lines[:-1]))
    counts = Counter([one for one in widths if one >= Hiding.narrowest])
    if not counts:
        return []
    width = max(counts, key=lambda one: (sum(counts[one - less] for less in range(Hiding.slack + 1)), one))
    full = [number for number, one in enumerate(widths) if width - Hiding.slack <= one <= width]
    size, whole = sum([len(lines[number]) for number in full]), sum(map(len, lines))
    if len(full) < Hiding.fewest or size < Hiding.full * whole:
        return []
    longer = sum([len(line) for line in lines if measure(line) > width])
    within = [number for number in full if _is_within(lines[number][-1], lines[number + 1][:1])]
    stops = sum([len(_STOPS.findall(lines[number])) for number in full])
    prose = stops * Hiding.clause >= size or size >= Hiding.mostly * whole
    return full if prose and longer <= Hiding.longer * whole and len(within) >= Hiding.within * len(full) else []


def _is_within(last: str, first: str) -> bool:
    """Whether a line that ends so, and the next that begins so, are broken within a sentence."""
    return last.isalnum() and (first.isalnum() or first in _BEHIND)
