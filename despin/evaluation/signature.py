"""The signature of a figure: two people with the same signature and the same set hash have the same number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Signature:
    """What a figure depends on besides the set: versions, digests (abbreviated SHA-256) and settings."""

    version: str
    lexicon: str
    model: str
    system: str
    settings: Mapping[str, str]

    def __str__(self) -> str:
        parts = [f"despin:{self.version}", f"system:{self.system}", f"lexicon:{self.lexicon}", f"model:{self.model}"]
        return "|".join(parts + [f"{name}:{value}" for name, value in sorted(self.settings.items())])

    def as_dict(self) -> dict[str, Any]:
        """The signature as JSON-ready values."""
        return {**asdict(self), "text": str(self)}
