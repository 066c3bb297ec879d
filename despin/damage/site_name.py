"""The name of a site that a tool put for 我们: 让万通机械网一起努力.

Such a name stands again and again, and 我们 nowhere. A company's own news looks alike: there the name stands where
公司 does. Which it is the document says as a whole, by how much better 我们 fits than the best of such words.
"""

from __future__ import annotations

import re
from collections import Counter

from despin.lm.ngram import LanguageModel
from despin.results import Edit
from despin.text.traditional import in_simplified

WE = "我们"
#: What names of sites end with, and words that stand where a name is meant.
ENDS = ("网", "公司", "厂", "集团", "平台", "之家", "商城", "在线")
RIVALS = ("公司", "企业", "网站", "中国")
_END = re.compile(f"(?<=[\u3400-\u9fff]{{3}})(?:{'|'.join(ENDS)})")
#: A name stands so many times at least, and has so many characters; so many on each side tell whether 我们 fits.
LEAST, SHORTEST, LONGEST, AROUND = 4, 4, 12, 6
#: One place says no more than this (log10). Less than `USUAL` on average is what names of companies say; a document is
#: believed from `THRESHOLD` on, all its places together (201,000 clean texts say 3.2 at most), and `BELIEVED` then
#: speaks for each place besides.
MOST, USUAL, THRESHOLD, BELIEVED = 2.0, 0.5, 4.0, 1.0
ENTRY = "damage:site-name"


def may_have_site_name(text: str) -> bool:
    """Whether so much in a text looks like the name of a site that `repair_site_name` may find anything."""
    return WE not in text and "我們" not in text and sum(map(text.count, ENDS)) >= LEAST


def repair_site_name(text: str, model: LanguageModel, least: float) -> list[Edit]:
    """The edits that put 我们 back for a name, those that are at least as sure as `least`; none where the document does
    not show that a tool put the name there."""
    name = _name(text)
    if name is None:
        return []
    we = WE if in_simplified(text) == text else "我們"
    places = [match.span() for match in re.finditer(re.escape(name), text)]
    read = in_simplified(text)
    gains = [max(-MOST, min(MOST, _gain(read, start, end, model))) for start, end in places]
    # What stands again between the same words says nothing new.
    said = {text[max(0, start - AROUND) : end + AROUND]: gain for (start, end), gain in zip(places, gains, strict=True)}
    if len(said) < LEAST or sum(said.values()) - USUAL * len(said) < THRESHOLD:
        return []
    chances = [1.0 / (1.0 + 10.0 ** -(gain + BELIEVED)) for gain in gains]
    return [
        Edit(*at, name, we, chance, ENTRY)
        for at, chance in zip(places, chances, strict=True)
        if chance >= max(least, 0.5)
    ]


def _name(text: str) -> str | None:
    """The name that most often ends as names of sites do, with what stands before it at four of five places."""
    ends = Counter(text[match.end() - SHORTEST : match.end()] for match in _END.finditer(text))
    name, count = ends.most_common(1)[0] if ends else ("", 0)
    while count >= LEAST and len(name) < LONGEST:
        before = Counter(re.findall(f"[\u3400-\u9fff](?={re.escape(name)})", text)).most_common(1)
        if not before or before[0][1] < 0.8 * count:
            break
        name = before[0][0] + name
    return name if count >= LEAST else None


def _gain(text: str, start: int, end: int, model: LanguageModel) -> float:
    """log10 of how much better 我们 fits at a place than the best of words that stand for a name."""
    before = model.best_split(text[max(0, start - AROUND) : start].rpartition("\n")[2])[1][-2:]
    behind = model.best_split(text[end : end + AROUND].partition("\n")[0])[1][:2]

    def score(word: str) -> float:
        return float(sum(model.trigrams.scores([*before, word, *behind])[0][len(before) :]))

    return score(WE) - max(map(score, RIVALS))
