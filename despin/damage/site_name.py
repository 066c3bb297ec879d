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
RIVALS = ("公司", "企业", "网站", "中国", "记者")
#: A name stands so many times at least, and has so many characters; so many of what a text repeats most are tried, and
#: so many characters of it read. So many on each side of a name tell whether 我们 fits.
LEAST, SHORTEST, LONGEST, TRIED, READ, AROUND = 4, 4, 12, 3, 20_000, 6
#: One place says no more than this (log10). Less than `USUAL` on average is what names of companies say; a document is
#: believed from `THRESHOLD` on, all its places together (201,000 clean texts say 3.2 at most), with a name that ends
#: otherwise from `OTHER` on (60,000: 7.4), and `BELIEVED` then speaks for each place besides.
MOST, USUAL, THRESHOLD, OTHER, BELIEVED = 2.0, 0.5, 4.0, 8.0, 1.0
ENTRY = "damage:site-name"
#: What stands before 我们 most often.
BEFORE = "，。\n是让“在为果了对给当？于以但助诉：么到后如「用着和与时"
_BEGINNING = re.compile(f"(?<=[{BEFORE}])[\u3400-\u9fff]{{{SHORTEST}}}")


def may_have_site_name(text: str) -> bool:
    """Whether a text has no 我们, and something in it stands so often that it may be a name."""
    return WE not in text and "我們" not in text and bool(_repeated(text))


def _repeated(text: str) -> list[str]:
    """What a text begins `LEAST` names and more with where 我们 may stand, the most frequent first."""
    counts = Counter(_BEGINNING.findall(text[:READ]))
    return [name for name, count in counts.most_common(TRIED) if count >= LEAST - 1]


def repair_site_name(text: str, model: LanguageModel, least: float) -> list[Edit]:
    """The edits that put 我们 back for a name, those that are at least as sure as `least`; none where the document does
    not show that a tool put the name there."""
    we = WE if in_simplified(text) == text else "我們"
    read = in_simplified(text)
    for name in dict.fromkeys(_whole(text, name) for name in _repeated(text)):
        places = [match.span() for match in re.finditer(name, text)]
        gains: list[float] = []
        # What stands again between the same words says nothing new.
        said: dict[str, float] = {}
        for start, end in places:
            gains.append(max(-MOST, min(MOST, _gain(read, start, end, model))))
            said[text[max(0, start - AROUND) : end + AROUND]] = gains[-1]
            if len(said) == LEAST and sum(said.values()) < USUAL * LEAST:
                break
        bar = THRESHOLD if name.endswith(ENDS) else OTHER
        if len(said) < LEAST or sum(said.values()) - USUAL * len(said) < bar:
            continue
        chances = [1.0 / (1.0 + 10.0 ** -(gain + BELIEVED)) for gain in gains]
        return [
            Edit(*at, name, we, chance, ENTRY)
            for at, chance in zip(places, chances, strict=True)
            if chance >= max(least, 0.5)
        ]
    return []


def _whole(text: str, name: str) -> str:
    """The beginning of a name with what follows at four of five of its places."""
    while len(name) < LONGEST:
        behind = Counter(text[match.end() : match.end() + 1] for match in re.finditer(name, text))
        (character, count), *_ = behind.most_common(1)
        if count < 0.8 * behind.total() or not "\u3400" <= character <= "\u9fff":
            break
        name += character
    return name


def _gain(text: str, start: int, end: int, model: LanguageModel) -> float:
    """log10 of how much better 我们 fits at a place than the best of words that stand for a name."""
    before = model.best_split(text[max(0, start - AROUND) : start].rpartition("\n")[2])[1][-2:]
    behind = model.best_split(text[end : end + AROUND].partition("\n")[0])[1][:2]

    def score(word: str) -> float:
        return float(sum(model.trigrams.scores([*before, word, *behind])[0][len(before) :]))

    return score(WE) - max(map(score, RIVALS))
