"""Weights of a program, learned by spinning a small corpus: the file loads, the same texts make the same file, nothing held is learned."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from learn_kit import articles, model

from despin.cli.spinner import MOST_BYTES
from despin.document.program import ProgramJudge
from despin.errors import UsageError
from despin.learning import spinner as room
from despin.learning.spinner import Learned, learn_spinner, pieces, split
from despin.learning.texts import Text, read_corpus
from despin.lm.ngram import DEFAULT_MODEL
from despin.spinners.neighbours import FOLDER
from despin.spinners.registry import spinner
from despin.spinners.segmented import Segmented
from despin.spinners.weights import load_weights
from despin.tuning import Spinning, Weighing

#: Tables so small that learning takes a moment.
BITS, EVIDENCE_BITS = 16, 16
TEXTS = st.text(alphabet="今天的。\n\ud800😀", max_size=600)


def program() -> Segmented:
    """The program behind betting-seo."""
    found = spinner("synonyms")
    assert isinstance(found, Segmented)
    return found


def corpus(count: int = 150) -> list[Text]:
    """Documents of lines drawn from the articles of the test cases."""
    drawn = random.Random(1)
    lines = [line for article in articles() for line in article.split("\n") if line.strip()]
    return [Text(f"clean:{number}", "\n".join(drawn.sample(lines, 6))) for number in range(count)]


@pytest.fixture(scope="module")
def learned() -> Learned:
    """What is learned of the small corpus."""
    return learn_spinner(program(), str(DEFAULT_MODEL), corpus(), BITS, EVIDENCE_BITS)


def test_the_file_loads_and_finds_what_the_program_spun(learned: Learned, tmp_path: Path) -> None:
    place = tmp_path / "small.weights"
    place.write_bytes(learned.data)
    found = load_weights(place).found
    assert dict(found.program) == {"name": "synonyms", **program().parameters}
    assert (found.bits, found.evidence_bits) == (BITS, EVIDENCE_BITS)
    assert 0.0 in found.levels
    assert 0.0 in found.evidence_levels
    judge = ProgramJudge("betting-seo", [("", program())], place, model())
    text = program().spin(corpus()[3].text).text
    assert [edit for stretch in judge.stretches(text)[1] for edit in stretch.edits]


def test_figures_are_shares(learned: Learned) -> None:
    names = {"precision", "recall", *(f"found at {length}" for length in Weighing.lengths)}
    assert {"precision", "recall", "found at 50"} <= learned.figures.keys() <= names
    assert all(0.0 <= value <= 1.0 for value in learned.figures.values())
    # It learned from the very lines that it is measured on.
    assert learned.figures["precision"] > 0.5


def test_the_same_texts_make_the_same_file(learned: Learned) -> None:
    again = learn_spinner(program(), str(DEFAULT_MODEL), corpus(), BITS, EVIDENCE_BITS)
    assert again.data == learned.data
    assert again.figures == learned.figures


def test_what_does_most_is_kept_where_a_file_may_hold_less(learned: Learned) -> None:
    most = len(learned.data) - 1000
    assert most > room.Weighing.described
    smaller = learn_spinner(program(), str(DEFAULT_MODEL), corpus(), BITS, EVIDENCE_BITS, most)
    assert len(smaller.data) <= most


@pytest.mark.parametrize("texts", [[], [Text("clean:1", "今天天气很好。")]])
def test_too_few_texts_are_refused(texts: list[Text]) -> None:
    with pytest.raises(UsageError, match="too few texts"):
        learn_spinner(program(), str(DEFAULT_MODEL), texts)


def test_weights_that_are_shipped_are_small_enough() -> None:
    assert all(path.stat().st_size <= MOST_BYTES for path in FOLDER.glob("*.weights"))


def test_tables_of_all_weights_that_are_kept_fit_a_file() -> None:
    slots = (Weighing.kept + Weighing.kept_evidence) / room.Weighing.filled
    assert 1.5 * slots < 0.75 * MOST_BYTES, "the rest is for pairs and words"


@pytest.mark.parametrize("many", [0, 1, 40, 1000])
def test_a_table_keeps_the_weights_that_did_most(many: int) -> None:
    drawn = np.random.default_rng(1)
    values, deeds = drawn.normal(size=many).astype(np.float32), drawn.random(many).astype(np.float32)
    indices = np.arange(many, dtype=np.uint32) * 7
    table = room._table(indices.tobytes(), values.tobytes(), deeds.tobytes(), 100)
    checks, levels = table["checks"], np.frombuffer(table["levels"], np.float32).tolist()
    assert len(table["values"]) == (len(checks) + 1) // 2
    assert len(checks) - checks.count(0) == min(many, 100) < len(checks)
    assert levels == sorted(levels)
    assert len(levels) == 16


def test_the_parts_of_a_document_are_on_one_side(tmp_path: Path) -> None:
    path = tmp_path / "parts#1.jsonl"
    rows = [{"id": f"doc{n}#{part}", "text": f"{n},{part}"} for n in range(20 * Spinning.held) for part in range(4)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    texts = read_corpus([str(path)])
    held, taken = split(texts)
    assert sorted([*held, *taken]) == sorted(text.text for text in texts)
    assert held
    assert not {text.split(",")[0] for text in held} & {text.split(",")[0] for text in taken}


def test_about_one_document_in_fifty_is_held() -> None:
    texts = [Text(f"clean.jsonl:{number} ({number})", "今天") for number in range(100 * Spinning.held)]
    held, taken = split(texts)
    assert len(held) + len(taken) == len(texts)
    assert 50 < len(held) < 200
    assert split(texts) == (held, taken)


@given(TEXTS, TEXTS)
def test_pieces_cover_both_texts(clean: str, spun: str) -> None:
    found = list(pieces(clean, spun))
    assert "".join(piece for piece, label in found if not label) == clean
    assert "".join(piece for piece, label in found if label) == spun
    assert all(piece for piece, _ in found)
