"""What stands around the place where a heading may be glued to the sentence below it, as evidence: names of features."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from despin.fluency import LanguageModel

#: What may number a heading, by its style.
_NUMBER = re.compile(
    r"[ \u3000]*(?:(?P<part>第[一二三四五六七八九十百\d]{1,4}[章节步部分]{1,2}[、:：. ]?)|(?P<chinese>[一二三四五六七八九十]{1,3}[、.．])|"
    r"(?P<bracket>[(（][一二三四五六七八九十\d]{1,2}[)）][、.]?)|(?P<arabic>\d{1,2}(?:\.\d{1,2}){0,2}[、.．]?(?=[ \u3400-\u9fff])))?[ \u3000]*"
)
_HEAD = re.compile(r"[\u3400-\u9fffA-Za-z0-9 .+#/、（）()《》“”：:\-—]{0,30}")
_CLAUSE = re.compile("[，。：:；;！？!?]")
_LETTERS = re.compile("[A-Za-z0-9]")
_LENGTHS = (2, 3, 4, 5, 6, 8, 10, 13, 17, 24)
_CLAUSES = (4, 7, 10, 14, 20, 30)
#: A heading has so many characters, and so many stand behind it in its line.
SHORTEST, LONGEST, REST = 2, 20, 10


class Opening(NamedTuple):
    """The opening of a line: where it begins behind its number, the style of that number (or nothing), and the places
    where a heading may end."""

    start: int
    style: str
    places: list[int]


def opening(line: str) -> Opening:
    """Where a heading may end in `line`."""
    match = _NUMBER.match(line)
    start, style = (match.end(), match.lastgroup or "") if match else (0, "")
    reach = _HEAD.match(line, start, start + LONGEST + 1)
    end = min(reach.end() if reach else start, start + LONGEST, len(line) - REST)
    places = [
        place
        for place in range(start + SHORTEST, end + 1)
        if not _LETTERS.match(line[place - 1]) or not _LETTERS.match(line[place])
        if line[place] not in " .、）)》”：:+-—/" and line[place - 1] not in "、（(《“-—/"
    ]
    return Opening(start, style, places)


def line_features(line: str, begin: Opening) -> list[str]:
    """The features of a line whose opening is the beginning of its first sentence."""
    clause = _CLAUSE.split(line[begin.start : begin.start + 60], maxsplit=1)[0]
    length = bisect_right(_CLAUSES, len(clause))
    return [
        "whole", f"number {begin.style}", f"clause {length}", f"clause {length} number {begin.style}",
        f"opens1 {clause[:1]}", f"opens2 {clause[:2]}", f"opens3 {clause[:3]}", f"closes1 {clause[-1:]}", f"closes2 {clause[-2:]}",
        *[f"in clause {character}" for character in set(clause)],
    ]  # fmt: skip


def seam_features(line: str, begin: Opening, place: int, model: LanguageModel) -> list[str]:
    """The features of a line that is a heading up to `place` and a sentence from there."""
    head, rest = line[begin.start : place].rstrip(), line[place : place + 60]
    clause = _CLAUSE.split(rest, maxsplit=1)[0]
    length, one, other = bisect_right(_LENGTHS, len(head)), head[-1:], rest[:1]
    again = _again(head, rest)
    numbered = "numbered" if begin.style else "bare"
    return [
        f"length {length}", f"length {length} {numbered}", f"rest {bisect_right(_CLAUSES, len(clause))}",
        f"head1 {head[:1]}", f"head2 {head[:2]}", f"head3 {head[:3]}",
        f"tail1 {one}", f"tail2 {head[-2:]}", f"tail3 {head[-3:]}", f"tail2 {head[-2:]} {numbered}",
        f"rest1 {other}", f"rest2 {rest[:2]}", f"rest3 {rest[:3]}", f"rest4 {rest[:4]}",
        f"seam11 {one}{other}", f"seam21 {head[-2:]} {other}", f"seam12 {one} {rest[:2]}", f"seam22 {head[-2:]} {rest[:2]}",
        f"heads {head[:2]} {rest[:2]}", f"asks {head[:2]} {one}",
        f"again {again}", f"again {again} {'end' if again and head.endswith(rest[:again]) else 'inside'}",
        f"again {again} start {int(bool(again) and head.startswith(rest[:again]))}",
        f"shared {int(4 * len(set(head) & set(clause)) / len(set(head)))}",
        f"across {_across(line, begin.start, place, model)}", f"company {_company(head, rest, model)}",
        *[f"in head {character}" for character in set(head)],
    ]  # fmt: skip


def _again(head: str, rest: str) -> int:
    """How many characters at the beginning of `rest` stand in `head` too: 0, or 2 to 5."""
    size = 0
    while size < 5 and size < len(rest) and rest[: size + 1] in head:
        size += 1
    return size if size >= 2 else 0


def _across(line: str, start: int, place: int, model: LanguageModel) -> int:
    """How long the longest word is that runs across `place`: 0, or 2 to 4."""
    return max(
        (
            last - first
            for first in range(max(start, place - 3), place)
            for last in range(place + 1, min(len(line), first + 4) + 1)
            if model.knows(line[first:last])
        ),
        default=0,
    )


def _company(head: str, rest: str, model: LanguageModel) -> int:
    """How much likelier the first word of `rest` is behind the last of `head` than anywhere, in half powers of ten."""
    last, first = model.best_split(head[-6:])[1][-1:], model.best_split(rest[:6])[1][:1]
    together = model.sequence([*last, *first]) - model.sequence(last)
    return max(-4, min(4, round(2 * (together - model.sequence(first)))))
