"""KenLM's own files: read by the compiled reader and by KenLM itself, in all of their n-grams, and told when they are damaged."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from kenlm_kit import binary

from despin import kernel
from despin.errors import ModelError
from despin.lm.grams import Grams, Trigrams
from despin.lm.kenlm_file import read_trigrams
from despin.lm.ngram import LanguageModel

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


def test_kenlm_and_we_say_what_the_n_grams_say(path: Path) -> None:
    model, language = made(), LanguageModel(path)
    assert language.trigrams.compiled == kernel.COMPILED
    assert language.vocabulary >= set(model.vocabulary[1:])
    for grams in model.grams[1:]:
        for row, score in zip(grams.words.tolist(), grams.probability.tolist(), strict=True):
            words = [model.vocabulary[number] for number in row]
            for reader in (language.trigrams, language.states):
                assert reader.scores(words)[0][-1] == score


def test_the_compiled_reader_answers_as_kenlm_does(path: Path) -> None:
    language, chance = LanguageModel(path), random.Random(5)
    words = [*made().vocabulary, "鱻鱻"]
    for _ in range(2000):
        drawn = [chance.choice(words) for _ in range(6)]
        assert language.trigrams.scores(drawn)[0] == language.states.scores(drawn)[0]
    assert language.best_split("".join(words[1:6])) == language.states.best_split("".join(words[1:6]))


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
