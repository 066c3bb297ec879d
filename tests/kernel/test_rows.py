"""What becomes of the edits of a stretch: rows become edits."""

from __future__ import annotations

import math

import pytest

from despin.decode.select import make_edits
from despin.document.reading import Row, negates
from despin.kernel.native.program import columns_of

ROWS: list[Row] = [(0, 1, "望", 0.6, [("瞧", 0.3)]), (2, 3, "瞧", 0.8, []), (3, 4, "到", 0.9, [("着", 0.05)])]


def test_rows_become_edits() -> None:
    names, flips = ("own:", "list:"), frozenset({("看", "瞧")})
    given = "看，看见了", ROWS, [(2, 2)], {"见": None}, names, flips, negates, (0.5, 0.85, 0.2)
    total = math.sqrt(0.6) + math.sqrt(0.3) + math.sqrt(0.1)
    last = math.sqrt(0.9) + 2 * math.sqrt(0.05)
    first, second, third = make_edits(*columns_of(*given))
    assert (first.start, first.end, first.spun, first.original, first.entry) == (0, 1, "看", "望", "list:看")
    assert first.confidence == pytest.approx(math.sqrt(0.6) / total)
    assert [one.confidence for one in first.alternatives] == pytest.approx([math.sqrt(0.3) / total])
    assert (first.changes, first.proof) == (None, "possible")
    # Nothing else is known of the second, of which a fifth is unknown; an empty place speaks against the character behind it.
    assert second.confidence == pytest.approx(math.sqrt(0.8) / (math.sqrt(0.8) + math.sqrt(0.2)))
    assert (second.changes, second.proof, second.alternatives) == ("polarity", "failed", ())
    assert third.confidence == pytest.approx(math.sqrt(0.9) / last)
    # Its rival is less likely than what is told.
    assert (third.entry, third.proof, third.alternatives) == ("own:见", "possible", ())
