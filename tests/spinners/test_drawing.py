"""Following a text that was drawn: of all that may be written for each word, what gives the text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from profiles import examples

from despin.spinners.drawing import NEAR, following

#: What may be written for each word; words and forms that begin alike, so that a place may be reached in several ways.
WRITTEN = st.lists(st.lists(st.text("甲乙丙", min_size=1, max_size=3), min_size=1, max_size=4, unique=True).map(tuple))


def followed(written: list[tuple[str, ...]], like: str) -> list[str]:
    return list(following(written, like))


@given(WRITTEN, st.data())
@examples(200)
def test_whatever_was_drawn_is_given_back(written: list[tuple[str, ...]], data: st.DataObject) -> None:
    drawn = "".join(data.draw(st.sampled_from(images)) for images in written)
    found = followed(written, drawn)
    assert "".join(found) == drawn
    assert all(one in images for one, images in zip(found, written, strict=True))


@given(WRITTEN, st.text("甲乙丙丁", max_size=30))
@examples(200)
def test_every_word_is_written_whatever_the_text_is(written: list[tuple[str, ...]], like: str) -> None:
    found = followed(written, like)
    assert all(one in images for one, images in zip(found, written, strict=True))


def test_of_forms_that_begin_alike_those_are_taken_that_lead_to_the_end() -> None:
    assert followed([("甲", "甲乙"), ("丙", "乙丙"), ("丁",)], "甲乙丙丁") in (
        ["甲", "乙丙", "丁"],
        ["甲乙", "丙", "丁"],
    )
    assert followed([("甲", "甲乙"), ("乙", "乙丙"), ("乙丁",)], "甲乙乙丁") == ["甲", "乙", "乙丁"]
    assert followed([("甲", "甲乙"), ("乙", "乙丙"), ("乙丁",)], "甲乙乙丙乙丁") == ["甲乙", "乙丙", "乙丁"]


def test_what_no_drawing_gives_is_left_and_the_text_met_again_behind_it() -> None:
    written = [("先",), ("办法", "法子"), ("很",), ("好",), ("高兴", "欢喜")]
    assert followed(written, "先招数很好欢喜") == ["先", "办法", "很", "好", "欢喜"]
    # Of the words that are passed over those forms are taken that stand there.
    assert followed(written, "先的法子很好欢喜") == ["先", "法子", "很", "好", "欢喜"]
    # What stands before the place, or behind where they meet again, does not tell what is written there.
    assert followed([("法子",), *written[1:]], "法子招数很好欢喜") == ["法子", "办法", "很", "好", "欢喜"]
    assert followed([*written, ("法子",)], "先招数很好欢喜法子") == ["先", "办法", "很", "好", "欢喜", "法子"]
    # They meet at two words together that are written in one way only.
    both = [("先",), ("办法", "法子"), ("很",), ("好", "佳"), ("天",), ("气",), ("高兴", "欢喜")]
    assert followed(both, "先招数很佳天气欢喜") == ["先", "办法", "很", "佳", "天", "气", "欢喜"]
    assert followed([("先",), ("办法",), ("很",)], "后") == ["先", "办法", "很"]


def test_texts_that_part_meet_within_so_many_characters() -> None:
    written = [("先",), ("办法", "法子"), ("很",), ("好",), ("高兴", "欢喜"), ("了", "啦")]
    near = followed(written, "先" + "某" * (NEAR - 1) + "很好欢喜啦高兴了")
    assert near == ["先", "办法", "很", "好", "欢喜", "啦"]
    # Beyond that no more is known than what stands anywhere behind.
    far = followed(written, "先" + "某" * NEAR + "很好欢喜啦高兴了")
    assert far == ["先", "办法", "很", "好", "高兴", "了"]
    # What would have been written in between does not count.
    longer = [("先",), ("办法", "法子"), ("很" * 9, "非常"), ("真",), ("好",), ("高兴", "欢喜"), ("了", "啦")]
    near = followed(longer, "先" + "某" * (NEAR + 8) + "真好欢喜啦高兴了")
    assert near == ["先", "办法", "很" * 9, "真", "好", "欢喜", "啦"]


def test_a_text_is_left_and_met_again_more_than_once() -> None:
    part = [("办法", "法子"), ("很",), ("好",), ("高兴", "欢喜")]
    like = "".join(f"招{number}很好欢喜" for number in range(20))
    assert followed(part * 20, like) == ["办法", "很", "好", "欢喜"] * 20
    # What was passed before is not met again.
    assert followed([("很",), ("好",), ("人", "民"), ("很",), ("好",), ("高兴", "欢喜")], "很好国很好欢喜") == [
        "很",
        "好",
        "人",
        "很",
        "好",
        "欢喜",
    ]


def test_a_word_that_is_missing_is_passed_over() -> None:
    written = [("办法",), ("很",), ("好",), ("高兴", "欢喜"), ("了", "啦")]
    assert followed(written, "很好欢喜啦高兴了") == ["办法", "很", "好", "欢喜", "啦"]
    assert followed(written, "招很好欢喜啦高兴了") == ["办法", "很", "好", "欢喜", "啦"]
    assert followed([("先",), *written], "先很好欢喜啦高兴了") == ["先", "办法", "很", "好", "欢喜", "啦"]
