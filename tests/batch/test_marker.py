"""What a record says of a restoration: put together from the parts of a text, and read again from the outputs of a run."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from despin.batch import jsonlines, record
from despin.batch.interfaces import LONGEST_LINE
from despin.batch.record import MISSING, MODES, Marker, Recipe
from despin.batch.samples import samples
from despin.batch.workers import work
from despin.results import UNSPUN, Alternative, Edit, Proof, Restoration, Stretch, Verdict, join

TEXT = "公司经由过程手机付款。别的一段。数据不存在。"
#: A sure edit with all that an edit says, and one that turns a statement.
EDITS = (
    Edit(2, 6, "经由过程", "通过", 0.9, "words:经由过程", (Alternative("经过", 0.0625),), "time", "name", "respun"),
    Edit(2, 5, "不存在", "存在", 0.75, "words:不存在", proof="failed", changes="polarity"),
)


def parts() -> list[tuple[int, Restoration]]:
    """The restorations of the parts of the text, as (start, restoration); the last of them is the surest."""
    one = Stretch(0, 9, "program", 0.5, (EDITS[0],), Proof(1.0, ((3, 5), (7, 7))), 0.5, variant="kind")
    other = Stretch(2, 5, "program", 0.75, (EDITS[1],), Proof(0.5), 1.0)
    return [
        (0, Restoration(TEXT[:11], EDITS[:1], Verdict(True, 0.5, "program", 0.5, stretches=(one,)), 2)),
        (11, Restoration(TEXT[11:16], (), Verdict(False, 0.25))),
        (16, Restoration(TEXT[16:], EDITS[1:], Verdict(True, 0.75, "program", 1.0, stretches=(other,)), 1)),
    ]


class Stub:
    """A restorer that finds `parts`, whatever the text is."""

    def __init__(self, found: Sequence[tuple[int, Restoration]]) -> None:
        self.found = found

    def explain_parts(self, text: str) -> Iterator[tuple[int, Restoration]]:
        yield from self.found

    def explain(self, text: str) -> Restoration:
        return join(text, self.found)

    def detect(self, text: str) -> Verdict:
        return join(text, self.found).verdict


def marker(found: Sequence[tuple[int, Restoration]], **recipe: Any) -> Marker:
    made = Marker(Recipe(**recipe))
    made._restorer = Stub(found)  # type: ignore[assignment]
    return made


def bare(whole: Restoration) -> Restoration:
    """What a record holds of a restoration: edits of stretches stand once, and what was prevented is only counted."""
    stretches = tuple(replace(one, edits=()) for one in whole.verdict.stretches)
    return replace(whole, verdict=replace(whole.verdict, stretches=stretches), prevented=0)


def test_a_record_of_parts_says_what_the_parts_joined_do() -> None:
    whole = join(TEXT, parts())
    found = marker(parts()).mark(TEXT)
    assert (found.text, found.spun, found.edits, found.problem) == (whole.text, True, 2, None)
    row = whole.as_dict()
    assert row.pop("suspects") == []
    assert found.value == row
    assert found.value["prevented"] == 3


def test_scores_are_rounded_to_four_places() -> None:
    stretch = Stretch(0, 3, "program", 0.98765432, (), Proof(0.12345678), 0.45678912)
    restoration = Restoration("甲乙丙", (), Verdict(True, 0.98765432, "program", 0.45678912, stretches=(stretch,)))
    value = marker([(0, restoration)]).mark("甲乙丙").value
    assert (value["score"], value["rate"], value["respun"]) == (0.9877, 0.4568, 0.1235)


def test_restoring_leaves_the_text_out_of_the_field_and_filtering_all_but_the_verdict() -> None:
    tagged = marker(parts()).mark(TEXT)
    restored = marker(parts(), mode="restore").mark(TEXT)
    assert restored.text == tagged.value.pop("text")
    assert restored.value == tagged.value
    filtered = marker(parts(), mode="filter").mark(TEXT)
    assert (filtered.text, filtered.spun, filtered.edits) == (None, True, 0)
    names = {"spun", "statement", "score", "family", "rate", "respun", "stretches", "damage", "labels"}
    assert filtered.value == {name: value for name, value in tagged.value.items() if name in names}


def test_of_parts_that_are_as_sure_the_one_with_more_edits_decides_then_the_first() -> None:
    edit = Edit(0, 1, "a", "b", 0.5)
    rows = [("none", ()), ("one", (edit,)), ("two", (edit,))]
    parts = [(at, Restoration("a", edits, Verdict(True, 0.9, name))) for at, (name, edits) in enumerate(rows)]
    found = marker(parts).mark("aaa")
    assert found.value["family"] == "one"
    # A part of no score and no edits decides nothing.
    found = marker([(0, Restoration("a")), (1, Restoration("a", (edit,), Verdict(True, 0.0, "sure")))]).mark("aa")
    assert (found.value["family"], found.value["spun"]) == ("sure", True)
    found = marker([(0, Restoration("a"))]).mark("a")
    assert (found.spun, found.text) == (False, "a")
    verdict = UNSPUN.as_dict()
    assert found.value == {**verdict, "edits": [], "prevented": 0, "scored": None, "text": "a"}


def test_labels_are_those_of_the_whole_text() -> None:
    text = "水开以后再放面条。\n（内容由AI生成，仅供参考）"
    rows = [{"kind": "mark", "says": "generated", "text": "(内容由AI生成,仅供参考)", "producer": None}]
    for mode in MODES:
        assert Marker(Recipe(mode=mode)).mark(text).value["labels"] == rows


def test_damage_of_all_parts_is_added_up() -> None:
    one, two = (Edit(0, 1, "a", "b", 0.5, f"damage:{kind}") for kind in ("noise", "pinyin"))
    parts = [(0, Restoration("a", (one,))), (1, Restoration("a", (two,))), (2, Restoration("a", (two,)))]
    found = marker(parts).mark("aaa")
    assert found.value["damage"] == [{"kind": "pinyin", "count": 2}, {"kind": "noise", "count": 1}]
    assert not found.spun


def test_the_most_edits_and_the_longest_text_are_still_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "MOST_EDITS", 1)
    assert marker(parts()).mark(TEXT).problem == "field 'text' has more than 1 edits; give it in pieces"
    monkeypatch.setattr(record, "MOST_EDITS", 2)
    assert marker(parts()).mark(TEXT).problem is None
    assert marker(parts(), longest_text=len(TEXT)).mark(TEXT).problem is None
    refused = marker(parts(), longest_text=len(TEXT) - 1).mark(TEXT)
    assert refused.problem == f"field 'text' is longer than {len(TEXT) - 1} characters"
    assert refused[:5] == ({"error": refused.problem}, None, False, 0, refused.problem)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (MISSING, "no field 'body'"),
        (None, "field 'body' is null, not text"),
        (True, "field 'body' is true or false, not text"),
        (1, "field 'body' is a number, not text"),
        ([], "field 'body' is a list, not text"),
        (b"\xff", "field 'body' holds bytes that are not UTF-8, not text"),
        ("好".encode(), "field 'body' holds bytes, not text"),
    ],
)
def test_what_is_no_text_is_refused_with_its_kind(value: object, problem: str) -> None:
    assert marker(parts(), field="body").mark(value).problem == problem


def test_a_recipe_is_what_its_restorer_is_made_of(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    stand_in = SimpleNamespace(Restorer=lambda *given, **named: made.append((given, named)))
    monkeypatch.setitem(sys.modules, "despin.restorer", stand_in)
    lists: dict[str, Any] = {"lexicons": ("a.yaml",), "families": ("words",), "protect": ("机会",)}
    recipe = Recipe("restore", "body", **lists, min_confidence=0.7, setting="bold", damage=("pinyin",))
    recipe = replace(recipe, fact_edits="none", scorer="http://127.0.0.1/v1", scorer_budget=7)
    recipe.restorer()
    Recipe().restorer()
    named = {"setting": "bold", "damage": ("pinyin",), "fact_edits": "none", "protect": ("机会",)}
    named |= {"scorer": "http://127.0.0.1/v1", "scorer_budget": 7}
    assert made[0] == ((["a.yaml"], ["words"], 0.7), named)
    assert made[1][0] == (None, None, None)
    row = recipe.as_dict()
    assert {name: row[name] for name in lists} == {name: list(value) for name, value in lists.items()}
    assert (row["mode"], row["field"], row["min_confidence"], row["fact_edits"]) == ("restore", "body", 0.7, "none")


def test_a_block_of_lines_is_worked_on_line_by_line() -> None:
    spun = jsonlines.encode(jsonlines.dumps({"text": TEXT})) + b"\n"
    cut = (b'{"text": "a', "the line is too long")
    done = work(marker(parts()), [spun, cut, b" \r\n", b"[]\n", b'{"body": 1}\n', spun], True)
    assert (done.records, done.spun, done.edits, done.prevented) == (5, 2, 4, 6)
    assert (done.cut, done.dropped, done.characters) == (1, 0, 2 * len(TEXT))
    assert [index for index, _ in done.problems] == [1, 3, 4]
    assert done.problems[0][1] == "the line is too long"
    rows = done.data.splitlines(keepends=True)
    assert len(rows) == 6
    assert rows[2] == b" \r\n"
    assert rows[0] == rows[5]
    assert [json.loads(row)["despin"].get("line") for row in rows[:2]] == [None, '{"text": "a']
    left = work(marker(parts(), mode="filter"), [spun, b"\n", spun], True)
    assert (left.data, left.dropped, left.records) == (b"\n", 2, 2)


def test_a_block_of_a_column_is_worked_on_value_by_value() -> None:
    for mode, dropped in (("tag", 0), ("filter", 1)):
        done = work(marker(parts(), mode=mode), [TEXT, None], False)
        assert (done.records, done.spun, done.dropped, len(done.outcomes)) == (2, 1, dropped, 2)
        assert done.problems == [(1, "field 'text' is null, not text")]
        assert done.data == b""


def test_a_record_whose_field_alone_says_what_it_was_is_passed_on() -> None:
    for line, why in [
        (b'{"despin": {"error": "x", "line": "y"}}\n', "was no record before"),
        (b'{"text": "a", "despin": {"spun": true, "edits": [{}]}}\n', "was restored before"),
    ]:
        done = work(marker(parts(), mode="restore"), [line], True)
        assert done.data == line
        assert done.problems[0][1].startswith(why)
    for line in (
        b'{"text": "%s", "despin": {"spun": true, "edits": []}}\n',
        b'{"text": "%s", "despin": {"edits": [{}], "text": ""}}\n',
        b'{"text": "%s", "despin": {"error": "x", "line": "y"}}\n',
        b'{"text": "%s", "despin": 7}\n',
    ):
        assert work(marker(parts()), [line % TEXT.encode()], True).problems == []


@pytest.mark.parametrize("mode", ["tag", "restore"])
def test_what_a_record_says_comes_back_from_an_output(tmp_path: Path, mode: str) -> None:
    recipe, whole = Recipe(mode), join(TEXT, parts())
    found = marker(parts(), mode=mode).mark(TEXT, jsonlines.packed)
    line = jsonlines.Record(jsonlines.encode(jsonlines.dumps({"id": 7, "text": TEXT})))
    written = [("despin", found.value), *([("text", found.text)] if mode == "restore" else [])]
    path = tmp_path / "out.jsonl"
    path.write_bytes(b'{"text": "a", "despin": {"spun": false}}\n' + b"".join(line.replaced(written)))
    assert samples([str(path)], recipe, LONGEST_LINE, 9) == [("out.jsonl:2", bare(whole))]
    # Edits of another text are no restoration of this one.
    word, instead = ("经由过程", "经由电话") if mode == "tag" else ("通过", "通用")
    path.write_bytes(path.read_bytes().replace(word.encode(), instead.encode(), 1))
    assert samples([str(path)], recipe, LONGEST_LINE, 9) == []


def test_what_a_record_says_comes_back_from_columns(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")
    parquet = pytest.importorskip("pyarrow.parquet", reason="the package pyarrow is not installed")
    from despin.batch.parquet import marked, restored

    for mode in ("tag", "restore"):
        table = pa.table({"id": [1, 2], "text": [TEXT, "好"]})
        outcomes = [marker(parts(), mode=mode).mark(TEXT), marker([(0, Restoration("好"))], mode=mode).mark("好")]
        done = marked(table, outcomes, Recipe(mode))
        assert done.schema.names == ["id", "text", "despin"]
        assert restored(done.schema) == (mode == "restore")
        rows = done.to_pylist()
        assert rows[0]["despin"]["prevented"] == 3
        assert rows[0]["despin"]["edits"] == [edit.as_dict() for edit in join(TEXT, parts()).edits]
        path = tmp_path / f"{mode}.parquet"
        parquet.write_table(done, path)
        assert samples([str(path)], Recipe(mode), LONGEST_LINE, 9) == [(f"{path.name}:1", bare(join(TEXT, parts())))]
    outcomes = [marker(parts(), mode="filter").mark(TEXT), marker([(0, Restoration("好"))], mode="filter").mark("好")]
    done = marked(table, outcomes, Recipe("filter"))
    assert done.column("id").to_pylist() == [2]
    assert not restored(done.schema)
    assert not restored(table.schema)
