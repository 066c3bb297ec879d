"""Pinyin in brackets that a tool put behind characters: 機(ji)(ji)械, 公（gōng）司.

Tools of site farms put it behind a sample of the characters of a text, wherever these stand in a line, as often as the
sample holds them; many turn the text into traditional characters first. People write readings for other reasons. A
gloss stands behind a rare character, a reading for learners behind a new one, where that comes first; a primer has a
reading behind every character; who writes about readings has several for one character. Which it is the document says
as a whole: what is likelier from a tool is added up against glosses, new characters and primers, and all must be
unlikely.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from despin.lm.ngram import LanguageModel
from despin.results import Edit
from despin.text.traditional import in_simplified, tables, telling
from despin.tuning import PinyinEvidence

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_SYLLABLE = f"[a-zɡɑü{_TONED}]{{1,7}}"
_HAN = "[\u3400-\u9fff]"
_READINGS = rf"(?:\({_SYLLABLE}\)|（{_SYLLABLE}）)"
ENTRY = "damage:pinyin"


class Gloss(NamedTuple):
    """What stands in brackets behind a character of a text, from `start` to `end`: its reading, so many `times`."""

    start: int
    end: int
    character: str
    reading: str
    times: int


def may_have_readings(text: str) -> bool:
    """Whether there are brackets with syllables enough in `text` for `repair_pinyin` to find anything."""
    if "(" not in text and "（" not in text:  # Looking for one is quicker than counting, and most texts have none.
        return False
    if text.count("(") + text.count("（") < PinyinEvidence.fewest:
        return False
    found = islice(re.finditer(_HAN + _READINGS, text), PinyinEvidence.fewest)
    return sum(1 for _ in found) == PinyinEvidence.fewest


def repair_pinyin(text: str, model: LanguageModel) -> list[Edit]:
    """The edits that take the readings out of `text`, sorted and disjoint; none where no tool put them there. What such
    a tool left in traditional characters was simplified before and goes back to that."""
    places = readings(text)
    if evidence(text, places, model) < PinyinEvidence.threshold:
        return []
    ends = {place.start: place.end for place in places}
    read = in_simplified(text) if _is_traditional(text) else text
    edits: list[Edit] = []
    for place, (character, original) in enumerate(zip(text, read, strict=True)):
        end = ends.get(place + 1)
        if end is not None and original == character:
            edits.append(Edit(place + 1, end, text[place + 1 : end], "", PinyinEvidence.sure, ENTRY))
        elif original != character:
            end = place + 1 if end is None else end
            edits.append(Edit(place, end, text[place:end], original, PinyinEvidence.sure, ENTRY))
    return edits


def readings(text: str) -> list[Gloss]:
    """The places of `text` where a reading of the character before it stands in brackets, once or several times."""
    found: list[Gloss] = []
    for match in re.finditer(f"(?<={_HAN}){_READINGS}+", text):
        character = text[match.start() - 1]
        each = re.findall(_SYLLABLE, match[0])
        if len(set(each)) == 1 and plain(each[0]) in _known(character):
            found.append(Gloss(match.start(), match.end(), character, each[0], len(each)))
    return found


def evidence(text: str, places: Sequence[Gloss], model: LanguageModel) -> float:
    """log10 of how much likelier a tool has put the readings at these places of `text` than anybody else has. Each sign
    of the one or the other counts as ten to one."""
    marked = Counter(place.character for place in places)
    if len(marked) < PinyinEvidence.fewest:
        return -math.inf
    tones = sum(place.reading != plain(place.reading) for place in places)
    # One who has several readings for a character writes about readings.
    both = -_limited(len({(place.character, place.reading) for place in places}) - len(marked))
    # Who tells how to read a character tells its tone, and who writes traditional ones learns other letters than
    # pinyin.
    both += (tones < 0.1 * len(places)) + _is_traditional(text)
    turned = sum(in_simplified(character) != character for character in marked.elements())
    both += _limited(len(marked) * (turned >= PinyinEvidence.full * len(places)))
    rare = sum(model.unigram(in_simplified(character)) < PinyinEvidence.seldom for character in marked)
    against_new = _of_order(text, places, marked)
    against_gloss = against_new + _of_repetition(text, marked) - _limited(rare)
    return both + min(against_gloss, against_new, _of_shares(text))


def _of_shares(text: str) -> float:
    """What it says how much of the runs of characters has readings: a tool gives them to some of the characters, or to
    all of those of an article; those who learn to read are given short clauses."""
    runs = [match[0] for match in re.finditer(f"(?:{_HAN}{_READINGS}*)+", text)]
    counts = [(len(re.findall(_HAN, run)), len(re.findall(_HAN + _READINGS, run))) for run in runs]
    told = [(size, count) for size, count in counts if count]
    some = _limited(sum(size > PinyinEvidence.brief and count < PinyinEvidence.full * size for size, count in told))
    every = _limited(sum((size >= PinyinEvidence.wordy) - (size <= PinyinEvidence.brief) for size, _ in told))
    return math.log10((10.0**some + 10.0**every) / 2.0)


def _of_repetition(text: str, marked: Mapping[str, int]) -> float:
    """What it says how many of the characters with readings come again in the text."""
    written = Counter(re.findall(_HAN, text))
    once = sum(count == 1 for count in written.values()) / written.total()
    alone, glossed = sum(written[character] == 1 for character in marked), PinyinEvidence.glossed_once
    total = alone * math.log10(max(once, 0.01) / glossed)
    return _limited(total + (len(marked) - alone) * math.log10(max(1.0 - once, 0.01) / (1.0 - glossed)))


def _of_order(text: str, places: Sequence[Gloss], marked: Mapping[str, int]) -> float:
    """What it says which of the places of a character that comes again have readings."""
    first = {place.character: place.start - 1 for place in reversed(places)}
    total = 0.0
    for character, count in marked.items():
        if text.count(character) > 1:
            total += -1.0 if count == 1 and text.index(character) == first[character] else 1.0
    return _limited(total)


def plain(reading: str) -> str:
    """A reading without its tone; ü is written u, as many do."""
    bare = unicodedata.normalize("NFD", reading.replace("ɡ", "g").replace("ɑ", "a").replace("v", "u"))
    return "".join([one for one in bare if not unicodedata.combining(one)])


@lru_cache(maxsize=4096)
def _known(character: str) -> frozenset[str]:
    """The readings of a character, without tones."""
    from pypinyin import Style, pinyin

    return frozenset(map(plain, pinyin(character, style=Style.TONE, heteronym=True)[0]))


def _is_traditional(text: str) -> bool:
    """Whether a text is written in traditional characters."""
    return sum(map(telling().__contains__, text)) > sum(map(tables().plain.__contains__, text))


def _limited(evidence: float) -> float:
    return max(-PinyinEvidence.most, min(PinyinEvidence.most, evidence))
