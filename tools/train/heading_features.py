"""Where headings may end in the lines of a text, and the names of the features of such a place: weights are learned by these names, and
`despin/kernel/native/loglinear.pyx` adds up the weights of the same names without spelling them."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from despin.kernel.heading_words import ASKING, ENDS, HEADS, OPENERS, STARTS
from despin.kernel.native.lattice import Trigrams

#: What may number a heading, by its style.
_NUMBER = (
    r"[ \u3000]*(?:(?P<part>第[一二三四五六七八九十百\d]{1,4}[章节步部分]{1,2}[、:：. ]?)|(?P<chinese>[一二三四五六七八九十]{1,3}[、.．])|"
    r"(?P<bracket>[(（][一二三四五六七八九十\d]{1,2}[)）][、.]?)|(?P<arabic>\d{1,2}(?:\.\d{1,2}){0,2}[、.．]?(?=[ \u3400-\u9fff])))?[ \u3000]*"
)
_HEAD = r"[\u3400-\u9fffA-Za-z0-9 .+#/、（）()《》“”：:\-—]{0,30}"
_HEADS_ONLY, _HEADS_END = frozenset(HEADS), HEADS + ENDS
_CLAUSE = "[，。：:；;！？!?]"
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
_LENGTHS = (2, 3, 4, 5, 6, 8, 10, 13, 17, 24)
_CLAUSES = (4, 7, 10, 14, 20, 30)
#: A heading has so many characters, and so many stand behind it in its line.
SHORTEST, LONGEST, REST = 2, 20, 10
#: A sentence is looked at so far.
REACH = 60


class Opening(NamedTuple):
    """The opening of a line: where it begins behind its number, the style of that number (or nothing), and the places
    where a heading may end."""

    start: int
    style: str
    places: list[int]


def opening(line: str) -> Opening:
    """Where a heading may end in `line`."""
    match = re.match(_NUMBER, line)
    start, style = (match.end(), match.lastgroup or "") if match else (0, "")
    reach = re.compile(_HEAD).match(line, start, start + LONGEST + 1)
    end = min(reach.end() if reach else start, start + LONGEST, len(line) - REST)
    places = [
        place
        for place in range(start + SHORTEST, end + 1)
        if line[place - 1] not in _LETTERS or line[place] not in _LETTERS
        if line[place] not in " .、）)》”：:+-—/，。；！？" and line[place - 1] not in "、（(《“-—/"
    ]
    return Opening(start, style, places)


def line_features(line: str, begin: Opening) -> list[str]:
    """The features of a line whose opening is the beginning of its first sentence."""
    clause = first_clause(line[begin.start : begin.start + REACH])
    return [*shape_of_line(clause, begin), *words_of_line(clause)]


def first_clause(text: str) -> str:
    """What stands before the first mark."""
    return re.split(_CLAUSE, text, maxsplit=1)[0]


def shape_of_line(clause: str, begin: Opening) -> list[str]:
    """Those features of a line that are not words."""
    length = bisect_right(_CLAUSES, len(clause))
    return ["whole", f"number {begin.style}", f"clause {length}", f"clause {length} number {begin.style}"]


def words_of_line(clause: str) -> list[str]:
    """The words of the clause that opens a line, as features."""
    return [
        f"opens1 {clause[:1]}", f"opens2 {clause[:2]}", f"opens3 {clause[:3]}", f"closes1 {clause[-1:]}", f"closes2 {clause[-2:]}",
        *[f"in clause {character}" for character in dict.fromkeys(clause)],
    ]  # fmt: skip


def seam_features(line: str, begin: Opening, place: int, lm: Trigrams) -> list[str]:
    """The features of a line that is a heading up to `place` and a sentence from there."""
    head, rest = line[begin.start : place].rstrip(), line[place : place + REACH]
    words = words_of_seam(head, rest, bool(begin.style))
    return [*shape_of_seam(line, begin, place, lm), *words]


def words_of_seam(head: str, rest: str, numbered: bool) -> list[str]:
    """The words on both sides of a seam, as features."""
    one, other = head[-1:], rest[:1]
    return [
        f"head1 {head[:1]}", f"head2 {head[:2]}", f"head3 {head[:3]}",
        f"tail1 {one}", f"tail2 {head[-2:]}", f"tail3 {head[-3:]}", f"tail2 {head[-2:]} {_style(numbered)}",
        f"rest1 {other}", f"rest2 {rest[:2]}", f"rest3 {rest[:3]}", f"rest4 {rest[:4]}",
        f"seam11 {one}{other}", f"seam21 {head[-2:]} {other}", f"seam12 {one} {rest[:2]}", f"seam22 {head[-2:]} {rest[:2]}",
        f"heads {head[:2]} {rest[:2]}", f"asks {head[:2]} {one}",
        *[f"in head {character}" for character in dict.fromkeys(head)],
    ]  # fmt: skip


def shape_of_seam(line: str, begin: Opening, place: int, lm: Trigrams) -> list[str]:
    """Those features of a seam that are not words."""
    head, rest = line[begin.start : place].rstrip(), line[place : place + REACH]
    clause = first_clause(rest)
    length, again, numbered = bisect_right(_LENGTHS, len(head)), _again(head, rest), _style(bool(begin.style))
    kind, opens = _kind(head), _opens(rest)
    return [
        f"length {length}", f"length {length} {numbered}", f"rest {bisect_right(_CLAUSES, len(clause))}",
        f"again {again}", f"again {again} {'end' if again and head.endswith(rest[:again]) else 'inside'}",
        f"again {again} start {int(bool(again) and head.startswith(rest[:again]))}",
        f"whole again {min(4, len(head)) if rest.startswith(head) else 0}",
        f"again {again} behind {_behind(head, rest, again)}",
        f"kind {kind}", f"kind {kind} opens {opens}", f"opens {opens}",
        f"kind {kind} opens {opens} {numbered}", f"kind {kind} again {again}",
        f"shared {int(4 * len(set(head) & set(clause)) / len(set(head)))}",
        f"across {lm.crossing_word(line, begin.start, place)}", f"company {_company(head, rest, lm)}",
    ]  # fmt: skip


def _style(numbered: bool) -> str:
    return "numbered" if numbered else "bare"


def _kind(head: str) -> str:
    """What kind of heading the words of `head` make it."""
    if head in _HEADS_ONLY:
        return "whole"
    if head.startswith(ASKING):
        return "question"
    return "listed" if head.endswith(_HEADS_END) else "other"


def _opens(rest: str) -> int:
    """How surely the first word of `rest` opens a sentence: 0 to 2."""
    return 2 if rest.startswith(STARTS) else int(rest.startswith(OPENERS))


def _behind(head: str, rest: str, again: int) -> int:
    """How much stands in `head` behind what `rest` begins with again, in characters up to 4."""
    return min(4, len(head) - head.find(rest[:again]) - again) if again else -1


def _again(head: str, rest: str) -> int:
    """How many characters at the beginning of `rest` stand in `head` too: 0, or 2 to 5."""
    size = 0
    while size < 5 and size < len(rest) and rest[: size + 1] in head:
        size += 1
    return size if size >= 2 else 0


def _company(head: str, rest: str, lm: Trigrams) -> int:
    """How much likelier the first word of `rest` is behind the last of `head` than anywhere, in half powers of ten."""
    last, first = lm.best_split(head[-6:])[1][-1], lm.best_split(rest[:6])[1][0]
    return max(-4, min(4, round(2 * lm.pair_gain(last, first))))
