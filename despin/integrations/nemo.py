"""NeMo Curator: `SpunFilter` for its `ScoreFilter`, `Score` and `Filter`, and `Restore` for its `Modify`."""

from __future__ import annotations

from typing import Any

from despin.batch.jsonlines import dumps
from despin.integrations import need
from despin.integrations.operator import marker, recipe

_Filter: Any = need("nemo_curator.stages.text.filters", "nemo").DocumentFilter
_Modifier: Any = need("nemo_curator.stages.text.modifiers", "nemo").DocumentModifier


class SpunFilter(_Filter):  # type: ignore[misc]
    """Scores texts with the probability that they are spun and keeps those below `most`; with `invert` of `ScoreFilter`
    those that are spun.

    A text that cannot be worked on has the score -1, and is kept. `options` are those of
    `despin.integrations.operator.recipe`.
    """

    def __init__(self, most: float = 0.5, **options: Any) -> None:
        super().__init__()
        self._name = "despin"
        self._most = most
        self._recipe = recipe("text", "filter", **options)

    def load_model(self) -> None:
        """Load the restorer; that there is this method makes Curator keep the process that has it."""
        _ = marker(self._recipe).restorer

    def score_document(self, text: Any) -> float:
        """The score, 0 to 1, or -1."""
        return float(marker(self._recipe).mark(text).value.get("score", -1.0))

    def keep_document(self, scores: float) -> bool:
        """Whether a text with this score is kept."""
        return scores < self._most

    def verdict(self, text: Any) -> str:
        """The whole verdict with its damage as JSON, for `Score(SpunFilter().verdict, score_field="despin")`."""
        return dumps(marker(self._recipe).mark(text).value)


class Restore(_Modifier):  # type: ignore[misc]
    """Restores texts: `Modify(Restore(), "text", "restored")` beside them, `Modify(Restore())` in their place.

    A text that cannot be worked on stays as it is. `options` are those of `despin.integrations.operator.recipe`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self._name = "despin"
        self._recipe = recipe("text", "restore", **options)

    def modify_document(self, text: Any) -> Any:
        """The text as restored."""
        restored = marker(self._recipe).mark(text).text
        return text if restored is None else restored
