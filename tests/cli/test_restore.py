"""`despin restore`: formats, places, and bytes that must not change."""

from __future__ import annotations

import json
from pathlib import Path

import cli_stub
import pytest
from cli_stub import Run
from report_kit import Report

from despin.text import wdiff

SPUN = "我们经由过程观察发现,信号不存在问题。\n"
RESTORED = "我们通过观察发现,信号存在问题。\n"


def put(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_text_from_a_file(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "a.txt", SPUN)
    result = run("restore", "a.txt")
    assert (result.code, result.text) == (0, RESTORED)


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_text_from_standard_input(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("restore", *arguments, stdin=SPUN.encode()).text == RESTORED


def test_wdiff_reads_back_as_the_page(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "a.txt", SPUN)
    result = run("restore", "--format", "wdiff", "a.txt")
    assert "[-经由过程-]{+通过+}" in result.text
    sample = wdiff.read(result.text)
    assert (sample.spun, sample.original) == (SPUN, RESTORED)


def test_colour_only_when_asked_away_from_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def output(*arguments: str) -> str:
        return run("restore", "--format", "wdiff", *arguments, stdin=SPUN.encode()).text

    assert "\x1b[31m[-经由过程-]\x1b[0m" in output("--color", "always")
    assert "\x1b" not in output()
    assert "\x1b" not in output("--color", "never")
    monkeypatch.setattr("despin.cli.terminal.sys.stdout.isatty", lambda: True)
    assert "\x1b[31m" in output("--color", "auto")
    assert "\x1b" not in output("--color", "never")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in output("--color", "auto")


def test_json_carries_the_edits_in_the_callers_offsets(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "a.txt", SPUN)
    values = json.loads(run("restore", "--format", "json", "a.txt").out)
    assert values["text"] == RESTORED
    assert (values["path"], values["family"], values["score"]) == ("a.txt", "classic-list", 0.9877)
    assert [SPUN[edit["start"] : edit["end"]] for edit in values["edits"]] == ["经由过程", "不存在"]
    assert [edit["changes"] for edit in values["edits"]] == [None, "polarity"]
    assert set(values["edits"][0]) >= {"spun", "original", "confidence", "entry", "alternatives"}


def test_several_texts_are_one_list_in_json_and_one_line_each_in_jsonl(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "a.txt", SPUN)
    put(tmp_path / "b.txt", "没有什么。")
    values = json.loads(run("restore", "--format", "json", "a.txt", "b.txt").out)
    assert [(row["path"], row["text"]) for row in values] == [("a.txt", RESTORED), ("b.txt", "没有什么。")]
    lines = run("restore", "--format", "jsonl", "a.txt", "b.txt").text.splitlines()
    assert [json.loads(line) for line in lines] == values


def test_one_text_in_jsonl_is_one_line(run: Run) -> None:
    result = run("restore", "--format", "jsonl", stdin=SPUN.encode())
    assert result.text.count("\n") == 1
    assert json.loads(result.out)["path"] == "-"


def test_several_texts_come_in_order_and_do_not_run_together(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "b.txt", "乙经由过程")
    put(tmp_path / "a.txt", "甲\n")
    put(tmp_path / "c.txt", "丙")
    assert run("restore", "b.txt", "a.txt", "c.txt").text == "乙通过\n甲\n丙"


def test_byte_order_mark_is_written_once_for_joined_texts(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "a.txt", "甲\n", "utf-8-sig")
    put(tmp_path / "b.txt", "乙\n", "utf-8-sig")
    assert run("restore", "a.txt", "b.txt").out == "甲\n乙\n".encode("utf-8-sig")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_keeps_encoding_line_ends_and_byte_order_mark(run: Run, tmp_path: Path, encoding: str) -> None:
    page = "第一行经由过程这里\r\n第二行🎉\0这里\n第三行\r没有行尾经由过程"
    put(tmp_path / "a.txt", page, encoding)
    expected = page.replace("经由过程", "通过").encode(encoding)
    assert run("restore", "a.txt", "--encoding", encoding).out == expected
    run("restore", "a.txt", "--encoding", encoding, "-o", "b.txt")
    assert (tmp_path / "b.txt").read_bytes() == expected
    assert (tmp_path / "a.txt").read_bytes() == page.encode(encoding)


def test_big_endian_utf16_with_a_mark_stays_big_endian(run: Run, tmp_path: Path) -> None:
    page = "\ufeff这里经由过程那里\n"
    put(tmp_path / "a.txt", page, "utf-16-be")
    result = run("restore", "a.txt", "--encoding", "utf-16")
    assert result.out == page.replace("经由过程", "通过").encode("utf-16-be")


def test_formats_other_than_text_are_utf8_whatever_came_in(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "a.txt", SPUN, "gb18030")
    assert "[-经由过程-]" in run("restore", "a.txt", "--encoding", "gb18030", "--format", "wdiff").text


def test_output_folder_gets_one_file_a_text(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "a.txt", SPUN)
    (tmp_path / "sub").mkdir()
    put(tmp_path / "sub" / "b.txt", "乙")
    result = run("restore", "a.txt", "sub/b.txt", "-o", "new/folder/")
    assert (result.code, result.out) == (0, b"")
    assert (tmp_path / "new/folder/a.txt").read_text("utf-8") == RESTORED
    assert (tmp_path / "new/folder/b.txt").read_text("utf-8") == "乙"
    run("restore", "a.txt", "--format", "json", "-o", "new/folder")
    assert json.loads((tmp_path / "new/folder/a.txt.json").read_bytes())["text"] == RESTORED


def test_output_file_holds_what_standard_output_would(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "a.txt", SPUN)
    put(tmp_path / "b.txt", "乙")
    for style in ("text", "wdiff", "json", "jsonl", "m2", "html"):
        printed = run("restore", "a.txt", "b.txt", "--format", style)
        written = run("restore", "a.txt", "b.txt", "--format", style, "-o", "out.any", "--color", "always")
        assert (printed.code, written.code, written.out) == (0, 0, b"")
        assert printed.out
        assert (tmp_path / "out.any").read_bytes() == printed.out


def test_html_is_one_page_for_all_texts_or_one_each_in_a_folder(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "a.txt", SPUN)
    put(tmp_path / "b.txt", "没有什么。")
    report = Report(run("restore", "a.txt", "-", "b.txt", "--format", "html", stdin=SPUN.encode()).text)
    assert report.wrong == []
    assert [shown.text for shown in report.documents] == [SPUN, SPUN, "没有什么。"]
    assert [value for _, name, value in report.attributes if name == "data-file"] == ["a.txt", "stdin", "b.txt"]
    wdiffs = [wdiff.write(shown.text, shown.as_edits()) for shown in report.documents]
    assert wdiffs[0] == run("restore", "a.txt", "--format", "wdiff").text
    assert run("restore", "a.txt", "b.txt", "--format", "html", "-o", "pages/").out == b""
    for name, text in (("a.txt", SPUN), ("b.txt", "没有什么。")):
        assert [one.text for one in Report((tmp_path / f"pages/{name}.html").read_text("utf-8")).documents] == [text]


def test_html_is_not_written_when_every_text_failed(run: Run) -> None:
    result = run("restore", "missing.txt", "--format", "html")
    assert (result.code, result.out) == (3, b"")


def test_output_dash_is_standard_output(run: Run) -> None:
    assert run("restore", "-", "-o", "-", stdin=SPUN.encode()).text == RESTORED


def test_flips_are_said_where_the_format_cannot_show_them(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "a.txt", "头一行\n问题不存在。\n")
    assert "a.txt:2:3: 不存在 → 存在 turns the statement round" in run("restore", "a.txt").err
    assert run("restore", "a.txt", "--format", "json").err == ""
    put(tmp_path / "b.txt", "不存在" * 9)
    assert run("restore", "b.txt").err.splitlines()[9:] == ["b.txt: 9 edits to check for facts: polarity 9"]


def test_only_results_go_to_standard_output(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "a.txt", SPUN)
    result = run("restore", "missing.txt", "a.txt")
    assert result.text == RESTORED
    assert "missing.txt" in result.err


def test_options_reach_the_restorer(run: Run, tmp_path: Path) -> None:
    own = put(tmp_path / "own.yaml", "family: my-own\nentries:\n  甲: 乙\n")
    other = put(tmp_path / "other.yaml", "entries:\n  丙: 丁\n")
    arguments = ("--lexicon", own, "--lexicon", other, "--family", "classic-list", "--family", "my-own")
    result = run("restore", *arguments, "--family", "personal", "--min-confidence", "0.7", stdin=b"x")
    assert result.code == 0, result.err
    run("restore", "--setting", "careful", stdin=b"x")
    assert cli_stub.Restorer.made == [
        {
            "lexicons": [own, other],
            "beneath": True,
            "families": ("classic-list", "my-own", "personal"),
            "min_confidence": 0.7,
        },
        {"lexicons": [], "beneath": True, "families": (), "setting": "careful"},
    ]


def test_personal_lexicons_and_families_are_found(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "despin.yaml", "entries:\n  甲: 乙\n")
    named = put(tmp_path / "named.yaml", "family: named\nentries:\n  丙: 丁\n")
    put(tmp_path / "pyproject.toml", '[tool.despin]\nfamilies = ["named"]\n')
    monkeypatch.setenv("DESPIN_LEXICON", str(named))
    assert run("restore", stdin=b"x").code == 0
    assert run("restore", "--family", "personal", stdin=b"x").code == 0
    made = cli_stub.Restorer.made
    assert [path.name for path in made[0]["lexicons"]] == ["despin.yaml", "named.yaml"]
    assert [one["families"] for one in made] == [("named",), ("personal",)]


def test_a_broken_lexicon_is_said_before_any_text_is_read(run: Run, tmp_path: Path) -> None:
    broken = put(tmp_path / "broken.yaml", "entries:\n  甲 乙\n")
    result = run("restore", "missing.txt", "--lexicon", broken, "--family", "classic-list")
    assert (result.code, result.out) == (4, b"")
    assert "broken.yaml:" in result.err


def test_several_texts_go_to_a_folder_that_is_not_there_yet(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "a.txt", SPUN)
    put(tmp_path / "b.txt", "乙")
    assert run("restore", "a.txt", "b.txt", "-o", "new").code == 0
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["a.txt", "b.txt"]
    assert run("restore", "a.txt", "-o", "one").code == 0
    assert (tmp_path / "one").is_file()
    assert run("restore", "a.txt", "b.txt", "--format", "json", "-o", "list").code == 0
    assert len(json.loads((tmp_path / "list").read_text("utf-8"))) == 2


def test_quiet_and_verbose(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "a.txt", "问题不存在。\n")
    own = put(tmp_path / "despin.yaml", "entries:\n  甲: 乙\n")
    put(tmp_path / "pyproject.toml", '[tool.despin]\nprotect = ["丙"]\n')
    said = "despin: in play from here: despin.yaml; protect = 丙 (pyproject.toml); --no-personal leaves it out"
    assert run("restore", "a.txt", "a.txt").err.count(said) == 1
    assert run("restore", "-q", "a.txt").err == run("-q", "restore", "a.txt").err == ""
    assert run("restore", "--quiet", "a.txt", "none.txt").err.startswith("despin: none.txt: there is no such file")
    assert "in play: the lexicon despin.yaml" in run("restore", "-v", "a.txt").err
    for command in ("restore", "detect", "readings"):
        assert "in play" not in run(command, "--no-personal", "a.txt").err
        assert cli_stub.Restorer.made[-1]["lexicons"] == []
        assert "protect" not in cli_stub.Restorer.made[-1]
    assert "in play" not in run("restore", "--no-personal", "--lexicon", own, "a.txt").err
    assert cli_stub.Restorer.made[-1]["lexicons"] == [own]


def test_completion(run: Run) -> None:
    script = run("completion", "bash").text
    assert "--no-personal" in script
    assert "lexicon" in script
    assert "-l no-personal" in run("completion", "fish").text
    assert run("completion", "powershell").code == 2
