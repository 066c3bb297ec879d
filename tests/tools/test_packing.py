"""Despin's own file of trigrams: what is written is read back by both readers, and damaged files are refused or do no harm."""

from __future__ import annotations

import random
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from kenlm_kit import backed_off
from places import environment

from despin.errors import ModelError
from despin.kernel import ngram_file as form
from despin.kernel import open_trigrams
from despin.lm.ngram import LanguageModel
from tools.train.lm import packing
from tools.train.lm.grams import Grams, Trigrams
from tools.train.lm.kenlm_file import read_trigrams

SIZE = 400


def made(seed: int) -> Trigrams:
    """A model of made-up words; one word stands behind hundreds of others, some behind none."""
    chance = random.Random(seed)
    words = ["<unk>", *(chr(0x4E00 + 7 * index) + chr(0x5E00 + 3 * index) * (index % 3) for index in range(1, SIZE))]
    pairs = {(chance.randrange(1, SIZE), 1 + int(chance.paretovariate(0.6)) % (SIZE // 2)) for _ in range(6000)}
    pairs |= {(first, 5) for first in range(1, SIZE, 2)}
    after: dict[int, list[int]] = {}
    for first, second in sorted(pairs):
        after.setdefault(first, []).append(second)
    triples = {(first, second, chance.choice(after[second])) for first, second in sorted(pairs) if second in after}
    triples |= {(first, 5, after[5][0]) for first in range(1, SIZE, 2)}
    contexts = {triple[:2] for triple in triples}

    def chances(count: int) -> Any:
        return np.array([-chance.randrange(100, 28_000) / form.UNIT for _ in range(count)])

    def backoffs(marked: list[bool]) -> Any:
        return np.array([-chance.randrange(1, 16) / 32 if one else -0.0 for one in marked])

    rows = [sorted(grams, key=lambda gram: (gram[1], gram[0])) for grams in (pairs, triples)]
    return Trigrams(
        words,
        (
            Grams(np.arange(SIZE)[:, None], chances(SIZE), backoffs([number in after for number in range(SIZE)])),
            Grams(np.array(rows[0]), chances(len(pairs)), backoffs([pair in contexts for pair in rows[0]])),
            Grams(np.array(rows[1]), chances(len(triples)), np.zeros(len(triples))),
        ),
    )


@pytest.fixture(scope="module", params=[1, 2])
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Trigrams, Path]:
    model, path = made(request.param), tmp_path_factory.mktemp("packed") / "made.lm"
    path.write_bytes(packing.pack(model))
    return model, path


def listed(model: Trigrams, order: int) -> dict[tuple[str, ...], tuple[float, float]]:
    """Probability and back-off weight by n-gram; minus zero says that nothing longer begins with it."""
    grams = model.grams[order - 1]
    rows = zip(grams.words.tolist(), grams.probability.tolist(), grams.backoff.tolist(), strict=True)
    return {tuple(model.vocabulary[number] for number in row): (score, backoff) for row, score, backoff in rows}


def test_all_n_grams_are_read_back(written: tuple[Trigrams, Path]) -> None:
    model, path = written
    found = read_trigrams(path)
    assert sorted(found.vocabulary) == sorted(model.vocabulary)
    for order, slack in ((1, 1e-9), (2, 0.1), (3, 0.5)):
        ours, theirs = listed(model, order), listed(found, order)
        assert ours.keys() == theirs.keys()
        assert all(theirs[gram][0] == pytest.approx(ours[gram][0], abs=slack) for gram in ours)
        assert order == 3 or all(theirs[gram][1] == pytest.approx(ours[gram][1], abs=1e-3) for gram in ours)


def test_scores_are_those_of_the_n_grams(written: tuple[Trigrams, Path]) -> None:
    model = read_trigrams(written[1])
    language, chance, expected = LanguageModel(written[1]), random.Random(9), backed_off(model)
    words = [*model.vocabulary[:60], "<unk>", "鱻鱻"]
    for _ in range(3000):
        drawn = [chance.choice(words) for _ in range(4)]
        assert language.trigrams.scores(drawn)[0] == pytest.approx(expected(drawn), abs=1e-9)


def test_every_trigram_is_found(written: tuple[Trigrams, Path]) -> None:
    _, path = written
    language = LanguageModel(path)
    for gram, (score, _) in listed(read_trigrams(path), 3).items():
        assert language.trigrams.scores(list(gram))[0][-1] == score


OPEN = """
import random, sys
from despin.errors import ModelError
from despin.lm.ngram import LanguageModel
sound, path, seed = sys.argv[1], sys.argv[2], int(sys.argv[3])
data, words = open(sound, "rb").read(), sorted(LanguageModel(sound).vocabulary)
refused, chance = 0, random.Random(seed)
for trial in range(60):
    damaged = bytearray(data)
    for _ in range(chance.choice((1, 3, 200, 5000))):
        damaged[chance.randrange(chance.choice((len(data), 200, len(data) // 3)))] = chance.randrange(256)
    if trial % 5 == 0:
        damaged = damaged[: chance.randrange(len(data))]
    if trial % 2:
        damaged[:100] = data[:100]
    open(path, "wb").write(damaged)
    try:
        model = LanguageModel(path)
        for _ in range(20):
            model.sequence([chance.choice(words) for _ in range(20)])
    except ModelError as error:
        refused += 1
        assert str(error).startswith(path) and "install despin again" in str(error), error
print(refused)
"""


def test_damaged_files_are_refused_or_do_no_harm(written: tuple[Trigrams, Path], tmp_path: Path) -> None:
    _, path = written
    for seed in range(3):
        done = subprocess.run(
            [sys.executable, "-c", OPEN, str(path), str(tmp_path / "damaged.lm"), str(seed)],
            env=environment(), cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert 10 < int(done.stdout) < 60


@pytest.mark.parametrize(
    ("place", "message"),
    [("heads_at", "bigrams are not where"), ("marks_at", "marks of bigrams"), ("groups_at", "trigrams are not where")],
)
def test_parts_that_do_not_fit_together_are_refused(
    written: tuple[Trigrams, Path], tmp_path: Path, place: str, message: str
) -> None:
    _, sound = written
    data, path = bytearray(sound.read_bytes()), tmp_path / "damaged.lm"
    start = cast(int, getattr(form.read_layout(bytes(data[:128]), len(data), ""), place))
    data[start + 9 : start + 11] = bytes(byte ^ 0x5A for byte in data[start + 9 : start + 11])
    path.write_bytes(data)
    with pytest.raises(ModelError, match=f"damaged.lm: .*{message}.*install despin again"):
        open_trigrams(path)


def test_headers_that_do_not_fit_the_file_are_refused(written: tuple[Trigrams, Path], tmp_path: Path) -> None:
    data, path = written[1].read_bytes(), tmp_path / "damaged.lm"
    sound = form.HEADER.unpack_from(data, len(form.MAGIC))
    behind = len(form.header_bytes(sound))
    # How many trigrams there are is said for whoever reads all of them, by whom it is not asked either.
    for index, value in product((0, 1, 2, 3, 4, *range(6, len(sound))), (0, 255, 0xFFFFFFFF)):
        header = [*sound]
        header[index] = value & (255 if 6 <= index < 11 else 0xFFFFFFFF)
        path.write_bytes(form.header_bytes(tuple(header)) + data[behind:])
        with pytest.raises(ModelError, match="install despin again"):
            open_trigrams(path)


def test_the_tool_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert packing.main([str(tmp_path / "missing.lm"), "-o", str(tmp_path / "out.lm")]) == 1
    assert "missing.lm" in capsys.readouterr().err
