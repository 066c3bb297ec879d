"""What is particular to lists that were imported: edits are recalibrated, and who spins with a thesaurus draws anew."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest
from imported_kit import assumed

from despin.document.calibration import calibrate
from despin.document.factors import COLLOCATION, collocation_factors, context_factors
from despin.lexicon.importers import import_text, render
from despin.restorer import Restorer


def factor(restorer: Restorer, text: str, spun: str, original: str) -> float:
    """What the collocations of an edit do to its odds."""
    document = assumed(restorer, text)
    table, ids = document.table, document.ids
    factors = collocation_factors(document, array("i", [1] * len(table.starts)))
    arc = next(
        arc
        for arc in range(len(table.starts))
        if text[table.starts[arc] : table.ends[arc]] == spun and ids.original(table.pairs[arc]) == original
    )
    return factors.get(arc, 1.0)


def test_an_original_in_the_same_collocation_elsewhere_speaks_for_an_edit(imported: Restorer) -> None:
    text = "茶叶的年华越长，颜色越深。茶叶的时间短了，味道就淡。"
    # The same two characters before it, and one of them.
    assert factor(imported, text, "年华", "时间") == pytest.approx(10.0 ** (2 * COLLOCATION))
    assert factor(imported, "茶叶的年华越长，颜色越深。", "年华", "时间") == 1.0


def test_a_spun_form_that_comes_again_in_the_same_collocation_is_meant(imported: Restorer) -> None:
    text = "大家说茶叶的年华越长越好。他们写茶叶的年华不能短。"
    assert factor(imported, text, "年华", "时间") == pytest.approx(10.0 ** (-2 * COLLOCATION))


def test_the_spinner_of_a_thesaurus_has_no_habits_with_single_words(imported: Restorer, restorer: Restorer) -> None:
    assert imported.engine.channel.drawn == [True]
    assert not any(restorer.engine.channel.drawn)


def test_a_list_of_replacements_is_no_thesaurus(tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    path.write_text(render(import_text("时间→时光\n研究→切磋\n结果→了局|收场\n"), "list"), "utf-8")
    restorer = Restorer(lexicons=[path], shipped=False)
    assert restorer.engine.channel.drawn == [False]
    assert restorer.engine.channel.excess == [0.0]
    assert context_factors(assumed(restorer, "切磋的了局说明，时光不多了。"), judging=False)[0] == {}


def test_calibration_keeps_the_order_of_one_pair_and_touches_only_what_is_wanted(imported: Restorer) -> None:
    document = assumed(imported, "研究的了局说明，领取年华对颜色有反应。")
    arcs = len(document.table.starts)
    surer = []
    for posterior in (0.01, 0.3, 0.6, 0.9, 0.999999, 1.0):
        found = array("d", [posterior] * arcs)
        calibrate(document, array("i", [1] + [0] * (arcs - 1)), found)
        assert list(found[1:]) == [posterior] * (arcs - 1)
        assert 0.0 <= found[0] < 1.0
        surer.append(found[0])
    assert surer == sorted(surer)
    assert surer[0] == 0.01


def test_calibration_doubts_a_rare_original_more(imported: Restorer) -> None:
    document = assumed(imported, "这项研究说明，茶叶的年华越长越好。")
    found = array("d", [0.8] * len(document.table.starts))
    calibrate(document, array("i", [1] * len(found)), found)
    by_original = {document.ids.original(pair): value for pair, value in zip(document.table.pairs, found, strict=True)}
    assert by_original["时间"] > by_original["时光"]
