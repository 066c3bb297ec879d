"""The tree of words in the cache folder: the same model, sooner; and never in the way."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from despin.lm import tree_cache
from despin.lm.ngram import DEFAULT_MODEL, LanguageModel

WORDS = ("工具", "我们", "\U00020000", "ab", "的", "全国人民代表大会", "没有这个词的")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DESPIN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def said(model: LanguageModel) -> list[object]:
    return [
        *((model.knows(word), model.unigram(word)) for word in WORDS),
        model.best_split("我们使用工具来解决这些问题"),
        model.sequence(["我们", "使用", "工具"]),
    ]


def test_a_stored_tree_is_the_one_that_was_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = LanguageModel()
    [file] = folder.glob("words-*.bin")
    with monkeypatch.context() as patch:
        patch.setattr("despin.lm.ngram.store_tree", None)
        second = LanguageModel()
    assert said(first) == said(second)
    assert first.trigrams.tree() == second.trigrams.tree()
    file.unlink()
    monkeypatch.setenv("DESPIN_CACHE", "")
    assert said(LanguageModel()) == said(first)
    assert not list(folder.glob("words-*.bin"))


def test_a_damaged_tree_is_made_again(folder: Path) -> None:
    expected = said(LanguageModel())
    [file] = folder.glob("words-*.bin")
    whole = file.read_bytes()
    for content in (b"", whole[:100], whole[:-8], whole[:5000] + b"\1" + whole[5001:], whole + b"\0"):
        file.write_bytes(content)
        assert said(LanguageModel()) == expected
        assert file.read_bytes() == whole


def test_a_tree_that_cannot_be_is_not_taken(folder: Path) -> None:
    model = LanguageModel()
    expected, tree = said(model), model.trigrams.tree()
    from despin import kernel

    for wrong in (b"", tree[:-1], bytes(8) + tree[8:], tree[: -(1 << 19) * 8] + b"\xff" * ((1 << 19) * 8)):
        found = kernel.open_trigrams(DEFAULT_MODEL, wrong)
        assert found.knows("工具")
        assert found.best_split("我们使用工具") == model.best_split("我们使用工具")
    assert said(model) == expected


def test_a_model_that_was_changed_has_another_tree(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.lm"
    shutil.copy(DEFAULT_MODEL, path)
    LanguageModel(path)
    assert tree_cache.load_tree(path) is not None
    os.utime(path, ns=(1, 1))
    assert tree_cache.load_tree(path) is None
    assert tree_cache.load_tree(tmp_path / "missing.lm") is None
