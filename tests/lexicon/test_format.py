"""The normal form: the same lexicon, in one shape, with its comments."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profiles import examples

from despin.errors import LexiconError
from despin.lexicon.edit import format_file, format_text
from despin.lexicon.fields import entry_lines
from despin.lexicon.format import WIDTH, scalar, text_field
from despin.lexicon.model import Contexts, Entry, Original, Status
from despin.lexicon.parse import read_text

LONG = "很长的一个词" * 6
BEFORE = f"""\
# about this file
entries:
  首要: [主要]   # beside
  # above
  # it
  应用: {{利用: 2, 使用: 36.0}}

  经由过程:
    # inside
    examples: '我们[-经由过程-]{{+通过+}}它'
    original: 通过
    status: active
    source: curated
    flips: false
  "010": '12:30:45'
  不存在: {{flips: true, original: {{存在: 1}}, keep: {{after: 的, before: [并]}}}}
  长词: {{original: [{LONG}, {LONG}甲, {LONG}乙], reason: "a # in it"}}
  # at the end
title: "a title"
family: sample # the name
"""
AFTER = f"""\
# about this file
# at the end
# the name
family: sample
title: a title
entries:
  "010": "12:30:45"
  不存在: {{original: 存在, keep: {{before: [并], after: [的]}}, flips: true}}
  # above
  # it
  应用: {{使用: 36, 利用: 2}}
  # inside
  经由过程: {{original: 通过, examples: ["我们[-经由过程-]{{+通过+}}它"]}}
  长词:
    original:
      - {LONG}
      - {LONG}甲
      - {LONG}乙
    reason: "a # in it"
  # beside
  首要: 主要
"""


def test_the_normal_form() -> None:
    assert format_text(BEFORE) == AFTER.replace("# at the end\n# the name\n", "# the name\n").replace(
        "title: a title\n", "# at the end\ntitle: a title\n"
    )


def test_formatting_changes_nothing_that_is_said() -> None:
    def said(text: str) -> object:
        lexicon = read_text(text)
        return lexicon.families, sorted(
            (
                (e.spun, sorted((o.text, o.weight) for o in e.originals), e.keep, e.flips, e.examples)
                for e in lexicon.entries
            ),
            key=lambda row: row[0],
        )

    assert said(format_text(BEFORE)) == said(BEFORE)
    assert format_text(format_text(BEFORE)) == format_text(BEFORE)


def test_long_header_texts_are_folded_and_read_back() -> None:
    about = " ".join(["words of a long text"] * 20) + "\nand: a second # paragraph"
    text = f'about: "{about}"\nentries:\n  甲: 乙\n'.replace("\n", "\\n", 1)
    formatted = format_text(text)
    assert formatted.startswith("about: >-\n")
    assert max(map(len, formatted.splitlines())) <= WIDTH
    assert read_text(formatted).families[0].about == about
    assert format_text(formatted) == formatted


def test_a_file_with_mistakes_in_its_entries_is_refused() -> None:
    with pytest.raises(LexiconError) as caught:
        format_text("entries:\n  甲: 乙\n  甲: {original: 丙, orignal: 丁}\n", "a.yaml")
    assert str(caught.value).splitlines() == [
        "a.yaml:3:3: a second entry for 甲, after line 2: merge the two into one",
        "a.yaml:3:20: unknown field 'orignal': did you mean 'original'?",
    ]


def test_the_header_reads_well() -> None:
    header = "family: classic-list\ntitle: lists, that circulate (since 2008)\nlicence: LGPL-2.1-or-later\n"
    text = f"{header}entries:\n  a-b: 丙\n"
    assert format_text(text) == text


def test_a_broken_file_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text('entries:\n  甲: "乙\n', "utf-8")
    with pytest.raises(LexiconError, match=r"broken.yaml:2:6: a quote that is never closed"):
        format_file(path)
    assert path.read_text("utf-8") == 'entries:\n  甲: "乙\n'


def test_check_says_and_format_does(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(BEFORE, "utf-8")
    assert format_file(path, check=True)
    assert path.read_text("utf-8") == BEFORE
    assert format_file(path)
    assert not format_file(path)
    assert not format_file(path, check=True)


@examples(500)
@given(
    st.text(
        st.one_of(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co"]), st.sampled_from("\n \t-:#,'")),
        max_size=12,
    )
)
def test_a_scalar_reads_back_as_itself(text: str) -> None:
    import yaml

    if any(character in text for character in "\u2028\u2029\ufeff"):
        return
    assert yaml.safe_load("\n".join(text_field("a", text))) == {"a": text}
    for written in (f"{scalar(text)}: x", f"[{scalar(text)}, y]", f"{{a: {scalar(text)}}}"):
        loaded = yaml.safe_load(written)
        assert text in (next(iter(loaded)), loaded.get("a")) if isinstance(loaded, dict) else loaded == [text, "y"]


_WORD = st.text("甲乙丙丁 no01：，。:#'\"[]{}-、&*!|>%@`?~\\", min_size=1, max_size=5).filter(
    lambda word: word == word.strip()
)
_SOME = st.lists(_WORD, max_size=3, unique=True).map(tuple)
_WEIGHT = st.sampled_from([1.0, 1.0, 2.0, 0.25, 36.0, 1e-7, 1234567.5])


@st.composite
def _entry(draw: st.DrawFn) -> Entry:
    spun = draw(_WORD)
    words = [
        word
        for word in draw(st.lists(st.one_of(_WORD, st.just("")), min_size=1, max_size=4, unique=True))
        if word != spun
    ]
    originals = tuple(Original(word, draw(_WEIGHT)) for word in words or [spun + "甲"])
    states: list[Status] = ["active", "active", "candidate", "retired"]
    status = draw(st.sampled_from(states))
    return Entry(
        spun,
        tuple(sorted(originals, key=lambda original: -original.weight)),
        "f",
        keep=Contexts(draw(_SOME), draw(_SOME)),
        only=Contexts(draw(_SOME), draw(_SOME)),
        flips=draw(st.booleans()),
        status=status,
        reason=draw(_WORD) if status != "active" else "",
        source=draw(st.sampled_from(["curated", "attested", "learned", "imported"])),
        replaces=draw(st.booleans()),
    )


@examples(500)
@given(st.lists(_entry(), max_size=6, unique_by=lambda entry: entry.spun), st.lists(st.sampled_from(["# a", "  # b"])))
def test_entries_are_written_read_and_formatted_without_loss(entries: list[Entry], comments: list[str]) -> None:
    lines = ["family: f", "entries:"]
    for number, entry in enumerate(entries):
        lines += comments[number : number + 1]
        lines += entry_lines(entry)
    text = "\n".join(lines) + "\n"
    read = [replace(entry, path="", line=0, column=0) for entry in read_text(text).entries]
    assert read == entries
    formatted = format_text(text)
    again = [replace(entry, path="", line=0, column=0) for entry in read_text(formatted).entries]
    assert again == sorted(entries, key=lambda entry: entry.spun)
    assert format_text(formatted) == formatted
    assert formatted.count("# a") + formatted.count("# b") >= min(len(entries), len(comments))
