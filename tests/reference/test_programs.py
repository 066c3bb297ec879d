"""Programs: despin's own, forwards and backwards, and every short text that gives a page."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import random
import tempfile
from array import array
from pathlib import Path
from typing import Any

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st
from profiles import examples
from table_kit import by_hand

from despin.document.drawn import Channel, DrawnReading
from despin.document.table import TableReading
from despin.kernel import open_trigrams
from despin.kernel.program import Preimages, Segmenter
from despin.kernel.program_blob import RANKS
from despin.kernel.types import Arc
from despin.lm.context import Cut
from despin.lm.ngram import LanguageModel
from despin.spinners import registry
from despin.spinners.dictionary import build
from despin.spinners.grouped import Grouped
from despin.spinners.jieba_data import jieba_folder
from despin.spinners.neighbours import Neighbours
from despin.spinners.rows import Row, Rows
from reference.fluency import Model, made_up, write
from reference.lists import posteriors, readings
from reference.programs import Program, by_replace, every_text, originals, pages

ALPHABET = "中国人"
TEXTS = list(every_text(ALPHABET, 4))
SEEDS = st.sampled_from([1, 4])


def restored(page: str, edits: list[tuple[int, int, str]]) -> str:
    """A page with edits made."""
    for start, end, original in sorted(edits, reverse=True):
        page = page[:start] + original + page[end:]
    return page


@functools.cache
def small(seed: int) -> tuple[Program, Segmenter, Model, LanguageModel]:
    """A program with a dictionary of a few words drawn at random, as the reference and as despin has it; a model of some of them."""
    jieba.setLogLevel(60)
    draw, folder = random.Random(seed), Path(tempfile.mkdtemp())
    words = sorted({*ALPHABET, *("".join(draw.choices(ALPHABET, k=draw.choice([2, 2, 3]))) for _ in range(6))})
    rows = sorted({*draw.sample(words, 6), "中人"})
    flags = {word: draw.choice(["v", "v", "a", "n"]) for word in words}
    near = {word: [draw.choice(rows) for _ in range(RANKS)] for word in rows}
    program = Program(folder, {word: draw.randint(1, 60) for word in words}, flags, near)
    (folder / "posseg").symlink_to(jieba_folder() / "posseg")
    table = [array("I", [rows.index(near[word][rank]) for word in rows]) for rank in range(RANKS)]
    blob = build(folder, Neighbours(rows, table, [""], bytes(len(rows))))
    model = made_up(sorted({*words[::2], *ALPHABET[:2]}), seed)
    return program, Segmenter(blob), model, LanguageModel(write(model, folder / "model.lm"))


def segmented(name: str, seed: int, **changes: Any) -> Any:
    """A named program over the small dictionary."""
    spinner = dataclasses.replace(registry.spinner(name), **changes)
    spinner.__dict__["_segmenter"] = small(seed)[1].program(spinner.flags, *spinner.ranks)
    return spinner


@pytest.mark.parametrize("name", registry.PROGRAMS)
@given(SEEDS, st.sampled_from(TEXTS), st.sampled_from([0.3, 1.0]))
@examples(100)
def test_programs_that_cut_words_spin(name: str, seed: int, text: str, rate: float) -> None:
    spinner = segmented(name, seed)
    spinner = segmented(name, seed, rate=rate) if spinner.passes == "tokens" else spinner
    forms = small(seed)[0].forms(text, spinner.flags, spinner.ranks)
    spun = spinner.spin(text)
    assert restored(spun.text, list(spun.edits)) == text
    if spinner.passes == "replace":
        assert spun.text == by_replace(text, forms)
    else:
        every = pages(forms, rate)
        assert sum(every.values()) == pytest.approx(1.0)
        assert every[spun.text] > 0.0
        assert all(spinner.rewrite(text, page) == page for page in every)


@functools.cache
def backwards(name: str, seed: int) -> tuple[dict[str, list[str]], Any, dict[bool, Preimages]]:
    """By page its originals, what they may become, and the search: as it is used (True), and without a limit."""
    program, _, _, lm = small(seed)
    spinner = segmented(name, seed)

    def written(text: str) -> dict[str, float]:
        return pages(program.forms(text, spinner.flags, spinner.ranks))

    search = {True: Preimages(spinner.segmenter, lm.trigrams), False: Preimages(spinner.segmenter, lm.trigrams, None, 5000, 1e6, -1000.0)}
    return originals(written, every_text(ALPHABET, 5)), written, search


def found(name: str, seed: int, page: str, limited: bool) -> str:
    """What the search makes of a page: "best" of all originals, "worse" than some, "impossible", or "tied", where jieba could as well have
    cut an original into other words."""
    program, _, model, _ = small(seed)
    every, written, search = backwards(name, seed)
    edits, _, score = search[limited].decode(page)
    text = restored(page, [edit[:3] for edit in edits])
    among = {*every[page], text}
    if any(len(program.cuts(one)) > 1 for one in among):
        return "tied"
    if page not in written(text):
        return "impossible"
    best = max(program.fluency(one, model) for one in among)
    assert score == pytest.approx(program.fluency(text, model), abs=1e-4)
    return "best" if score > best - 1e-4 else "worse"


@pytest.mark.parametrize("name", [name for name, given in registry.PROGRAMS.items() if "passes" not in given])
@given(SEEDS, st.data())
@examples(100)
def test_the_search_finds_the_best_original(name: str, seed: int, data: st.DataObject) -> None:
    page = data.draw(st.sampled_from(list(backwards(name, seed)[0])))
    assert found(name, seed, page, limited=False) in ("best", "tied")
