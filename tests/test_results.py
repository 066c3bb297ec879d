"""Edits after edits: composing them does what applying one after the other does."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from despin.results import Alternative, Draft, Edit, Restoration, Stretch, apply, compose, join, split


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> list[Edit]:
    found: list[Edit] = []
    position = 0
    while position < len(text) and draw(st.booleans()):
        start = draw(st.integers(position, len(text) - 1))
        end = draw(st.integers(start + 1, min(len(text), start + 2)))
        original = draw(st.text("ab", max_size=3))
        found.append(Edit(start, end, text[start:end], original, draw(st.floats(0.1, 1.0))))
        position = end
    return found


@given(st.data(), st.text("xyz", max_size=12))
def test_composed_edits_do_what_the_two_do_in_turn(data: st.DataObject, text: str) -> None:
    first = data.draw(edits_of(text))
    result = apply(text, first)
    second = data.draw(edits_of(result))
    composed = compose(text, first, second)
    assert apply(text, composed) == apply(result, second)
    assert all(edit.spun != edit.original for edit in composed)


@given(st.data(), st.text("xyz", max_size=12))
def test_a_draft_is_its_source_with_its_edits(data: st.DataObject, text: str) -> None:
    draft = Draft(text)
    for _ in range(3):
        edits = data.draw(edits_of(draft.text))
        assert draft.apply(edits) == bool(edits)
        assert apply(text, draft.edits) == draft.text
    assert draft.source == text


@given(st.text("xyz", max_size=12), st.data())
def test_parts_joined_are_the_whole(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)))) | {0, len(text)})
    spans = [(start, end) for start, end in pairwise(cuts) if data.draw(st.booleans())]
    stretches = [Stretch(start, end, "fake", 0.9) for start, end in spans]
    parts = split(text, stretches)
    assert "".join(text[start:end] for start, end, _ in parts) == text
    assert [stretch for *_, stretch in parts if stretch is not None] == stretches


def test_a_part_is_joined_with_its_offsets_and_the_surest_one_decides() -> None:
    one = Stretch(2, 4, "fake", 0.9, (Edit(2, 3, "c", "C", 0.8, proved=True),), 0.75)
    text = "abcdef"
    found = join(text, [(0, Restoration("ab", (), 0.1)), (2, one.restoration(text)), (4, Restoration("ef"))])
    assert (found.text, found.edits) == ("abCdef", one.edits)
    assert (found.spun_score, found.family, found.rate, found.respun) == (0.9, "fake", 1.0, 0.75)
    assert found.stretches == (one,)


def test_of_parts_that_are_as_sure_the_one_with_more_edits_decides_then_the_first() -> None:
    made = Edit(0, 1, "a", "b", 0.5)
    parts = [
        (0, Restoration("a", (), 0.9, "none")),
        (1, Restoration("a", (made,), 0.9, "one")),
        (2, Restoration("a", (made,), 0.9, "two")),
    ]
    assert join("aaa", parts).family == "one"


def test_the_verdict_on_a_stretch_says_that_it_is_spun() -> None:
    verdict = Stretch(0, 1, "fake", 0.4).verdict()
    assert (verdict.spun, verdict.score, verdict.family) == (True, 0.4, "fake")


def test_what_only_programs_say_is_left_out_where_none_was_run() -> None:
    edit = Edit(0, 1, "a", "b", 0.5)
    assert "proved" not in edit.as_dict()
    assert Edit(0, 1, "a", "b", 0.5, proved=False).as_dict()["proved"] is False
    assert not {"respun", "stretches"} & set(Restoration("a", (edit,)).as_dict())
    row = join("ab", [(0, Stretch(0, 1, "fake", 0.5, respun=1.0).restoration("ab")), (1, Restoration("b"))]).as_dict()
    assert row["respun"] == 1.0
    assert row["stretches"] == [
        {
            "start": 0,
            "end": 1,
            "family": "fake",
            "score": 0.5,
            "variant": "",
            "rate": 1.0,
            "respun": 1.0,
            "unproved": [],
        }
    ]


def test_an_edit_as_json_has_every_field_under_its_name() -> None:
    edit = Edit(
        3, 5, "回应", "表示", 0.876543, True, "words:回应", (Alternative("说明", 0.123456),), True, changes="polarity"
    )
    row = {
        "start": 3, "end": 5, "spun": "回应", "original": "表示", "confidence": 0.8765, "flips": True, "changes": "polarity",
        "entry": "words:回应", "alternatives": [{"original": "说明", "confidence": 0.1235}], "proved": True,
    }  # fmt: skip
    assert edit.as_dict() == row
    assert "proved" not in Edit(3, 5, "回应", "表示", 0.5).as_dict()


def test_a_restoration_as_json_has_its_figures_rounded() -> None:
    row = Restoration(
        "回应", (Edit(0, 2, "回应", "表示", 0.5),), 0.987654, "words", 0.123456, respun=0.555555
    ).as_dict()
    assert (row["text"], row["spun_score"], row["family"], row["rate"], row["respun"]) == (
        "表示", 0.9877, "words", 0.1235, 0.5556,
    )  # fmt: skip
    assert [edit["start"] for edit in row["edits"]] == [0]
    assert not {"stretches", "prevented", "odd"} & row.keys()
