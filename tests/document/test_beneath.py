"""Two spinners, one after the other: the outer one is undone, what looks strange then is a suspect, and labels stay."""

from __future__ import annotations

import engine_kit as kit
import pytest

from despin.document.beneath import Beneath, resting
from despin.document.program import is_changed
from despin.kernel.sentences import Sentence, border, labels_apart, sentences
from despin.restorer import Restorer
from despin.results import Draft, Edit, Proof, Restoration, Stretch, Verdict
from despin.spinners.registry import spinner
from despin.tuning import Sentences, Stretches

PLAIN = (
    "老城区的自行车修理铺快要关门了。店主说，年轻人现在都用手机租车，很少有人愿意花钱修理旧车。铺子里堆满了零件，墙上挂着几个旧轮胎。"
    "他从小跟着父亲学习手艺，已经干了四十年。附近的邻居常常来聊天，有时候也帮忙搬东西。去年冬天，一所小学请他去教孩子们补胎，"
    "孩子们非常喜欢，他也觉得很高兴。他打算明年继续教课，同时把工具送给学校。校长认为，这样的课程可以让学生了解机械的原理，"
    "也能够培养他们动手的习惯。市里的博物馆希望收藏他的老工具，他还没有决定。"
)  # fmt: skip
PARAPHRASER = {"name": "synonyms", "flags": ["v", "a", "d", "n"], "rank": [2], "rate": 0.6, "seed": 3}


def by_program(text: str) -> str:
    pytest.importorskip("jieba")
    return str(spinner({"name": "synonyms"}).spin(text).text)


@pytest.mark.parametrize("label", ["本文摘要：", "发布时间：", "文章导读："])
def test_a_label_that_the_program_would_have_changed_stays(label: str) -> None:
    assert by_program(label) != label
    found = kit.restorer().explain(label + by_program(PLAIN))
    assert found.verdict.family == "betting-seo"
    assert found.text.startswith(label)
    # What stands behind it is restored from its first words on.
    assert found.verdict.stretches[0].start == len(label)


def test_a_label_is_a_sentence_of_its_own_at_the_beginning_of_a_line() -> None:
    text = "摘要：水开了。面也好了。\n【说明】先放盐：再放糖。\n时间：\n"
    parts = labels_apart(text, sentences(text))
    assert [text[part.start : part.end] for part in parts] == [
        "摘要：", "水开了。", "面也好了。", "\n", "【说明】", "先放盐：再放糖。", "\n", "时间：\n",
    ]  # fmt: skip
    assert [part.labelled for part in parts] == [False, True, False, False, False, True, False, False]
    assert border(parts[1]) == Sentences.label_border < border(Sentence(0, 1, True))


def test_what_a_paraphraser_left_is_a_suspect_and_no_edit() -> None:
    page = by_program(spinner(PARAPHRASER).spin(PLAIN).text)
    found = Restorer(beneath=True).explain(page)
    assert found.verdict.family == "betting-seo"
    unsure = [one for one in found.suspects if one.why == "unsure"]
    assert len(unsure) >= 8
    for one in unsure:
        assert page[one.start : one.end] == one.spun
        assert one.originals
        assert not found.edits_in(one.start, one.end)
    alone = Restorer(beneath=True).explain(by_program(PLAIN))
    assert len([one for one in alone.suspects if one.why == "unsure"]) <= 1


class Asked:
    """Stands for a decoder: notes the texts that it is to read, each of them replaced at the same `rate`."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.lengths: list[int] = []

    def read(self, text: str) -> Asked:
        self.lengths.append(len(text))
        return self

    def scores(self, sentences: object) -> list[float]:
        return []


@pytest.mark.parametrize(
    ("size", "written", "rate", "lengths"),
    [
        (2 * Stretches.looked, 0, 0.0, [2 * Stretches.looked]),
        (2 * Stretches.looked + 1, 0, 0.1, [Stretches.looked]),
        (2 * Stretches.looked + 1, 0, 0.2, [Stretches.looked, 2 * Stretches.looked + 1]),
        (900, 300, 0.9, [900]),
        (900, 301, 0.9, []),
    ],
)
def test_how_much_of_a_stretch_is_read(size: int, written: int, rate: float, lengths: list[int]) -> None:
    """A long one in full only where its beginning shows something, and none of which the program wrote too much."""
    beneath, draft = object.__new__(Beneath), Draft("文" * size)
    beneath._decoder = asked = Asked(rate)  # type: ignore[assignment]
    draft.apply([Edit(0, written, "文" * written, "字" * written, 0.9)] if written else [])
    assert beneath.suspects(draft) == ()
    assert asked.lengths == lengths


def test_what_rests_on_the_edits_of_a_program_is_no_surer_than_they_are() -> None:
    own = (Edit(0, 1, "甲", "一", 0.9, "seo:甲", proof="forced"), Edit(2, 3, "乙", "二", 0.7, "seo:乙"))
    upon = Edit(4, 5, "丙", "三", 1.0, "list:丙", proof="respun")
    damage, outside = Edit(5, 6, "ㄖ", "日", 1.0, "glyph:ㄖ"), Edit(7, 8, "丁", "四", 1.0, "list:丁")
    stretch = Stretch(0, 6, "seo", 1.0, own, Proof(1.0))
    found = Restoration("甲x乙x丙ㄖx丁", (*own, upon, damage, outside), Verdict(True, 1.0, "seo", stretches=(stretch,)))
    rested = resting(found, 0.45)
    assert [edit.confidence for edit in rested.edits] == pytest.approx([0.9, 0.7, 0.8, 1.0, 1.0])
    assert rested.edits[2].proof is None
    assert rested.text == found.text
    assert resting(found, 0.95).edits[2].confidence == 0.95


def test_a_long_stretch_with_few_forms_is_none() -> None:
    edits = tuple(Edit(place, place + 1, form, "x", 1.0) for place, form in enumerate("长闻长"))
    assert is_changed("字" * 2 * Stretches.sparse, Stretch(0, 2 * Stretches.sparse, "seo", 1.0, edits))
    assert not is_changed("字" * (2 * Stretches.sparse + 1), Stretch(0, 2 * Stretches.sparse + 1, "seo", 1.0, edits))
