"""Which variant of a program made a text, by its words alone: how often each variant would write a
word, against how often people do.

How often a variant writes a form follows from the frequencies of jieba's dictionary: it is how often people write the
words that the variant replaces by the form, and the form itself where the variant leaves it. Nothing is learned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from despin.kernel.native.program import WordOdds as Odds
from despin.spinners.segmented import Segmented
from despin.tuning import Stretches


class WordEvidence(NamedTuple):
    """What the words of a part of a text say, in nats by the number of the variant: against people,
    and against the program itself."""

    spun: tuple[float, ...]
    ahead: tuple[float, ...]


class WordOdds:
    """The log odds of words under the program and its variants. Picklable; the first text makes ready what it asks."""

    def __init__(self, spinners: Sequence[Segmented]) -> None:
        self.spinners = spinners

    def __getstate__(self) -> Mapping[str, object]:
        return {"spinners": self.spinners}

    @cached_property
    def _odds(self) -> Odds:
        return Odds(
            [one.segmenter for one in self.spinners],
            Stretches.strange,
            Stretches.most_of_a_word,
            Stretches.again,
            Stretches.rare,
        )

    def of(self, text: str) -> WordEvidence:
        """What the words of a text say."""
        spun = self._odds.of(text)
        return WordEvidence(spun, tuple([nats - spun[0] for nats in spun]))


def together(forms: Sequence[str], shares: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """The probabilities of the originals of forms, by place, where a program draws one of several forms for a word: an
    original that stands behind other forms of the text as well is likelier. `shares` are those by place alone."""
    counts: dict[str, dict[str, float]] = {}
    for form, originals in zip(forms, shares, strict=True):
        for original, share in originals.items():
            by_form = counts.setdefault(original, {})
            by_form[form] = by_form.get(form, 0.0) + share
    totals = {original: sum(by_form.values()) for original, by_form in counts.items()}
    found: list[dict[str, float]] = []
    for form, originals in zip(forms, shares, strict=True):
        weighed = {
            original: share * (1 + Stretches.elsewhere * (totals[original] - counts[original][form]))
            for original, share in originals.items()
        }
        # What is known of by nothing but what it leaves keeps its weight.
        total = sum(weighed.values()) + max(0.0, 1 - sum(originals.values()))
        found.append({original: weight / total for original, weight in weighed.items()} if total else dict(originals))
    return found
