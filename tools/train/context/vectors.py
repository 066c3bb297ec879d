"""Words of a corpus as numbers, and the vectors learned from them."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from despin.lm.ngram import LanguageModel
from tools.train.context.words import split

Floats = NDArray[np.float32]
#: Words commoner than this are seldom taken as the word in question, and negative samples are drawn by P to this power.
COMMON, POWER = 1e-4, 0.75
#: Places in a row that stay together when the corpus is shuffled; one topic after another would be forgotten.
BLOCK = 4000
#: The first learning rate, the last, and how many negative samples there are to a place.
RATE, LAST_RATE, SAMPLES = 0.03, 0.0003, 40
#: How many negative samples are drawn beforehand.
DRAWN = 10_000_000


@dataclass(frozen=True)
class Vectors:
    """A model as it was learned; row 0 of all is no word. `offsets`: natural log of how much likelier a word is whose place
    expects nothing than anywhere."""

    words: list[str]
    around: Floats
    within: Floats
    distances: Floats
    offsets: Floats


def number(texts: Iterable[str], model: LanguageModel, least: int) -> tuple[list[str], NDArray[np.int32]]:
    """The words that stand at least `least` times, commonest first after "", and the corpus as their numbers."""
    known: dict[str, int] = {"": 0}
    numbers = array("i")
    for text in texts:
        numbers.extend([known.setdefault(word, len(known)) for _, _, word in split(text, model)])
        numbers.append(0)
    counts = Counter(numbers)
    words = list(known)
    kept = sorted((one for one in counts if one and counts[one] >= least), key=lambda one: (-counts[one], words[one]))
    renumbered = np.zeros(len(words), np.int32)
    renumbered[kept] = np.arange(1, len(kept) + 1)
    return ["", *(words[one] for one in kept)], renumbered[np.frombuffer(numbers, np.int32)]


def learn(words: list[str], numbers: NDArray[np.int32], size: int, reach: int, passes: int) -> Vectors:
    """The vectors of `words` from a corpus; says how far it is on stderr."""
    generator = np.random.default_rng(0)
    blocks = [numbers[start : start + BLOCK] for start in range(0, len(numbers), BLOCK)]
    counts = np.bincount(numbers, minlength=len(words)).astype(float)
    counts[0] = 0.0
    share = counts / counts.sum()
    noise = share**POWER / (share**POWER).sum()
    with np.errstate(divide="ignore"):
        keep = np.minimum(1.0, np.sqrt(COMMON / share)).astype(np.float32)
        biases = np.log(share).astype(np.float32)
        noise_odds = np.log(SAMPLES * noise).astype(np.float32)
    drawn = np.searchsorted(np.cumsum(noise), generator.random(DRAWN)).clip(1, len(words) - 1).astype(np.int32)
    around = generator.uniform(-4.0 / size, 4.0 / size, (len(words), size)).astype(np.float32)
    within = np.zeros((len(words), size), np.float32)
    distances = np.full((2 * reach, size), (2.0 * reach) ** -0.5, np.float32)
    fallen = np.linspace(RATE, LAST_RATE, passes + 1)
    learning = _compiled()
    for turn in range(passes):
        generator.shuffle(blocks)
        loss = learning.descend(
            np.concatenate(blocks), keep, drawn, noise_odds, around, within, distances, biases,
            fallen[turn], fallen[turn + 1], SAMPLES, 88172645463325252 + turn,
        )  # fmt: skip
        print(f"pass {turn + 1} of {passes}: loss {loss:.4f}", file=sys.stderr, flush=True)
    offsets = biases - np.log(np.maximum(share, 1e-12)).astype(np.float32)
    around[0], within[0], offsets[0] = 0.0, 0.0, 0.0
    return Vectors(words, around, within, distances, offsets)


def _compiled() -> ModuleType:
    """`learning.pyx`, compiled for this machine."""
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    source = Path(__file__).with_name("learning.pyx")
    with tempfile.TemporaryDirectory() as folder:
        options = ["-O3", "-march=native", "-ffast-math"]
        extension = Extension("learning", [str(source)], extra_compile_args=options)
        modules = cythonize([extension], build_dir=folder, quiet=True)  # type: ignore[no-untyped-call]
        command = build_ext(Distribution({"ext_modules": modules}))
        command.build_lib = command.build_temp = folder
        command.ensure_finalized()
        command.run()
        spec = importlib.util.spec_from_file_location("learning", command.get_ext_fullpath("learning"))
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module
