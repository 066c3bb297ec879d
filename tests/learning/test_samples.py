"""Learning from the real pairs, where the shared folder is there: how much of what is attested is found."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import NamedTuple

import pytest
from learn_kit import model
from places import SHARED, needs_shared

from despin.learning.pairs import learn_pairs
from despin.learning.texts import TextPair

PAIRS = SHARED / "samples" / "real-pairs.jsonl"
WORDS = SHARED / "samples" / "attested-words.tsv"
pytestmark = needs_shared

Pair = tuple[str, str]
BOILERPLATE = [
    "点击蓝字关注我们，获取更多精彩内容",
    "版权声明：本文转载自网络，如有侵权请联系删除",
    "上一篇 返回列表 下一篇",
]


def rows() -> list[dict[str, str]]:
    return [json.loads(line) for line in PAIRS.read_text("utf-8").splitlines()]


def attested(everywhere: bool = False) -> Counter[Pair]:
    """How often each substitution is attested in the pairs; with `everywhere`, also those of other texts."""
    ids = {row["id"] for row in rows()}
    found: Counter[Pair] = Counter()
    for line in WORDS.read_text("utf-8").splitlines()[1:]:
        spun, original, _, evidence, count = line.split("\t")
        if everywhere or ids & set(evidence.split("+")):
            found[spun, original] += int(count)
    return found


def core(pair: Pair) -> Pair:
    spun, original = pair
    while spun and original and spun[0] == original[0]:
        spun, original = spun[1:], original[1:]
    while spun and original and spun[-1] == original[-1]:
        spun, original = spun[:-1], original[:-1]
    return spun, original


def same(one: Pair, other: Pair) -> bool:
    """Whether two pairs are one substitution, cut with more or fewer characters that do not change."""
    if core(one) != core(other):
        return False
    return (one[0] in other[0] and one[1] in other[1]) or (other[0] in one[0] and other[1] in one[1])


def paragraphs(text: str, chance: random.Random) -> list[str]:
    lines, found = text.split("\n"), []
    while lines:
        size = chance.randint(2, 5)
        found.append("".join(lines[:size]))
        lines = lines[size:]
    return found


def files(seed: int, damaged: bool) -> tuple[TextPair, list[Pair]]:
    """All pairs as two shuffled files, and the paragraphs that both still hold."""
    chance = random.Random(seed)
    spun: list[str] = []
    original: list[str] = []
    left: list[Pair] = []
    for row in rows():
        joins = chance.random()
        sides = (paragraphs(row[key], random.Random(joins)) for key in ("spun", "original"))
        for a, b in zip(*sides, strict=True):
            kind = chance.randrange(9) if damaged else 9
            if kind > 1:
                left.append((a, b))
            replacement = "" if kind == 0 else chance.choice(BOILERPLATE)
            one, other = (replacement, b) if chance.random() < 0.5 else (a, replacement)
            spun.append(one if kind < 2 else a)
            original.append(other if kind < 2 else b)
    spun, original = [one for one in spun if one], [one for one in original if one]
    chance.shuffle(spun)
    chance.shuffle(original)
    return TextPair("files", "\n".join(spun), "\n".join(original)), left


class Figures(NamedTuple):
    """Precision and recall over substitutions (`by type`), and over their sightings (`by token`).

    A found substitution is right when attested-words.tsv lists it, whatever text it was seen in there; what had to be
    found are those attested in the texts at hand.
    """

    precision: float
    recall: float
    token_precision: float
    token_recall: float


def figures(pair: TextPair, gold: Counter[Pair]) -> Figures:
    listed = attested(everywhere=True)
    found = {(one.spun, one.original): one.count for one in learn_pairs([pair], model()).believed}
    right = [one for one in found if any(same(one, other) for other in listed)]
    reached = [other for other in gold if any(same(one, other) for one in found)]
    return Figures(
        len(right) / len(found),
        len(reached) / len(gold),
        sum(found[one] for one in right) / sum(found.values()),
        sum(gold[one] for one in reached) / gold.total(),
    )


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_two_shuffled_files(seed: int) -> None:
    pair, _ = files(seed, damaged=False)
    found = figures(pair, attested())
    assert found.precision >= 0.92
    assert found.token_precision >= 0.95
    assert found.recall >= 0.90
    assert found.token_recall >= 0.95


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_a_third_of_the_paragraphs_removed_moved_or_replaced(seed: int) -> None:
    pair, left = files(seed, damaged=True)
    gold = Counter({one: n for one, n in attested().items() if any(one[0] in a and one[1] in b for a, b in left)})
    found = figures(pair, gold)
    assert found.precision >= 0.90
    assert found.token_precision >= 0.945
    assert found.recall >= 0.85
    assert found.token_recall >= 0.92
