"""The tools that make the language model: what they read is what is asked of it, and what they make is a distribution."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from despin.errors import ModelError
from despin.lm.ngram import DEFAULT_MODEL, LanguageModel
from tools.train.lm import arpa, counting, gather, mixing
from tools.train.lm.grams import Trigrams
from tools.train.lm.kenlm_file import read_trigrams

TEXTS = [
    "今天上午，社区的老人们在广场上下棋。下棋的人不多，看棋的人不少。",
    "社区上午在广场上办了一场比赛，老人和孩子都来看比赛。",
    "孩子们上午下棋，老人们下午看书。看书的人不少，下棋的人不多。",
    "广场上的人不少，下午的比赛不多。",
] * 3


@cache
def shipped() -> Trigrams:
    return read_trigrams(DEFAULT_MODEL)


@cache
def small() -> tuple[Trigrams, Trigrams]:
    """Two models of some words of ours."""
    language = LanguageModel()
    words = {word for text in TEXTS for word in language.best_split(text)[1]}
    vocabulary = ["<unk>", *sorted(words | {"，", "。"})]
    return counting.count(TEXTS, language, vocabulary), counting.count(TEXTS[1:3], language, vocabulary)


def contexts(model: Trigrams) -> list[list[int]]:
    size = len(model.vocabulary)
    chance = random.Random(3)
    seen = [row.tolist() for row in model.grams[1].words[:: max(1, len(model.grams[1].words) // 20)]]
    return [[], *([number] for number in range(size)), *seen, *([chance.randrange(size), 1] for _ in range(5))]


def mass(model: Trigrams, context: list[int]) -> float:
    size = len(model.vocabulary)
    words = np.array([[*context, number] for number in range(size)])
    return float((10.0 ** mixing.probability(model, words)).sum())


@pytest.mark.parametrize("order", [2, 3])
def test_the_file_says_what_the_language_model_says(order: int) -> None:
    model, language, chance = shipped(), LanguageModel(), random.Random(order)
    grams = model.grams[order - 1]
    for row in (chance.randrange(len(grams.words)) for _ in range(300)):
        words = [model.vocabulary[number] for number in grams.words[row]]
        expected = language.trigrams.scores(words)[0][-1]
        assert grams.probability[row] == pytest.approx(expected, abs=1e-5)


def test_counted_models_sum_to_one_in_every_context() -> None:
    for model in small():
        assert all(mass(model, context) == pytest.approx(1.0, abs=1e-6) for context in contexts(model))


def test_mixed_and_pruned_models_sum_to_one() -> None:
    mixed = mixing.mix(*small(), 0.25)
    assert all(mass(mixed, context) == pytest.approx(1.0, abs=1e-6) for context in contexts(mixed))
    pruned = mixing.prune(mixed, len(mixed.grams[1].words) // 2, len(mixed.grams[2].words) // 3)
    assert len(pruned.grams[2].words) < len(mixed.grams[2].words)
    assert all(mass(pruned, context) == pytest.approx(1.0, abs=1e-6) for context in contexts(pruned))


def test_a_mixture_lies_between_its_models() -> None:
    one, other = small()
    mixed = mixing.mix(one, other, 0.25)
    words = mixed.grams[2].words
    low, high = mixing.probability(one, words), mixing.probability(other, words)
    expected = np.log10(0.75 * 10.0**low + 0.25 * 10.0**high)
    assert mixed.grams[2].probability == pytest.approx(expected, abs=1e-9)


def test_what_was_seen_is_likelier_than_what_was_not() -> None:
    model = small()[0]
    number = {word: index for index, word in enumerate(model.vocabulary)}
    seen, unseen = [[number["人"], number["不少"]], [number["人"], number["比赛"]]]
    probabilities = mixing.probability(model, np.array([seen, unseen]))
    assert probabilities[0] > probabilities[1] + 0.5


def test_the_arpa_file_lists_every_gram(tmp_path: Path) -> None:
    model = small()[0]
    arpa.write(model, tmp_path / "small.arpa")
    lines = (tmp_path / "small.arpa").read_text("utf-8").split("\n")
    for order, grams in enumerate(model.grams, 1):
        assert f"ngram {order}={len(grams.words)}" in lines
        assert sum(line.count(" ") == order - 1 and line.startswith("-") for line in lines) == len(grams.words)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.lm").write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(ModelError, match="quantised trigram trie"):
        read_trigrams(tmp_path / "no.lm")


def test_a_model_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    whole = DEFAULT_MODEL.read_bytes()
    for size in (200, 100_000, len(whole) // 2):
        (tmp_path / "cut.lm").write_bytes(whole[:size])
        with pytest.raises(ModelError, match="is cut off"):
            read_trigrams(tmp_path / "cut.lm")


def test_running_text_is_ordinary_chinese_without_markup() -> None:
    text = "# 标题\n\n这家店的[面条](a.html)很好吃，**老板**人也不错，下次还来。\n```\n代码，代码，代码\n```\nonly English here.\n這個國家的人們來說，時間過得很快，對學生也是這樣。"
    assert list(gather.running_text(text)) == ["这家店的面条很好吃，老板人也不错，下次还来。"]
