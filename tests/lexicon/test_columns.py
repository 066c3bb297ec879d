"""Many objects of a class with slots at once."""

from __future__ import annotations

import pytest

from despin.lexicon.columns import build
from despin.results import Alternative, Edit


def test_objects_of_columns_are_like_any_others() -> None:
    (made,) = build(Alternative, 1, {"original": ["甲"], "confidence": [0.5]})
    assert made == Alternative("甲", 0.5)
    assert hash(made) == hash(Alternative("甲", 0.5))
    assert build(Alternative, 0, {"original": [], "confidence": []}) == []
    with pytest.raises(ValueError, match="columns and slots"):
        build(Edit, 1, {"spun": ["甲"]})
    with pytest.raises(ValueError, match="holds 2 values"):
        build(Alternative, 1, {"original": ["甲", "乙"], "confidence": [1.0]})
