"""The sample page and the clean texts that lie outside the repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from places import CASES, SHARED, needs_shared

from despin.page import read_page


@needs_shared
def test_the_sample_page_keeps_its_title_and_eight_paragraphs() -> None:
    text = (SHARED / "samples" / "express-parcels.page.txt").read_text("utf-8")
    page = read_page(text)
    lines = text.split("\n")
    assert [n for n, line in enumerate(page.lines) if line.keep] == list(range(9))
    name = lines[0].partition(":")[2]
    assert page.brand == name
    assert page.title == lines[0].partition(":")[0]
    assert page.article == "".join(f"{line}\n" for line in (page.title, *lines[1:9]))
    assert [text[span.start : span.end] for span in page.brand_spans] == [f":{name}"]
    assert len(page.dropped) == len(lines) - 9
    assert page.anchors[0] == page.title
    assert name not in page.anchors
    assert len(page.anchors) >= 8


@needs_shared
@pytest.mark.parametrize("name", ["abstracts", "app-descriptions", "headlines", "news"])
def test_clean_documents_lose_nothing(name: str) -> None:
    texts = [json.loads(row)["text"] for row in (SHARED / "clean" / f"{name}.jsonl").open(encoding="utf-8")]
    assert len(texts) >= 300
    for text in texts:
        page = read_page(text)
        assert page.article == text, page.dropped
        assert page.brand is None


@needs_shared
@pytest.mark.parametrize("name", ["real-pairs", "real-spun"])
def test_spun_articles_without_a_page_around_them_lose_nothing(name: str) -> None:
    for row in (SHARED / "samples" / f"{name}.jsonl").open(encoding="utf-8"):
        document = json.loads(row)
        text = document.get("spun") or document["text"]
        assert read_page(text).article == text, document["id"]


@pytest.mark.parametrize("path", sorted((CASES / "clean").glob("*.txt")), ids=lambda path: path.stem)
def test_our_own_clean_texts_lose_nothing(path: Path) -> None:
    text = path.read_text("utf-8")
    assert read_page(text).article == text
