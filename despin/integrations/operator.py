"""What every integration is made of: options in, a marker that a process loads once, and what it says of a text.

`Operator` is for engines that work on batches of columns: Hugging Face `datasets`, Ray Data, polars and DuckDB.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from despin.batch.record import FIELD, LONGEST_TEXT, MISSING, MODES, Marker, Outcome, Recipe, absolute
from despin.errors import UsageError
from despin.integrations import need
from despin.results import UNSPUN
from despin.settings import BUDGET

_VERDICT = tuple(UNSPUN.as_dict())
_PARTS = {
    "tag": (*_VERDICT, "edits", "prevented", "scored", "text"),
    "restore": (*_VERDICT, "edits", "prevented", "scored"),
    "filter": _VERDICT,
}


def recipe(
    text_field: str = "text",
    mode: str = "tag",
    *,
    lexicons: Iterable[str | os.PathLike[str]] = (),
    families: Iterable[str] = (),
    min_confidence: float | None = None,
    setting: str = "balanced",
    longest_text: int = LONGEST_TEXT,
    fact_edits: str = "sure",
    protect: Iterable[str] = (),
    scorer: str | None = None,
    scorer_budget: int = BUDGET,
) -> Recipe:
    """What `despin batch` does with these options; see `despin.batch.record.Recipe`. `protect`
    are words, `scorer` is a path or a name. Raises `UsageError`."""
    if mode not in MODES:
        raise UsageError(f"unknown mode {mode!r}: choose {', '.join(MODES)}")
    if isinstance(protect, str):
        raise UsageError(f"protect is the text {protect!r}: give a list of words")
    paths = absolute(tuple(lexicons))
    return Recipe(
        mode,
        text_field,
        paths,
        tuple(families),
        min_confidence,
        setting,
        longest_text,
        fact_edits=fact_edits,
        protect=tuple(protect),
        scorer=scorer,
        scorer_budget=scorer_budget,
    )


@cache
def marker(own: Recipe) -> Marker:
    """The marker of a recipe, one in a process: for engines that pickle their steps again for every batch."""
    return Marker(own)


class LabelledSpan(NamedTuple):
    """A part of a text (code points) with what it is and how sure that is, or how often it was found."""

    start: int
    end: int
    label: str
    score: float


def spans(outcome: Outcome, length: int) -> list[LabelledSpan]:
    """What is said of a text of `length` characters: of the whole its `score`, and `spun`, `damage_KIND` (the score
    counts places) or `error` where it is so; `spun_FAMILY` of stretches, and `edit` of what was replaced."""
    value = outcome.value
    whole = [("error", 1.0)] if outcome.problem else [("score", value["score"])]
    whole += [("spun", 1.0)] * outcome.spun + [
        (f"damage_{one['kind']}", one["count"]) for one in value.get("damage", ())
    ]
    parts = [(one, f"spun_{one['family']}", one["score"]) for one in value.get("stretches", ())]
    parts += [(one, "edit", one["confidence"]) for one in value.get("edits", ())]
    found = [LabelledSpan(0, length, label, score) for label, score in whole]
    return found + [LabelledSpan(one["start"], one["end"], label, score) for one, label, score in parts]


class Operator:
    """Takes a batch and returns it with a `despin` column; `options` are those of `recipe`.

    A batch is a mapping of columns or a pyarrow table, and comes back as the same. The restorer is loaded when the
    operator is made, to fail early, and once more in every process it is sent to. It is pickled as its options, its
    version and the digests of its lexicon and its programs' data, so that caches by content notice a change of any of
    them. A record that fails has its error in the `despin` column, and the others go on.
    """

    def __init__(self, text_field: str = "text", mode: str = "tag", **options: Any) -> None:
        from despin.fingerprint import version

        self.recipe = recipe(text_field, mode, **options)
        self.marker = Marker(self.recipe)
        restorer = self.marker.restorer
        programs, scorer = restorer.program_signature(), restorer.scorer_signature()
        self.signature = version(), restorer.lexicon.digest, programs, scorer

    def __call__(self, batch: Any) -> Any:
        """The batch with the column; in mode `filter` without the records that are spun."""
        if isinstance(batch, Mapping):
            return self._columns(batch)
        from despin.batch.parquet import marked, values

        field = self.recipe.field
        texts = values(batch.column(field)) if field in batch.schema.names else [MISSING] * len(batch)
        return marked(batch, self.outcomes(texts), self.recipe)

    def outcomes(self, texts: Iterable[object]) -> list[Outcome]:
        """What every text comes to."""
        return [self.marker.mark(text) for text in texts]

    def column(self, texts: Any) -> Any:
        """The `despin` column of a pyarrow array of texts, of the type that `despin.batch.parquet.field_type` says."""
        from despin.batch.parquet import field_type, values

        pa = need("pyarrow", "parquet")
        kind = field_type(pa, self.recipe.mode)
        return pa.array([outcome.value for outcome in self.outcomes(values(texts))], kind)

    def _columns(self, batch: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        columns: dict[str, Any] = dict(batch)
        field = self.recipe.field
        count = len(next(iter(columns.values()))) if columns else 0
        outcomes = self.outcomes(columns.get(field, [MISSING] * count))
        columns[FIELD] = [complete(outcome, self.recipe.mode) for outcome in outcomes]
        if self.recipe.mode == "restore" and field in columns:
            columns[field] = [
                text if outcome.text is None else outcome.text
                for text, outcome in zip(columns[field], outcomes, strict=True)
            ]
        if self.recipe.mode == "filter":
            columns = {
                name: [value for value, outcome in zip(column, outcomes, strict=True) if not outcome.spun]
                for name, column in columns.items()
            }
        return columns


def complete(outcome: Outcome, mode: str) -> dict[str, Any]:
    """The `despin` field with every part it can have, None where there is none: columns want one type."""
    return {name: outcome.value.get(name) for name in (*_PARTS[mode], "error")}
