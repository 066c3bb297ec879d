"""One operator for every engine that works on batches of columns: Hugging Face `datasets` and Ray Data."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from despin.batch.record import FIELD, LONGEST_TEXT, MISSING, MODES, Marker, Outcome, Recipe, absolute
from despin.errors import UsageError
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
        programs, scorer = restorer.judge.program_digest(), restorer.scorer_signature()
        self.signature = version(), restorer.lexicon.digest, programs, scorer

    def __call__(self, batch: Any) -> Any:
        """The batch with the column; in mode `filter` without the records that are spun."""
        if isinstance(batch, Mapping):
            return self._columns(batch)
        from despin.batch.parquet import marked, values

        if self.recipe.field not in batch.schema.names:
            return marked(batch, self._missing(len(batch)), self.recipe)
        return marked(batch, self.outcomes(values(batch.column(self.recipe.field))), self.recipe)

    def outcomes(self, texts: Iterable[object]) -> list[Outcome]:
        """What every text comes to."""
        return [self.marker.mark(text) for text in texts]

    def _missing(self, count: int) -> list[Outcome]:
        return [self.marker.mark(MISSING)] * count

    def _columns(self, batch: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        columns: dict[str, Any] = dict(batch)
        field = self.recipe.field
        count = len(next(iter(columns.values()))) if columns else 0
        outcomes = self.outcomes(columns[field]) if field in columns else self._missing(count)
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
