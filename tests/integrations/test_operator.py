"""The operator itself, without any engine."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import Any

import pytest
from places import ROOT

from despin.batch.parquet import field_type
from despin.errors import LexiconError, UsageError
from despin.integrations import need
from despin.integrations.operator import Operator, marker, recipe, spans


def _said(value: Any) -> Any:
    """A value without what is None in it."""
    if isinstance(value, dict):
        return {key: _said(own) for key, own in value.items() if own is not None}
    return [_said(own) for own in value] if isinstance(value, list) else value


def _same(field: dict[str, Any], expected: dict[str, Any]) -> bool:
    return bool(_said(field) == _said(expected))


def test_columns_come_back_with_the_field(documents: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    batch = {name: [document[name] for document in documents] for name in ("id", "text")}
    found = Operator()(batch)
    assert list(found) == ["id", "text", "despin"]
    assert (found["id"], found["text"]) == (batch["id"], batch["text"])
    assert all(map(_same, found["despin"], expected))
    assert len({tuple(field) for field in found["despin"]}) == 1
    assert "despin" not in batch


def test_restore_and_filter(documents: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    batch = {name: [document[name] for document in documents] for name in ("id", "text")}
    restored = Operator(mode="restore")(batch)
    for text, document, field in zip(restored["text"], documents, expected, strict=True):
        assert text == field.get("text", document["text"])
    kept = Operator(mode="filter")(batch)
    assert kept["id"] == [one["id"] for one, field in zip(documents, expected, strict=True) if not field.get("spun")]


def test_tables_come_back_as_columns_do(documents: list[dict[str, Any]]) -> None:
    pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")
    table = pa.Table.from_pylist(documents)
    for mode in ("tag", "restore", "filter"):
        operator = Operator(mode=mode)
        found = operator(table)
        assert found.to_pydict() == operator(table.to_pydict())
        assert operator(table.slice(3, 1)).schema == found.schema
        assert operator(table.select(["id"])).schema.field("despin") == found.schema.field("despin")
    assert Operator()(table.select(["id"])).to_pylist()[0]["despin"]["error"] == "no field 'text'"


def test_what_programs_did_is_in_every_mode() -> None:
    """Offsets are those of the whole record, of whose 30,000 characters the second chunk holds the stretch."""
    pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")
    spun = (ROOT / "examples" / "betting-seo.txt").read_text("utf-8")
    before = "窗外的天色渐渐暗了下来。" * 2500 + "\n"
    texts = [before + spun, "今天的天气很好。", None]
    for mode in ("tag", "restore", "filter"):
        operator = Operator(mode=mode)
        found = [outcome.value for outcome in operator.outcomes(texts)]
        assert len(before) - 20 <= found[0]["stretches"][0]["start"] <= len(before) + 20
        assert found[0]["stretches"][-1]["end"] <= len(texts[0] or "")
        assert 0.9 < found[0]["respun"] <= 1.0
        restorer = operator.marker.restorer
        verdict = restorer.detect(texts[0]) if mode == "filter" else restorer.explain(texts[0]).verdict
        assert found[0]["stretches"] == [one.as_dict() for one in verdict.stretches]
        assert (found[1]["respun"], found[1]["stretches"]) == (None, [])
        assert [*found[2]] == ["error"]
        for edit in found[0].get("edits", ()):
            assert (texts[0] or "")[edit["start"] : edit["end"]] == edit["spun"]
        assert mode == "filter" or {edit["proof"] for edit in found[0]["edits"]} >= {"forced", "possible"}
        table = operator(pa.table({"text": texts}))
        assert table.column("despin").type == field_type(pa, mode)
        assert table.to_pydict() == operator({"text": texts})
        if mode != "filter":
            [stretches, *rest] = [field["stretches"] for field in table.column("despin").to_pylist()]
            assert stretches == found[0]["stretches"]
            assert rest == [[], None]


def test_the_signature_names_the_data_of_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Operator().signature
    assert Operator().signature == before
    assert Operator(families=["glyph", "homophone"]).signature[2] == "none"
    monkeypatch.setattr("despin.document.program.jieba_sizes", lambda: (5, 4, 3, 2, 1))
    assert Operator().signature[2] not in (before[2], "none")


def test_texts_among_other_values_are_restored_in_place() -> None:
    """Ray holds such a column as Python objects, in an extension type of which Arrow itself knows nothing."""
    pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")

    class Objects(pa.ExtensionType):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(pa.large_binary(), "despin.test.objects")

        def __arrow_ext_serialize__(self) -> bytes:
            return b""

        @classmethod
        def __arrow_ext_deserialize__(cls, *_: object) -> Any:
            return cls()

        def __arrow_ext_class__(self) -> type:
            return Array

        def __arrow_ext_scalar_class__(self) -> type:
            return Scalar

    class Scalar(pa.ExtensionScalar):  # type: ignore[misc]
        def as_py(self, **_: Any) -> Any:
            return None if self.value is None else pickle.loads(self.value.as_py())

    class Array(pa.ExtensionArray):  # type: ignore[misc]
        @staticmethod
        def from_objects(objects: list[Any]) -> Any:
            return pa.ExtensionArray.from_storage(Objects(), pa.array(map(pickle.dumps, objects), pa.large_binary()))

    table = pa.table({"text": Array.from_objects(["数据经由过程旌旗灯号线传送。", 5, None])})
    found = Operator(mode="restore")(table)
    assert found.schema.field("text") == table.schema.field("text")
    assert found.column("text").to_pylist() == ["数据通过信号线传送。", 5, None]
    assert [bool(field["error"]) for field in found.column("despin").to_pylist()] == [False, True, True]


def test_a_pickle_is_small_and_does_the_same(documents: list[dict[str, Any]]) -> None:
    operator = Operator(mode="restore", setting="bold")
    data = pickle.dumps(operator)
    assert len(data) < 2000
    copy = pickle.loads(data)
    batch = {"text": [document["text"] for document in documents[:20]]}
    assert copy(batch) == operator(batch)
    assert copy.signature == operator.signature


def test_facts_and_protected_words_are_options_as_of_the_restorer() -> None:
    pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")
    batch = {"text": ["数据经由过程旌旗灯号线传送。", "今天的天气很好。", None]}
    operator = pickle.loads(pickle.dumps(Operator(mode="restore", fact_edits="none", protect=["旌旗灯号"])))
    settings = operator.marker.restorer.settings
    assert (settings.fact_edits, settings.protect) == ("none", ("旌旗灯号",))
    found = operator(batch)
    assert found["text"][0] == "数据通过旌旗灯号线传送。"
    assert [field["prevented"] for field in found["despin"]] == [1, 0, None]
    assert operator(pa.table(batch)).to_pydict() == found
    assert "prevented" not in {part.name for part in field_type(pa, "filter")}


def test_spans_say_where_and_how_sure() -> None:
    own = recipe(longest_text=40)
    assert marker(own) is marker(recipe(longest_text=40))
    text = "数据经由过程旌旗灯号线传送,今天天气很好。"
    found = {label: (start, end, score) for start, end, label, score in spans(marker(own).mark(text), len(text))}
    score = marker(own).mark(text).value["score"]
    assert found["score"] == (0, len(text), score)
    assert found["spun"] == (0, len(text), 1.0)
    start, end, sure = found["spun_classic-list"]
    assert "经由过程旌旗灯号" in text[start:end] and sure == score
    assert text[slice(*found["edit"][:2])] in ("经由过程", "旌旗灯号")
    clean = spans(marker(own).mark("今天天气很好。"), 7)
    assert [one.label for one in clean] == ["score"] and clean[0].score < 0.5
    assert spans(marker(own).mark(None), 0) == [(0, 0, "error", 1.0)]
    damaged = "他说:“好的。。。。。。”然后就走了,頭也没回,門也没关。"
    counted = {one["kind"]: one["count"] for one in marker(own).mark(damaged).value["damage"]}
    marked = {
        one.label[7:]: one.score for one in spans(marker(own).mark(damaged), 30) if one.label.startswith("damage_")
    }
    assert marked == counted == {"traditional": 2}


def test_a_column_has_its_type_whatever_it_holds() -> None:
    pa = pytest.importorskip("pyarrow", reason="the package pyarrow is not installed")
    operator = Operator()
    for texts in ([], [None], ["今天天气很好。", "数据经由过程旌旗灯号线传送。"]):
        column = operator.column(pa.array(texts, pa.string()))
        assert column.type == field_type(pa, "tag")
        assert column.to_pylist() == operator({"text": texts})["despin"]


def test_what_cannot_be_is_said_at_once() -> None:
    with pytest.raises(UsageError, match="protect is the text '一嗨': give a list of words"):
        recipe(protect="一嗨")
    with pytest.raises(UsageError, match="unknown fact_edits 'some'"):
        Operator(fact_edits="some")
    with pytest.raises(UsageError, match="unknown mode 'mark'"):
        recipe(mode="mark")
    with pytest.raises(LexiconError):
        Operator(lexicons=["nowhere.yaml"])
    with pytest.raises(UsageError, match="unknown family"):
        Operator(families=["nobody"])


LIBRARIES = {"datajuicer": "data_juicer", "nemo": "nemo_curator", "polars": "polars", "dolma": "dolma"}


@pytest.mark.parametrize(("module", "library"), [("datatrove", "datatrove"), *LIBRARIES.items()])
def test_a_missing_library_says_what_to_install(module: str, library: str) -> None:
    program = f"import sys; sys.modules[{library!r}] = None; import despin.integrations.{module}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert f"pip install 'despin[{module}]'" in done.stderr


def test_a_missing_ray_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"pip install 'despin\[ray\]'"):
        need("ray", "ray")
