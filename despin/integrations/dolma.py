"""Dolma: the tagger `despin`, found through `tagger_modules: [despin.integrations.dolma]`.

For other options, a module of one's own registers a class below `DespinTagger` that names them in `options`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from despin.integrations import need
from despin.integrations.operator import marker, recipe, spans

_Tagger: Any = need("dolma.core.taggers", "dolma").BaseTagger
_types = need("dolma.core.data_types", "dolma")


class DespinTagger(_Tagger):  # type: ignore[misc]
    """Tags texts with the spans of `despin.integrations.operator.spans`, each with its score: `score` and `spun` of
    the whole text, `spun_FAMILY` of stretches, `edit`, `damage_KIND` and `error`."""

    #: Those of `despin.integrations.operator.recipe`.
    options: ClassVar[dict[str, Any]] = {}

    def __init__(self) -> None:
        self._marker = marker(recipe("text", "tag", **self.options))

    def predict(self, doc: Any) -> Any:
        """The document with its spans."""
        found = spans(self._marker.mark(doc.text), len(doc.text))
        return _types.DocResult(doc, [_types.Span(one.start, one.end, one.label, one.score) for one in found])


need("dolma.core.registry", "dolma").TaggerRegistry.add("despin")(DespinTagger)
