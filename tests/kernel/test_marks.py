"""Commas and full stops: the forward-backward pass against every labelling written out, and the chains of a text."""

from __future__ import annotations

import itertools
import math
import random
import re
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profiles import examples

from despin.damage.full_stops import chains
from despin.kernel.marks import Chains, add_up, in_one_pass, odd_stops, repeats
from despin.kernel.table import zeros
from despin.tuning import FullStops


def rows(stops: list[int], chance: random.Random) -> list[list[float]]:
    """Scores of one chain: a row for every mark, one longer behind a full stop, up to `FullStops.back`."""
    found, width = [], 1
    for stop in stops:
        found.append([chance.uniform(-3, 4) for _ in range(width)])
        width = min(FullStops.back, width + stop)
    return found


def weigh_all(scores: list[list[float]], stops: list[int], share: float, bias: float) -> tuple[float, list[float]]:
    """(log likelihood, the probability of a comma at every mark), by every labelling there is."""
    whole, commas = 0.0, [0.0] * len(stops)
    for labels in itertools.product((True, False), repeat=len(stops)):
        likelihood, begins, seen = 1.0, 0, 0
        for row, stop, comma in zip(scores, stops, labels, strict=True):
            earliest = max(0, seen + 1 - FullStops.back)
            odds = 1 / (1 + math.exp(-row[max(0, begins - earliest)] - bias))
            if comma:
                likelihood *= odds * (share if stop else 1 - share)
            else:
                likelihood *= (1 - odds) if stop else 0.0
            seen += stop
            if not comma:
                begins = seen
        whole += likelihood
        for mark, comma in enumerate(labels):
            commas[mark] += likelihood * comma
    return math.log(whole), [value / whole for value in commas]


@pytest.mark.parametrize("seed", range(12))
def test_the_pass_agrees_with_every_labelling_written_out(seed: int) -> None:
    chance = random.Random(seed)
    chosen = [[int(chance.random() < 0.6) for _ in range(chance.randrange(1, 9))] for _ in range(2)]
    scored = [rows(stops, chance) for stops in chosen]
    share, bias = chance.uniform(0.05, 0.6), chance.uniform(-1, 1)
    flat = [row for scores in scored for row in scores]
    found, totals = zeros(len(flat)), zeros(4)
    Chains(
        array("i", itertools.accumulate(map(len, chosen), initial=0)),
        array("i", itertools.accumulate(map(len, flat), initial=0)),
        array("d", itertools.chain(*flat)),
        array("b", itertools.chain(*chosen)),
        1.0,
    ).weigh(share, bias, found, totals)
    expected = [weigh_all(scores, stops, share, bias) for scores, stops in zip(scored, chosen, strict=True)]
    assert list(found) == pytest.approx([value for _, values in expected for value in values])
    assert totals[0] == pytest.approx(sum(likelihood for likelihood, _ in expected))
    lost = [value for value, stop in zip(found, itertools.chain(*chosen), strict=True) if stop]
    assert totals[3] == pytest.approx(sum(lost))


def test_what_is_settled_starts_from_what_is_usual() -> None:
    chance = random.Random(3)
    stops = [1, 0, 1, 1, 0, 1, 0]
    flat = rows(stops, chance)
    columns = array("i", [0, len(stops)]), array("i", itertools.accumulate(map(len, flat), initial=0))
    scores = array("d", itertools.chain(*flat))
    found, expected, sums = zeros(len(stops)), zeros(len(stops)), zeros(4)
    given = Chains(*columns, scores, array("b", stops), 0.7)
    likely = given.settle(0.2, 20.0, 0.5, 0, found)
    without = Chains(*columns, array("d", [0.7 * score for score in scores]), array("b", stops), 1.0)
    without.weigh(0.2, 0.0, expected, sums)
    assert (found, likely[0]) == (expected, sums[0])
    likely = given.settle(0.2, 20.0, 0.5, 12, found)
    assert found != expected
    # The author's fondness makes the marks likelier than they are without any, damaged or not.
    without.weigh(0.0, 0.0, expected, sums)
    assert likely[1] > sums[0]


def test_chains_end_where_a_sentence_ends_beyond_doubt() -> None:
    text = "先看，再说。好吗？可以，行。走了；算了，好。\n新的一行，开始。"
    found = [(text[chain.start], [text[place - 1] for place in chain.places], chain.line) for chain in chains(text)]
    assert found == [("先", ["看", "说"], 0), ("可", ["以", "行"], 0), ("算", ["了"], 0), ("新", ["行"], 1)]


@pytest.mark.parametrize("seed", range(8))
def test_marks_of_chains_stand_where_an_expression_finds_them(seed: int) -> None:
    chance = random.Random(seed)
    text = "".join(chance.choices("，。、！;\n”“）（()中文aZ09 \u3000\U00020000", k=300)) + "中，文"
    mark = re.compile(r"(?<=[\u3400-\u9fffA-Za-z0-9)）》”’」\]])[。，](?=[\u3400-\u9fffA-Za-z0-9(（《“‘「\[])")
    expected = [match.start() for match in mark.finditer(text)]
    found = chains(text)
    assert expected
    assert [place for chain in found for place in chain.places] == expected
    for chain in found:
        assert chain.line == text.count("\n", 0, chain.start)
        ends = [place for place, one in enumerate(text) if one in "！？!?；;\n。" and place not in expected]
        assert chain.start == max([end + 1 for end in ends if end < chain.places[0]], default=0)


@pytest.mark.parametrize("seed", range(8))
def test_repeats_stand_where_an_expression_finds_them(seed: int) -> None:
    chance = random.Random(seed)
    text = "".join(chance.choices("甲乙丙丁", k=60)) + "设置装备摆设装备摆设" + "abcdefghabcdefgh"
    found = [match.start() for match in re.finditer(r"(?=(.{2,8})\1)", text)]
    assert found
    assert repeats(text) == found


#: Before a full stop where hardly anybody writes one, and behind it.
LEFT = ("时", "时候", "后", "来说", "的话", "之前", "情况下")
RIGHT = "则|就[^是]|才|但|而[^且今]|并[^非]|却|所以|因此|从而|以便|导致|以及"
ODD = re.compile(f"。(?:(?:{'|'.join(f'(?<={word}。)' for word in LEFT)})(?=[\u3400-\u9fff])|(?={RIGHT}))")


@pytest.mark.parametrize("seed", range(20))
def test_odd_stops_stand_where_an_expression_finds_them(seed: int) -> None:
    chance = random.Random(seed)
    ends = (*LEFT, "说", "候", "话", "况下", "前", "好", "\n")
    begins = (
        "则",
        "就",
        "就是",
        "才",
        "但",
        "而",
        "而且",
        "并",
        "并非",
        "却",
        "所以",
        "因",
        "因此",
        "从而",
        "以",
        "以及",
        "导致",
        "他",
        "a",
        "\n",
    )
    text = "".join(chance.choice(ends) + "。" + chance.choice(begins) for _ in range(60))
    for piece in (text, text[chance.randrange(9) :], text[: -chance.randrange(1, 9)]):
        assert odd_stops(piece) == (len(ODD.findall(piece)), piece.count("。"))
    assert odd_stops("") == (0, 0)


def test_repeats_are_not_overlooked_beside_characters_that_look_alike_in_part() -> None:
    # The low bits of these are the same.
    one, other = "一", chr(ord("一") + 1024)
    text = f"{one}{other}{one}{other}甲{one}甲乙{one}{one}"
    assert repeats(text) == [match.start() for match in re.finditer(r"(?=(.{2,8})\1)", text)] == [0]


def by_pattern(text: str, targets: dict[str, str], once: bool) -> str:
    """What `in_one_pass` gives, by a regular expression."""
    met: set[str] = set()

    def written(match: re.Match[str]) -> str:
        word = match[0]
        kept = once and word in met
        met.add(word)
        return word if kept else targets[word]

    words = sorted(targets, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, words)), written, text) if words else text


#: Few characters, two of which have the same low bits.
LETTERS = st.text("甲乙丙a\ua532\U0001f600", max_size=40)


@given(LETTERS, st.dictionaries(LETTERS.filter(bool).map(lambda text: text[:3]), LETTERS, max_size=6), st.booleans())
@examples(200)
def test_a_table_in_one_pass(text: str, targets: dict[str, str], once: bool) -> None:
    assert in_one_pass(text, targets, once) == by_pattern(text, targets, once)


def test_a_table_in_one_pass_by_hand() -> None:
    targets = {"防止": "避免", "防": "守", "避免": "免除"}
    assert in_one_pass("防止了防止，防守避免", targets, False) == "避免了避免，守守免除"
    assert in_one_pass("防止了防止，防守避免", targets, True) == "避免了防止，守守免除"
    assert in_one_pass("防", targets, True) == "守"
    assert in_one_pass("", targets, True) == ""


def test_numbers_are_added_up_in_32_bits() -> None:
    for values in ([], [3], [5, -7, 0, 2**31 - 1], [-(2**31), 2**31 - 1, 2**31 - 1]):
        found = array("i", values)
        add_up(found)
        assert list(found) == list(itertools.accumulate(values))
    for values in ([2**31 - 1, 1], [-(2**31), -1]):
        with pytest.raises(ValueError, match="32 bits"):
            add_up(array("i", values))
