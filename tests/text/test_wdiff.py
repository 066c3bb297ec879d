"""The markup: whatever is written is read back, and broken markup is refused where it is broken."""

from __future__ import annotations

import engine_kit as kit
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from profiles import examples

from despin.errors import InputError
from despin.results import Edit
from despin.text import wdiff
from despin.text.wdiff import GoldEdit, Sample
from tools.cases import read_cases

#: Everything markup is made of, and a little else.
LIKE_MARKUP = st.text("[]{}+-|?\\好a\n", max_size=12)
ANY = st.one_of(LIKE_MARKUP, st.text(max_size=12), st.text("快递\ud800\0\r\n\ufeff🎉", max_size=6))
#: Text before an edit, spun, original.
PARTS = st.tuples(ANY, ANY, ANY)


def assembled(parts: list[tuple[str, str, str]], tail: str) -> tuple[str, list[Edit]]:
    text = ""
    edits = []
    for before, spun, original in parts:
        text += before
        edits.append(Edit(len(text), len(text) + len(spun), spun, original, 1.0))
        text += spun
    return text + tail, edits


@given(st.lists(PARTS, max_size=4), ANY)
@example([("[", "-", "]")], "")
@example([("\\", "-]", "+}")], "\\")
@example([("[-a-]{+b+}", "[", "{")], "[-")
@example([("", "[-]", "{+}")], "")
@example([("", "\\", "\\|?")], "")
@example([("", "a", "?a|b")], "")
@example([("", "", "插")], "")
@example([("", "删", "")], "{+后+}")
@example([("", "[-", "{+"), ("", "-]", "+}")], "-]")
@examples(600)
def test_what_is_written_is_read_back(parts: list[tuple[str, str, str]], tail: str) -> None:
    text, edits = assembled(parts, tail)
    sample = wdiff.read(wdiff.write(text, edits))
    assert sample.spun == text
    assert sample.gold == tuple(GoldEdit(edit.start, edit.end, (edit.original,)) for edit in edits)
    restored = "".join(before + original for before, _, original in parts) + tail
    assert sample.original == restored


@given(ANY)
@examples(300)
def test_escaped_text_reads_as_itself(text: str) -> None:
    assert wdiff.read(wdiff.escape(text)) == Sample(text, ())


@given(st.text("快递站C:\\a.-+[]{}|?\n", max_size=20))
@examples(100)
def test_text_without_markers_is_written_as_it_is(text: str) -> None:
    if not any(marker in text for marker in ("[-", "-]", "{+", "+}", "\\\\")):
        assert wdiff.write(text, []) == text


@given(st.lists(PARTS, max_size=3), ANY)
@examples(100)
def test_colours_stand_outside_the_markers(parts: list[tuple[str, str, str]], tail: str) -> None:
    text, edits = assembled(parts, tail)
    coloured = wdiff.write(text, edits, colour=True)
    for code in ("\x1b[31m[-", "-]\x1b[0m", "\x1b[32m{+", "+}\x1b[0m"):
        assert coloured.count(code) >= len(edits)
        coloured = coloured.replace(code, code.replace("\x1b[31m", "").replace("\x1b[32m", "").replace("\x1b[0m", ""))
    assert coloured == wdiff.write(text, edits)


@given(LIKE_MARKUP)
@examples(400)
def test_any_markup_is_read_or_refused_with_its_place(markup: str) -> None:
    try:
        sample = wdiff.read(markup, "页.wdiff")
    except InputError as error:
        name, line, column, rest = str(error).split(":", 3)
        assert name == "页.wdiff"
        marker = markup.split("\n")[int(line) - 1][int(column) - 1 :][:2]
        assert marker in ("[-", "-]", "{+", "+}")
        assert rest.startswith(f" '{marker}' without its partner")
        return
    position = 0
    for edit in sample.gold:
        assert position <= edit.start <= edit.end <= len(sample.spun)
        assert edit.originals
        position = edit.end


@pytest.mark.parametrize(
    ("markup", "spun", "gold"),
    [
        ("我在[-租车-]{+快递+}公司", "我在租车公司", [GoldEdit(2, 4, ("快递",))]),
        ("[-今后-]{+以后|之后+}", "今后", [GoldEdit(0, 2, ("以后", "之后"))]),
        ("[-体系-]{+?系统|体系+}", "体系", [GoldEdit(0, 2, ("系统", "体系"), scored=False)]),
        ("[-体系-]{+?+}", "体系", [GoldEdit(0, 2, ("",), scored=False)]),
        ("[-很-]{++}好", "很好", [GoldEdit(0, 1, ("",))]),
        ("[-很-]好", "很好", [GoldEdit(0, 1, ("",))]),
        ("[-很-]", "很", [GoldEdit(0, 1, ("",))]),
        ("[-很-][-好-]{+坏+}", "很好", [GoldEdit(0, 1, ("",)), GoldEdit(1, 2, ("坏",))]),
        ("[-很-] {+更+}", "很 ", [GoldEdit(0, 1, ("",)), GoldEdit(2, 2, ("更",))]),
        ("好{+的+}", "好", [GoldEdit(1, 1, ("的",))]),
        ("[-一\n二-]{+三\n四+}", "一\n二", [GoldEdit(0, 3, ("三\n四",))]),
        ("[-没-]{+没有|+}", "没", [GoldEdit(0, 1, ("没有", ""))]),
        (r"\[-好\-]\{+\+}\\", "[-好-]{++}\\", []),
        (r"C:\目录\[", r"C:\目录\[", []),
        (r"[-\[-a\-]-]{+\{+b\+}+}", "[-a-]", [GoldEdit(0, 5, ("{+b+}",))]),
        (r"[-或-]{+a\|b|\?c+}", "或", [GoldEdit(0, 1, ("a|b", "?c"))]),
        ("[-或-]{+a|?+}", "或", [GoldEdit(0, 1, ("a", "?"))]),
        ("[-[-]{+{+}", "[", [GoldEdit(0, 1, ("{",))]),
        ("[-]-]{+}+}", "]", [GoldEdit(0, 1, ("}",))]),
        ("[--]{+插+}", "", [GoldEdit(0, 0, ("插",))]),
        ("[-a|b?-]{+c+}", "a|b?", [GoldEdit(0, 4, ("c",))]),
        ("", "", []),
    ],
)
def test_reads(markup: str, spun: str, gold: list[GoldEdit]) -> None:
    assert wdiff.read(markup) == Sample(spun, tuple(gold))


def test_unscored_places_stay_in_the_original() -> None:
    sample = wdiff.read("[-体系-]{+?系统+}[-主动-]{+自动|自行+}运行[-了-]")
    assert (sample.spun, sample.original) == ("体系主动运行了", "体系自动运行")


@pytest.mark.parametrize(
    ("markup", "place", "marker"),
    [
        ("[-租车{+快递+}", "1:1", "[-"),
        ("好\n[-租车", "2:1", "[-"),
        ("好\n一二[-租车-]{+快递", "2:9", "{+"),
        ("好-]", "1:2", "-]"),
        ("\n\n  +}", "3:3", "+}"),
        ("[-租[-车-]{+快递+}", "1:1", "[-"),
        ("[-租车-]{+快[-递+}", "1:7", "{+"),
        ("[-租车-]{+快{+递+}", "1:7", "{+"),
        ("[-租车+}{+快递+}", "1:1", "[-"),
        ("{+快递-]", "1:1", "{+"),
        ("[-租车-]{+快递+}+}", "1:13", "+}"),
        ("[-租车-]\r\n🎉+}", "2:2", "+}"),
        (r"[-租车\-]", "1:1", "[-"),
        ("[-一-]{+二+}" * 3 + "[-", "1:31", "[-"),
    ],
)
def test_refuses_broken_markup(markup: str, place: str, marker: str) -> None:
    with pytest.raises(InputError) as caught:
        wdiff.read(markup, "a.wdiff")
    assert str(caught.value).startswith(f"a.wdiff:{place}: '{marker}' without its partner: close it as ")
    assert "backslash" in str(caught.value)


def test_cases_are_lines_and_name_their_line_when_broken() -> None:
    lines = ["# comment\n", "\n", "[-租车-]{+快递+}\n", "没有标记"]
    assert [case.spun for case in read_cases(lines)] == ["租车", "没有标记"]
    with pytest.raises(InputError, match=r"^own\.wdiff:5:3: '\[-' without its partner"):
        read_cases([*lines, "好的[-坏"], "own.wdiff")


def test_every_case_of_the_repository_is_written_as_it_is_read() -> None:
    for folder in ("wild", "synthetic"):
        for name in kit.files(folder):
            for case in kit.cases(folder, name):
                edits = [
                    Edit(one.start, one.end, case.sample.spun[one.start : one.end], one.originals[0], 1.0)
                    for one in case.sample.gold
                ]
                again = wdiff.read(wdiff.write(case.sample.spun, edits))
                assert (again.spun, again.original) == (case.sample.spun, case.sample.original)


def test_a_sample_is_written_as_it_is_read() -> None:
    for markup in ("", "甲[-乙-]{+丙|丁+}[--]{+x+}", "[-a-]{+?b+}\\[-[-?|-]{+\\?\\|+}", "[-a-]{++}\\\\[-b-]{+c+}"):
        sample = wdiff.read(markup)
        assert wdiff.read(wdiff.write_sample(sample)) == sample
    hostile = "[-a-]{+b+}\\[-|?+}-]{+"
    sample = wdiff.Sample(hostile, (wdiff.GoldEdit(0, 5, ("?|+}\\", ""), False), wdiff.GoldEdit(7, 7, (hostile,))))
    assert wdiff.read(wdiff.write_sample(sample)) == sample
