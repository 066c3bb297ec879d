"""The lines of a page and what each of them looks like: prose, headline or something else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from despin.tuning import Articles

_BREAK = re.compile("\r\n|[\n\r\u2028\u2029]")
NOT_HAN = re.compile("[^\u3400-\u4dbf\u4e00-\u9fff]+")
_KANA = re.compile("[\u3041-\u30ff]")
_NOT_LETTER = re.compile(r"[\W\d_]+")
#: A full stop in Chinese text: its own mark, or a Latin one after a character that no digit or letter follows.
_FULL_STOP = re.compile("。|(?<=[\u4e00-\u9fff])[.．](?![.．\\w]|$)|(?<=[\u4e00-\u9fff][\u4e00-\u9fff])[.．]$")
_STOP = re.compile("[。！？!?；;…]")
_COMMA = re.compile("[，,、]")
_BULLET = re.compile(r"^(?:[\s\-–—•·●■□◆◇▪▶►»>»*#|○★☆√+]+|(?:\(?\d{1,2}[).、．]|\[\d{1,2}\]|[①-⑳])\s*)+")
_SECTION = re.compile(r"^(?:[\s\-–•·]*(?:\d{1,2}(?:\.\d{1,2}){0,3}[.、．)]?|[一二三四五六七八九十]{1,3}[、.．])\s*)")
_LABELLED = re.compile(r"(?:^|[\s|｜/\[【(（])[\u4e00-\u9fff]{2,5}[:：]")
_WHEN = re.compile(
    r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}|\b\d{1,2}-\d{1,2} \d{1,2}:\d\d\b|\b\d{1,2}:\d\d:\d\d\b|"
    r"\d{1,2}月\d{1,2}日 \d{1,2}:\d\d"
)
_GAP = re.compile(r"[\s|｜/·•>»]+")
_OPEN_ENDS = (":", "：", ",", "，", "、")
_SQUARE = re.compile(r"[\[\]【】「」『』〖〗]")
_OUTER = {"(": ")", "《": "》", "<": ">", "{": "}"}
_SPACE = re.compile(r"\s+")


@dataclass(slots=True)
class Row:
    """A line under consideration, number `index` of all lines, counted from 0. `text` is stripped; `start` and `end`
    are those of the whole line. `prose` says that it reads like running text; `han` counts its Chinese characters."""

    index: int
    start: int
    end: int
    text: str
    han: int
    prose: bool
    bullet: bool
    linked: bool = False
    plain: str = ""
    #: Whether it stands as it was typed, among lines without a sentence: code, a table, a poem.
    typed: bool = False

    @property
    def menu(self) -> bool:
        """Whether it is a row of short words with gaps or bars between them."""
        words = self._parts()
        return (
            len(words) >= 5
            and self.han > 0
            and len(self.text) <= 8 * len(words)
            and max(map(len, words)) <= 10
            and not self.prose
        )

    @property
    def words(self) -> bool:
        """Whether it is three short words or more with gaps or bars between them, as a path or a menu is."""
        words = self._parts()
        return len(words) >= 3 and max(map(len, words)) <= Articles.longest_word and not self.prose

    def _parts(self) -> list[str]:
        """What stands between gaps and bars and has a letter in it."""
        return [word for word in _GAP.split(self.text) if _NOT_LETTER.sub("", word)]

    @property
    def item(self) -> bool:
        """Whether it is short enough for a headline, a menu or an item of a list."""
        return len(self.text) <= Articles.longest_item


def line_bounds(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of every line without its break, in code points; no line follows a break at the end."""
    position = 0
    for match in _BREAK.finditer(text):
        yield position, match.start()
        position = match.end()
    if position < len(text) or not text:
        yield position, len(text)


def read_rows(text: str, same: dict[int, str]) -> list[Row]:
    """Every line of `text` that holds anything as a `Row`; `same` maps traditional characters to simplified ones."""
    rows = []
    for index, (start, end) in enumerate(line_bounds(text)):
        line = text[start:end].strip()
        if line:
            han, bullet = count_han(line), _BULLET.match(line) is not None
            plain = plain_form(line, same) if len(line) <= Articles.longest_pattern else ""
            rows.append(Row(index, start, end, line, han, reads_like_prose(line, han), bullet, plain=plain))
    return rows


def count_han(text: str) -> int:
    """How many Chinese characters `text` holds."""
    return len(NOT_HAN.sub("", text))


def reads_like_prose(line: str, han: int) -> bool:
    """Whether a line holds whole sentences; headlines may ask and exclaim, but have no full stop and are short."""
    if han < 8:
        return False
    if _FULL_STOP.search(line):
        return True
    if han < 45:
        return False
    stops, commas = len(_STOP.findall(line)), len(_COMMA.findall(line))
    if stops >= 2 or (stops >= 1 and commas >= 1) or commas >= 2:
        return True
    # Long lines of words with gaps between them are menus, without gaps they are unpunctuated text.
    return han >= 100 and len(line.split()) * 12 < han


def ends_openly(line: str) -> bool:
    """Whether a line announces what follows it: a list after it belongs to the article."""
    return line.rstrip().endswith(_OPEN_ENDS)


def plain_form(line: str, same: dict[int, str]) -> str:
    """The line as the patterns see it; its length differs from that of the line."""
    plain = unicodedata.normalize("NFKC", line).lower().translate(same)
    plain = _SPACE.sub(" ", _SQUARE.sub(" ", _BULLET.sub("", plain))).strip()
    while len(plain) > 2 and _OUTER.get(plain[0]) == plain[-1] and plain[-1] not in plain[1:-1]:
        plain = plain[1:-1].strip()
    return plain


def looks_like_record(line: str) -> bool:
    """Whether a line is a record of the page and no sentence: it has a date or a time, or labels."""
    if len(line) > Articles.longest_item + 30 or len(_COMMA.findall(line)) or count_han(line) > 40:
        return False
    # Labels with a colon, as in "作者:溪水 来源:竹林网".
    return _WHEN.search(line) is not None or len(_LABELLED.findall(line)) >= 2


def has_figure(line: str) -> bool:
    """Whether a line has a digit in it."""
    return any(character.isdigit() for character in line)


def without_number(line: str) -> str:
    """The line without the number of a section before it."""
    return _SECTION.sub("", line).strip()


def is_chinese(text: str) -> bool:
    """Whether a page is Chinese: at least a third of its words (four letters of another script count as one Chinese
    character), and hardly any Japanese ones among them. Judged on the first, middle and last 20,000 code points of a
    longer page."""
    if len(text) > 60_000:
        middle = len(text) // 2
        text = text[:20_000] + text[middle : middle + 20_000] + text[-20_000:]
    letters = len(_NOT_LETTER.sub("", text))
    han = count_han(text)
    return han * 3 >= han + (letters - han) / 4 and len(_KANA.findall(text)) * 20 <= han


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring Chinese characters of `text`."""
    found: set[str] = set()
    for run in NOT_HAN.split(text):
        found.update(map("".join, pairwise(run)))
    return found


class Vocabulary:
    """The character pairs of an article."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.pairs: set[str] = set()
        left = Articles.enough
        for line in lines:
            self.pairs |= pairs(line[:left])
            left -= len(line)
            if left <= 0:
                break

    def share(self, line: str) -> float:
        """The share of the line's character pairs that the article holds too, 0 to 1; 0 for a line without pairs."""
        own = pairs(line)
        return len(own & self.pairs) / len(own) if own else 0.0
