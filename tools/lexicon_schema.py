"""The JSON Schema of lexicon files, for editors: `python -m tools.lexicon_schema > lexicons/schema.json`."""

from __future__ import annotations

import json
from typing import Any, get_args

from despin.lexicon.fields import NAME
from despin.lexicon.model import Origin, Status


def _ref(name: str, said: str) -> dict[str, Any]:
    return {"description": said, "$ref": f"#/$defs/{name}"}


def _flag(said: str) -> dict[str, Any]:
    return {"description": said, "type": "boolean"}


def _named(said: str, names: dict[str, Any], values: str) -> dict[str, Any]:
    """The schema of a mapping of names that may be empty."""
    pairs = {"type": "object", "propertyNames": names, "additionalProperties": {"$ref": f"#/$defs/{values}"}}
    return {"description": said, "anyOf": [{"type": "null"}, pairs]}


#: Fields in the order in which they are written.
_ENTRY: dict[str, Any] = {
    "original": _ref("originals", '"" is a deletion.'),
    "keep": _ref("contexts", "Contexts in which the word is meant."),
    "only": _ref("contexts", "Contexts the entry needs."),
    "flips": _flag("Restoring turns the polarity of a statement."),
    "replaces": _flag("Stands in the place of shipped entries."),
    "status": {"enum": list(get_args(Status))},
    "reason": {**_ref("word", "Why it is not active."), "minLength": 1},
    "source": {"enum": list(get_args(Origin))},
    "examples": _ref("words", "Lines such as 我们[-经由过程-]{+通过+}它."),
}
_FAMILY = {"description": "One word, the name of the file. Left out in a personal lexicon.", "type": "string"}
_HEADER: dict[str, Any] = {
    "family": {**_FAMILY, "pattern": NAME},
    "title": _ref("word", "One line."),
    "about": _ref("word", "What the family is."),
    "recognise": _ref("word", "How a reader recognises it."),
    "sources": _ref("words", "Where the entries come from."),
    "licence": {"$ref": "#/$defs/word"},
    "pack": _flag("Rules a document must first give reason to believe."),
    "beside": _ref("words", "The families a pack is found with."),
    "program": _ref("program", "The program that spins."),
    "variants": _named("The program with other parameters, by name.", {"pattern": NAME}, "program"),
    "opposites": _ref("words", "Pairs of words, a space between them, that turn a statement round."),
    "entries": _named("spun form: what it stands for", {"minLength": 1}, "entry"),
}


def schema() -> dict[str, Any]:
    """The schema as a JSON-ready value. It describes form; what words may look like, `check` says better."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "despin lexicon",
        "description": "What one family of spinners writes, and what it stands for.",
        "type": "object",
        "anyOf": [{"required": ["entries"]}, {"required": ["program"]}],
        "additionalProperties": False,
        "properties": _HEADER,
        "$defs": _definitions(),
    }


def _definitions() -> dict[str, Any]:
    return {
        # An editor may take 010 or no for something else than text; despin reads what is written.
        "word": {"type": ["string", "number", "boolean"]},
        # In the short form the mapping stands where an entry's fields may stand; in the long form it has its own place.
        "short": _originals({"propertyNames": {"not": {"enum": list(_ENTRY)}}}),
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
        "properties": _ENTRY,
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
