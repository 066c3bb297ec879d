"""`despin detect` and `despin explain`: what they print of what the restorer says."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import cli_stub
import pytest
from cli_stub import Run
from report_kit import Report

from despin.results import SCHEMA, Damage, Edit, Proof, Stretch

SPUN = "第一段经由过程这里经由过程那里。\n第二段没有什么。\n第三段旌旗灯号。\n"
CLEAN = "没有什么。\n"


@pytest.fixture(autouse=True)
def pages(tmp_path: Path) -> None:
    (tmp_path / "spun.txt").write_text(SPUN, "utf-8")
    (tmp_path / "clean.txt").write_text(CLEAN, "utf-8")


def test_detect_for_people(run: Run) -> None:
    assert run("detect", "spun.txt", "clean.txt").text.splitlines() == [
        "spun.txt: spun (score 0.990), family classic-list, rate 0.25",
        "    经由过程 for 通过, 2 times  weight 2.35",
        "    旌旗灯号 for 信号, 1 time  weight 2.35",
        "clean.txt: not spun by substitution; not judged otherwise (score 0.020)",
    ]


def test_detect_as_a_web_page(run: Run) -> None:
    html = run("detect", "--by", "paragraph", "--format", "html", "spun.txt", "clean.txt").text
    report = Report(html)
    assert report.wrong == []
    assert [shown.text for shown in report.documents] == [SPUN, CLEAN]
    assert html.count('<mark class="k" data-s="通过">经由过程</mark>') == 2
    assert html.count('class="st" data-l="classic-list 99%"') == 2
    assert "<td>旌旗灯号</td><td>信号</td><td>1</td><td>2.35</td>" in html


def test_json_is_a_format(run: Run) -> None:
    assert run("detect", "--json", "spun.txt").out == run("detect", "--format", "json", "spun.txt").out


def test_detect_by_paragraph(run: Run) -> None:
    lines = run("detect", "--by", "paragraph", "spun.txt").text.splitlines()
    assert lines[-3:] == [
        "  line 1: spun (score 0.990), family classic-list, rate 0.25: 经由过程",
        "  line 2: not spun (score 0.020)",
        "  line 3: spun (score 0.990), family classic-list, rate 0.25: 旌旗灯号",
    ]
    values = json.loads(run("detect", "--by", "paragraph", "--json", "spun.txt").out)
    assert [SPUN[part["start"] : part["end"]][:3] for part in values["paragraphs"]] == ["第一段", "第二段", "第三段"]
    assert [part["spun"] for part in values["paragraphs"]] == [True, False, True]


def test_detect_lists_what_programs_spun(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (spun_edit,) = cli_stub.Restorer()._edits("经由过程")
    edits = tuple(replace(spun_edit, start=place, end=place + 4) for place in (3, 9))
    found = Stretch(0, 26, "betting-seo", 0.9876, edits, Proof(0.96, ((19, 20),)), variant="nouns")
    later = Stretch(26, len(SPUN), "betting-seo", 0.75)
    detect = cli_stub.Restorer.detect
    monkeypatch.setattr(
        cli_stub.Restorer, "detect", lambda self, text: replace(detect(self, text), stretches=(found, later))
    )
    assert run("detect", "spun.txt").text.splitlines()[3:] == [
        "  1:1 to 2:8: spun (score 0.988) by a program, family betting-seo, variant nouns; 96.0 % comes back when it is restored "
        "and spun again",
        "  3:1 to 3:8: spun (score 0.750), family betting-seo, rate 1.00",
    ]
    values = json.loads(run("detect", "--json", "spun.txt").out)
    assert values["respun"] == 0.96
    assert values["stretches"][0] == {
        "start": 0,
        "end": 26,
        "family": "betting-seo",
        "variant": "nouns",
        "score": 0.9876,
        "rate": 1.0,
        "proof": {"by": "program", "respun": 0.96, "failed": [[19, 20]]},
        "line": 1,
        "column": 1,
        "end_line": 2,
        "end_column": 8,
        "evidence": [],
    }


def test_detect_says_what_is_damaged(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    damage = (Damage("pinyin", 12), Damage("glyph", 1))
    detect = cli_stub.Restorer.detect
    monkeypatch.setattr(cli_stub.Restorer, "detect", lambda self, text: replace(detect(self, text), damage=damage))
    assert run("detect", "clean.txt").text == (
        "clean.txt: not spun by substitution; not judged otherwise (score 0.020); damaged: pinyin 12, glyph 1\n"
    )
    assert json.loads(run("detect", "--json", "clean.txt").out)["damage"] == [
        {"kind": "pinyin", "count": 12},
        {"kind": "glyph", "count": 1},
    ]
    assert "字后的拼音 <b>12</b> 处" in run("detect", "--format", "html", "clean.txt").text


def test_detect_json_is_an_object_for_one_text_and_a_list_for_several(run: Run) -> None:
    values = json.loads(run("detect", "--json", "spun.txt").out)
    assert values == {
        "schema": SCHEMA,
        "path": "spun.txt",
        "spun": True,
        "statement": "spun by substitution",
        "score": 0.99,
        "family": "classic-list",
        "rate": 0.25,
        "respun": None,
        "stretches": [],
        "damage": [],
        "labels": [],
        "evidence": [
            {"spun": "经由过程", "original": "通过", "count": 2, "weight": 2.35, "changes": None},
            {"spun": "旌旗灯号", "original": "信号", "count": 1, "weight": 2.35, "changes": None},
        ],
        "paragraphs": None,
    }
    several = json.loads(run("detect", "--json", "spun.txt", "clean.txt").out)
    assert several[0] == values
    assert several[1]["spun"] is False


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("spun.txt",), 0),
        (("--check", "spun.txt"), 1),
        (("--check", "clean.txt", "spun.txt"), 1),
        (("--check", "clean.txt"), 0),
        (("--check", "spun.txt", "missing.txt"), 3),
    ],
)
def test_detect_check(run: Run, arguments: tuple[str, ...], code: int) -> None:
    assert run("detect", *arguments).code == code


def test_detect_goes_on_after_a_failure(run: Run) -> None:
    result = run("detect", "--json", "missing.txt", "spun.txt")
    assert result.code == 3
    assert [row["path"] for row in json.loads(result.out)] == ["spun.txt"]


def test_explain_a_sentence(run: Run) -> None:
    lines = run("readings", "--sentence", "我们经由过程这里").text.splitlines()
    assert lines[0] == "<sentence>:1:3: 经由过程  (family classic-list, rate 0.25)"
    assert lines[1].split() == ["reading", "fluency", "channel", "total", "posterior", "edits"]
    assert lines[2].split() == [
        *[">", "通过", "-7.25", "-0.50", "-7.75", "0.9000", "经由过程", "→", "通过", "(classic-list:x)"],
    ]
    assert lines[3].split() == ["经由过程", "-12.50", "0.00", "-12.50", "0.1000", "(kept", "as", "it", "is)"]


def test_explain_table_is_aligned_for_wide_characters(run: Run) -> None:
    lines = run("readings", "--sentence", "经由过程").text.splitlines()[1:4]

    def end_of_third_number(line: str) -> int:
        found = re.search(r"total|-7\.75|-12\.50(?=  +0\.1)", line)
        assert found
        return sum(2 if ord(character) > 0x2E80 else 1 for character in line[: found.end()])

    assert len({end_of_third_number(line) for line in lines}) == 1


def test_explain_a_whole_text_and_a_sentence_inside_it(run: Run) -> None:
    def headings(*arguments: str) -> list[str]:
        lines = run("readings", *arguments).text.splitlines()
        return [line.split(": ")[0] for line in lines if "(family" in line]

    assert headings("spun.txt") == ["spun.txt:1:4", "spun.txt:1:10", "spun.txt:3:4"]
    assert headings("spun.txt", "--sentence", "第三段旌旗灯号") == ["spun.txt:3:4"]
    result = run("readings", "spun.txt", "--sentence", "别处的句子")
    assert result.code == 3
    assert "does not stand in the text" in result.err


def test_explain_marks_an_edit_that_turns_the_statement_round(run: Run) -> None:
    assert "turns round" in run("readings", "--sentence", "问题不存在").text


def test_explain_without_a_match_and_without_a_sentence(run: Run) -> None:
    result = run("readings", "clean.txt")
    assert (result.code, result.out) == (0, b"")
    assert "no lexicon entry matches" in result.err
    assert run("readings", "--sentence", " ").code == 2
    assert run("readings", stdin=SPUN.encode()).text.startswith("<stdin>:1:4: ")


def test_readings_say_what_the_familys_program_does(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def edits(_: cli_stub.Restorer, text: str) -> list[Edit]:
        place = text.index("租车")
        return [Edit(place, place + 2, "租车", "快递", 0.9, "betting-seo:租车")]

    monkeypatch.setattr(cli_stub.Restorer, "_edits", edits)
    assert run("readings", "--sentence", "我的租车").text.splitlines()[4:] == [
        "",
        "租车: preimages 快递; 快递 is eligible (v)  [betting-seo, synonyms]",
        "租车: may stand for itself; it is not eligible (n)  [betting-seo, synonyms]",
        "",
    ]
