"""Two random characters that a tool put before marks: 分类钩氓。

Such a pair is no word, and without it the clause ends as clauses do. A name before a mark is no word either; but most
of a text's clauses do not end in one. So a document shows it as a whole: at what share of its marks pairs stand, by
expectation-maximisation, and how much likelier that is than what stands before them. What a tool draws is rarer than
the characters around it; where a dialect, old verse or a list of names ends clauses in no words, those are not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence, Set

from despin.lm.ngram import LanguageModel
from despin.results import Edit
from despin.text.traditional import in_simplified
from despin.tuning import Noise

_MARK = "[，。、；：？！,.;:?!]"
#: What may be such a pair; only behind three other characters does it say anything: names stand in short clauses.
_PAIR = re.compile(f"[\u3400-\u9fff]{{2}}(?={_MARK})")
_HAN = re.compile("[\u3400-\u9fff]")
_CLAUSE = re.compile(f"[\u3400-\u9fff]{{3}}([\u3400-\u9fff]{{2}}){_MARK}")
ENTRY = "damage:noise"


def may_have_noise(text: str, model: LanguageModel) -> bool:
    """Whether the clauses of `text` end in words so seldom that `repair_noise` may find anything; few are looked at."""
    strange = words = end = 0
    for number in range(Noise.looked if len(text) >= Noise.looked else 0):
        clause = _CLAUSE.search(text, max(end, number * len(text) // Noise.looked))
        if clause is None:
            break
        end = clause.end()
        if model.knows(in_simplified(clause[1])):
            words += 1
            if words == Noise.words:
                return False
        else:
            strange += 1
    return strange >= Noise.looked - Noise.words


def repair_noise(text: str, model: LanguageModel, least: float) -> list[Edit]:
    """The edits that take such pairs out of `text`, those that are at least as sure as `least`; none where the document
    does not show that a tool put them there."""
    read = in_simplified(text)
    gains = {match.start(): _gain(read, match.start(), match.end(), model) for match in _PAIR.finditer(read)}
    told = [match.start(1) for match in _CLAUSE.finditer(read)]
    share = _share([gains[place] for place in told])
    usual = _share([_gain(read, place - 2, place + 2, model) for place in told])
    # The same character again says nothing new: a tool draws another one each time. Old texts end many clauses alike.
    pairs = {read[place + 1]: 10.0 ** gains[place] for place in told}
    evidence = sum(math.log10((1.0 + share * (odds - 1.0)) / (1.0 + usual * (odds - 1.0))) for odds in pairs.values())
    if (
        evidence < max(Noise.threshold, Noise.each * len(told))
        or share < Noise.share
        or share * len(pairs) < Noise.fewest
    ):
        return []
    chances = [(place, _chance(gain, share)) for place, gain in gains.items()]
    drawn = {read[at + place] for at, chance in chances if chance >= 0.5 for place in (0, 1)}
    if _rarity(drawn, model) < _rarity(set(_HAN.findall(read)) - drawn, model) + Noise.rarer:
        return []
    sure = max(least, 0.5)
    return [Edit(at, at + 2, text[at : at + 2], "", chance, ENTRY) for at, chance in chances if chance >= sure]


def _rarity(characters: Set[str], model: LanguageModel) -> float:
    """How rare characters are as words: -log10 of their probability, on average."""
    return -math.fsum(map(model.unigram, characters)) / max(1, len(characters))


def _gain(text: str, place: int, mark: int, model: LanguageModel) -> float:
    """log10 of how much likelier it is that a tool put in the two characters at `place` than that they end the clause,
    whose mark stands at `mark`."""
    before = text[max(0, place - Noise.context) : place].rpartition("\n")[2]
    without = model.best_split(before + text[mark])[0]
    return min(Noise.most, without + Noise.drawn - model.best_split(before + text[place : place + 2] + text[mark])[0])


def _chance(gain: float, share: float) -> float:
    odds: float = share / (1.0 - share) * 10.0**gain
    return odds / (1.0 + odds)


def _share(gains: Sequence[float]) -> float:
    """The share of clauses with such a pair, by expectation-maximisation; never none, and never all."""
    share = 0.5
    for _ in range(Noise.passes if gains else 0):
        share = (sum(_chance(gain, share) for gain in gains) + 0.1) / (len(gains) + 0.2)
    return share
