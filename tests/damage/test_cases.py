"""Damage beside swapped words: own samples are repaired, each kind can be switched off, and nothing else is touched."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest
from places import CASES, SHARED, needs_shared

from despin import Restoration, Restorer
from despin.damage import ALL, KINDS
from despin.damage.doubled import repair_doubled
from despin.damage.full_stops import repair_full_stops
from despin.results import apply
from despin.text.wdiff import Sample
from despin.tuning import FullStops
from tools.cases import read_cases

#: The share of each kind that is repaired, and how many edits of a kind may be wrong for one that is right.
RESTORED, WRONG = 0.80, 0.25


@functools.cache
def restorer(*without: str) -> Restorer:
    return Restorer(damage=ALL - set(without))


@functools.cache
def cases(kind: str) -> tuple[tuple[Sample, Restoration], ...]:
    lines = (CASES / "damage" / f"{kind}.wdiff").read_text("utf-8").splitlines()
    return tuple((sample, restorer().explain(sample.spun)) for sample in read_cases(lines, kind))


def is_damage(kind: str, spun: str, original: str) -> bool:
    if kind == "full-stop":
        return spun == "。"
    if kind == "doubled":
        return original == "" or "装备摆设装备" in spun
    return len(spun) == len(original) == 1


@pytest.mark.parametrize("kind", ["full-stop", "doubled", "traditional", "glyph"])
def test_own_samples_are_mended(kind: str) -> None:
    right = all_of_them = wrong = 0
    for sample, result in cases(kind):
        marks = [
            mark
            for mark in sample.gold
            if is_damage(kind, sample.spun[mark.start : mark.end], mark.originals[0])
            and sample.spun[mark.start : mark.end] != mark.originals[0]
        ]
        all_of_them += len(marks)
        for mark in marks:
            over = [edit for edit in result.edits if edit.start <= mark.start and mark.end <= edit.end]
            right += any(
                edit.original in mark.originals or edit.end - edit.start > mark.end - mark.start for edit in over
            )
        wrong += sum(
            edit.entry == f"damage:{kind}"
            and not any(edit.start < mark.end and mark.start < edit.end for mark in marks)
            for edit in result.edits
        )
    assert all_of_them >= 10
    assert right >= RESTORED * all_of_them
    assert wrong <= WRONG * right


@pytest.mark.parametrize("kind", ["full-stop", "doubled", "traditional", "glyph"])
def test_edits_are_exact_and_restoring_twice_changes_nothing(kind: str) -> None:
    for sample, result in cases(kind):
        assert all(sample.spun[edit.start : edit.end] == edit.spun for edit in result.edits)
        assert apply(sample.spun, result.edits) == result.text
        assert restorer().restore(result.text) == result.text


@pytest.mark.parametrize("kind", ["full-stop", "doubled", "traditional", "glyph"])
def test_a_kind_that_is_switched_off_leaves_no_edit(kind: str) -> None:
    seen = 0
    for sample, result in cases(kind):
        seen += any(edit.entry == f"damage:{kind}" for edit in result.edits)
        edits = restorer(kind).explain(sample.spun).edits
        assert not any(edit.entry in (f"damage:{kind}", f"{kind}:{edit.spun}") for edit in edits)
    assert seen


def test_real_reduplication_is_left_alone_even_in_a_spun_text() -> None:
    text = (CASES / "unspun" / "reduplication.txt").read_text("utf-8")
    assert repair_doubled(text, restorer().model, restorer().engine.channel.number, 0.45) == []


DAMAGED = (
    "他每天五点起床，烧水，做饭，等孩子们都吃完了。才骑着车去镇上，如果路上遇到熟人。就停下来说几句话。\n"
    "镇上的集市逢三逢八，赶集的时候。街上挤满了人，因为来得晚的人没有地方摆摊。所以大家都起得很早。\n"
    "卖菜的老人不吆喝，别人问价的时候。才抬起头来，虽然价钱比别人低。但是从来不肯少一两，也不肯多要。\n"
    "到了中午，人就散了，只有卖茶的棚子还开着，要是下雨。棚子里就坐满了躲雨的人，一直坐到天黑。\n"
)


def test_a_text_that_is_damaged_and_nothing_else_has_to_show_it() -> None:
    result = restorer().explain(DAMAGED)
    assert result.verdict.family is None
    assert {edit.entry for edit in result.edits} == {"damage:full-stop"}
    assert len(result.edits) >= 6
    assert "如果路上遇到熟人，就停下来" in result.text
    assert restorer().restore(result.text) == result.text
    assert restorer("full-stop").restore(DAMAGED) == DAMAGED


QUOTED = "如果夜里有人敲门。他总是先问一声。问清楚了。才把门闩拉开。母亲说他胆子小。他只是怕吵醒我们。所以每次都把灯捻得很暗。"


@pytest.mark.parametrize("place", [0, 6, 13])
def test_a_paragraph_in_short_sentences_is_quoted_as_it_is(place: int) -> None:
    damaged = [sample.spun for sample, _ in cases("full-stop")]
    text = "\n".join([*damaged[:place], QUOTED, *damaged[place:]])
    result = restorer().explain(text)
    assert sum(edit.entry == "damage:full-stop" for edit in result.edits) >= 15
    assert QUOTED in result.text


def test_a_paragraph_that_the_document_believes_clean_keeps_its_full_stops() -> None:
    quoted = DAMAGED.split("\n")[0]
    everything = repair_full_stops(DAMAGED, 0.45, FullStops.typical)
    others = repair_full_stops(DAMAGED, 0.45, FullStops.typical, frozenset({quoted}))
    assert min(edit.start for edit in everything) < len(quoted) < min(edit.start for edit in others)


def test_a_higher_bar_never_adds_an_edit() -> None:
    low, high = (repair_full_stops(DAMAGED, least, FullStops.typical) for least in (0.1, 0.99))
    assert {edit.start for edit in high} < {edit.start for edit in low}


@pytest.mark.parametrize("path", sorted((CASES / "unspun").glob("*.txt")), ids=lambda path: path.stem)
def test_no_full_stop_of_an_unspun_text_is_touched(path: Path) -> None:
    assert repair_full_stops(path.read_text("utf-8"), 0.0, FullStops.unknown) == []


@needs_shared
@pytest.mark.parametrize("name", ["abstracts", "app-descriptions", "headlines", "news"])
def test_nothing_is_mended_in_a_clean_document(name: str) -> None:
    for row in (SHARED / "clean" / f"{name}.jsonl").open(encoding="utf-8"):
        edits = restorer().explain(json.loads(row)["text"]).edits
        assert not [edit for edit in edits if edit.entry.startswith("damage:")]


def test_every_kind_has_its_samples() -> None:
    lines = sum(len(cases(kind)) for kind in ("full-stop", "doubled", "traditional", "glyph"))
    assert lines >= 135
    assert set(KINDS) == {"full-stop", "doubled", "traditional", "glyph", "pinyin", "noise", "site-name"}
