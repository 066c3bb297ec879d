"""The systems that despin has to beat: the lexicon without a document model, and without a language model.

`none` changes nothing; `invert-list` replaces every listed spun form by its likeliest original; `frequency` does so
where the original is `TIMES` times more frequent in the language model; `lattice-low` and `lattice-high` take the best
reading of a character lattice under the language model at one fixed cost an edit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from math import log10

from despin.channel import Channel
from despin.edits import Edit, apply
from despin.evaluation.sets import Document
from despin.evaluation.systems import Output, System
from despin.lexicon.entry import Lexicon

#: How much more frequent an original must be for `frequency`.
TIMES = 5.0
#: The fixed costs of an edit, in log10.
COSTS = {"lattice-low": 0.5, "lattice-high": 3.0}


class Baseline:
    """A baseline: a function from a text to sorted, disjoint edits."""

    def __init__(self, name: str, edits: Callable[[str], Iterable[Edit]]) -> None:
        self.name = name
        self._edits = edits

    def run(self, document: Document) -> Output:
        edits = tuple(edit for edit in self._edits(document.text) if edit.spun != edit.original)
        return Output(edits, apply(document.text, edits))


def baseline(name: str, lexicon: Lexicon, families: Sequence[str] = ()) -> System:
    """The baseline called `name` on the active entries of `lexicon`, of `families` only if given."""
    if name == "none":
        return Baseline(name, lambda text: [])
    kept = (one for one in lexicon.entries if one.status == "active" and (not families or one.family in families))
    lexicon = replace(lexicon, entries=tuple(kept))
    if name in COSTS:
        return Baseline(name, _Lattice(lexicon, COSTS[name]).edits)
    return Baseline(name, _Table(lexicon, name == "frequency").edits)


class _Table:
    """Every spun form with its one likeliest original."""

    def __init__(self, lexicon: Lexicon, only_frequent: bool) -> None:
        self.channel = Channel(lexicon)
        weights: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for entry in lexicon.entries:
            for original in entry.originals:
                weights[entry.spun][original.text] += original.weight
        self.best = {spun: max(found, key=found.__getitem__) for spun, found in weights.items()}
        if only_frequent:
            from despin.fluency import LanguageModel

            model, margin = LanguageModel(), log10(TIMES)
            self.best = {
                spun: original
                for spun, original in self.best.items()
                if original and model.unigram(original) - model.unigram(spun) >= margin
            }

    def edits(self, text: str) -> Iterator[Edit]:
        """The leftmost, and of those the longest, listed forms."""
        reach = 0
        for start, end, _ in self.channel.match(text).sites:
            original = self.best.get(text[start:end])
            if start >= reach and original is not None:
                yield Edit(start, end, text[start:end], original, 1.0)
                reach = end


class _Lattice:
    """The best reading at a fixed cost."""

    def __init__(self, lexicon: Lexicon, cost: float) -> None:
        from despin.fluency import LanguageModel

        self.channel = Channel(lexicon)
        self.cost = cost
        self.model = LanguageModel()

    def edits(self, text: str) -> Iterator[Edit]:
        from despin.decoder import Weighted
        from despin.lattice import Arc, build
        from despin.stretches import stretches

        reach = 0
        for stretch in stretches(text, self.channel.match(text).sites):
            arcs = sorted(
                {
                    (start - stretch.start, end - stretch.start, candidate.original)
                    for start, end, pattern in stretch.sites
                    for candidate in self.channel.candidates[pattern]
                }
            )
            odds = [10.0**-self.cost] * len(arcs)
            piece = text[stretch.start : stretch.end] + "\0"
            before = "。" if stretch.fresh else ""
            lattice = build(piece, [Arc(*arc) for arc in arcs], [-self.cost] * len(arcs), self.model, before)
            weighted = Weighted(lattice, temper=1.0)
            _, posteriors = weighted.posteriors(odds)
            for number in weighted.best(odds):
                start, end, original = arcs[number]
                # A long run of sites is cut into stretches that may share a few characters.
                if start + stretch.start >= reach:
                    reach = end + stretch.start
                    yield Edit(start + stretch.start, reach, piece[start:end], original, min(1.0, posteriors[number]))
