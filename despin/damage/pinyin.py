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

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_SYLLABLE = f"[a-zɡɑü{_TONED}]{{1,7}}"
_HAN = "[\u3400-\u9fff]"
#: Pinyin of any length with a tone in it.
_PHRASE = rf"(?<={_HAN})[(（]([a-zɡɑü '’]{{0,20}}[{_TONED}][a-zɡɑü{_TONED} '’]{{0,20}})[)）]"
_READINGS = rf"(?:\({_SYLLABLE}\)|（{_SYLLABLE}）)"
#: A text is looked at more closely when it holds so many readings, of so many different characters.
LEAST, DIFFERENT = 5, 4
#: log10 of how much likelier a tool wrote the readings than anybody else, from which on they are taken out.
THRESHOLD = 2.0
#: How sure edits are then: readings leave no doubt, the table of characters hardly any.
SURE = 0.99
ENTRY = "damage:pinyin"

#: The most that one kind of evidence may say, for a tool or against it; all of it is log10.
MOST = 4.0
#: What a character says that has a reading twice in one place, and one that has several readings.
DOUBLED, SEVERAL = 1.0, -1.2
#: What readings without tones say, and readings with them: who tells how to read a character tells its tone.
TONELESS, TONED = 2.0, -0.2
#: What it says that a character is a word of its own so often, or so seldom (log10 of its share of words), and of any
#: other. Of the characters of articles 46 % are of the first kind, and 6 % of the second.
OFTEN, COMMON, SELDOM, RARE, USUAL = -4.0, 0.4, -5.6, -0.8, 0.1
#: The share of glosses that stand behind characters which come once in their text.
GLOSSED_ONCE = 0.8
#: What it says of a character that comes again that its only reading is behind the first, and that it is not.
FIRST, LATER = -0.9, 0.6
#: The share of the characters of a run that has readings in primers, what such a run says, and what any other says
#: that has more characters.
FULL, PRIMER, OTHER, BRIEF = 0.8, -0.3, 0.6, 4
#: What runs of so many characters say of a text that has readings behind all of them, and what runs of so few: those
#: who learn to read are given short clauses (5 % of 10 characters and more; articles have 40 %).
WORDY, ADULT, SHORT, EASY, MOST_WORDY = 10, 0.5, 7, -0.15, 6.0
#: The share of tools that put readings behind every character.
EVERY = 0.4
#: What it says that all readings stand behind traditional characters, by character, and that the text is traditional:
#: those who write such characters learn other letters than pinyin.
TURNED, TRADITIONAL = 0.5, 1.0
#: What the pinyin of several characters in brackets says, each time.
WORDS = -0.5


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
    if text.count("(") + text.count("（") < LEAST:
        return False
    return sum(1 for _ in islice(re.finditer(_HAN + _READINGS, text), LEAST)) == LEAST


def repair_pinyin(text: str, model: LanguageModel) -> list[Edit]:
    """The edits that take the readings out of `text`, sorted and disjoint; none where no tool put them there. What such
    a tool left in traditional characters was simplified before and goes back to that."""
    places = readings(text)
    if evidence(text, places, model) < THRESHOLD:
        return []
    ends = {place.start: place.end for place in places}
    read = in_simplified(text) if _is_traditional(text) else text
    edits: list[Edit] = []
    for place, (character, original) in enumerate(zip(text, read, strict=True)):
        end = ends.get(place + 1)
        if end is not None and original == character:
            edits.append(Edit(place + 1, end, text[place + 1 : end], "", SURE, ENTRY))
        elif original != character:
            end = place + 1 if end is None else end
            edits.append(Edit(place, end, text[place:end], original, SURE, ENTRY))
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
    """log10 of how much likelier a tool has put the readings at these places of `text` than anybody else has."""
    marked = Counter(place.character for place in places)
    if len(places) < LEAST or len(marked) < DIFFERENT:
        return -math.inf
    doubled = {place.character for place in places if place.times > 1}
    tones = sum(place.reading != plain(place.reading) for place in places)
    several = len({(place.character, place.reading) for place in places}) - len(marked)
    both = min(MOST, DOUBLED * len(doubled)) + max(-MOST, SEVERAL * several)
    both += TONELESS if tones < 0.1 * len(places) else TONED
    both += max(-MOST, WORDS * len(set(re.findall(_PHRASE, text)) - {place.reading for place in places}))
    both += TRADITIONAL * _is_traditional(text)
    if sum(in_simplified(character) != character for character in marked.elements()) >= FULL * len(places):
        both += min(MOST, TURNED * len(marked))
    runs = [match[0] for match in re.finditer(f"(?:{_HAN}{_READINGS}*)+", text)]
    counts = [(len(re.findall(_HAN, run)), len(re.findall(_HAN + _READINGS, run))) for run in runs]
    against_gloss = _of_frequency(marked, model) + _of_repetition(text, marked)
    against_new = _of_order(text, places, marked)
    return both + min(against_gloss + against_new, against_new, _of_shares(counts))


def _of_shares(counts: Sequence[tuple[int, int]]) -> float:
    """What it says how much of the runs has readings: a tool gives them to some of the characters, or to all of those
    of an article."""
    told = [(size, count) for size, count in counts if count]
    some = _limited(sum(PRIMER if count >= FULL * size else OTHER * (size > BRIEF) for size, count in told))
    every = sum(ADULT if size >= WORDY else EASY * (size <= SHORT) for size, _ in told)
    return math.log10((1.0 - EVERY) * 10.0**some + EVERY * 10.0 ** min(MOST_WORDY, every))


def _of_frequency(marked: Mapping[str, int], model: LanguageModel) -> float:
    """What it says how often the characters with readings are written."""
    often = [model.unigram(in_simplified(character)) for character in marked]
    return _limited(sum(COMMON if each >= OFTEN else RARE if each < SELDOM else USUAL for each in often))


def _of_repetition(text: str, marked: Mapping[str, int]) -> float:
    """What it says how many of the characters with readings come again in the text."""
    written = Counter(re.findall(_HAN, text))
    once = sum(count == 1 for count in written.values()) / written.total()
    alone = sum(written[character] == 1 for character in marked)
    total = alone * math.log10(max(once, 0.01) / GLOSSED_ONCE)
    return _limited(total + (len(marked) - alone) * math.log10(max(1.0 - once, 0.01) / (1.0 - GLOSSED_ONCE)))


def _of_order(text: str, places: Sequence[Gloss], marked: Mapping[str, int]) -> float:
    """What it says which of the places of a character that comes again have readings."""
    first = {place.character: place.start - 1 for place in reversed(places)}
    total = 0.0
    for character, count in marked.items():
        if text.count(character) > 1:
            total += FIRST if count == 1 and text.index(character) == first[character] else LATER
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
    return max(-MOST, min(MOST, evidence))
