"""The company words keep: what stands beside an edit's original, or beside its spun form, elsewhere in the text.

A text says the same thing more than once. Where 领取时间 stands once and 提取时间 three times, 提取 is what was written;
where 碳酸钠溶液 stands three times, a spinner that draws a synonym at random has not drawn it three times.
"""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from despin.document.em import Document

#: What every company met again adds to an edit's odds or takes from them (log10); there are four: one and two characters
#: before it, and after it.
COMPANY = 0.55
#: Edits less likely than this are not looked at.
LEAST = 0.005
#: Companies longer than this are not looked for.
LONGEST = 12


def phrase_factors(document: Document, wanted: array[int]) -> dict[int, float]:
    """What the odds of the arcs that are `wanted` are multiplied by, where that is not 1; posteriors are those of now."""
    table, making, text = document.table, document.making, document.text
    companies: dict[int, tuple[list[str], list[str]]] = {}
    for arc, posterior in enumerate(table.posteriors):
        if posterior >= LEAST and wanted[arc]:
            start, end = table.starts[arc], table.ends[arc]
            before, after = text[max(0, start - 2) : start], text[end : end + 2]
            original = making.original(table.pairs[arc])
            companies[arc] = _companies(before, original, after), _companies(before, text[start:end], after)
    counts = _counts(text, {one for both in companies.values() for each in both for one in each})
    found = {}
    for arc, (originals, forms) in companies.items():
        gain = sum(counts[one] > 0 for one in originals) - sum(counts[one] > 1 for one in forms)
        if gain:
            found[arc] = 10.0 ** (COMPANY * gain)
    return found


def _companies(before: str, word: str, after: str) -> list[str]:
    found = [before[-1:] + word, before + word, word + after[:1], word + after]
    return [one for one in found if len(word) < len(one) <= LONGEST]


def _counts(text: str, wanted: set[str]) -> Counter[str]:
    """How often each of the `wanted` strings stands in `text`."""
    counts: Counter[str] = Counter()
    for length in {len(one) for one in wanted}:
        here = [text[start : start + length] for start in range(len(text) - length + 1)]
        counts.update(one for one in here if one in wanted)
    return counts
