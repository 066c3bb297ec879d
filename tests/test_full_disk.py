"""Every writer on a disk that is full for one write, whichever it is: what stood there stands there, what is left can
be gone on with, and the next run gives what it would have given."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import batch_stub
import cli_stub
import full_disk
import pytest
import review_kit
from full_disk import snapshot

from despin import cachefile
from despin.cli.main import main
from despin.errors import OutputError
from despin.learning.proposals import Decisions
from despin.review.document import ReviewedText
from despin.review.journal import Group
from despin.review.places import Decision

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc which file is written")
SPUN = "他们经由过程手机付款。\n" * 3
LEXICON = "family: own\nentries:\n  甲乙:   丙丁\n"
CANDIDATE = "family: own\nentries:\n  甲乙:\n    original: 丙丁\n    status: candidate\n    reason: seen twice\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DESPIN_CACHE", "")
    monkeypatch.setattr("despin.batch.inputs.BLOCK_LINES", 3)
    monkeypatch.setattr("despin.batch.state.PAUSE", 0.0)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., int]:
    """`command(*arguments)` runs the command line with a restorer that has no model; its exit code."""

    def call(*arguments: str) -> int:
        with monkeypatch.context() as context:
            for name, module in (batch_stub if arguments[0] == "batch" else cli_stub).stand_in().items():
                context.setitem(sys.modules, name, module)
            code = main(list(arguments))
            assert b"Traceback" not in capsysbinary.readouterr().err
            return code

    return call


def empty(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def begin(folder: Path) -> dict[str, bytes]:
    """Fill the folder with texts, records and lexicons, and with results of earlier runs; what is in it."""
    empty(folder)
    for name, text in {
        "a.txt": SPUN, "b.txt": SPUN.replace("手机", "电脑"), "c.txt": SPUN.replace("经由过程", "通过"),
        "own.yaml": LEXICON, "old.txt": "earlier", "old.jsonl": "earlier",
    }.items():  # fmt: skip
        (folder / name).write_text(text, "utf-8")
    (folder / "in.jsonl").write_bytes(batch_stub.lines(batch_stub.records(9)))
    return snapshot(folder)


@pytest.mark.parametrize(
    "arguments",
    [
        ("restore", "a.txt", "-o", "new.txt"),
        ("restore", "a.txt", "-o", "old.txt"),
        ("restore", "a.txt", "b.txt", "-o", "out/"),
        ("restore", "--in-place", "a.txt"),
        ("restore", "--in-place", "--no-backup", "a.txt", "b.txt"),
        ("lexicon", "add", "子丑", "寅卯", "--to", "own.yaml"),
        ("lexicon", "add", "子丑", "寅卯", "--to", "new.yaml"),
        ("lexicon", "format", "own.yaml"),
        ("learn", "pairs", "a.txt", "c.txt", "-o", "new.yaml"),
    ],
    ids=" ".join,
)
def test_a_command_writes_all_or_nothing(
    arguments: tuple[str, ...], command: Callable[..., int], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = begin(folder)
    assert command(*arguments) == 0
    whole = snapshot(folder)
    assert whole != before
    for code in full_disk.each(monkeypatch, folder, lambda: begin(folder), lambda _: command(*arguments)):
        found = snapshot(folder)
        if code == 0:  # what failed can be done without, as the flush of a folder
            assert found == whole
            continue
        assert code == 5
        assert set(before) <= set(found) <= set(whole)
        assert all(data in (before.get(name), whole.get(name)) for name, data in found.items())
        assert command(*arguments) == 0
        assert snapshot(folder) == whole


@pytest.mark.parametrize("name", ["new.jsonl", "new.jsonl.gz", "new.parquet", "out/", "old.jsonl"])
def test_a_batch_goes_on_when_there_is_room(
    name: str, command: Callable[..., int], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "in.parquet" if name.endswith(".parquet") else "in.jsonl"

    def fresh() -> None:
        begin(folder)
        if name.endswith(".parquet"):
            pyarrow = pytest.importorskip("pyarrow")
            table = pyarrow.table({"text": batch_stub.texts(9)})
            pytest.importorskip("pyarrow.parquet").write_table(table, folder / source)

    arguments = ["batch", source, "-o", name, "-q"]
    anew = ["--overwrite"] if name.startswith("old") else []
    fresh()
    before = snapshot(folder)
    assert command(*arguments, *anew) == 0
    whole = snapshot(folder)
    for code in full_disk.each(monkeypatch, folder, fresh, lambda _: command(*arguments, *anew)):
        found = snapshot(folder)
        if code == 0:
            assert found == whole
            continue
        assert code == 5
        for path, data in found.items():
            unfinished = ".part" in path or path.endswith(".despin-batch.json")
            assert unfinished or data in (before.get(path), whole.get(path)), path
        assert command(*arguments, *(anew if found == before else ["--resume"])) == 0
        assert snapshot(folder) == whole


def at(word: str, kind: str) -> Group:
    start = review_kit.TEXT.index(word)
    return Group((Decision(start, start + len(word), kind, ()),))


@pytest.mark.parametrize("earlier", ["nothing", "decisions", "another text", "marks of others", "an empty journal"])
def test_a_review_forgets_nothing_that_it_said_is_saved(
    earlier: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "a.txt"

    def opened() -> ReviewedText:
        document = ReviewedText(str(path), 1)
        document.open(review_kit.read)
        assert not document.problem
        return document

    def fresh() -> ReviewedText:
        empty(folder)
        path.write_text(review_kit.TEXT, "utf-8")
        if earlier == "an empty journal":
            (folder / "a.txt.review").touch()
        elif earlier != "nothing":
            document = opened()
            document.put(document.revision, [at("不存在", "reject")])
            document.close()
        if earlier == "another text":
            path.write_text(review_kit.TEXT + "多了一行。\n", "utf-8")
        elif earlier == "marks of others":
            (folder / "a.txt.wdiff").write_text(review_kit.TEXT.replace("不存在", "[-不存在-]{+存在+}"), "utf-8")
        return opened()

    def accepted(document: ReviewedText) -> set[str]:
        return {document.places.source[slice(*one.span)] for one in document.places.decisions() if one.kind == "accept"}

    def decide(document: ReviewedText) -> tuple[ReviewedText, set[str]]:
        saved = accepted(document)
        for word in ("改版", "获得", "多余"):
            before = snapshot(folder).get("a.txt.review")
            try:
                document.put(document.revision, [at(word, "accept")])
                saved.add(word)
            except OutputError:
                assert snapshot(folder).get("a.txt.review") == (before or None)
        return document, saved

    for document, saved in full_disk.each(monkeypatch, folder, fresh, decide):
        document.close()
        again = opened()
        assert accepted(again) == accepted(document) == saved
        assert again.progress.decided == document.progress.decided
        assert again.decided() == document.decided()
        assert len(document.history) == len(again.history)
        again.put(again.revision, [at("改版", "reject")])
        again.close()
        assert opened().decided() == again.decided()
        assert {name.removesuffix(".2") for name in snapshot(folder)} <= {
            "a.txt", "a.txt.review", "a.txt.wdiff", "a.txt.restored", "a.txt.review.old", "a.txt.wdiff.old",
        }  # fmt: skip


def test_a_cache_is_whole_or_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "cache" / "lexicon-1.json"
    for _ in full_disk.each(
        monkeypatch, folder, lambda: empty(folder), lambda _: cachefile.write_cached(file, b"whole", 2)
    ):
        assert snapshot(folder) == {}


def test_a_candidate_that_could_not_be_written_is_undecided(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "own.yaml"

    def fresh() -> Decisions:
        empty(folder)
        path.write_text(CANDIDATE, "utf-8")
        return Decisions(str(path))

    def accept(decisions: Decisions) -> Decisions:
        with suppress(OutputError):
            decisions.accept(decisions.waiting()[0])
        return decisions

    for decisions in full_disk.each(monkeypatch, folder, fresh, accept):
        assert snapshot(folder) == {"own.yaml": CANDIDATE.encode()}
        assert decisions.waiting()
        accept(decisions)
        assert not Decisions(str(path)).waiting()
