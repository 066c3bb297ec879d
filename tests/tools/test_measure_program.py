"""What the tool that measures programs counts: losses by kind, shares, and texts of files that are odd."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.restorer import Restorer
from despin.results import Edit, Stretch
from despin.spinners.registry import spinner

#: Own sentences, as somebody wrote them; they are long enough for a spun paragraph in an article.
TEXT = """今年夏天，学校食堂换了新的厨师，学生们非常高兴，常常提前排队。
厨师表示，菜单增加了三种面条，同时保留了原来的米饭，大家可以自由选择。
为了提高质量，学校还邀请家长检查厨房，帮助老师了解孩子的需要。
不少同学认为，这样的改变十分重要，也让午餐变得更加丰富。"""
ROWS = [TEXT, "短。", "", "\ud83d", TEXT * 8]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "clean.jsonl"
    found.write_text("\n".join(json.dumps({"text": text}) for text in ROWS) + "\n\n", "utf-8")
    return found


def edit(start: int, spun: str, original: str) -> Edit:
    return Edit(start, start + len(spun), spun, original, 1.0)


def test_every_nth_text_from_the_kth_on(path: Path) -> None:
    from tools.measure_program import read

    assert read(path, "0/1") == ROWS
    assert [text for k in range(3) for text in read(path, f"{k}/3")] == [*ROWS[::3], *ROWS[1::3], *ROWS[2::3]]
    assert read(path, "9/10") == []


def test_kinds_of_losses() -> None:
    from tools.measure_program import CHOICE, CUT, LEFT, STOOD, UNKNOWN, losses

    program = spinner("synonyms")
    made = program.spin(TEXT)
    gold = made.edits
    assert not list(losses(made.text, gold, [edit(a, made.text[a:b], word) for a, b, word in gold], program))
    known = [one for one in gold if one.original in program.preimages(made.text[one.start : one.end])]
    start, end, word = next(one for one in known if one.end - one.start > 1)
    form = made.text[start:end]

    def kinds(found: list[Edit], *wanted: tuple[int, int, str]) -> list[str]:
        return [kind for kind, _ in losses(made.text, wanted, found, program)]

    assert kinds([], (start, end, word)) == [LEFT]
    assert kinds([edit(start, form, "甲")], (start, end, word)) == [CHOICE]
    assert kinds([edit(start, form[:1], "甲")], (start, end, word)) == [CUT]
    assert kinds([], (start, end, "龘")) == [UNKNOWN]
    assert kinds([edit(start, form, "甲")]) == [STOOD]
    assert kinds([]) == []


@given(st.text(max_size=30), st.text(max_size=30))
def test_distance_sees_neither_width_nor_case_nor_spaces(one: str, other: str) -> None:
    from tools.measure_program import distance

    assert distance(one, one) == 0
    assert distance(one, other) == distance(other, one) == distance(f" {one}\n", other)
    assert distance("ＡB c", "abC") == 0


class Judged:
    """A program that found one stretch, and scores what is read there as it is told."""

    names = ("",)

    def __init__(self, returned: list[Edit], told: dict[str, list[float | None]]) -> None:
        self.returned, self.told, self.search = returned, told, lambda number: self

    def stretches(self, text: str) -> tuple[float, list[Stretch]]:
        return 9.0, [Stretch(2, len(text), "made", 1.0, tuple(self.returned), 1.0)]

    def read(self, text: str, places: list[tuple[int, int]]) -> list[tuple[list[Any], float]]:
        return [([], 0.0) for _ in places]

    def scores(
        self, text: str, places: list[tuple[int, int]], rows: list[tuple[int, int, str]], said: list[Any]
    ) -> list[list[tuple[int, int, float | None, int]]]:
        told = self.told["".join(word for _, _, word in rows)]
        return [[(2 + 3 * number, 4 + 3 * number, score, 0) for number, score in enumerate(told)] for _ in places]


def test_why_clauses_are_wrong() -> None:
    from tools.measure_program import MODEL, NO_OPTION, NOT_MADE, SEARCH, UNSEARCHED, reasons

    page = "零，一甲，二乙，三丙，四丁"
    gold = [(2 + 3 * number, 4 + 3 * number, word) for number, word in enumerate("ABCD")]
    returned = [edit(start, page[start:end], word) for (start, end, _), word in zip(gold, "abCd", strict=True)]
    program = Judged(returned, {"ABCD": [-1.0, -3.0, -1.0, None], "abCd": [-2.0, -2.0, -1.0, -1.0]})
    wrong = [(0, 1), *[(start, end) for start, end, _ in gold]]
    assert list(reasons(page, gold, wrong, [program])) == [UNSEARCHED, SEARCH, MODEL, NOT_MADE, NO_OPTION]  # type: ignore[list-item]
    assert list(reasons(page, gold, wrong[:2], [])) == [UNSEARCHED, UNSEARCHED]


def test_shares(restorer: Restorer) -> None:
    from tools.measure_program import Measured

    program, measured = spinner("synonyms"), Measured()
    assert measured.row().startswith("restored 1.000")
    made = program.spin(TEXT)
    measured.add(TEXT, made.text, made.edits, restorer, program)
    assert measured.wanted == len(made.edits)
    assert measured.right <= min(measured.made, measured.wanted)
    assert measured.chosen <= measured.choices <= measured.wanted
    assert measured.characters == len(made.text)
    kinds = Counter({kind: len(places) for kind, places in measured.losses.items()})
    assert kinds.total() >= measured.wanted - measured.right
    assert measured.reasons.total() >= measured.clauses - measured.clauses_right > 0
    assert len(measured.judged) == measured.made


def test_harm_in_the_table(restorer: Restorer) -> None:
    from tools.measure_program import Measured

    measured = Measured()
    measured.add("价格上升。", "价格下降。", [(2, 4, "上升")], restorer, spinner("synonyms"))
    assert "harmful errors per 10,000 characters 2000.00: 1 polarity; facts reversed where the page was right 0" in (
        measured.sure()
    )
    assert measured.losses["harm: polarity"] == ["价格[下降: 上升, got 下降]。"]


def test_the_table(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tools.measure_program import main

    arguments = [str(path), "--least", "50", "--clean", "--paragraphs", "--pieces", "3", "--losses", "1"]
    assert main(arguments) == 0
    first = capsys.readouterr().out
    assert first.startswith("clean.jsonl: restored ")
    assert ", 2 texts" in first
    assert "  found at 50: " in first
    assert "  clean: 100.00 % untouched" in first
    assert "  spun paragraph found: " in first
    assert main(arguments) == 0
    assert capsys.readouterr().out == first


def test_a_file_without_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tools.measure_program import main

    path = tmp_path / "none.jsonl"
    path.write_text("", "utf-8")
    assert main([str(path), "--clean", "--paragraphs", "--pieces", "3"]) == 0
    assert "0 texts" in capsys.readouterr().out
