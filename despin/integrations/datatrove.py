"""datatrove: `DespinFormatter` marks documents or restores them, `DespinFilter` drops those that are spun."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from despin.batch.record import FIELD, Marker
from despin.integrations import need
from despin.integrations.operator import recipe

_Step: Any = need("datatrove.pipeline.base", "datatrove").PipelineStep
_Filter: Any = need("datatrove.pipeline.filters.base_filter", "datatrove").BaseFilter


class DespinFormatter(_Step):  # type: ignore[misc]
    """Puts verdict, damage and edits into `metadata["despin"]`, and in mode `restore` the restored text into `text`.
    `options` are those of `despin.integrations.operator.recipe`; every process loads a restorer, once."""

    name = "despin"
    type = "✂️ - FORMAT"

    def __init__(self, mode: str = "tag", **options: Any) -> None:
        super().__init__()
        self.marker = Marker(recipe("text", mode, **options))

    def run(self, data: Iterable[Any], rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        """Every document, in order; one that fails has its error in its metadata and its text as it was."""
        for document in data or ():
            self.stat_update("total")
            with self.track_time():
                outcome = self.marker.mark(document.text)
                document.metadata[FIELD] = outcome.value
                if outcome.text is not None and self.marker.recipe.mode == "restore":
                    document.text = outcome.text
            if outcome.problem is not None:
                self.stat_update("failed")
            if outcome.spun:
                self.stat_update("spun")
                self.stat_update("edits", value=outcome.edits, unit="doc")
            yield document


class DespinFilter(_Filter):  # type: ignore[misc]
    """Drops documents that are spun, with the reason `spun_FAMILY`, and notes the verdict on the others.

    `exclusion_writer` gets what is dropped; `options` are those of `despin.integrations.operator.recipe`.
    """

    name = "despin"

    def __init__(self, exclusion_writer: Any = None, **options: Any) -> None:
        super().__init__(exclusion_writer)
        self.marker = Marker(recipe("text", "filter", **options))

    def filter(self, doc: Any) -> bool | tuple[bool, str]:
        """Whether the document is kept; one that fails is."""
        outcome = self.marker.mark(doc.text)
        doc.metadata[FIELD] = outcome.value
        if outcome.problem is not None:
            self.stat_update("failed")
        return (False, f"spun_{outcome.value['family']}") if outcome.spun else True
