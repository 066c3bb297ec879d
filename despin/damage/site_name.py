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
from despin.tuning import SiteNames

WE = "我们"
#: What names of sites end with, and words that stand where a name is meant.
ENDS = ("网", "公司", "厂", "集团", "平台", "之家", "商城", "在线")
RIVALS = ("公司", "企业", "网站", "中国")
_END = re.compile(f"(?<=[\u3400-\u9fff]{{3}})(?:{'|'.join(ENDS)})")
ENTRY = "damage:site-name"


def may_have_site_name(text: str) -> bool:
    """Whether so much in a text looks like the name of a site that `repair_site_name` may find anything."""
    return WE not in text and "我們" not in text and sum(map(text.count, ENDS)) >= SiteNames.fewest


def repair_site_name(text: str, model: LanguageModel, least: float) -> list[Edit]:
    """The edits that put 我们 back for a name, those that are at least as sure as `least`; none where the document does
    not show that a tool put the name there."""
    name = _name(text)
    if name is None:
        return []
    we = WE if in_simplified(text) == text else "我們"
    places = [match.span() for match in re.finditer(re.escape(name), text)]
    read = in_simplified(text)
    gains = [max(-SiteNames.most, min(SiteNames.most, _gain(read, start, end, model))) for start, end in places]
    # What stands again between the same words says nothing new.
    said = {
        text[max(0, start - SiteNames.around) : end + SiteNames.around]: gain
        for (start, end), gain in zip(places, gains, strict=True)
    }
    if len(said) < SiteNames.fewest or sum(said.values()) - SiteNames.usual * len(said) < SiteNames.threshold:
        return []
    chances = [1.0 / (1.0 + 10.0 ** -(gain + SiteNames.believed)) for gain in gains]
    return [
        Edit(*at, name, we, chance, ENTRY)
        for at, chance in zip(places, chances, strict=True)
        if chance >= max(least, 0.5)
    ]


def _name(text: str) -> str | None:
    """The name that most often ends as names of sites do, with what stands before it at four of five places."""
    ends = Counter(text[match.end() - SiteNames.fewest : match.end()] for match in _END.finditer(text))
    name, count = ends.most_common(1)[0] if ends else ("", 0)
    while count >= SiteNames.fewest and len(name) < SiteNames.longest:
        before = Counter(re.findall(f"[\u3400-\u9fff](?={re.escape(name)})", text)).most_common(1)
        if not before or before[0][1] < 0.8 * count:
            break
        name = before[0][0] + name
    return name if count >= SiteNames.fewest else None


def _gain(text: str, start: int, end: int, model: LanguageModel) -> float:
    """log10 of how much better 我们 fits at a place than the best of words that stand for a name."""
    before = model.best_split(text[max(0, start - SiteNames.around) : start].rpartition("\n")[2])[1][-2:]
    behind = model.best_split(text[end : end + SiteNames.around].partition("\n")[0])[1][:2]

    def score(word: str) -> float:
        return float(sum(model.trigrams.scores([*before, word, *behind])[0][len(before) :]))

    return score(WE) - max(map(score, RIVALS))
