"""datatrove: `DespinStats` counts what is spun, also by host. Its base needs more packages than other steps."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from despin.batch.record import FIELD, Marker
from despin.integrations import need
from despin.integrations.operator import recipe

_Stats: Any = need("datatrove.pipeline.stats.base", "datatrove").BaseStats


class DespinStats(_Stats):  # type: ignore[misc]
    """Counts what is spun, damaged or cannot be worked on, with histograms and by host; `StatsMerger` of datatrove
    merges what the tasks write to `output_folder`.

    What a `DespinFormatter` before this noted is counted; documents without a note are judged here. Hosts are those of
    `metadata["url"]`, where there is no `fqdn` yet. `options` are those of `despin.integrations.operator.recipe`.
    """

    name = "despin"

    def __init__(
        self, output_folder: Any, groups_to_compute: Any = ("summary", "histogram", "fqdn"), **options: Any
    ) -> None:
        super().__init__(output_folder, list(groups_to_compute))
        self.marker = Marker(recipe("text", "filter", **options))

    def extract_stats(self, doc: Any) -> dict[str, float]:
        """The figures of a document."""
        field = doc.metadata.get(FIELD) or self.marker.mark(doc.text).value
        with suppress(ValueError):  # of what is no address
            doc.metadata.setdefault("fqdn", urlsplit(str(doc.metadata.get("url", ""))).hostname)
        doc.metadata["fqdn"] = doc.metadata.get("fqdn") or ""
        spun, size = bool(field.get("spun")), len(doc.text or "")
        found = {"score": field.get("score", 0.0), "spun": spun, "failed": "error" in field, "characters": size}
        found |= {"spun_characters": size * spun, **({f"spun_{field['family']}": True} if spun else {})}
        found |= {f"damage_{one['kind']}": one["count"] for one in field.get("damage", ())}
        return {f"despin_{name}": float(value) for name, value in found.items()}
