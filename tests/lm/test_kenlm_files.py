"""KenLM's own files: read in all of their n-grams, and told when they are damaged or of another kind."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from kenlm_kit import backed_off, binary

from despin.errors import ModelError
from despin.lm.ngram import LanguageModel
from tools.train.lm.grams import Grams, Trigrams
from tools.train.lm.kenlm_file import read_trigrams

SIZE = 60


def made() -> Trigrams:
    """A model of made-up words and a few levels of everything."""
    chance = random.Random(4)
    words = ["<unk>", *(chr(0x4E00 + 9 * index) + chr(0x5E00 + 5 * index) * (index % 2) for index in range(1, SIZE))]
    pairs = sorted({(chance.randrange(1, SIZE), chance.randrange(1, SIZE)) for _ in range(900)} | {(1, 2), (2, 3)})
    held = set(pairs)
    triples = sorted({(one, other, last) for one, other in pairs for last in range(5) if (other, last) in held})
    contexts, begin = {triple[:2] for triple in triples}, {first for first, _ in pairs}

    def levels(count: int) -> np.ndarray:
        return np.array([-chance.randrange(4, 90) / 16 for _ in range(count)])

    def backoffs(marked: list[bool]) -> np.ndarray:
        return np.array([-chance.randrange(1, 12) / 16 if one else -0.0 for one in marked])

    return Trigrams(
        words,
        (
            Grams(np.arange(SIZE)[:, None], levels(SIZE), backoffs([number in begin for number in range(SIZE)])),
            Grams(np.array(pairs), levels(len(pairs)), backoffs([pair in contexts for pair in pairs])),
            Grams(np.array(triples), levels(len(triples)), np.zeros(len(triples))),
        ),
    )


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kenlm") / "made.lm"
    path.write_bytes(binary(made()))
    return path


def test_scores_are_those_of_the_n_grams(path: Path) -> None:
    model, language, chance = made(), LanguageModel(path), random.Random(5)
    assert language.vocabulary == {*model.vocabulary[1:]}
    for grams in model.grams[1:]:
        for row, score in zip(grams.words.tolist(), grams.probability.tolist(), strict=True):
            assert language.trigrams.scores([model.vocabulary[number] for number in row])[0][-1] == score
    words, expected = [*model.vocabulary, "鱻鱻"], backed_off(model)
    for _ in range(2000):
        drawn = [chance.choice(words) for _ in range(6)]
        assert language.trigrams.scores(drawn)[0] == expected(drawn)


def test_all_n_grams_are_read_from_the_file(path: Path) -> None:
    model, found = made(), read_trigrams(path)
    for ours, theirs in zip(model.grams, found.grams, strict=True):
        expected = {
            tuple(model.vocabulary[number] for number in row): score
            for row, score in zip(ours.words.tolist(), ours.probability.tolist(), strict=True)
        }
        assert expected == {
            tuple(found.vocabulary[number] for number in row): score
            for row, score in zip(theirs.words.tolist(), theirs.probability.tolist(), strict=True)
        }


def test_a_file_that_is_cut_off_is_refused(path: Path, tmp_path: Path) -> None:
    whole, cut = path.read_bytes(), tmp_path / "cut.lm"
    for size in (60, 140, 500, len(whole) // 2, len(whole) - 1):
        cut.write_bytes(whole[:size])
        with pytest.raises(ModelError, match="install despin again"):
            LanguageModel(cut).best_split("甲乙")


@pytest.mark.parametrize(("place", "value"), [(88, 4), (96, 2), (100, 0)], ids=["order", "kind", "words"])
def test_files_of_other_kinds_are_told_with_what_is_read(path: Path, tmp_path: Path, place: int, value: int) -> None:
    other = bytearray(path.read_bytes())
    other[place] = value
    file = tmp_path / "other.lm"
    file.write_bytes(other)
    with pytest.raises(
        ModelError, match=r"other\.lm: a KenLM binary of another kind; .*build_binary -a 22 -q 8 -b 8 trie"
    ):
        LanguageModel(file)


def test_a_list_of_n_grams_is_told_how_it_is_made_a_binary(tmp_path: Path) -> None:
    file = tmp_path / "model.arpa"
    file.write_text("\\data\\\nngram 1=2\n", "utf-8")
    with pytest.raises(ModelError, match=r"model\.arpa: not a language model that despin reads; .*build_binary"):
        LanguageModel(file)
