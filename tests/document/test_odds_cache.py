"""The odds kept in the cache folder: they come back as they were, for the same lexicon and code only, or not at all."""

from __future__ import annotations

import os
from array import array
from pathlib import Path

import engine_kit as kit
import pytest

from despin.document.odds_cache import OddsCache
from despin.document.prescreen import Prescreen
from despin.restorer import Restorer
from despin.tuning import Screening, Tuning

ODDS = (array("i", [1, 0, 2]), array("i", [3, 0, 1]), array("d", [0.5, 1e-9, 2.0]))


def kept(tuning: Tuning | None = None) -> OddsCache:
    engine = kit.restorer()
    return OddsCache(engine.lexicon, engine.model, tuning or engine.engine.tuning)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DESPIN_CACHE", str(tmp_path))
    return tmp_path


def test_odds_come_back_as_they_were(folder: Path) -> None:
    assert kept().load() is None
    kept().store(ODDS)
    assert kept().load() == ODDS
    assert kept(Tuning(ceiling=2.0)).load() is None
    assert len(list(folder.glob("odds-*.bin"))) == 1


@pytest.mark.parametrize("damage", [b"", b"x", b"0\n"])
def test_a_broken_file_is_no_file(folder: Path, damage: bytes) -> None:
    kept().store(ODDS)
    (file,) = folder.glob("odds-*")
    file.write_bytes(damage + file.read_bytes()[:-9])
    assert kept().load() is None


@pytest.mark.parametrize(
    "odds",
    [
        (array("i", [1, 0, 3]), ODDS[1], ODDS[2]),
        (array("i", [4, 0, -1]), ODDS[1], ODDS[2]),
        (ODDS[0], array("i", [3, 0, 9999]), ODDS[2]),
        (ODDS[0], array("i", [3, 0, -1]), ODDS[2]),
        (ODDS[0], ODDS[1], array("d", [0.5, float("nan"), 2.0])),
        (ODDS[0], ODDS[1], array("d", [0.5, float("inf"), 2.0])),
        (ODDS[0], ODDS[1], array("d", [0.5, -1.0, 2.0])),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_cannot_be_odds_is_as_if_it_were_not_there(odds: tuple[array[int], array[int], array[float]]) -> None:
    kept().store(odds)
    assert kept().load() is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
@pytest.mark.parametrize("kind", ["pipe", "link", "others may write"])
def test_odds_that_are_no_file_of_ones_own_are_not_read(folder: Path, kind: str) -> None:
    kept().store(ODDS)
    (file,) = folder.glob("odds-*")
    if kind == "others may write":
        file.chmod(0o666)
    else:
        aside = file.rename(folder / "aside")
        os.mkfifo(file) if kind == "pipe" else file.symlink_to(aside)
    assert kept().load() is None


def test_without_a_cache_folder_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESPIN_CACHE", "")
    kept().store(ODDS)
    assert kept().load() is None


def test_many_texts_leave_their_odds_to_the_next_process(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = tmp_path / "small.yaml"
    listed.write_text("entries:\n  应用: {使用: 6}\n  题目: {问题: 6, 课题: 2}\n  首要: {主要: 3}\n", "utf-8")
    monkeypatch.setattr(Screening, "many", 2)
    first, text = Restorer([listed], shipped=False), "这个题目首要是应用。"
    first.explain(text)
    assert not list(folder.glob("odds-*"))
    first.explain(f"{text}\n")
    assert len(list(folder.glob("odds-*"))) == 1
    second = Restorer([listed], shipped=False)
    assert second.explain(text) == first.explain(text)
    assert second.judge.prescreen._worths.asked == 0


def test_odds_of_other_patterns_are_not_taken(folder: Path) -> None:
    engine = kit.restorer()
    kept().store(ODDS)
    text = kit.article("clean", kit.files("clean")[0])
    other = Prescreen(engine.engine.channel, engine.model, engine.engine.tuning, kept())
    found = engine.engine.channel.scan(text)
    assert other.suspicious(text, found) == engine.judge.prescreen.suspicious(text, found)
    assert other._worths.asked
