"""Facts and protected words on the command line, with the real restorer."""

from __future__ import annotations

import json
from pathlib import Path

import engine_kit as kit
import pytest

from despin.cli.main import main
from despin.cli.terminal import plural

HOST = "technical-classic-list.wdiff"
TEXT = kit.article("spun-host", HOST).rstrip("\n") + "\n这位男子碰到了困难，他常常在下半年进修。\n"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DESPIN_LEXICON", raising=False)
    (tmp_path / "page.txt").write_text(TEXT, "utf-8")
    return tmp_path / "page.txt"


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    assert main(list(arguments)) == 0
    found = capsys.readouterr()
    return found.out, found.err


def test_facts_are_in_json_and_counted_on_standard_error(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = json.loads(call(capsys, "restore", "--format", "json", "page.txt")[0])
    changed = [edit for edit in values["edits"] if edit["changes"] or edit["context"]]
    assert ("男子", "女子", "person") in [(edit["spun"], edit["original"], edit["changes"]) for edit in changed]
    _, said = call(capsys, "restore", "page.txt")
    assert "男子 → 女子 changes the person (confidence 0." in said
    assert f"page.txt: {plural(len(changed), 'edit')} to check for facts: " in said
    assert "person 1" in said


def test_one_command_lists_every_edit_that_changes_facts(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = json.loads(call(capsys, "restore", "--format", "json", "page.txt")[0])
    changed = [
        (edit["changes"] or edit["context"], edit["spun"], edit["original"])
        for edit in values["edits"]
        if edit["changes"] or edit["context"]
    ]
    table, said = call(capsys, "readings", "page.txt", "--facts")
    rows = [line.split("\t") for line in table.splitlines()]
    assert rows[0] == ["place", "changes", "spun", "original", "confidence", "entry", "text"]
    assert [tuple(row[1:4]) for row in rows[1:]] == changed
    assert all(len(row) == 7 for row in rows)
    assert f"page.txt: {plural(len(changed), 'edit')} to check for facts" in said


def test_words_that_look_replaced_and_are_left_are_listed(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (page.parent / "page.txt").write_text(TEXT + "小说《体系》和《今后》都是上册。\n", "utf-8")
    values = json.loads(call(capsys, "restore", "--format", "json", "page.txt")[0])
    assert {("体系", "quotation"), ("今后", "quotation")} <= {(one["spun"], one["why"]) for one in values["suspects"]}
    table, said = call(capsys, "readings", "page.txt", "--suspects")
    rows = [line.split("\t") for line in table.splitlines()]
    assert rows[0] == ["place", "word", "score", "why", "originals", "text"]
    assert [(row[1], row[3]) for row in rows[1:]] == [(one["spun"], one["why"]) for one in values["suspects"]]
    assert f"page.txt: words that look replaced and are left: {len(rows) - 1}" in said
    both = json.loads(call(capsys, "readings", "page.txt", "--suspects", "--facts", "--json")[0])
    assert both["suspects"] == values["suspects"]
    assert both["edits"] == [edit for edit in values["edits"] if edit["changes"] or edit["context"]]
    assert both["readings"] is None
    html = call(capsys, "restore", "page.txt", "--format", "html")[0]
    assert '<b class="e s" data-s="体系"' in html
    assert "<td>在引文里</td>" in html
    assert "留下的可疑词" in html


def test_facts_that_are_kept(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, said = call(capsys, "restore", "--fact-edits", "none", "page.txt")
    assert "这位男子遇到了困难" in text
    assert "facts" not in said
    (page.parent / "pyproject.toml").write_text('[tool.despin]\nfact_edits = "none"\n', "utf-8")
    assert call(capsys, "restore", "page.txt")[0] == text
    assert call(capsys, "restore", "--fact-edits", "all", "page.txt")[0] != text


def test_protected_words_stay_and_are_counted(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (page.parent / "words.txt").write_text("# ours\n男子碰到\n", "utf-8")
    text, said = call(capsys, "restore", "--protect", "words.txt", "page.txt")
    assert "这位男子碰到了困难" in text
    assert "page.txt: 2 edits of protected words not made" in said
    row = json.loads(call(capsys, "restore", "--format", "json", "--protect", "words.txt", "page.txt")[0])
    assert row["prevented"] == 2
    (page.parent / "pyproject.toml").write_text('[tool.despin]\nprotect = ["男子碰到"]\n', "utf-8")
    assert call(capsys, "restore", "page.txt")[0] == text


def test_a_file_of_words_that_is_missing(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restore", "--protect", "none.txt", "page.txt"]) == 4
    assert capsys.readouterr().err == "despin: none.txt: no such file: check the path\n"


def test_records_hold_facts_and_what_was_prevented(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (page.parent / "words.txt").write_text("男子碰到\n", "utf-8")
    (page.parent / "in.jsonl").write_text(json.dumps({"text": TEXT}, ensure_ascii=False) + "\n", "utf-8")
    said = call(capsys, "batch", "in.jsonl", "-o", "out.jsonl", "--protect", "words.txt", "--fact-edits", "all")[1]
    assert "2 edits of protected words not made" in said
    row = json.loads((page.parent / "out.jsonl").read_text("utf-8"))["despin"]
    assert row["prevented"] == 2
    assert all("changes" in edit for edit in row["edits"])


def test_the_shipped_classes_are_checked(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from despin.lexicon.facts import classes_file

    assert call(capsys, "lexicon", "check", str(classes_file()))[0] == ""
