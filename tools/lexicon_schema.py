"""The JSON Schema of lexicon files, for editors: `python -m tools.lexicon_schema > lexicons/schema.json`."""

from __future__ import annotations

import json
from typing import Any

from despin.lexicon.fields import ENTRY, HEADER


def schema() -> dict[str, Any]:
    """The schema as a JSON-ready value. It describes form; what words may look like, `check` says better."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "despin lexicon",
        "description": "What one family of spinners writes, and what it stands for.",
        "type": "object",
        "anyOf": [{"required": ["entries"]}, {"required": ["program"]}],
        "additionalProperties": False,
        "properties": {name: dict(field.schema) for name, field in HEADER.items()},
        "$defs": _definitions(),
    }


def _definitions() -> dict[str, Any]:
    return {
        # An editor may take 010 or no for something else than text; despin reads what is written.
        "word": {"type": ["string", "number", "boolean"]},
        # In the short form the mapping stands where an entry's fields may stand; in the long form it has its own place.
        "short": _originals({"propertyNames": {"not": {"enum": list(ENTRY)}}}),
        "originals": _originals({}),
        "words": {"anyOf": [{"$ref": "#/$defs/word"}, {"type": "array", "items": {"$ref": "#/$defs/word"}}]},
        "contexts": {
            "description": "Literal strings directly before or after the word.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": {"before": {"$ref": "#/$defs/words"}, "after": {"$ref": "#/$defs/words"}},
        },
        "entry": {"anyOf": [{"$ref": "#/$defs/short"}, _long_entry()]},
        "program": _program(),
    }


def _program() -> dict[str, Any]:
    from despin.spinners.neighbours import TABLES
    from despin.spinners.registry import MOST_TIMES, NAMES
    from despin.spinners.table import OCCURRENCES, TABLE_PASSES, WINS

    names = {"description": "A program by its name.", "enum": list(NAMES)}
    rank = {"type": "number", "exclusiveMinimum": 0}
    parameters: dict[str, Any] = {
        "name": names,
        "flags": {"description": "The flags of jieba that are replaced.", "$ref": "#/$defs/words"},
        "rank": {
            "description": "Which neighbour is written, 1 the nearest; of several, one drawn at random.",
            "anyOf": [rank, {"type": "array", "minItems": 1, "items": rank}],
        },
        "passes": {"description": "How a list of words is run over raw text.", "enum": list(TABLE_PASSES)},
        "table": {
            "description": f"The table of neighbours ({', '.join(TABLES)}), or the file of a list of words, from this "
            "file's folder.",
            "type": "string",
        },
        "wins": {"description": "Which target of a word that a list has several times is written.", "enum": list(WINS)},
        "occurrences": {"description": "Which places of a word are replaced.", "enum": list(OCCURRENCES)},
        "times": {
            "description": "How often a list is run, each time over what it wrote.",
            "type": "integer",
            "minimum": 1,
            "maximum": MOST_TIMES,
        },
        "seed": {"description": "Begins the draws of several ranks.", "type": "number"},
        "rate": {
            "description": "The probability with which a word is replaced; any: it is estimated in each text.",
            "anyOf": [{"const": "any"}, {"type": "number", "exclusiveMinimum": 0, "maximum": 1}],
        },
    }
    mapping = {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": parameters}
    return {"anyOf": [names, mapping]}


def _originals(names: dict[str, Any]) -> dict[str, Any]:
    """What an entry stands for; `names` says which originals its mapping may not hold."""
    return {
        "anyOf": [
            {"$ref": "#/$defs/word"},
            {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/word"}, "uniqueItems": True},
            {
                "description": "original: evidence weight",
                "type": "object",
                "minProperties": 1,
                **names,
                "additionalProperties": {"type": "number", "exclusiveMinimum": 0},
            },
        ]
    }


def _long_entry() -> dict[str, Any]:
    retired = {"properties": {"status": {"const": "retired"}}, "required": ["status", "reason"]}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: dict(field.schema) for name, field in ENTRY.items()},
        "anyOf": [{"required": ["original"]}, retired],
        "if": {"properties": {"status": {"not": {"const": "active"}}}, "required": ["status"]},
        "then": {"required": ["reason"]},
    }


def text() -> str:
    """The published file."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(text())
