"""Small models, dictionaries and programs drawn at random, for the reference (`tests/reference`) and, as files, for despin."""

from __future__ import annotations

import functools
import itertools
import random
import sys
import tempfile
from array import array
from collections.abc import Sequence
from pathlib import Path

import jieba
import numpy as np
from reference.fluency import Model
from reference.programs import Program

from despin.kernel.native.program import Segmenter
from despin.kernel.program_blob import RANKS
from despin.lm.ngram import LanguageModel
from despin.spinners.dictionary import build
from despin.spinners.jieba_data import jieba_folder
from despin.spinners.neighbours import Neighbours

# `tools` is not installed; at the end, so that the despin that is tested stays the installed one.
sys.path.append(str(Path(__file__).parents[2]))

#: What the words of programs are made of.
ALPHABET = "中国人"


def made_up(words: list[str], seed: int) -> Model:
    """A model of these words with numbers drawn at random, which a file holds without rounding them."""
    draw = random.Random(seed)

    def some(least: float) -> float:
        return -draw.choice(range(1, 100)) / 64 - least

    singles = [(word,) for word in ("<unk>", *words)]
    pairs = [pair for pair in itertools.product(words, repeat=2) if draw.random() < 0.4]
    triples = [(a, *pair) for pair in pairs for a in words if (a, pair[0]) in pairs and draw.random() < 0.4]
    probability = {gram: some(1.0) for gram in [*singles, *pairs, *triples]}
    # Only what longer n-grams begin with has a back-off weight.
    return Model(probability, {gram: some(0.0) for gram in dict.fromkeys(gram[:-1] for gram in [*pairs, *triples])})


def write(model: Model, path: Path) -> Path:
    """Write a model as the file that the kernel reads."""
    from tools.train.lm.grams import Grams, Trigrams
    from tools.train.lm.packing import pack

    vocabulary = [gram[0] for gram in model.probability if len(gram) == 1]
    grams = []
    for order in (1, 2, 3):
        every = [gram for gram in model.probability if len(gram) == order]
        numbers = np.array([[vocabulary.index(word) for word in gram] for gram in every], np.int64).reshape(-1, order)
        probability = np.array([model.probability[gram] for gram in every])
        grams.append(Grams(numbers, probability, np.array([model.backoff.get(gram, -0.0) for gram in every])))

    path.write_bytes(pack(Trigrams(vocabulary, (grams[0], grams[1], grams[2]))))
    return path


#: A program as the reference and as despin has it, a model, and the same as despin has it.
World = tuple[Program, Segmenter, Model, LanguageModel]


def world(count: dict[str, int], flag: dict[str, str], near: dict[str, list[str]], model: Model) -> World:
    """The world of a dictionary (`count` and `flag` by word) and of what is written for each word, by rank."""
    jieba.setLogLevel(60)
    folder, rows = Path(tempfile.mkdtemp()), sorted(near)
    program = Program(folder, count, flag, near)
    (folder / "posseg").symlink_to(jieba_folder() / "posseg")
    table = [array("I", [rows.index(near[word][rank]) for word in rows]) for rank in range(RANKS)]
    blob = build(folder, Neighbours(rows, table, [""], bytes(len(rows))))
    return program, Segmenter(blob), model, LanguageModel(write(model, folder / "model.lm"))


@functools.cache
def small(seed: int) -> World:
    """A world of a few words drawn at random. One of them jieba's dictionary does not have."""
    draw = random.Random(seed)
    words = sorted({*ALPHABET, *("".join(draw.choices(ALPHABET, k=draw.choice([2, 2, 3]))) for _ in range(6))})
    rows = sorted({*draw.sample(words, 6), "中人"})
    flags = {word: draw.choice(["v", "v", "a", "n"]) for word in words}
    near = {word: [draw.choice(rows) for _ in range(RANKS)] for word in rows}
    model = made_up(sorted({*words[::2], *ALPHABET[:2]}), seed)
    return world({word: draw.randint(1, 60) for word in words}, flags, near, model)


class NoScorer:
    """In the place of the scorer: what stands around a place says nothing."""

    def gains(self, text: str, places: Sequence[tuple[int, int, Sequence[str]]], kind: int) -> list[list[float]]:
        """Nothing for any original."""
        return [[0.0] * len(originals) for _, _, originals in places]
