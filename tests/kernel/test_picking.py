"""How sure edits are, which of them are made, and whether what they leave has to be read again."""

from __future__ import annotations

import importlib
import math
from array import array
from collections.abc import Iterator
from types import ModuleType

import engine_kit as kit
import pytest
from em_kit import Arc, Place, Source, source_of, table_of

from despin import Restorer
from despin.decode.select import select_edits
from despin.document.em import confidences as confidences_of
from despin.document.families import form_gains
from despin.document.state import Document
from despin.kernel import em, ratios
from despin.kernel.picking import pick
from despin.results import Alternative, Edit
from despin.tuning import Standing


@pytest.fixture(params=["compiled", "source"])
def picking(request: pytest.FixtureRequest) -> ModuleType:
    return (
        importlib.import_module("despin.kernel.picking") if request.param == "compiled" else source_of("kernel/picking")
    )


def test_how_sure_edits_are(picking: ModuleType) -> None:
    found = array("d", [0.0, 0.1, 0.5, 0.8, 0.99, 1.0])
    picking.calibrate(found, 0.0, 0.5, 0.0)
    # Odds are their roots: 1 to 9 becomes 1 to 3, 4 to 1 becomes 2, 99 to 1 becomes 9.95; what is certain stays.
    assert list(found) == pytest.approx([0.0, 0.25, 0.5, 2 / 3, 99**0.5 / (1 + 99**0.5), 1.0])
    found = array("d", [0.5, 0.8, 0.99])
    picking.calibrate(found, math.log(4), 0.5, math.log(0.5))
    # Above 4 to 1 they are 4 times the root of what is more: 99 becomes 4 * (99 / 4) ** .5 = 19.9. All are halved.
    assert list(found) == pytest.approx([1 / 3, 2 / 3, 9.95 / 10.95], abs=1e-4)


def test_lines_are_believed(picking: ModuleType) -> None:
    table = table_of(em, [[Place(1.0, [Arc(1.0, [Source(weight=0.1)])])], [Place(1.0, [Arc()])]])
    found = array("d", [0.1, 0.5])
    picking.believe(table, array("d", [1.0, 0.2]), found)
    assert list(found) == pytest.approx([0.1, 0.1])


def spun(name: str) -> Document:
    document = kit.restorer().judge.judge(kit.article("spun-host", name)).document
    assert document is not None and document.believed
    return document


def picked(document: Document, bar: float) -> Iterator[tuple[int, int, list[int]]]:
    """What `picking.pick` gives, written out."""
    table, confidences, sources = document.table, confidences_of(document), document.candidates.sources
    for piece in range(len(table.masses)):
        arcs = range(table.arc_first[piece], table.arc_first[piece + 1])
        taken: list[int] = []
        for arc in sorted(arcs, key=lambda arc: -confidences[arc]):
            apart = all(table.starts[arc] >= table.ends[one] or table.starts[one] >= table.ends[arc] for one in taken)
            if confidences[arc] >= bar and apart:
                taken.append(arc)
        for arc in sorted(taken, key=table.starts.__getitem__):
            beside = [one for one in arcs if table.places[one] == table.places[arc] and one != arc]
            rivals = sorted([one for one in beside if confidences[one] >= 0.02], key=lambda one: -confidences[one])
            offers = table.offers[table.source_first[arc] : table.source_first[arc + 1]]
            best = max(
                offers, key=lambda one: (document.rates[sources[one].family] * sources[one].weight, sources[one].weight)
            )
            yield arc, best, rivals


@pytest.mark.parametrize("name", kit.files("spun-host"))
@pytest.mark.parametrize("bar", [0.05, 0.45, 0.9])
def test_the_surest_edits_are_picked(name: str, bar: float) -> None:
    document = spun(name)
    confidences, rates = confidences_of(document), document.rates
    assert pick(document.table, confidences, rates, bar, 0.02) == list(picked(document, bar))


@pytest.mark.parametrize("name", kit.files("spun-host"))
@pytest.mark.parametrize("least", [0.2, 0.45, 0.95])
def test_what_was_restored_is_left_as_it_is(name: str, least: float) -> None:
    restorer = Restorer(min_confidence=least)
    once = restorer.restore(kit.article("spun-host", name))
    assert restorer.restore(once) == once


@pytest.mark.parametrize("name", kit.files("spun-host"))
def test_edits_are_what_is_made_of_one_arc_each(name: str) -> None:
    document, engine = spun(name), kit.restorer()
    confidences, least = confidences_of(document), engine.min_confidence
    given = document.text, document.table, document.ids
    written = select_edits(*given, confidences, document.rates, least)
    picked = pick(document.table, confidences, document.rates, least, Standing.alternative)
    assert written
    table, ids = document.table, document.ids
    for edit, (arc, offer, rivals) in zip(written, picked, strict=True):
        start, end, entry = table.starts[arc], table.ends[arc], ids.candidates.sources[offer].entry
        others = tuple(Alternative(ids.original(table.pairs[one]), confidences[one]) for one in rivals)
        original, named = ids.original(table.pairs[arc]), f"{entry.family}:{entry.spun}"
        spun_form = document.text[start:end]
        assert edit == Edit(
            start, end, spun_form, original, confidences[arc], named, others, "polarity" if entry.flips else None
        )
    assert [type(edit.start) for edit in written] == [int] * len(written)


@pytest.mark.parametrize("name", kit.files("spun-host"))
def test_families_by_themselves_and_beside_others(name: str) -> None:
    document = spun(name)
    document.rates = array("d", [0.3, 0.05, 0.6, 0.2] * 10)[: len(document.rates)]
    families, ceiling = range(len(document.rates)), document.tuning.ceiling

    def ratio(chosen: set[int]) -> float:
        rates = document.rates_of(chosen)
        return form_gains(document, chosen, rates)[1] + ratios.left_standing(*document.exposed, rates)

    for believed in (set[int](), {2}, {0, 3}):
        known = array("i", [family in believed for family in families])
        tried = array("i", [family not in believed and family % 3 != 1 for family in families])
        found = ratios.beside(
            document.table, document.rates, known, tried, document.candidates.bits, document.exposed, ceiling,
            len(document.ids.form_words),
        )  # fmt: skip
        for family in families:
            assert found[family] == pytest.approx(ratio({*believed, family}) if tried[family] else 0.0, abs=1e-9)
