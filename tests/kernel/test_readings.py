"""The kernel and the reference (`tests/reference/lists.py`): fluency, lattice and E step, by all readings of short pages under a small lexicon and model."""

from __future__ import annotations

import json
import math
from array import array
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from profiles import examples
from reference.lists import Counts, Family, Lexicon, edits_of, posteriors, readings
from reference_kit import made_up, write

from despin.decode.arcs import Ids
from despin.decode.decoder import Weighted
from despin.engine import Engine
from despin.kernel import build_lattice, em, open_trigrams, segments
from despin.kernel.table import Table
from despin.kernel.types import BEFORE, Arc
from despin.settings import Settings
from despin.tuning import TEMPER

#: A word of more than `Search.crossing` characters is among them; 丁 alone is no word, 己 is in none.
WORDS = ["甲", "乙", "丙", "甲乙", "乙丙", "丙丁", "甲乙丙", "甲乙丙丁甲", "，", "。"]
MODEL = made_up(WORDS, 1)
FORM, ORIGINAL, RATE = (
    st.text("甲乙丙丁", min_size=1, max_size=2),
    st.text("甲乙丙丁", max_size=2),
    st.floats(0.01, 0.9),
)
#: One original a form in each family: of more than two in all the kernel looks at the likeliest only.
ENTRIES = st.dictionaries(
    FORM, st.dictionaries(ORIGINAL, st.sampled_from([1.0, 3.0]), min_size=1, max_size=1), max_size=2
)
FAMILIES = st.builds(Family, RATE, RATE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the model's file."""
    return write(MODEL, tmp_path_factory.mktemp("lists") / "model.lm").parent


@given(st.lists(st.sampled_from([*WORDS, "丁"]), max_size=6))
@examples(100)
def test_fluency(folder: Path, words: list[str]) -> None:
    assert open_trigrams(folder / "model.lm").sequence(words) == pytest.approx(MODEL.fluency(words), abs=1e-6)


@given(st.text("甲乙丙丁己，;", min_size=1, max_size=5), st.sampled_from(["", "。"]), st.data())
@examples(100)
def test_the_lattice_holds_all_readings(folder: Path, page: str, before: str, data: st.DataObject) -> None:
    spans = st.tuples(st.integers(0, len(page)), st.integers(0, len(page)), st.text("甲乙丙丁，", max_size=3))
    edits = [Arc(*span) for span in data.draw(st.lists(spans, max_size=4, unique=True)) if span[0] < span[1]]
    odds = [data.draw(st.floats(1e-4, 1e4)) for _ in edits]
    every = readings(page, edits, odds, MODEL, before)
    logs, model = [math.log10(one) for one in odds], open_trigrams(folder / "model.lm")
    lattice = Weighted(build_lattice(page + "\0", edits, logs, model, before, math.inf, 10**6))
    ratio, found = lattice.posteriors(odds)
    made, gain = posteriors(every, len(edits))
    assert [math.log10(ratio), *found] == pytest.approx([gain, *made], abs=1e-6)
    best = max(one.weight for one in every)
    assert tuple(lattice.best(odds)) in [one.edits for one in every if one.weight > best * (1.0 - 1e-6)]


@given(
    st.fixed_dictionaries({"one": ENTRIES, "other": ENTRIES}),
    FAMILIES,
    FAMILIES,
    st.data(),
)
@examples(60)
def test_the_e_step(folder: Path, lexicon: Lexicon, one: Family, other: Family, data: st.DataObject) -> None:
    # Pages of forms: few others have an edit.
    forms = sorted({form for entries in lexicon.values() for form in entries})
    page = "".join(data.draw(st.lists(st.sampled_from([*forms, *"甲丁己"]), min_size=1, max_size=3)))
    lexicon = {name: {form: each for form, each in own.items() if form not in each} for name, own in lexicon.items()}
    believed = {"one": one, "other": other}
    for name, entries in lexicon.items():
        (folder / f"{name}.yaml").write_text(
            json.dumps({"family": name, "entries": entries}, ensure_ascii=False), "utf-8"
        )
    files = tuple(folder / f"{name}.yaml" for name in lexicon)
    engine = Engine(Settings(files, shipped=False, model=folder / "model.lm"))
    ids, pieces = Ids(engine.candidates), segments(page, engine.sites(page).sites)
    # With a beam that drops nothing; the one that is used loses readings of a model made up at random.
    table = Table()
    engine.candidates.tables.fill(table, ids, page, pieces, 10**6, math.inf, TEMPER)
    table.ready()
    sources = [ids.candidates.sources[offer].entry for offer in table.offers]
    keys = {number: (entry.family, entry.originals[0].text) for number, entry in zip(table.keys, sources, strict=True)}
    order = [keys[number] for number in range(len(ids.key_families))]
    counts = Counts(*({key: data.draw(st.sampled_from([0.0, 0.5, 2.0])) for key in order} for _ in range(2)))
    rates, full = [
        array("d", [getattr(believed[name], field) for name in engine.channel.families]) for field in ("rate", "full")
    ]
    em.e_step(em.Estimate(
        table.columns, rates, full, counts.stiffness, array("d", [0.0, 0.0]), array("d", counts.standing.values()),
        array("d", counts.replaced.values()), ids.key_families[:], 0.7, 1.0,
    ))  # fmt: skip
    edits = edits_of(page, lexicon, believed, counts, 0.7)
    assume(len(edits) <= 4)
    made, gain = posteriors(readings(page, list(edits), list(edits.values()), MODEL, BEFORE), len(edits))
    arcs = [Arc(*row) for row in zip(table.starts, table.ends, map(ids.original, table.pairs), strict=True)]
    assert dict(zip(arcs, table.odds, strict=True)) == pytest.approx(edits)
    assert dict(zip(arcs, table.posteriors, strict=True)) == pytest.approx(
        dict(zip(edits, made, strict=True)), abs=1e-6
    )
    assert sum(table.gains) == pytest.approx(gain, abs=1e-6)
