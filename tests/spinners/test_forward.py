"""The program forwards, on ten thousand sentences: equal to `jieba.posseg` and the vectors, run by hand."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import program_kit as kit
import pytest
from places import needs_shared, shared

from despin.spinners.neighbours import TABLES, read_neighbours
from despin.spinners.registry import spinner

#: The path of the source distribution of synonyms 3.8.0: with it the neighbours are looked up in its vectors, without it in the table.
SDIST = os.environ.get("DESPIN_SYNONYMS")


def sentences() -> list[str]:
    """Ten thousand sentences with what ends them: those of the clean texts, and what the program makes of the first of them."""
    found: list[str] = []
    for name in ("news", "abstracts", "app-descriptions", "headlines"):
        with shared("clean", f"{name}.jsonl").open(encoding="utf-8") as rows:
            for row in rows:
                found += re.findall(r"[^。！？\n]+[。！？\n]*", json.loads(row)["text"])
    found += [spinner("synonyms").spin(sentence).text for sentence in found]
    return found[:10_000]


def by_table() -> Callable[[str], str | None]:
    """What the program writes for a word, from the shipped table."""
    table = read_neighbours(TABLES["synonyms-3.8.0"])
    row = {word: place for place, word in enumerate(table.words)}
    return lambda word: table.words[table.near[0][row[word]]] if word in row else None


def by_vectors(archive: str) -> Callable[[str], str | None]:
    """What the program writes for a word, from the vectors: the ten nearest by distance, sorted by cosine."""
    np = pytest.importorskip("numpy")
    from tools.train.neighbours import read_vectors

    words, vectors = read_vectors(Path(archive))
    row = {word: place for place, word in enumerate(words)}
    exact: Any = vectors.astype(np.float64)
    squares = (exact**2).sum(1)
    known: dict[str, str | None] = {}

    def nearby(word: str) -> str | None:
        own = row[word]
        distance = squares - 2 * (exact @ exact[own])
        near = np.argpartition(distance, 30)[:30]
        ten = near[np.argsort(distance[near])][:10]
        cosine = {}
        for place in ten:
            norms = np.linalg.norm(vectors[own]) * np.linalg.norm(vectors[place])
            cosine[words[place]] = (
                1.0 if place == own else min(abs(float(np.dot(vectors[own], vectors[place]) / norms)), 1.0)
            )
        return sorted(cosine, key=lambda other: cosine[other], reverse=True)[1]

    def written(word: str) -> str | None:
        if word not in known:
            known[word] = nearby(word) if word in row else None
        return known[word]

    return written


@pytest.mark.slow
@needs_shared
def test_ten_thousand_sentences() -> None:
    program = spinner("synonyms")
    written = by_vectors(SDIST) if SDIST else by_table()
    count = changed = 0
    for sentence in sentences():
        expected = ""
        for start, end, flag in kit.by_jieba(sentence):
            word = sentence[start:end]
            image = written(word) if flag in kit.FLAGS else None
            expected += image or word
            changed += image is not None
        assert program.spin(sentence).text == expected
        count += 1
    assert count == 10_000
    assert changed > 20_000
