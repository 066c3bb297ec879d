"""Reading: what is written is what is read, and the fast path says what the slow, obvious one says."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lexicon_kit import EVERYTHING, large_lexicon, parsed_by_python, parsed_slowly
from profiles import examples

from despin.errors import LexiconError
from despin.lexicon.model import Contexts, Entry, Original
from despin.lexicon.parse import parse, read_file, read_text
from despin.lexicon.source import SourceText, joined


def test_every_form_and_field() -> None:
    lexicon = read_text(EVERYTHING, "sample.yaml")
    (family,) = lexicon.families
    assert (family.name, family.about, family.sources) == ("sample", "Two lines of text.", ("hand", "head"))
    assert (family.pack, family.beside) == (True, ("other",))
    by_spun = {entry.spun: entry for entry in lexicon.entries}
    assert list(by_spun) == ["经由过程", "首要", "应用", "的话", "不存在", "口实", "旧词", "no", "~", "010"]
    assert by_spun["经由过程"] == Entry(
        "经由过程", (Original("通过"),), "sample", path="sample.yaml", line=18, column=3
    )
    assert by_spun["应用"].originals == (Original("使用", 36.0), Original("利用", 2.5))
    assert by_spun["的话"].originals == (Original(""),)
    assert by_spun["不存在"].flips
    assert by_spun["不存在"].examples == ("问题[-不存在-]{+存在+}于此",)
    assert by_spun["口实"].keep == Contexts(("找个", "借"), ("而已",))
    assert by_spun["口实"].only == Contexts((), ("的",))
    assert (by_spun["口实"].status, by_spun["口实"].reason, by_spun["口实"].line) == ("candidate", "seen once", 23)
    assert (by_spun["旧词"].originals, by_spun["旧词"].status) == ((), "retired")
    assert [original.text for original in by_spun["no"].originals] == ["否", "010", "12:30:45"]
    assert by_spun["~"].originals == (Original("空"),)
    assert by_spun["010"].originals == (Original("10"),)


def test_line_ends_and_byte_order_mark_do_not_matter() -> None:
    entries = read_text(EVERYTHING, "sample.yaml").entries
    assert read_text("\ufeff" + EVERYTHING.replace("\n", "\r\n"), "sample.yaml").entries == entries
    assert read_text(EVERYTHING.replace("\n", "\r"), "sample.yaml").entries == entries


def test_a_lexicon_without_a_family_is_personal() -> None:
    lexicon = read_text("entries:\n")
    assert lexicon.families[0].name == "personal"
    assert lexicon.entries == ()


def test_several_files_are_one_lexicon_in_order(tmp_path: Path) -> None:
    first, second = tmp_path / "b.yaml", tmp_path / "a.yaml"
    first.write_text("family: b\nentries:\n  经由过程: 通过\n", "utf-8")
    second.write_text("family: a\nentries:\n  首要: 主要\n", "utf-8")
    lexicon = joined([read_file(first), read_file(second)])
    assert [family.name for family in lexicon.families] == ["b", "a"]
    assert [(entry.spun, entry.family) for entry in lexicon.entries] == [("经由过程", "b"), ("首要", "a")]
    assert lexicon.digest not in (read_file(first).digest, read_file(second).digest)
    assert joined([read_file(first)]).digest == read_file(first).digest
    second.write_text("family: a\nentries:\n  首要: 重要\n", "utf-8")
    assert joined([read_file(first), read_file(second)]).digest != lexicon.digest


def test_the_fast_path_is_taken_and_is_not_fooled_by_an_open_quote() -> None:
    swallowed = 'entries:\n  甲: "乙\n  经由过程: 通过\n  首要: 主要\n  丙"\n  丁: 戊\n'
    folded = 'entries:\n  长: {original: 长长, reason: "一\n  经由过程: 通过\n  首要: 主要\n  完"}\n  丁: 戊\n'
    for text in (swallowed, folded):
        with pytest.raises(LexiconError, match="a quote that is never closed"):
            read_text(text)
    indented = folded.replace("\n  经", "\n    经").replace("\n  首", "\n    首").replace("\n  完", "\n    完")
    assert [entry.spun for entry in read_text(indented).entries] == ["长", "丁"]


_WORDS = st.sampled_from(
    ["甲", "经由过程", "通过", "首要", "no", "010", "1.5", "~", "", "a b", "：", "主要，", "乙\u200b", "#x"]
)
_QUOTED = st.one_of(_WORDS, _WORDS.map(lambda word: f'"{word}"'), _WORDS.map(lambda word: f"'{word}'"))
_NUMBERS = st.sampled_from(["1", "36", "0", "0.0", "2.5", "-1", "1e3", "多", "", "007"])
_LISTS = st.lists(_QUOTED, max_size=3).map(lambda words: f"[{', '.join(words)}]")
_WEIGHTS = st.lists(st.tuples(_QUOTED, _NUMBERS), max_size=3).map(
    lambda pairs: "{" + ", ".join(f"{word}: {number}" for word, number in pairs) + "}"
)
_ORIGINALS = st.one_of(_QUOTED, _LISTS, _WEIGHTS)
_FIELDS = st.sampled_from(
    [
        ", flips: true", ", flips: no", ", source: imported", ", source: x", ", status: retired", ", reason: 因为",
        ', examples: ["这[-首要-]{+主要+}的"]', ', examples: ["[-甲-]{+通过+}", "甲"]', ', examples: ["[-甲"]',
        ", keep: {before: [甲]}", ", keep: 甲", ", x: y", ", replaces: true",
    ]
)  # fmt: skip
_LONG = st.tuples(_ORIGINALS, st.lists(_FIELDS, max_size=3)).map(
    lambda pair: f"{{original: {pair[0]}{''.join(pair[1])}}}"
)
_ENTRIES = st.tuples(_QUOTED, st.one_of(_ORIGINALS, _LONG)).map(lambda pair: f"  {pair[0]}: {pair[1]}")
_PLAIN = st.tuples(
    st.text("甲乙丙丁戊abc", min_size=1, max_size=3), st.text("己庚辛壬癸12", min_size=1, max_size=3)
).map(lambda pair: f"  {pair[0]}: {pair[1]}")
# Between slashes: lines that open, close, continue or break something.
_ODD_LINES = """\
/# comment/  # comment/    # deep/  开: "/  关"/  甲: |/    块/  丁: {/  乙: 丙}/  - 甲/    original: 主要/\
    flips: true/  首要:/   斜: 体/ 浅: 的/顶: 层/title: x/---/.../  经由过程：通过/  经由过程:通过/\t甲: 乙/\
  ? 甲/  : 乙/  <<: {a: 1}/  甲: &a 乙/  乙: *a/  甲: !!str 乙/entries:/  丙: 丁 # beside/  丙: 丁  /      续/\
  戊: 己 庚/  辛: [壬, 癸/  子: 丑]"""
_ODD = st.sampled_from(_ODD_LINES.split("/"))
_FILES = st.lists(st.one_of(_PLAIN, _PLAIN, _ENTRIES, _ODD), max_size=9).map(
    lambda lines: "\n".join(["family: f", "entries:", *lines])
)


@examples(1500)
@given(_FILES)
def test_the_fast_path_has_a_slow_twin(text: str) -> None:
    source = SourceText("f.yaml", text, "")
    fast, slow = parse(source), parsed_slowly(source)
    assert fast.problems == slow.problems
    assert fast.entries == slow.entries
    assert fast.family == slow.family


@examples(300)
@given(_FILES)
def test_the_python_parser_reads_what_the_c_parser_reads(text: str) -> None:
    source = SourceText("f.yaml", text, "")
    usual, pure = parse(source), parsed_by_python(source)
    assert pure.entries == usual.entries
    assert bool(pure.report.errors) == bool(usual.report.errors)


@examples(300)
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    for whole in (text, f"entries:\n  {text}", f"entries:\n  甲: {text}"):
        with contextlib.suppress(LexiconError):
            read_text(whole)


def test_twenty_thousand_entries_are_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text(large_lexicon(20_000), "utf-8")
    assert len(read_file(path).entries) == 20_000
