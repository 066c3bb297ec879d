"""A text under review: what is on disk after each decision, what is taken up again, and files that change meanwhile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from review_kit import TEXT, Engine, read, restore

from despin.errors import InputError, OutputError, UsageError
from despin.review.document import ConflictError, ReviewedText
from despin.review.journal import Group
from despin.review.places import Decision, RefusedError
from despin.review.session import Session, expanded
from despin.text.decoding import TextFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "a.txt"
    file.write_text(TEXT, "utf-8")
    return file


@pytest.fixture
def opened() -> Iterator[Any]:
    """`opened(path)` opens a text; all are closed in the end."""
    found: list[ReviewedText] = []

    def open_document(path: Path, **options: Any) -> ReviewedText:
        document = ReviewedText(str(path), 1, options.pop("folder", None))
        document.open(options.pop("read", read))
        found.append(document)
        return document

    yield open_document
    for document in found:
        document.close()


def at(word: str, kind: str = "", *originals: str, text: str = TEXT) -> Group:
    start = text.index(word)
    return Group((Decision(start, start + len(word), kind, originals),))


def marks(path: Path) -> str:
    return Path(f"{path}.wdiff").read_bytes().decode()


def test_nothing_is_written_before_something_is_decided(path: Path, opened: Any) -> None:
    document = opened(path)
    assert [one.name for one in path.parent.iterdir()] == ["a.txt"]
    assert (document.progress.decided, document.progress.total) == (0, 5)


def test_decisions_are_on_disk_at_once_and_taken_up_again(path: Path, opened: Any) -> None:
    document = opened(path)
    assert document.put(1, [at("改版", "accept"), at("获得", "reject")]) == 3
    assert marks(path).startswith("手机[-改版-]{+更新+}很快，王获得先生")
    assert Path(f"{path}.restored").read_text("utf-8").startswith("手机更新很快，王获得先生")
    document.close()
    again = opened(path)
    assert (again.progress.decided, again.progress.total) == (2, 5)
    assert [len(group) for group in again.history] == [1, 1]
    again.put(again.revision, [Group(tuple(again.history[-1]), undo=True)])
    assert marks(path).startswith("手机[-改版-]{+更新+}很快，王[-获得-]{+?拿到+}先生")
    assert len(again.history) == 1


def test_an_older_revision_is_refused_and_a_repeated_request_is_not_taken_twice(path: Path, opened: Any) -> None:
    document = opened(path)
    assert document.put(1, [at("改版", "accept")], "first") == 2
    assert document.put(1, [at("改版", "accept")], "first") == 2
    with pytest.raises(ConflictError, match="another tab") as caught:
        document.put(1, [at("改版", "reject")], "second")
    assert caught.value.reason == "revision"
    assert "[-改版-]" in marks(path)
    assert len(document.history) == 1


def test_a_decision_that_does_not_fit_changes_nothing(path: Path, opened: Any) -> None:
    document = opened(path)
    document.put(1, [at("改版", "accept")])
    before = marks(path), Path(f"{path}.review").read_bytes()
    with pytest.raises(RefusedError):
        document.put(2, [at("获得", "accept"), at("改版"), Group((Decision(0, 1, "accept"),))])
    assert document.revision == 2
    assert (marks(path), Path(f"{path}.review").read_bytes()) == before
    document.put(2, [at("不存在", "accept")])
    assert marks(path).count("{+?") == 3


def test_one_review_of_a_text_at_a_time(path: Path, opened: Any) -> None:
    first, second = opened(path), opened(path)
    first.put(1, [at("改版", "accept")])
    Path(f"{path}.wdiff").unlink()
    with pytest.raises(OutputError, match="another review has begun"):
        second.put(1, [at("改版", "reject")])
    assert "another `despin review`" in opened(path).problem
    first.close()
    assert not opened(path).problem


def test_a_line_that_was_cut_off_is_left_out(path: Path, opened: Any) -> None:
    document = opened(path)
    document.put(1, [at("改版", "accept")])
    document.put(2, [at("获得", "reject")])
    document.close()
    journal = Path(f"{path}.review")
    whole = journal.read_bytes()
    for length in [*range(0, len(whole), 9), len(whole) - 1]:
        journal.write_bytes(whole[:length])
        Path(f"{path}.wdiff").unlink(missing_ok=True)
        found = opened(path)
        assert not found.problem
        assert found.progress.decided == max(0, whole[:length].count(b"\n") - 1)
        found.close()


@pytest.mark.parametrize(
    "data",
    [
        b"x\n",
        b"[]\n",
        b"{}\n",
        b'{"despin-review":2,"text":""}\n',
        b'{"despin-review":1,"text":""}\n{"put":1}\n',
        b"\xff\xfe\n",
    ],
)
def test_a_damaged_journal_is_left_alone(path: Path, opened: Any, data: bytes) -> None:
    journal = Path(f"{path}.review")
    journal.write_bytes(data)
    assert "a.txt.review:" in opened(path).problem
    assert journal.read_bytes() == data


def test_marks_that_were_there_are_taken_over(path: Path, opened: Any) -> None:
    gold = (
        TEXT.replace("改版", "[-改版-]{+升级|更新+}")
        .replace("不存在", "[-不存在-]{+?存在+}")
        .replace("梆硬得", "[-梆硬-]{+很硬+}得")
    )
    Path(f"{path}.wdiff").write_text(gold, "utf-8")
    document = opened(path)
    assert (document.progress.decided, document.progress.total) == (5, 6)
    assert marks(path) == gold
    document.put(1, [at("不存在", "accept")])
    assert marks(path) == gold.replace("{+?", "{+")
    document.close()
    assert opened(path).progress.decided == 6


def test_marks_of_another_text_are_not_overwritten(path: Path, opened: Any) -> None:
    Path(f"{path}.wdiff").write_text("别的。", "utf-8")
    document = opened(path)
    assert "holds marks of another text" in document.problem
    with pytest.raises(ConflictError):
        document.put(document.revision, [at("改版", "accept")])
    Path(f"{path}.wdiff").write_text("坏[-的", "utf-8")
    assert "a.txt.wdiff:1:2: '[-' without its partner" in opened(path).problem
    Path(f"{path}.wdiff").write_bytes(b"\xff\xff")
    assert "not UTF-8" in opened(path).problem


def test_marks_that_somebody_else_changed_are_not_overwritten(path: Path, opened: Any) -> None:
    document = opened(path)
    document.put(1, [at("改版", "accept")])
    changed = marks(path).replace("{+更新+}", "{+换代+}")
    Path(f"{path}.wdiff").write_bytes(changed.encode())
    with pytest.raises(ConflictError, match="changed by another program") as caught:
        document.put(2, [at("获得", "reject")])
    assert caught.value.reason == "wdiff"
    assert marks(path) == changed
    document.open(read)
    assert marks(path) == changed
    document.put(document.revision, [at("获得", "reject")])
    assert marks(path).startswith("手机[-改版-]{+换代+}很快，王获得")
    document.close()
    assert opened(path).progress.decided == 2


def test_a_text_that_changed_keeps_the_decisions_elsewhere(path: Path, opened: Any) -> None:
    document = opened(path)
    document.put(1, [at("改版", "accept"), at("不存在", "reject"), at("多余", "accept")])
    path.write_text(TEXT.replace("问题", "的问题"), "utf-8")
    with pytest.raises(ConflictError) as caught:
        document.put(4, [at("获得", "reject")])
    assert caught.value.reason == "source"
    document.open(read)
    assert "3 decisions were taken to their new places" in document.notices[0]
    assert document.progress.decided == 3
    assert not Path(f"{path}.wdiff.old").exists()
    old = marks(path), Path(f"{path}.review").read_bytes()
    document.put(document.revision, [at("改版", "reject")])
    assert (Path(f"{path}.wdiff.old").read_bytes().decode(), Path(f"{path}.review.old").read_bytes()) == old
    assert "手机改版" in marks(path)
    assert "他不存在的问题" in marks(path)
    assert "[-多余-]{++}" in marks(path)
    document.close()
    assert opened(path).progress.decided == 3


def test_other_edits_in_the_next_review_leave_decisions_as_they_were(path: Path, opened: Any) -> None:
    document = opened(path)
    document.put(1, [at("改版", "accept"), at("获得", "reject"), at("不存在", "accept")])
    before = marks(path)
    document.close()
    words = {"改版": ("换代", 0.9, ()), "获得": ("得到", 0.9, ()), "资料": ("材料", 0.9, ())}
    again = opened(path, read=lambda name: read(name, words))
    assert (again.progress.decided, again.progress.total) == (3, 5)
    assert marks(path) == before
    again.put(again.revision, [at("资料", "accept")])
    assert marks(path).startswith("手机[-改版-]{+更新+}很快，王获得先生也说梆硬。\n他[-不存在-]{+存在+}问题。")
    assert "多余[-资料-]{+材料+}" in marks(path)


def test_a_touched_text_is_the_same(path: Path, opened: Any) -> None:
    document = opened(path)
    document.put(1, [at("改版", "accept")])
    path.write_text(TEXT, "utf-8")
    assert document.put(2, [at("获得", "reject")]) == 3


def test_files_that_are_deleted_meanwhile(path: Path, opened: Any) -> None:
    document = opened(path)
    document.put(1, [at("改版", "accept")])
    path.unlink()
    document.put(2, [at("获得", "reject")])
    assert "was deleted" in document.notices[0]
    for name in (".review", ".wdiff", ".restored"):
        Path(f"{path}{name}").unlink()
    document.put(3, [at("不存在", "accept")])
    assert marks(path).startswith("手机[-改版-]{+更新+}很快，王获得先生也说梆硬。\n他[-不存在-]{+存在+}")
    path.write_text(TEXT, "utf-8")
    document.close()
    assert opened(path).progress.decided == 3


def test_a_folder_that_is_gone_is_said_and_nothing_is_lost(tmp_path: Path, path: Path, opened: Any) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    document = opened(path, folder=folder)
    document.put(1, [at("改版", "accept")])
    shutil.rmtree(folder)
    with pytest.raises(OutputError, match="cannot be written"):
        document.put(2, [at("获得", "reject")])
    assert (document.revision, document.progress.decided) == (2, 1)
    folder.mkdir()
    document.put(2, [at("获得", "reject")])
    assert (folder / "a.txt.wdiff").read_text("utf-8").startswith("手机[-改版-]{+更新+}很快，王获得")
    document.close()
    assert opened(path, folder=folder).progress.decided == 2


def test_marks_that_cannot_be_written_are_said_and_kept_in_the_journal(path: Path, opened: Any) -> None:
    document = opened(path)
    document.put(1, [at("改版", "accept")])
    Path(f"{path}.restored").unlink()
    Path(f"{path}.restored").mkdir()
    document.put(2, [at("获得", "reject")])
    assert any("a.txt.restored: is a folder" in one for one in document.notices)
    Path(f"{path}.restored").rmdir()
    document.put(3, [at("不存在", "reject")])
    assert document.notices == []


def test_encodings_are_kept(path: Path, opened: Any) -> None:
    path.write_bytes(TEXT.encode("gb18030"))

    def read_gb(name: str) -> Any:
        return TextFile(name, TEXT, "gb18030"), restore(TEXT)

    document = opened(path, read=read_gb)
    document.put(1, [at("改版", "own", "更新")])
    assert Path(f"{path}.restored").read_bytes().decode("gb18030").startswith("手机更新")
    assert marks(path).startswith("手机[-改版-]{+更新+}")

    def read_ascii(name: str) -> Any:
        return TextFile(name, TEXT, "ascii"), restore(TEXT)

    document.open(read_ascii)
    document.put(document.revision, [at("获得", "reject")])
    assert any("written in UTF-8" in one for one in document.notices)


def test_markup_is_reviewed_in_place(tmp_path: Path, opened: Any) -> None:
    path = tmp_path / "gold.wdiff"
    path.write_text("手机[-改版-]{+升级+}，获得的。", "utf-8")
    document = opened(path)
    assert (document.progress.decided, document.progress.total) == (2, 2)
    document.put(1, [Group((Decision(5, 7, "accept"),))])
    assert path.read_text("utf-8") == "手机[-改版-]{+升级+}，[-获得-]{+拿到+}的。"
    assert (tmp_path / "gold.restored").read_text("utf-8") == "手机升级，拿到的。"
    document.close()
    assert opened(path).progress.decided == 2


def test_folders_stand_for_their_texts_and_results_are_left_out(tmp_path: Path) -> None:
    for name in (
        "b.txt",
        "a.md",
        "c.html",
        "b.txt.wdiff",
        "b.txt.restored",
        "b.txt.review",
        "own.wdiff",
        "x.jpg",
        ".hidden.txt",
    ):
        (tmp_path / name).write_text("x", "utf-8")
    assert [Path(one).name for one in expanded([str(tmp_path)])] == ["a.md", "b.txt", "c.html"]
    named = [str(one) for one in sorted(tmp_path.glob("[a-z]*"))]
    assert [Path(one).name for one in expanded(named)] == ["a.md", "b.txt", "c.html", "own.wdiff", "x.jpg"]
    with pytest.raises(InputError, match="no such file"):
        expanded([str(tmp_path / "no.txt")])
    twice = [str(tmp_path / "b.txt"), f"{tmp_path}/./b.txt", str(tmp_path / "a.md")]
    assert [Path(one).name for one in expanded(twice)] == ["b.txt", "a.md"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no text"):
        expanded([str(tmp_path / "empty")])
    with pytest.raises(UsageError, match="standard input"):
        expanded(["-"])


def test_results_that_would_be_one_file_are_refused(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(TEXT, "utf-8")
    paths = [str(tmp_path / folder / "a.txt") for folder in ("one", "two")]
    with pytest.raises(UsageError, match="would both be written"):
        Session(paths, Engine(tmp_path), print, str(tmp_path / "out"))
    with pytest.raises(OutputError, match="the folder cannot be made"):
        Session(paths[:1], Engine(tmp_path), print, paths[0])


def test_a_folder_that_may_not_be_written_to_is_said_at_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(OutputError, match="name another folder for the decisions with -o FOLDER"):
        Session([str(path)], Engine(path.parent), print)


def test_a_text_that_cannot_be_read_is_said_and_the_others_are_gone_through(tmp_path: Path, path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\xfd")
    (tmp_path / "fault.txt").write_text("毒", "utf-8")
    said: list[str] = []
    session = Session([str(tmp_path)], Engine(tmp_path), said.append)
    session.read_all()
    assert [one.progress.state for one in session.documents] == ["ready", "failed", "failed"]
    assert "bad.txt" in said[0]
    assert "fault.txt: cannot be restored (ZeroDivisionError: a fault of the engine)" in said[1]
    session.end()


def test_a_change_of_equal_size_and_time_is_noticed(path: Path, opened: Any) -> None:
    document = opened(path)
    document.put(1, [at("改版", "accept")])
    for file in (path, Path(f"{path}.wdiff")):
        before, times = file.read_bytes(), file.stat()
        file.write_bytes(before.replace("先生".encode(), "女士".encode()))
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
        with pytest.raises(ConflictError, match="was changed by another program; nothing was saved"):
            document.put(2, [at("获得", "reject")])
        file.write_bytes(before)
    document.put(2, [at("获得", "reject")])


def test_a_text_that_changes_while_it_is_read_is_refused(path: Path, opened: Any) -> None:
    def meanwhile(name: str) -> tuple[TextFile, Any]:
        found, times = read(name), path.stat()
        path.write_text(TEXT.replace("先生", "女士"), "utf-8")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        return found

    assert "changed while it was read" in opened(path, read=meanwhile).problem
