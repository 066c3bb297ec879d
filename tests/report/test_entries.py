"""The page of a word: its entries, programs, and places; nothing of it runs."""

from __future__ import annotations

from typing import Any

from report_kit import Report

from despin.report.entries import places, render
from despin.results import Edit

HOSTILE = '<script>alert(1)</script>\u202e"'


def row(**changes: Any) -> dict[str, Any]:
    return {"word": "租车", "as_spun": [], "as_original": [], "programs": [], "similar": [], **changes}


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "spun": "租车", "originals": [{"text": "快递", "weight": 1}, {"text": "", "weight": 0.5}], "family": "kit", "status": "active",
        "source": "attested", "location": "kit.yaml:3:3", **changes,
    }  # fmt: skip


def test_entries_show_all_that_lexicons_say() -> None:
    html = render(
        row(
            as_spun=[
                entry(
                    status="retired", reason="wrong", flips=True, keep={"before": ["我们"], "after": []}, only={"before": [], "after": ["公司"]},
                    examples=["叫了[-租车-]{+快递+}来"],
                )
            ],
            as_original=[entry(spun="出租")],
            programs=[
                {"family": "kit", "program": "synonyms", "word": "租车", "flag": "v", "eligible": True, "becomes": None, "preimages": [{"text": "快递", "flag": "v"}]}
            ],
        )
    )  # fmt: skip
    for said in (
        "<b>快递</b>、<b>（删）</b> ×0.5", "停用；反转意思；wrong；不改：我们之后；只改：公司之前", "叫了<del>租车</del><ins>快递</ins>来", "kit.yaml:3:3",
        "还原成这个词的词条", "synonyms", "<b>快递</b> v", "不变",
    ):  # fmt: skip
        assert said in html
    assert Report(html).wrong == []


def test_a_word_that_nobody_knows() -> None:
    assert "没有这个词的词条；相近的有：租赁" in render(row(similar=["租赁"]))
    assert "共 0 处" in render(row(), [])
    assert "手头的文章" not in render(row())


def test_nothing_that_a_lexicon_or_a_text_says_runs() -> None:
    one = entry(
        spun=HOSTILE,
        originals=[{"text": HOSTILE, "weight": 1}],
        reason=HOSTILE,
        examples=[f"[-{HOSTILE}-]{{+{HOSTILE}+}}"],
        location=HOSTILE,
    )
    found = list(places(HOSTILE, HOSTILE, f"a{HOSTILE}b", [Edit(1, 1 + len(HOSTILE), HOSTILE, HOSTILE, 0.5)], "d/1#"))
    html = render(row(word=HOSTILE, as_spun=[one], similar=[HOSTILE], missing=HOSTILE), found)
    assert Report(html).wrong == []
    assert "<script>alert" not in html


def test_places_are_where_the_word_stands_or_is_restored() -> None:
    text = "租车来了，租车行也来，快递不来，出租车来。"
    edits = [Edit(0, 2, "租车", "快递", 0.9), Edit(5, 8, "租车行", "快递站", 0.8), Edit(16, 19, "出租车", "轿车", 0.7)]
    found = [(one.spun, one.original, one.link) for one in places("租车", "a", text, edits, "d/1#at-")]
    assert found == [("租车", "快递", "d/1#at-0"), ("租车行", "快递站", "d/1#at-5"), ("出租车", "轿车", "d/1#at-16")]
    found = [(one.spun, one.original, one.link) for one in places("快递", "a", text, edits)]
    assert found == [("租车", "快递", ""), ("快递", None, "")]
    assert list(places("", "a", text, edits)) == []


def test_where_an_entry_comes_from_is_said_in_chinese() -> None:
    for source, said in (("curated", "人工整理"), ("attested", "有实例"), ("learned", "学习"), ("imported", "词表")):
        html = render(row(as_spun=[entry(source=source)]))
        assert said in html
        assert source not in html
