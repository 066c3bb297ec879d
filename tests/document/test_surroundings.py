"""What the restored words around a place say of its originals."""

from __future__ import annotations

import pytest

from despin.document.reading import Row
from despin.document.surroundings import agreed, unturned, weighed
from despin.lm.context import ContextModel
from despin.lm.ngram import LanguageModel

#: The form 出售 may be itself, or 购买.
TEXT = "他想出售房子，于是去银行申请贷款"


@pytest.fixture(scope="module")
def context() -> ContextModel:
    """The shipped context model."""
    return ContextModel(LanguageModel())


def row(original: str, chance: float, other: str, share: float) -> Row:
    """A row for 出售."""
    return (2, 4, original, chance, [(other, share)])


def test_words_around_a_place_move_probabilities(context: ContextModel) -> None:
    (found,) = weighed(TEXT, [row("出售", 0.5, "购买", 0.4)], 0, len(TEXT), context)
    shares = {found[2]: found[3], **dict(found[4])}
    assert shares["购买"] / shares["出售"] > 0.4 / 0.5
    assert sum(shares.values()) == pytest.approx(0.9)
    assert [found[3], *(share for _, share in found[4])] == sorted(shares.values(), reverse=True)


def test_what_is_sure_or_alone_stays(context: ContextModel) -> None:
    rows: list[Row] = [(0, 1, "她", 0.4, []), row("出售", 0.99, "购买", 0.01)]
    assert weighed(TEXT, rows, 0, len(TEXT), context) == rows


def test_other_rows_are_read_as_restored(context: ContextModel) -> None:
    place = row("出售", 0.5, "购买", 0.4)
    loan: Row = (14, 16, "足球", 1.0, [])
    both = weighed(TEXT, [place, loan], 0, len(TEXT), context)
    assert both[1] == loan
    assert both[0] != weighed(TEXT, [place], 0, len(TEXT), context)[0]
    assert both[0][:2] == (2, 4)


def test_the_stretch_alone_is_read(context: ContextModel) -> None:
    place = row("出售", 0.5, "购买", 0.4)
    inside = weighed(TEXT, [place], 0, 7, context)
    assert inside == weighed(TEXT[:7], [place], 0, 7, context)


def test_places_of_a_form_share_what_they_know() -> None:
    text = "出售房子出售汽车出售"
    rows: list[Row] = [
        (0, 2, "出售", 0.9, [("购买", 0.1)]),
        (4, 6, "出售", 0.8, [("购买", 0.2)]),
        (8, 10, "购买", 0.55, [("出售", 0.45)]),
    ]
    found = agreed(text, rows)
    assert [each[:3] for each in found] == [(0, 2, "出售"), (4, 6, "出售"), (8, 10, "出售")]
    assert found[2][3] > 0.5 > found[2][4][0][1]
    assert found[0][3] + found[0][4][0][1] == pytest.approx(1.0)
    assert agreed(text, rows[2:]) == rows[2:]


def test_other_forms_and_single_originals_stay() -> None:
    rows: list[Row] = [(0, 2, "购买", 0.6, [("出售", 0.4)]), (2, 4, "房屋", 1.0, []), (6, 8, "房屋", 1.0, [])]
    assert agreed("出售房子卖了房子", rows) == rows


def test_a_word_that_stands_is_not_made_its_opposite() -> None:
    stands, turned, other = row("出售", 0.5, "购买", 0.4), row("购买", 0.8, "出售", 0.1), row("转售", 0.8, "出售", 0.1)

    def opposite(spun: str, original: str) -> bool:
        return {spun, original} == {"出售", "购买"}

    assert unturned(TEXT, [stands], [turned], opposite) == [stands]
    assert unturned(TEXT, [stands], [other], opposite) == [other]
    assert unturned(TEXT, [turned], [stands], opposite) == [stands]
    assert unturned(TEXT, [other], [turned], opposite) == [turned]
