"""Walking through candidates: decisions are written at once, and nothing else in the file changes."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from despin.cli.main import main
from despin.errors import LexiconError
from despin.learning.proposals import Decisions
from despin.lexicon.model import Original
from despin.lexicon.parse import read_file

LEXICON = """\
# a comment at the top
family: learned
licence: CC0
entries:
  体系: 系统
  # about 应用
  应用:
    original: {使用: 5, 利用: 2}
    status: candidate
    reason: seen 7 times
    # inside 应用
    source: learned
    examples: ["我们[-应用-]{+使用+}工具", "[-应用-]{+利用+}时间"]
  # about 法度
  法度:
    original: 程序
    status: candidate
    reason: seen 1 time
    source: learned
  目次: {original: {目录: 3}, status: candidate, reason: seen 3 times, source: learned}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "learned.yaml"
    file.write_text(LEXICON, "utf-8")
    return file


def walk(monkeypatch: pytest.MonkeyPatch, path: Path, answers: str, *options: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
    return main(["lexicon", "accept", str(path), *options])


def statuses(path: Path) -> dict[str, str]:
    return {entry.spun: entry.status for entry in read_file(path).entries}


def test_the_weightiest_candidate_comes_first(path: Path) -> None:
    assert [entry.spun for entry in Decisions(str(path)).waiting()] == ["应用", "目次", "法度"]


def test_yes_no_and_quit(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert walk(monkeypatch, path, "y\nn\nq\n") == 0
    assert statuses(path) == {"体系": "active", "应用": "active", "法度": "candidate", "目次": "candidate"}
    out, err = capsys.readouterr()
    assert "应用 → 使用 (5), 利用 (2)" in out
    assert "我们[-应用-]{+使用+}工具" in out
    assert "1 accepted, 1 turned down, 1 left" in err


def test_a_walk_goes_on_where_it_stopped(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walk(monkeypatch, path, "n\n")
    assert [entry.spun for entry in Decisions(str(path)).waiting()] == ["目次", "法度"]
    assert [entry.spun for entry in Decisions(str(path)).waiting(again=True)] == ["应用", "目次", "法度"]
    walk(monkeypatch, path, "y\n", "--again")
    assert statuses(path)["应用"] == "active"


def test_every_other_line_and_every_comment_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walk(monkeypatch, path, "y\n")
    text = path.read_text("utf-8")
    before, after = text.split("  # inside 应用\n")
    assert before == LEXICON[: LEXICON.index("  应用:")]
    assert after.split("\n", 1)[1].endswith(LEXICON[LEXICON.index("  # about 法度") :])
    entry = next(entry for entry in read_file(path).entries if entry.spun == "应用")
    assert (entry.status, entry.reason, entry.source, len(entry.examples)) == ("active", "", "learned", 2)


def test_other_originals_are_typed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walk(monkeypatch, path, "e\n应用\ne\n使用、运用\nq\n".replace("e\n应用\ne\n", "e\n应用\n"))
    entry = next(entry for entry in read_file(path).entries if entry.spun == "应用")
    assert entry.originals == (Original("使用", 5.0), Original("运用", 1.0))
    assert entry.status == "active"
    assert entry.examples == ("我们[-应用-]{+使用+}工具",)


def test_typing_nothing_goes_back_and_other_keys_explain(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    walk(monkeypatch, path, "e\n\nwhat\nn\nq\n")
    assert statuses(path)["应用"] == "candidate"
    assert "y accepts, n turns down" in capsys.readouterr().err


def test_a_file_without_candidates_says_so(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    walk(monkeypatch, path, "y\ny\ny\n")
    assert walk(monkeypatch, path, "") == 0
    assert "no candidate waits" in capsys.readouterr().err
    assert set(statuses(path).values()) == {"active"}


def test_broken_and_missing_files_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert walk(monkeypatch, path.with_name("none.yaml"), "y\n") == 3
    path.write_text("entries:\n  应用: {original: 使用, status: perhaps}\n", "utf-8")
    assert walk(monkeypatch, path, "y\n") == 4
    path.write_text("{entries: {应用: {original: 使用, status: candidate, reason: x}}}\n", "utf-8")
    with pytest.raises(LexiconError, match="lexicon format"):
        Decisions(str(path))
