"""Which edits are made: from the confidence of every arc to edits, and the likeliest readings of a segment."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, repeat
from typing import Any

from despin.decode.arcs import Ids, SegmentArcs
from despin.kernel.picking import best_offer, pick, rivals
from despin.kernel.table import Table
from despin.lexicon.columns import build
from despin.results import Alternative, Edit, Reading
from despin.tuning import Standing

#: Readings of a segment that are listed.
READINGS = 8


def select_edits(
    text: str,
    table: Table,
    ids: Ids,
    confidences: array[float],
    rates: array[float],
    least: float,
    sure: float = 0.0,
    together: float = 0.0,
) -> list[Edit]:
    """The edits of `text` whose confidence reaches `least`, sorted and disjoint, the surer ones first where
    two overlap; so a higher bar never adds one, and the surer ones of a lower bar are those of the higher.
    Those that are less sure than `sure` have to be as sure as `together` with their runners-up. `confidences`
    are by arc, `rates` by family."""
    picked = pick(table, confidences, rates, max(least, Standing.confidence), Standing.alternative, sure, together)
    return _make_edits(text, table, ids, picked, confidences)


def _make_edits(
    text: str, table: Table, ids: Ids, picked: list[tuple[int, int, list[int]]], confidences: array[float]
) -> list[Edit]:
    """The edits of arcs, given as (arc, the offer that speaks most for it, the likelier ones of
    the other arcs of its place)."""
    words, numbers, pairs, sources = ids.original_words, ids.pair_originals, table.pairs, ids.candidates.sources
    arcs = [arc for arc, _, _ in picked]
    rivals = [one for _, _, others in picked for one in others]
    starts, ends = [table.starts[arc] for arc in arcs], [table.ends[arc] for arc in arcs]
    labels = sources.labels([offer for _, offer, _ in picked])
    columns: dict[str, Iterable[Any]] = {
        "start": starts,
        "end": ends,
        "spun": [text[start:end] for start, end in zip(starts, ends, strict=True)],
        "original": [words[numbers[pairs[arc]]] for arc in arcs],
        "confidence": [confidences[arc] for arc in arcs],
        "changes": ["polarity" if flips else None for flips, _ in labels],
        "entry": [entry for _, entry in labels],
    }
    others = [words[numbers[pairs[one]]] for one in rivals], [confidences[one] for one in rivals]
    return make_edits(columns, *others, [len(others) for _, _, others in picked])


def make_edits(
    columns: Mapping[str, Iterable[Any]], words: list[str], shares: list[float], counts: list[int]
) -> list[Edit]:
    """Edits by columns of their values; each has so many of the runners-up, whose originals and
    confidences stand one behind the other."""
    others = iter(build(Alternative, len(words), {"original": words, "confidence": shares}))
    alternatives = [tuple(islice(others, count)) if count else () for count in counts]
    return build(
        Edit, len(counts), {"context": repeat(None), "proof": repeat(None), **columns, "alternatives": alternatives}
    )


def rank_readings(
    text: str, table: Table, ids: Ids, segment: SegmentArcs, confidences: array[float], rates: array[float]
) -> Iterator[Reading]:
    """The likeliest readings of a segment of `text`, likeliest first."""
    base = segment.start
    body = text[base : segment.end]
    low, high = segment.low, segment.high
    for ranked in segment.weighted.readings(segment.odds, READINGS):
        picked = [
            (arc, best_offer(table, rates, arc), rivals(table, confidences, arc, low, high, Standing.alternative))
            for arc in [segment.low + index for index in ranked.arcs]
        ]
        edits = tuple(_make_edits(text, table, ids, picked, confidences))
        pieces: list[str] = []
        position = 0
        for edit in edits:
            start = edit.start - base
            pieces += (body[position:start], edit.original)
            position = start + len(edit.spun)
        yield Reading("".join(pieces) + body[position:], edits, ranked.fluency, ranked.channel, ranked.posterior)
