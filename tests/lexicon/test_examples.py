"""The examples of the shipped entries as cases: where an entry fires, its original reads better than the spun form."""

from __future__ import annotations

from collections.abc import Iterator

from despin.decode.decoder import Weighted
from despin.kernel import build_lattice
from despin.kernel.types import Arc
from despin.lexicon.load import load
from despin.lm.ngram import LanguageModel
from despin.text import wdiff


def examples() -> Iterator[tuple[str, wdiff.Sample]]:
    for entry in load().entries:
        for example in entry.examples:
            sample = wdiff.read(example, f"{entry.family}:{entry.spun}")
            if sample.gold:
                yield f"{entry.family}:{entry.spun}", sample


def prefers_the_original(sample: wdiff.Sample, model: LanguageModel) -> bool:
    arcs = [Arc(gold.start, gold.end, gold.originals[0]) for gold in sample.gold]
    lattice = build_lattice(sample.spun + "\0", arcs, [0.0] * len(arcs), model.trigrams, "。")
    _, posteriors = Weighted(lattice).posteriors([1.0] * len(arcs))
    return all(posterior > 0.5 for posterior in posteriors)


def test_originals_read_better_than_spun_forms(language_model: LanguageModel) -> None:
    cases = list(examples())
    worse = [name for name, sample in cases if not prefers_the_original(sample, language_model)]
    assert len(cases) >= 1500
    assert worse == []
