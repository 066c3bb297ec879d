"""Traditional pages with the pinyin of characters behind them: 說(shuō)明.

A tool of site farms turns a simplified page into traditional characters and writes the pinyin of some of them in
brackets behind them. Hardly anybody else does: who writes traditional Chinese needs no readings, and who learns it gets
them for every word or for the rare ones. Such a text was written in simplified Chinese, so all of it goes back to that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from despin.results import Clue, Edit

#: Patterns are compiled when they are first needed: few texts hold any of these letters.
_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
_READING = f"(?<=[\u4e00-\u9fff])[(（][a-zü]{{0,5}}[{_TONES}][a-zü]{{0,4}}[)）]"
#: Syllables without a tone (們(men)), which alone prove nothing.
_LIGHT = "(?<=[\u4e00-\u9fff])[(（][a-z]{2,5}[)）]"
#: A text is taken for one of that tool's when it holds so many readings, of so many different characters, one in so
#: many characters, and so large a share of them stands behind traditional characters.
LEAST, DIFFERENT, SPACING, BEHIND_TRADITIONAL = 5, 4, 100, 0.8
#: The family of the lexicon whose entries are single traditional characters.
TRADITIONAL_FAMILY = "traditional"
#: How sure its edits are: the tool leaves no doubt, the table of characters hardly any.
SURE = 0.99
ENTRY = "damage:pinyin"


def may_have_readings(text: str) -> bool:
    """Whether there are brackets and letters with a tone enough in `text` for `repair_pinyin` to find anything."""
    if "(" not in text and "（" not in text:  # Looking for one is quicker than counting, and most texts have none.
        return False
    return text.count("(") + text.count("（") >= LEAST and any(map(text.__contains__, _TONES))


def repair_pinyin(text: str, simplified: Mapping[str, str]) -> list[Edit]:
    """The edits that take the readings out of `text` and put simplified characters for traditional ones, sorted and
    disjoint; none for a text that is not of that tool. `simplified` gives for every traditional
    character the simplified one."""
    readings = {found.start(): found.end() for found in re.finditer(_READING, text)}
    behind = [text[start - 1] for start in readings]
    if (
        len(behind) < max(LEAST, len(text) / SPACING)
        or len(set(behind)) < DIFFERENT
        or sum(character in simplified for character in behind) < BEHIND_TRADITIONAL * len(behind)
    ):
        return []
    light = {found.start(): found.end() for found in re.finditer(_LIGHT, text)}
    readings |= {start: end for start, end in light.items() if text[start - 1] in simplified}
    edits: list[Edit] = []
    for place, character in enumerate(text):
        end = readings.get(place + 1)
        original = simplified.get(character, character)
        if end is not None and original == character:
            edits.append(Edit(place + 1, end, text[place + 1 : end], "", SURE, ENTRY))
        elif original != character:
            end = place + 1 if end is None else end
            edits.append(Edit(place, end, text[place:end], original, SURE, ENTRY))
    return edits


def clues(edits: Sequence[Edit], weight: float) -> tuple[Clue, ...]:
    """The characters that readings stand behind, the most frequent first; each weighs `weight`."""
    counts = Counter((edit.spun, edit.original) for edit in edits if len(edit.spun) > 1)
    return tuple(Clue(spun, original, count, weight) for (spun, original), count in counts.most_common())
