"""Traditional Chinese read as simplified Chinese, character by character, and words written
as a traditional text writes them.

The characters and phrases are those of OpenCC (`despin/data/scripts/README.md`). A line of the table is a name and
characters: `telling` that only traditional Chinese writes, `plain` that only simplified Chinese writes, pairs
(`simplified`: traditional and simplified character, `traditional`: the other way round, `taiwan` and `hongkong`: a form
and how it is written there); or `s` or, at the end of the table, `t`, a phrase and how it is written in simplified
(`s`) or traditional characters, with as many of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from despin.errors import ModelError
from despin.text.differences import common_ends
from despin.text.view import View
from despin.tuning import Scripts

TABLE = Path(__file__).parents[1] / "data" / "scripts" / "opencc-1.4.2.tsv"
#: The lines of the table that hold pairs of characters.
PAIRS = ("simplified", "traditional", "taiwan", "hongkong")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
#: What a line of a partly Japanese text has to hold to be Chinese.
_CHINESE = re.compile("[的了這們嗎呢吧您你麼]")
#: A form that traditional texts write beside another, though no region's table says so.
_BESIDE = (("臺", "台"),)


def longest_first(text: str, characters: Mapping[str, str], phrases: Callable[[str], Sequence[tuple[str, str]]]) -> str:
    """`text` with its phrases, the longest first, and its other characters converted; it keeps its length. `phrases`
    gives those that begin with two characters, each with what it becomes, the longest first."""
    found: list[str] = []
    place = 0
    while place < len(text):
        for phrase, written in phrases(text[place : place + 2]):
            if text.startswith(phrase, place):
                found.append(written)
                place += len(phrase)
                break
        else:
            found.append(characters.get(text[place], text[place]))
            place += 1
    return "".join(found)


@cache
def telling() -> frozenset[str]:
    """The characters that only traditional Chinese writes. Raises `ModelError` where
    the table is missing or damaged."""
    with _reading(), open(TABLE, encoding="utf-8") as file:
        name, _, characters = file.readline().rstrip("\n").partition("\t")
        if name != "telling":
            raise ValueError("no line of telling characters")
        return frozenset(characters)


@cache
def tables() -> Tables:
    """The whole table, read once. Raises `ModelError` where it is missing or damaged."""
    with _reading():
        # Most of the table, which few texts ask for, stands at its end.
        text, _, rest = TABLE.read_text("utf-8").partition("\nt\t")
        first, mark, phrases = text.partition("\ns\t")
        single = dict([line.split("\t") for line in first.splitlines()])
        found = Tables(single, _phrases("s", mark[1:] + phrases), f"t\t{rest}")
        if not all(single[name] for name in (*PAIRS, "plain")):
            raise ValueError("a line without characters")
        if any(len(single[name]) % 2 for name in PAIRS):
            raise ValueError("a character without its pair")
        return found


def _phrases(name: str, lines: str) -> dict[str, list[tuple[str, str]]]:
    """By their first two characters the phrases of lines of this name, the longest first, with how they are written.
    Raises `ValueError` for other lines."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in lines.splitlines():
        own, phrase, written = line.split("\t")
        if own != name or len(phrase) < 2 or not written:
            raise ValueError(f"a line of {own!r}")
        found.setdefault(phrase[:2], []).append((phrase, written))
    return {beginning: sorted(pairs, key=lambda pair: -len(pair[0])) for beginning, pairs in found.items()}


@contextmanager
def _reading() -> Iterator[None]:
    """What is wrong with the table as a `ModelError`."""
    try:
        yield
    except (OSError, ValueError, LookupError) as error:
        raise ModelError(f"{TABLE}: the table of characters cannot be read ({error}); install despin again") from None


@dataclass(frozen=True)
class Tables:
    """What the lines of the table hold: `single` by name; phrases of traditional characters by their first two; and, as
    text, the lines of the phrases of simplified characters, which are read when they are asked for: then `ModelError`
    is raised where they are damaged."""

    single: Mapping[str, str]
    to_simplified: Mapping[str, Sequence[tuple[str, str]]]
    rest: str

    @cached_property
    def _begun(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        with _reading():
            return _phrases("t", self.rest)

    def to_traditional(self, beginning: str) -> Sequence[tuple[str, str]]:
        """The phrases of simplified characters that begin with two of them, the longest first, with how they are
        written in traditional ones. Raises `ModelError` where their lines are damaged."""
        return self._begun.get(beginning, ())

    def _pairs(self, name: str) -> dict[str, str]:
        line = self.single[name]
        return dict(zip(line[::2], line[1::2], strict=True))

    @cached_property
    def traditional_of(self) -> dict[str, str]:
        """For every simplified character the traditional one that is written most."""
        return self._pairs("traditional")

    @cached_property
    def simplified_of(self) -> dict[str, str]:
        """For every traditional character the simplified one."""
        return self._pairs("simplified")

    @cached_property
    def plain(self) -> frozenset[str]:
        """The characters that only simplified Chinese writes."""
        return frozenset(self.single["plain"])

    @cached_property
    def regions(self) -> tuple[dict[str, str], dict[str, str]]:
        """How a form is written in Taiwan, and in Hong Kong."""
        return self._pairs("taiwan"), self._pairs("hongkong")

    @cached_property
    def variants(self) -> dict[str, frozenset[str]]:
        """Forms that are one character written in several ways, by each of them."""
        found: dict[str, frozenset[str]] = {}
        for one, other in [*_BESIDE, *(pair for region in self.regions for pair in region.items())]:
            group = found.get(one, frozenset((one,))) | found.get(other, frozenset((other,)))
            found.update(dict.fromkeys(group, group))
        return found

    def simplified(self, text: str) -> str:
        """`text` in simplified characters; it keeps its length."""
        return longest_first(text, self.simplified_of, lambda beginning: self.to_simplified.get(beginning, ()))

    def traditional(self, text: str) -> str:
        """`text` in traditional characters, as they are written most; it keeps its length."""
        return longest_first(text, self.traditional_of, self.to_traditional)


@dataclass(frozen=True)
class Written(View):
    """A text that is written in traditional characters as a whole or in some lines: it is read in simplified ones, and
    `spans` are the traditional lines, sorted and disjoint."""

    spans: tuple[tuple[int, int], ...]
    _known: dict[str, str | None] = field(default_factory=dict, compare=False, repr=False)

    def is_traditional(self, place: int) -> bool:
        """Whether what stands at a place is in traditional characters."""
        return any(start <= place < end for start, end in self.spans)

    def word(self, start: int, end: int, word: str) -> str:
        """A simplified word as it is written in the place of `source[start:end]`: as the text writes it elsewhere, else
        as it is written most among its neighbours, with the forms of characters that the text prefers."""
        if not self.is_traditional(min(start, len(self.source) - 1)):
            return word
        own = self._elsewhere(word)
        if own is not None:
            return own
        before = self.text[max(0, start - Scripts.around) : start].rpartition("\n")[2]
        after = self.text[end : end + Scripts.around].partition("\n")[0]
        found = tables().traditional(before + word + after)[len(before) : len(before) + len(word)]
        found = "".join(map(self._variant, found))
        # What the edit leaves as it is keeps the form it has.
        spun = self.text[start:end]
        first, last = common_ends(spun, word)
        found = self.source[start : start + first] + found[first:]
        return found[: len(found) - last] + self.source[end - last : end]

    def _elsewhere(self, word: str) -> str | None:
        """A word of several characters as the traditional lines write it most often; None where they do not hold it."""
        if word not in self._known:
            places = [match.start() for match in re.finditer(re.escape(word), self.text)] if len(word) > 1 else []
            counts = Counter(self.source[start : start + len(word)] for start in places if self.is_traditional(start))
            self._known[word] = max(counts, key=lambda one: (counts[one], one)) if counts else None
        return self._known[word]

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(self.source)

    @cached_property
    def _region(self) -> dict[str, str]:
        """How forms are written where the text seems to come from; as in Taiwan where it does not tell."""
        taiwan, hongkong = tables().regions
        counts = [
            sum(self._counts[form] for one, form in own.items() if other.get(one, one) != form)
            for own, other in ((taiwan, hongkong), (hongkong, taiwan))
        ]
        return hongkong if counts[1] > counts[0] else taiwan

    def _variant(self, character: str) -> str:
        """A character in the form that the text writes."""
        group = tables().variants.get(character)
        if group is None:
            return character
        best = max(sorted(group), key=lambda one: (self._counts[one], one == self._region.get(character, character)))
        return best if self._counts[best] else self._region.get(character, character)


def in_simplified(text: str) -> str:
    """A text in simplified characters, whatever it is written in."""
    return text if telling().isdisjoint(text) else tables().simplified(text)


def read(text: str) -> Written | None:
    """How a text is written, where it is in traditional characters as a whole or in some lines; None for any other.
    Japanese lines are none of them."""
    if telling().isdisjoint(text[:: min(Scripts.looked, len(text) // Scripts.looked) or 1]):
        return None
    spans = _spans(text, tables())
    if not spans:
        return None
    pieces: list[str] = []
    done = 0
    for start, end in spans:
        pieces += (text[done:start], tables().simplified(text[start:end]))
        done = end
    simplified = "".join((*pieces, text[done:]))
    return None if simplified == text else Written(text, simplified, spans)


def _spans(text: str, known: Tables) -> tuple[tuple[int, int], ...]:
    """The traditional lines of a text; lines that could be either go with the line before them."""
    told = sum(map(telling().__contains__, text))
    if not told:
        return ()
    plain = sum(map(known.plain.__contains__, text))
    mostly = told > plain
    japanese = bool(_KANA.search(text))
    spans: list[tuple[int, int]] = []
    state = mostly
    start = 0
    for line in text.splitlines(keepends=True):
        state = _is_traditional(line, known, mostly, japanese, state)
        if state and spans and spans[-1][1] == start:
            spans[-1] = spans[-1][0], start + len(line)
        elif state:
            spans.append((start, start + len(line)))
        start += len(line)
    return tuple(spans)


def _is_traditional(line: str, known: Tables, mostly: bool, japanese: bool, before: bool) -> bool:
    """Whether a line is traditional in a text that is `mostly` so, in which some lines are `japanese`;
    `before` says it of the line before."""
    told, plain = sum(map(telling().__contains__, line)), sum(map(known.plain.__contains__, line))
    if japanese and (len(_KANA.findall(line)) > Scripts.kana * len(line) or (told and not _CHINESE.search(line))):
        return False
    if not told and not plain:
        return before
    return told > plain if mostly else told >= Scripts.enough and told >= Scripts.enough * plain
