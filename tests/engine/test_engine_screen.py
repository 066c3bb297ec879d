"""The screen for clear cases against its slow twin: no screen, so that every text is decoded."""

from __future__ import annotations

import copy
from pathlib import Path

import engine_kit as kit
import pytest

from despin.matching import Found
from despin.restorer import Restorer


class Open:
    """A screen that lets every text through."""

    def suspicious(self, text: str, _found: Found) -> list[tuple[int, int]]:
        return [(0, len(text))]


def unscreened() -> Restorer:
    other = copy.copy(kit.restorer())
    other.__dict__["_screen"] = Open()
    return other


@pytest.mark.parametrize("name", kit.files("wild"))
def test_few_short_texts_are_cleared_that_would_be_restored(name: str) -> None:
    texts = [case.sample.spun for case in kit.cases("wild", name)]
    slow = [unscreened().explain(text) for text in texts]
    fast = [kit.restorer().explain(text) for text in texts]
    differing = [text for text, one, other in zip(texts, fast, slow, strict=True) if one.edits != other.edits]
    assert len(differing) <= 0.05 * len(texts)
    assert all(not kit.restorer().explain(text).edits for text in differing)


@pytest.mark.parametrize("host", kit.files("spun-host"))
def test_a_spun_paragraph_in_a_clean_article_is_not_overlooked(host: str) -> None:
    spun = max(kit.article("spun-host", host).split("\n"), key=len)
    for name in kit.files("clean"):
        short = kit.article("clean", name) + spun
        assert kit.restorer().explain(short).edits == unscreened().explain(short).edits
        long = spun + "\n" + kit.article("clean", name) * 4
        fast, slow = kit.restorer().explain(long), unscreened().explain(long)
        restored = kit.inside(slow.edits, 0, len(spun))
        assert len(kit.inside(fast.edits, 0, len(spun))) >= len(restored) // 2


def test_clean_articles_are_cleared_at_once() -> None:
    engine, asked = kit.counting()
    texts = [kit.article("clean", name) for name in kit.files("clean")]
    for text in texts:
        engine.explain(text)
    asked.clear()
    cleared = 0
    for text in texts:
        before = asked["score"]
        engine.explain(text)
        cleared += asked["score"] == before
    assert cleared >= len(texts) / 2


def test_a_small_lexicon_clears_no_more_than_a_large_one(tmp_path: Path) -> None:
    listed = {
        "应用": "使用",
        "体系": "系统",
        "题目": "问题",
        "须要": "需要",
        "如今": "现在",
        "时辰": "时候",
        "首要": "主要",
    }
    path = tmp_path / "small.yaml"
    path.write_text("entries:\n" + "".join(f"  {spun}: {{{word}: 6}}\n" for spun, word in listed.items()), "utf-8")
    small = Restorer([path], shipped=False)
    text = "\n".join(kit.article("clean", name) for name in kit.files("clean"))[:1400]
    spun = text
    for form, word in listed.items():
        spun = spun.replace(word, form)
    assert small._screen.suspicious(spun, small.channel.scan(spun))
    assert small.restore(spun) != spun
    assert small.restore(text) == text
