"""Which edits are made: from the confidence of every arc to edits, and the likeliest readings of a segment."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from despin.decode.arcs import Ids, SegmentArcs
from despin.kernel import em
from despin.kernel.table import Table
from despin.results import Alternative, Edit, Reading

#: Runners-up less likely than this are not reported.
LEAST_ALTERNATIVE = 0.02
#: Below this no edit is made, whatever the setting.
LEAST_CONFIDENCE = 1e-12
#: Readings of a segment that are listed.
READINGS = 8


def select_edits(
    text: str, table: Table, ids: Ids, confidences: array[float], rates: array[float], least: float
) -> list[Edit]:
    """The edits of `text` whose confidence reaches `least`, sorted and disjoint, the surer ones first where two overlap; so a
    higher bar never adds one. `confidences` are by arc, `rates` by family."""
    picked = em.pick(table, confidences, rates, max(least, LEAST_CONFIDENCE), LEAST_ALTERNATIVE)
    if ids.candidates.maker is None:
        return [make_edit(text, table, ids, arc, offer, rivals, confidences) for arc, offer, rivals in picked]
    from despin.kernel.native.arcs import write

    words, numbers, sources = ids.original_words, ids.pair_originals, ids.candidates.sources
    return write(Edit, Alternative, text, table, picked, confidences, words, numbers, sources)


def make_edit(
    text: str, table: Table, ids: Ids, arc: int, offer: int, rivals: Sequence[int], confidences: array[float]
) -> Edit:
    """The edit of an arc; `offer` speaks most for it, `rivals` are the likelier ones of the other arcs of its place."""
    originals, numbers, pairs = ids.original_words, ids.pair_originals, table.pairs
    start, end = table.starts[arc], table.ends[arc]
    entry = ids.candidates.sources[offer].entry
    alternatives = tuple([Alternative(originals[numbers[pairs[one]]], confidences[one]) for one in rivals])
    return Edit(
        start,
        end,
        text[start:end],
        originals[numbers[pairs[arc]]],
        confidences[arc],
        entry.flips,
        f"{entry.family}:{entry.spun}",
        alternatives,
    )


def rank_readings(
    text: str, table: Table, ids: Ids, segment: SegmentArcs, confidences: array[float], rates: array[float]
) -> Iterator[Reading]:
    """The likeliest readings of a segment of `text`, likeliest first."""
    base = segment.start
    body = text[base : segment.end]
    for ranked in segment.weighted.readings(segment.odds, READINGS):
        edits = tuple(
            make_edit(
                text,
                table,
                ids,
                arc,
                em.best_offer(table, rates, arc),
                em.rivals(table, confidences, arc, segment.low, segment.high, LEAST_ALTERNATIVE),
                confidences,
            )
            for arc in [segment.low + index for index in ranked.arcs]
        )
        pieces: list[str] = []
        position = 0
        for edit in edits:
            start = edit.start - base
            pieces += (body[position:start], edit.original)
            position = start + len(edit.spun)
        yield Reading("".join(pieces) + body[position:], edits, ranked.fluency, ranked.channel, ranked.posterior)
