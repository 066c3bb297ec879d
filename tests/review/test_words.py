"""Entries and protected words from a review: what they change is seen first, and then holds everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from review_kit import TEXT, serving


@pytest.fixture
def texts(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "c.txt"]
    for path, text in zip(paths, (TEXT, "石头梆硬。\n", "干净。\n"), strict=True):
        path.write_text(text, "utf-8")
    return paths


def preview(page: Any, spun: str, original: str, target: int = 0) -> tuple[int, Any]:
    status, found = page.post("preview", document=1, spun=spun, original=original, target=target)
    return status, found


def test_an_entry_is_looked_at_and_then_written(texts: list[Path]) -> None:
    with serving(texts) as (page, session):
        start = TEXT.index("梆硬")
        page.save(1, 1, [start, start + 2, "own", ["坚硬"]])
        status, found = preview(page, "梆硬", "坚硬")
        assert (status, found["count"], found["documents"], found["looked"], found["against"]) == (200, 3, 2, 2, 0)
        assert found["changes"][2] == {
            "document": 2, "name": str(texts[1]), "start": 2, "before": "石头", "spun": "梆硬", "after": "。\n", "was": None, "now": "坚硬",
            "against": False,
        }  # fmt: skip
        assert not (texts[0].parent / "despin.yaml").exists()
        status, done = page.post("entry", ticket=found["ticket"])
        assert status == 200
        assert (texts[0].parent / "despin.yaml").read_text("utf-8").endswith("entries:\n  梆硬: 坚硬\n")
        assert "despin.yaml:3 has 梆硬 → 坚硬" in done["said"]
        assert done["said"] in session.said[-1]
        # The word that was marked is an edit now, and accepted; the others wait.
        assert [(one["decided"], one["total"]) for one in page.states()] == [(1, 7), (0, 1), (0, 0)]
        assert page.post("entry", ticket=found["ticket"])[0] == 409


def test_what_goes_against_decisions_is_said(texts: list[Path]) -> None:
    with serving(texts) as (page, _):
        page.save(1, 1, [2, 4, "accept", []])
        found = preview(page, "改版", "换代")[1]
        assert (found["count"], found["against"]) == (1, 1)
        assert (found["changes"][0]["was"], found["changes"][0]["now"]) == ("更新", "换代")
        page.post("entry", ticket=found["ticket"])
        # What was decided stands.
        assert "[-改版-]" not in (texts[0].parent / "a.txt.restored").read_text("utf-8")
        page.save(1, page.states()[0]["revision"], [5, 6, "own", ["x"]])
        assert "[-改版-]{+更新+}" in (texts[0].parent / "a.txt.wdiff").read_text("utf-8")


def test_an_entry_can_go_to_a_family(texts: list[Path]) -> None:
    family = texts[0].parent / "family.yaml"
    family.write_text(
        "family: kit\ntitle: a list\nabout: none\nrecognise: x\nsources: [x]\nlicence: none\nentries:\n  改版: 更新\n",
        "utf-8",
    )
    with serving(texts) as (page, _):
        found = preview(page, "梆硬", "坚硬", 1)[1]
        assert found["count"] == 3
        page.post("entry", ticket=found["ticket"])
    assert family.read_text("utf-8").endswith("entries:\n  改版: 更新\n  梆硬: 坚硬\n")


@pytest.mark.parametrize(
    ("spun", "original", "target", "status"),
    [("梆硬", "梆硬", 0, 422), ("", "x", 0, 422), ("梆硬", "坚硬", 9, 400), ("梆\n硬", "x", 0, 422)],
)
def test_what_is_no_entry_is_refused_and_names_the_lexicon(
    texts: list[Path], spun: str, original: str, target: int, status: int
) -> None:
    with serving(texts) as (page, _):
        found, values = preview(page, spun, original, target)
        assert found == status
        assert "trial" not in values["error"]
        assert not (texts[0].parent / "despin.yaml").exists()


def test_a_protected_word_takes_its_edits_back_everywhere(texts: list[Path]) -> None:
    texts[1].write_text("王获得先生获得资料。", "utf-8")
    with serving(texts) as (page, _):
        assert page.post("touched", word="王获得")[1] == {"count": 2, "documents": 2}
        status, done = page.post("protect", word="王获得")
        assert (status, "2 edits rejected" in done["said"]) == (200, True)
        assert (texts[0].parent / "despin-protect.txt").read_text(
            "utf-8"
        ) == "# Words that despin leaves alone, one a line.\n王获得\n"
        assert (texts[0].parent / "b.txt.wdiff").read_text("utf-8") == "王获得先生[-获得-]{+?拿到+}资料。"
        page.post("protect", word="王获得")
        assert (texts[0].parent / "despin-protect.txt").read_text("utf-8").count("王获得") == 1
        # It is a decision like any other, and can be undone.
        status, values = page.save(2, page.states()[1]["revision"], [1, 3, "", []], undo=True)
        assert (status, values["decided"]) == (200, 0)
        for word in ("", " ", "a\nb", "#x", "x" * 200):
            assert page.post("protect", word=word)[0] == 400
