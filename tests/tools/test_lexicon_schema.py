"""The published schema says of a file's form what the reader says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lexicon_kit import EVERYTHING
from profiles import examples

from despin.lexicon.parse import parse
from despin.lexicon.source import ENTRY_FIELDS, HEADER_FIELDS, SourceText
from tools.lexicon_schema import schema, text

PUBLISHED = Path(__file__).parents[2] / "lexicons" / "schema.json"
SCHEMA = schema()


def valid(value: Any, rule: Any = SCHEMA) -> bool:
    """Whether `value` satisfies `rule`: the part of JSON Schema that the schema uses, and an error for any other."""
    known = {
        *("$schema", "$defs", "$ref", "title", "description", "type", "enum", "const", "not", "anyOf", "if", "then"),
        *("required", "properties", "additionalProperties", "propertyNames", "minProperties", "items", "minItems"),
        *("uniqueItems", "minLength", "pattern", "exclusiveMinimum"),
    }
    assert set(rule) <= known, set(rule) - known
    if "$ref" in rule and not valid(value, SCHEMA["$defs"][rule["$ref"].rsplit("/", 1)[1]]):
        return False
    if not _typed(value, rule) or not _composed(value, rule):
        return False
    if isinstance(value, dict):
        return _mapping(value, rule)
    if isinstance(value, list):
        distinct = len({json.dumps(item) for item in value}) == len(value)
        return (
            len(value) >= rule.get("minItems", 0)
            and (distinct or not rule.get("uniqueItems"))
            and all(valid(item, rule.get("items", {})) for item in value)
        )
    if isinstance(value, str):
        return len(value) >= rule.get("minLength", 0) and bool(re.search(rule.get("pattern", ""), value))
    return isinstance(value, bool) or value is None or value > rule.get("exclusiveMinimum", float("-inf"))


def _typed(value: Any, rule: Any) -> bool:
    names: dict[type, str] = {bool: "boolean", dict: "object", list: "array", str: "string", type(None): "null"}
    names.update({int: "number", float: "number"})
    wanted = rule.get("type", list(names.values()))
    return names[type(value)] in ([wanted] if isinstance(wanted, str) else wanted)


def _composed(value: Any, rule: Any) -> bool:
    if "enum" in rule and value not in rule["enum"]:
        return False
    if "const" in rule and value != rule["const"]:
        return False
    if "not" in rule and valid(value, rule["not"]):
        return False
    if "anyOf" in rule and not any(valid(value, option) for option in rule["anyOf"]):
        return False
    return not ("if" in rule and valid(value, rule["if"]) and not valid(value, rule["then"]))


def _mapping(value: dict[str, Any], rule: Any) -> bool:
    if not set(rule.get("required", ())) <= set(value) or len(value) < rule.get("minProperties", 0):
        return False
    named = rule.get("properties", {})
    for key, item in value.items():
        if not valid(key, rule.get("propertyNames", {})):
            return False
        more = rule.get("additionalProperties", True)
        inner = named.get(key, {} if more is True else more)
        if inner is False or not valid(item, inner):
            return False
    return True


class _Loader(yaml.SafeLoader):
    """Scalars as YAML 1.2 reads them, which is what editors do; keys are always text."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"-?[0-9]+(\.[0-9]+)?$"), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:~|null|)$"), ["~", "n", ""])


def _load(written: str) -> Any:
    def plain(value: Any) -> Any:
        return {str(k): plain(v) for k, v in value.items()} if isinstance(value, dict) else value

    return plain(yaml.load(written, Loader=_Loader))


def test_the_published_schema_is_the_one_in_the_code() -> None:
    assert PUBLISHED.read_text("utf-8") == text(), "run python -m tools.lexicon_schema > lexicons/schema.json"


def test_the_schema_names_every_field_the_reader_knows() -> None:
    assert list(SCHEMA["properties"]) == list(HEADER_FIELDS)
    assert set(SCHEMA["$defs"]["entry"]["anyOf"][1]["properties"]) == set(ENTRY_FIELDS)


def test_a_file_with_everything_is_valid() -> None:
    assert valid(_load(EVERYTHING.replace("  ~: 空\n", "")))


#: Mistakes of form, which a schema can see.
FORM = [
    "unknown-field", "unknown-header", "unknown-context-side", "unknown-status", "unknown-source", "missing-original",
    "missing-original-long", "empty-list", "empty-weights", "empty-spun", "original-twice", "weight-zero",
    "weight-negative", "weight-no-number", "flag-yes", "pack-on", "status-without-reason", "candidate-without-reason",
    "keep-is-a-list", "keep-is-empty", "original-is-nested", "example-is-a-mapping", "no-entries", "a-list",
    "entries-are-a-list", "title-is-a-list", "family-with-space", "entries-in-header", "unknown-field-alone",
    "program-unknown", "program-parameter", "program-is-a-list", "program-nested", "variants-are-a-list",
]  # fmt: skip


@pytest.mark.parametrize("name", FORM)
def test_mistakes_of_form_are_seen_by_the_schema_too(name: str) -> None:
    assert not valid(_load((Path(__file__).parents[1] / "data" / "lexicon_bad" / f"{name}.yaml").read_text("utf-8")))


_WORD = st.sampled_from(["甲", "乙", "丙", "original", "flips", "reason"])
_CHOICE = st.sampled_from(
    ["true", "false", "yes", "active", "retired", "candidate", "attested", "丁", "[]", "{}", "[戊]", "2", "-2"]
)
_VALUE = st.one_of(
    _CHOICE,
    st.lists(st.sampled_from(["己", "庚", "[辛]"]), max_size=3).map(lambda words: f"[{', '.join(words)}]"),
    st.dictionaries(_WORD, _CHOICE, max_size=2).map(lambda d: "{" + ", ".join(f"{k}: {v}" for k, v in d.items()) + "}"),
)
_SIDES = st.dictionaries(
    st.sampled_from(["before", "after", "beside"]), st.sampled_from(["甲", "[乙]", "{}"]), max_size=2
).map(lambda d: "{" + ", ".join(f"{k}: {v}" for k, v in d.items()) + "}")
_LONG = st.dictionaries(
    st.sampled_from([name for name in ENTRY_FIELDS if name != "examples"] + ["orignal"]),
    st.one_of(_VALUE, _SIDES),
    max_size=4,
).map(lambda d: "{" + ", ".join(f"{k}: {v}" for k, v in d.items()) + "}")


@examples(1000)
@given(st.one_of(_VALUE, _LONG))
def test_schema_and_reader_agree(value: str) -> None:
    written = f"entries:\n  词: {value}\n"
    accepted = not parse(SourceText("x", written, "")).report.errors
    assert valid(_load(written)) == accepted, written
