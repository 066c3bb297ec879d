"""What the rest of a document says of an edit: anchors and the table of a list, with numbers worked out by hand."""

from __future__ import annotations

import math
from array import array
from types import SimpleNamespace
from typing import Any

import pytest
from em_kit import Arc, Place, table_of

from despin.decode.arcs import Ids
from despin.document.constraints import hold_to_table
from despin.document.factors import context_factors
from despin.document.state import Document
from despin.kernel import em
from despin.restorer import Restorer


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Restorer:
    """A list of two pairs, one both ways."""
    path = tmp_path_factory.mktemp("listed") / "list.yaml"
    path.write_text("entries:\n  法度: {程序: 3}\n  体系: {系统: 3}\n", "utf-8")
    return Restorer([path], shipped=False)


def factors(restorer: Restorer, text: str, *anchors: str) -> dict[str, float]:
    """What anchors multiply the odds by, by original."""
    ids = Ids(restorer.engine.candidates)
    document = Document(text, restorer.engine.sites(text), ids, anchors=anchors)
    found = context_factors(document, settling=False)
    return {ids.original(pair): factor for pair, factor in zip(document.table.pairs, found, strict=True)}


def test_an_original_in_an_anchor_is_meant_and_a_form_there_as_well(listed: Restorer) -> None:
    text = "这个法度写好了，那个体系也写好了。"
    alone = factors(listed, text)
    # 10 ** .5 for an original, 10 ** -.5 for a form.
    assert alone == pytest.approx({"程序": 1.0, "系统": 1.0})
    assert factors(listed, text, "写程序") == pytest.approx({"程序": math.sqrt(10), "系统": 1.0})
    assert factors(listed, text, "写程序", "新体系") == pytest.approx({"程序": math.sqrt(10), "系统": math.sqrt(0.1)})


def document(text: str) -> Any:
    """A document of one edit at its first character, of .6, whose original 乙 may stand in it."""
    table = table_of(em, [[Place(1.0, [Arc()])]])
    table.posteriors[0] = 0.6
    ids: Any = SimpleNamespace(original_words=["乙"], pair_originals=array("i", [0]), pair_forms=array("i", [0]))
    return SimpleNamespace(
        text=text, table=table, ids=ids, once=None, offered_unreplaced=(array("i", [0]), array("i", [1]))
    )  # fmt: skip


def test_a_document_is_held_to_its_table() -> None:
    found, factor = document("甲，乙"), array("d", [2.0])
    hold_to_table(found, factor)
    # Not first places only: 乙 stands elsewhere, 10 ** -1.5.
    assert not found.once
    assert factor[0] == pytest.approx(2 * 10**-1.5)


def test_a_word_that_stands_nowhere_says_nothing() -> None:
    found, factor = document("甲，丙"), array("d", [2.0])
    hold_to_table(found, factor)
    assert factor[0] == 2.0
