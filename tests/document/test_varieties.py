"""Cantonese and other varieties of Chinese stay as they are, whichever script they are written in.

`dialects.tsv` in tests/data was written before the code.
"""

from __future__ import annotations

from pathlib import Path

import engine_kit as kit
import pytest
from places import DATA

from despin.errors import LexiconError
from despin.lexicon import varieties
from despin.lexicon.varieties import load_varieties
from despin.text.traditional import tables

ROWS = [
    line.split("\t") for line in (DATA / "dialects.tsv").read_text("utf-8").splitlines() if not line.startswith("#")
]


def stays(text: str) -> bool:
    return not kit.restorer().explain(text).edits and not kit.restorer().detect(text).spun


def test_there_are_enough() -> None:
    assert sum(name == "cantonese" for name, _ in ROWS) >= 30
    assert len({name for name, _ in ROWS}) >= 5


@pytest.mark.parametrize("name", sorted({name for name, _ in ROWS}))
def test_texts_stay(name: str) -> None:
    texts = [text for own, text in ROWS if own == name]
    assert [text for text in texts if not stays(text)] == []
    assert stays("\n".join(texts))


def test_cantonese_stays_in_traditional_characters() -> None:
    assert [text for name, text in ROWS if name == "cantonese" and not stays(tables().traditional(text))] == []


def test_a_cantonese_line_in_a_spun_article_stays_and_the_article_is_restored() -> None:
    article = kit.article("spun-host", "technical-classic-list.wdiff").strip("\n")
    line = ROWS[0][1]
    found = kit.restorer().explain(f"{article}\n{line}")
    assert all(edit.end <= len(article) for edit in found.edits)
    assert len(found.edits) >= 0.95 * len(kit.restorer().explain(article).edits)


def test_a_part_of_an_old_text_is_old_though_it_has_one_word_alone_that_tells() -> None:
    own = load_varieties()
    part, text = "那日孩儿不在，便去寻他爹娘，却说众人都散了。", "俺且坐则个。兀的不愁煞人也，怎生是好？洒家去也。"
    assert not own.is_whole(part)
    assert own.is_whole(text)
    assert own.is_whole(part, 1)
    assert not own.is_whole("这是一篇新的文章，说的是怎么修车。", 1)


def test_look_alikes_in_standard_chinese_are_restored() -> None:
    text = "这个网站上冇很多资料，大家都可以在那里查询，是免费嘚，我们已经用了哋図功能。"
    assert any(edit.spun == "冇" for edit in kit.restorer().explain(text).edits)


def test_the_shipped_words_and_broken_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"standard", "cantonese", "wu", "minnan"} <= set(varieties.load_varieties().words)
    monkeypatch.setattr(varieties, "shipped_folder", lambda: tmp_path)
    assert varieties.load_varieties().words == {}
    for content, what in (("cantonese\n", r":1:1: not a variety and its words"), ("wu\t侬\n", "no line 'standard'")):
        (tmp_path / "varieties.tsv").write_text(content, "utf-8")
        with pytest.raises(LexiconError, match=what):
            varieties.load_varieties()
