"""Learning from pairs: what is found, how it is written, and which pairs are refused."""

from __future__ import annotations

import random

import pytest
from learn_kit import LIST, articles, model, pair, spin

from despin.errors import InputError
from despin.learning.observe import Facts, Seen, align, distrust, doubt
from despin.learning.pairs import SPUN_TOO, SWAPPED, LearnedPairs, learn_pairs
from despin.learning.texts import TextPair
from despin.lexicon.edit import format_text
from despin.lexicon.fields import lexicon_text
from despin.lexicon.model import weight
from despin.lexicon.parse import read_text


def learn(*pairs: TextPair) -> LearnedPairs:
    return learn_pairs(pairs, model())


def found(learned: LearnedPairs) -> dict[tuple[str, str], int]:
    return {(one.spun, one.original): one.count for one in learned.believed}


def test_the_spinners_list_comes_back_with_its_counts() -> None:
    one, made = pair()
    learned = found(learn(one))
    assert set(learned) <= set(made)
    assert sum(learned.get(key, 0) for key in made) >= 0.9 * made.total()
    assert all(count <= made[key] for key, count in learned.items())


def test_shuffled_joined_and_damaged_paragraphs_teach_the_same() -> None:
    chance = random.Random(1)
    lines = [line for text in articles() for line in text.split("\n") if line]
    joined = ["".join(lines[i : i + 3]) for i in range(0, len(lines), 3)]
    spun = [spin(line)[0] for line in joined]
    made = spin("".join(joined))[1]
    spun[2], spun[5] = "点击上方蓝字，免费订阅本站的每日精选", ""
    learned = found(
        learn(TextPair("x", "\n".join(chance.sample(spun, len(spun))), "\n".join(chance.sample(joined, len(joined)))))
    )
    assert set(learned) <= set(made)
    assert sum(learned.values()) >= 0.65 * made.total()


def test_the_lexicon_is_valid_in_normal_form_and_restores_nothing_yet() -> None:
    learned = learn(pair()[0])
    text = lexicon_text("learned", "a title", "what it is", ["a.txt"], learned.entries)
    assert format_text(text) == text
    lexicon = read_text(text)
    assert {entry.spun for entry in lexicon.entries} == {spun for spun, _ in found(learned)}
    for entry in lexicon.entries:
        assert (entry.status, entry.source) == ("candidate", "learned")
        assert entry.reason.startswith("seen ")
        assert {original.text: original.weight for original in entry.originals} == {
            original: weight(count) for (spun, original), count in found(learned).items() if spun == entry.spun
        }
    assert any(entry.examples for entry in lexicon.entries)


def test_the_other_direction_is_proposed_at_a_low_weight() -> None:
    one, _ = pair()
    plain, both = learn(one), learn_pairs([one], model(), both_ways=True)
    assert found(both) == found(plain)
    weights = {(entry.spun, word.text): word.weight for entry in both.entries for word in entry.originals}
    assert weights["系统", "体系"] == 0.25
    assert weights["体系", "系统"] >= 4.0
    assert all(weights[key] == weight(count) for key, count in found(plain).items())
    assert {(original, spun) for spun, original in found(plain)} <= set(weights)
    text = lexicon_text("learned", "t", "a", ["x"], both.entries)
    assert format_text(text) == text
    assert {entry.status for entry in read_text(text).entries} == {"candidate"}


def test_counts_add_up_over_documents() -> None:
    pairs = [TextPair(str(n), spin(text)[0], text) for n, text in enumerate(articles()[:3])]
    together = learn(*pairs)
    for facts in together.believed:
        assert facts.count == sum(spin(text)[1][facts.spun, facts.original] for text in articles()[:3])
        assert facts.documents == sum(bool(spin(text)[1][facts.spun, facts.original]) for text in articles()[:3])


@pytest.mark.parametrize(
    ("spun", "original", "message"),
    [
        (articles()[0], articles()[0], "are the same"),
        (articles()[0], articles()[3], "nothing to do with one another"),
        ("……！！", articles()[0], "the spun text holds no words"),
        (articles()[0], "——\n。", "the original holds no words"),
        (pair()[0].original, pair()[0].spun, "swapped"),
    ],
)
def test_a_pair_that_is_none_is_refused(spun: str, original: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        learn(TextPair("p", spun, original))


@pytest.mark.parametrize(
    ("better", "worse", "said"),
    [(90, 10, ""), (18, 10, ""), (3, 2, ""), (0, 2, ""), (50, 50, "spun too"), (10, 90, "swapped"), (1, 9, "swapped")],
)
def test_what_the_differences_say_of_the_pair(better: int, worse: int, said: str) -> None:
    gains = [1.0] * better + [-1.0] * worse
    seen = {("应用", "使用"): [Seen(0, gain, True, "") for gain in gains]}
    why = distrust(seen, 0)
    assert said in why if said else not why
    assert not distrust(seen, 1)


@pytest.mark.parametrize(("spun_is", "why"), [(True, SPUN_TOO), (False, SWAPPED)])
def test_a_spun_original_is_refused_and_the_rest_is_learned(spun_is: bool, why: str) -> None:
    one, _ = pair(articles()[:3])
    other = TextPair("bad", "甲" + one.spun, "乙" + one.original)
    learned = learn_pairs([one, other], model(), is_spun=lambda text: text[0] == "乙" or (spun_is and text[0] == "甲"))
    assert learned.notes == [f"bad: {why}"]
    assert found(learned) == found(learn(one))


def test_marked_pairs_are_not_doubted() -> None:
    one, made = pair(articles()[:2])
    swapped = TextPair("by hand", one.original, one.spun, marked=True)
    assert learn(swapped).doubted or found(learn(swapped))
    assert made


def test_one_text_much_longer_is_said() -> None:
    one, _ = pair()
    learned = learn(TextPair("p", spin(articles()[0])[0], one.original))
    assert any("of the original has no counterpart" in note for note in learned.notes)
    assert found(learned)


def test_alignment_says_how_much_has_a_counterpart() -> None:
    aligned = align(TextPair("p", articles()[0] + "\n" + articles()[1], articles()[0]))
    assert 0.4 < aligned.share < 0.6
    assert aligned.other_share == 1.0


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (Facts("应用", "使用", 3, 1, 1.0, 3), ""),
        (Facts("应用", "使用", 1, 1, -2.0, 1), "the original reads worse"),
        (Facts("应用", "使用", 1, 1, 1.0, 0), "seen once, beside something unexplained"),
        (Facts("来理", "但并", 1, 1, 1.0, 1), "no words"),
        (Facts("abc", "使用", 1, 1, 5.0, 1), "Latin letters or digits"),
        (Facts("的话", "", 2, 1, 5.0, 2), "a deletion seen too rarely"),
        (Facts("的话", "", 4, 1, 5.0, 4), "a deletion seen too rarely"),
        (Facts("的话", "", 5, 1, 5.0, 5), ""),
    ],
)
def test_what_is_believed(facts: Facts, why: str) -> None:
    assert doubt(facts, model()) == why


def test_the_list_of_the_kit_is_spun_text() -> None:
    """The kit's list goes one way, so that a swapped pair is wrong everywhere."""
    assert not set(LIST) & set(LIST.values())
