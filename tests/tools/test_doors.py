"""What was found by fuzzing stays mended: every file of the corpus is read by its target."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.stress.doors import CORPUS, TARGETS, seeds, tried

FILES = sorted(CORPUS.glob("*/*"))


def test_every_target_has_a_beginning() -> None:
    assert all(next(seeds(target), None) for target in TARGETS)
    assert {path.parent.name for path in FILES} <= set(TARGETS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_corpus_is_answered_or_refused(path: Path) -> None:
    tried(path.parent.name, path.read_bytes())
