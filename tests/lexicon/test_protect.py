"""Files of protected words."""

from __future__ import annotations

from pathlib import Path

import pytest

from despin.errors import LexiconError
from despin.lexicon.load import discover
from despin.lexicon.protect import LONGEST, read_protected


def test_one_word_a_line_without_comments(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_bytes("\ufeff# names\r\n一嗨租车\r\n  自由选择  # a book\n\n一嗨租车\nC#\nNew York\n".encode())
    assert read_protected(file) == ("一嗨租车", "自由选择", "C#", "New York")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xd2\xbb\xba\xcb\n", "words.txt:1:2: not UTF-8: save it as UTF-8"),
        (("好\n " + "长" * (LONGEST + 1)).encode(), "words.txt:2:2: a word of more than 100 characters"),
        ("好\0".encode(), "words.txt:1:1: a null character"),
    ],
)
def test_mistakes_are_named_with_their_places(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "words.txt").write_bytes(content)
    with pytest.raises(LexiconError) as caught:
        read_protected(tmp_path / "words.txt")
    assert message in str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="no such file"):
        read_protected(tmp_path / "none.txt")


def test_settings_of_a_folder(tmp_path: Path) -> None:
    table = '[tool.despin]\nprotect = ["一嗨租车"]\nfact_edits = "none"\n'
    (tmp_path / "pyproject.toml").write_text(table, "utf-8")
    found = discover(folder=tmp_path, environment={})
    assert (found.protect, found.fact_edits) == (("一嗨租车",), "none")
    (tmp_path / "pyproject.toml").write_text('[tool.despin]\nfacts = "keep"\n', "utf-8")
    with pytest.raises(
        LexiconError, match=r"pyproject.toml:2:1: 'facts' is called 'fact_edits' now: choose none, sure, all"
    ):
        discover(folder=tmp_path, environment={})
    (tmp_path / "pyproject.toml").write_text('[tool.despin]\nfact_edits = "mark"\n', "utf-8")
    with pytest.raises(LexiconError, match=r"pyproject.toml:2:1: fact_edits 'mark' is called 'sure' now"):
        discover(folder=tmp_path, environment={})
    (tmp_path / "pyproject.toml").write_text('[tool.despin]\nfact_edits = "kept"\n', "utf-8")
    with pytest.raises(LexiconError, match=r"pyproject.toml:2:1: unknown fact_edits 'kept': choose none, sure, all"):
        discover(folder=tmp_path, environment={})
