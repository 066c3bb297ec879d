"""Data-Juicer: the operators `despin_mark_mapper`, `despin_restore_mapper`, `despin_spun_filter`, registered on import.

An exception in a batched operator costs Data-Juicer the whole batch, so none leaves these.
"""

from __future__ import annotations

from typing import Any

from despin.batch.jsonlines import dumps
from despin.batch.record import FIELD, MISSING, Marker, Outcome
from despin.integrations import need
from despin.integrations.operator import recipe

_base = need("data_juicer.ops.base_op", "datajuicer")
_Mapper: Any = _base.Mapper
_Filter: Any = _base.Filter
_register = _base.OPERATORS.register_module
STATS: str = need("data_juicer.utils.constant", "datajuicer").Fields.stats
#: The figures that the filter leaves in a sample's stats.
SCORE, SPUN, ERROR = "despin_score", "despin_spun", "despin_error"


def _outcomes(marker: Marker, samples: dict[str, list[Any]], key: str) -> list[Outcome]:
    count = len(next(iter(samples.values()), []))
    return [marker.mark(text) for text in samples.get(key, [MISSING] * count)]


@_register("despin_mark_mapper")
class DespinMarkMapper(_Mapper):  # type: ignore[misc]
    """Notes verdict, damage and edits (mode `tag`), and restores texts (mode `restore`).

    The sample's `despin` field is JSON: Data-Juicer takes the type of a column from its first batch, where the list of
    edits may well be empty. `options` are those of `despin.integrations.operator.recipe` and of every operator.
    """

    _batched_op = True

    def __init__(
        self,
        mode: str = "tag",
        lexicons: list[str] | None = None,
        families: list[str] | None = None,
        min_confidence: float | None = None,
        setting: str = "balanced",
        fact_edits: str = "sure",
        protect: list[str] | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        own = recipe(
            self.text_key,
            mode,
            lexicons=lexicons or (),
            families=families or (),
            min_confidence=min_confidence,
            setting=setting,
            fact_edits=fact_edits,
            protect=protect or (),
        )
        self.marker = Marker(own)
        _ = self.marker.restorer  # a broken lexicon ends the run here and not batch by batch

    def process_batched(self, samples: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """The samples with their `despin` field."""
        outcomes = _outcomes(self.marker, samples, self.text_key)
        samples[FIELD] = [dumps(outcome.value) for outcome in outcomes]
        if self.marker.recipe.mode == "restore" and self.text_key in samples:
            texts = zip(samples[self.text_key], outcomes, strict=True)
            samples[self.text_key] = [text if outcome.text is None else outcome.text for text, outcome in texts]
        return samples


@_register("despin_restore_mapper")
class DespinRestoreMapper(DespinMarkMapper):
    """Restores texts, as `despin_mark_mapper` does with `mode: restore`."""

    def __init__(self, mode: str = "restore", *args: Any, **kwargs: Any) -> None:
        super().__init__(mode, *args, **kwargs)


@_register("despin_spun_filter")
class DespinSpunFilter(_Filter):  # type: ignore[misc]
    """Keeps texts that are not spun, or with `keep="spun"` those that are; texts that fail are kept either way."""

    _batched_op = True

    def __init__(
        self,
        keep: str = "clean",
        lexicons: list[str] | None = None,
        families: list[str] | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if keep not in ("clean", "spun"):
            raise ValueError(f"keep is {keep!r}: choose clean or spun")
        self.keep = keep
        self.marker = Marker(recipe(self.text_key, "filter", lexicons=lexicons or (), families=families or ()))
        _ = self.marker.restorer

    def compute_stats_batched(self, samples: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """The samples with score, verdict and error in their stats."""
        for stats, outcome in zip(samples[STATS], _outcomes(self.marker, samples, self.text_key), strict=True):
            stats[SCORE] = float(outcome.value.get("score", 0.0))
            stats[SPUN] = outcome.spun
            stats[ERROR] = outcome.problem or ""
        return samples

    def process_batched(self, samples: dict[str, list[Any]]) -> list[bool]:
        """Whether each sample is kept."""
        return [bool(stats[ERROR]) or stats[SPUN] == (self.keep == "spun") for stats in samples[STATS]]
