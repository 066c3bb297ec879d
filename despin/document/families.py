"""Which families a document believes in: the likelihood of the document with them and without."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet

from despin.document.state import Document
from despin.kernel import ratios
from despin.kernel.table import zeros
from despin.kernel.types import family_bit


def choose_families(document: Document) -> set[int]:
    """The families that raise the likelihood of the document enough, the likeliest first; fills `alone`, and
    `evidence` and `damage` with that of spinners and of damage, neither of which counts for the other."""
    # Nothing speaks for or against a family that hardly has a rate.
    tuning = document.tuning
    expected = [
        rate * (unspun + tuning.phantom) / (1.0 - rate)
        for rate, unspun in zip(document.rates, document.unspun, strict=True)
    ]
    faint = min(tuning.faint, 0.05 * max(expected, default=0.0))
    ratios = _beside(document, (), [number > faint for number in expected])
    # Of a family that is not seen at all nothing is said beforehand.
    document.alone = [one and one + before for one, before in zip(ratios, document.prior, strict=True)]
    spinning = set(range(len(ratios))) - document.damaging
    believed, document.evidence = _believe(document, ratios, spinning, document.threshold)
    bar = min(document.threshold, tuning.further) if believed else document.threshold
    damaged, document.damage = _believe(document, ratios, document.damaging, bar)
    return believed | damaged


def _believe(
    document: Document, ratios: Sequence[float], families: AbstractSet[int], bar: float
) -> tuple[set[int], float]:
    """Those of some families that raise the likelihood of the document enough, where that of the likeliest reaches
    `bar`, and their evidence; that of the likeliest where none does. `ratios` are those of the families alone."""
    alone = document.alone
    best = max(families, key=alone.__getitem__, default=-1)
    evidence = alone[best] if best >= 0 else 0.0
    if best < 0 or evidence < bar:
        return set(), evidence
    believed, total = {best}, ratios[best]
    while True:
        tried = [family in families - believed and ratio >= 1.0 for family, ratio in enumerate(alone)]
        if not any(tried):
            return believed, evidence
        with_one = _beside(document, believed, tried)
        gains = {family: with_one[family] - total for family, one in enumerate(tried) if one}
        best = max(gains, key=gains.__getitem__)
        if gains[best] < document.tuning.further:
            return believed, evidence
        believed.add(best)
        total += gains[best]
        evidence += gains[best]


def _beside(document: Document, believed: Collection[int], tried: Sequence[bool]) -> list[float]:
    """log10 P(document | a family that is `tried`, and those `believed`, at their rates) / P(document | nobody spun
    it), by family; of a family that is not tried nothing but what a list of its length is less likely beforehand.

    Words come in bursts, so n occurrences of one form weigh as much as sqrt(n) independent ones, and one
    form alone never decides. A long list is less likely beforehand, since chance finds more in it.
    """
    found = ratios.beside(
        document.table, document.rates, array("i", [family in believed for family in range(len(tried))]),
        array("i", tried), document.candidates.bits, document.exposed, document.tuning.ceiling,
        len(document.ids.form_words),
    )  # fmt: skip
    excess = document.channel.excess
    if not believed:
        return [ratio - beforehand for ratio, beforehand in zip(found, excess, strict=True)]
    return [
        ratio - sum([excess[one] for one in {*believed, family}]) if tried[family] else 0.0
        for family, ratio in enumerate(found)
    ]


def form_gains(document: Document, families: AbstractSet[int], rates: array[float]) -> tuple[array[float], float]:
    """What each spun form, by its number, adds to the likelihood ratio (log10) of these families, and their sum."""
    wanted = 0
    for family in families:
        wanted |= family_bit(family)
    forms, ceiling = len(document.ids.form_words), document.tuning.ceiling
    gains, counts = zeros(forms), array("i", bytes(4 * forms))
    ratios.add_gains(document.table, wanted, rates, ceiling, gains, counts)
    return gains, ratios.join_bursts(gains, counts, ceiling)


def telling_forms(document: Document) -> list[tuple[str, float]]:
    """The spun forms that speak for the believed spinners, weightiest first, with their log10 likelihood ratios."""
    families = document.believed - document.damaging
    gains = form_gains(document, families, document.rates_of(families))[0]
    forms = zip(document.ids.form_words, gains, strict=True)
    return sorted(((form, gain) for form, gain in forms if gain > 0.1), key=lambda item: -item[1])
