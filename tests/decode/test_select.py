"""Segments of a document as objects, their likeliest readings, and the edits of a bar."""

from __future__ import annotations

from itertools import pairwise

import engine_kit as kit
import pytest

from despin.decode.arcs import Ids, SegmentArcs
from despin.decode.select import READINGS, rank_readings, select_edits
from despin.document.em import confidences as confidences_of
from despin.document.state import Document
from despin.kernel import segments as stretches
from despin.results import apply
from despin.tuning import Standing

TEXT = "用户经由过程手机就能完成付款，全部过程只须要几秒钟。体系会按期搜检装备的状况，发明题目今后立刻关照治理员。\n"


@pytest.fixture(scope="module")
def document() -> Document:
    found = kit.restorer().judge.judge(TEXT * 2).document
    assert found is not None and found.believed
    return found


@pytest.fixture(scope="module")
def segments(document: Document) -> list[SegmentArcs]:
    return [found for found in document.segment_arcs if found.arcs]


def test_arcs_stand_where_the_table_says(document: Document, segments: list[SegmentArcs]) -> None:
    table, ids = document.table, document.ids
    assert len(segments) > 3
    for segment in segments:
        assert len(segment.arcs) == len(segment.spun) == len(segment.sources) == segment.high - segment.low
        assert list(segment.odds) == list(table.odds[segment.low : segment.high])
        assert list(segment.posteriors) == list(table.posteriors[segment.low : segment.high])
        for number, (arc, spun, sources) in enumerate(zip(segment.arcs, segment.spun, segment.sources, strict=True)):
            assert document.text[segment.start : segment.end][arc.start : arc.end] == spun
            assert ids.original(table.pairs[segment.low + number]) == arc.original
            assert sources
            for source in sources:
                # An entry's form may be longer than the arc, by what it shares with its original.
                assert spun in source.entry.spun
                assert any(arc.original in one.text for one in source.entry.originals)


def test_posteriors_and_gains_are_those_of_the_lattice(segments: list[SegmentArcs]) -> None:
    for segment in segments:
        mass, posteriors = segment.weighted.posteriors(segment.odds)
        assert posteriors == pytest.approx(list(segment.posteriors), abs=1e-6)
        assert mass > 0


def test_readings_are_texts_with_their_edits(document: Document, segments: list[SegmentArcs]) -> None:
    confidences = confidences_of(document)
    several = 0
    for segment in segments:
        body = document.text[segment.start : segment.end]
        rows = list(rank_readings(document.text, document.table, document.ids, segment, confidences, document.rates))
        assert 1 < len(rows) <= READINGS + 1
        assert [row.posterior for row in rows] == sorted((row.posterior for row in rows), reverse=True)
        assert sum(row.posterior for row in rows) <= 1 + 1e-9
        assert len({row.text for row in rows if not row.edits} | {body}) == 1
        for row in rows:
            assert apply(document.text, row.edits) == (
                document.text[: segment.start] + row.text + document.text[segment.end :]
            )
            several += len(row.edits) > 1
            for edit in row.edits:
                assert segment.start <= edit.start < edit.end <= segment.end
                assert all(one.confidence >= Standing.alternative for one in edit.alternatives)
                assert edit.original not in [one.original for one in edit.alternatives]
    assert several


def test_a_higher_bar_adds_no_edit(document: Document) -> None:
    confidences = confidences_of(document)
    found = [
        select_edits(document.text, document.table, document.ids, confidences, document.rates, bar)
        for bar in (0.0, 0.3, 0.6, 0.9, 1.1)
    ]
    assert found[0]
    assert found[-1] == []
    for (low, high), bar in zip(pairwise(found), (0.3, 0.6, 0.9, 1.1), strict=True):
        assert {(edit.start, edit.end) for edit in high} <= {(edit.start, edit.end) for edit in low}
        assert all(edit.confidence >= bar for edit in high)
    for edits in found:
        assert all(before.end <= after.start for before, after in pairwise(edits))


def test_numbers_lead_back_to_words() -> None:
    candidates, text = kit.restorer().engine.candidates, "首要的是，首要问题经由过程旌旗灯号解决。"
    ids = Ids(candidates)
    table = ids.table(text, stretches(text, candidates.channel.match(text).sites))
    pairs = set()
    for arc, pair in enumerate(table.pairs):
        form = ids.form_words[ids.pair_forms[pair]]
        assert form == text[table.starts[arc] : table.ends[arc]]
        pairs.add((form, ids.original(pair)))
        for place in range(table.source_first[arc], table.source_first[arc + 1]):
            assert ids.key_families[table.keys[place]] == table.families[place]
    assert {("首要", "主要"), ("首要", "重要"), ("经由过程", "通过")} <= pairs
    # What comes again has no second number.
    assert len(pairs) == len(set(table.pairs)) < len(table.pairs)
    assert len(set(ids.form_words)) == len(ids.form_words)
    assert len(set(ids.original_words)) == len(ids.original_words)
