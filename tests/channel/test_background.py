"""The background table: what is no table is refused, with the place and how to mend it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from despin.channel import background
from despin.errors import LexiconError


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped table, which is read instead of it."""
    shutil.copy(background.shipped_folder() / "background.tsv", tmp_path)
    monkeypatch.setattr(background, "shipped_folder", lambda: tmp_path)
    return tmp_path / "background.tsv"


def test_the_shipped_table_is_read(table: Path) -> None:
    assert min(background.load_background().values()) < 0.0


@pytest.mark.parametrize(
    "line",
    ["首要", "首要\t主要\t1", "首要\t主要\t1\tnan", "首要\t主要\t1\tinf", "首要\t主要\t-1\t-2", "首要\t主要\t1\t2",
     "首要\t主要\t" + "9" * 400 + "\t1", "首要\t主要\t" + "9" * 5000 + "\t1"],
)  # fmt: skip
def test_a_line_that_counts_nothing_is_refused(line: str, table: Path) -> None:
    table.write_text(f"# counts\n{line}\n", "utf-8")
    with pytest.raises(LexiconError, match=r"background\.tsv:2:1: not spun, original"):
        background.load_background()


def test_what_is_no_text_is_refused(table: Path) -> None:
    table.write_bytes(table.read_bytes()[:5000] + b"\xff")
    with pytest.raises(LexiconError, match="install despin again"):
        background.load_background()


def test_a_digit_that_was_changed_is_refused(table: Path) -> None:
    whole = table.read_bytes()
    place = len(whole.rstrip()) - 1
    table.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    with pytest.raises(
        LexiconError, match=r"background\.tsv:4:1: is damaged .*'# checksum of the lines below: [0-9a-f]{8}'"
    ):
        background.load_background()


def test_a_table_without_a_checksum_is_refused(table: Path) -> None:
    table.write_text("# counts\n首要\t主要\t1\t0.5\n", "utf-8")
    with pytest.raises(LexiconError, match=r"background\.tsv:3:1: is damaged"):
        background.load_background()
    table.write_text("# counts\n" + background.sealed("首要\t主要\t1\t0.5\n"), "utf-8")
    assert list(background.load_background()) == [("首要", "主要")]
