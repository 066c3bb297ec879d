"""The signature of a figure: two people with the same signature and the same set hash have the same number."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from despin.errors import InputError

#: Hexadecimal digits of a digest that are shown.
SHOWN = 12


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
        return {
            "version": self.version,
            "lexicon": self.lexicon,
            "model": self.model,
            "system": self.system,
            "settings": dict(self.settings),
            "text": str(self),
        }


def version() -> str:
    """The version of despin, or `unknown` when it runs from a folder nobody installed."""
    from importlib import metadata

    import despin

    stated = getattr(despin, "__version__", None)
    if isinstance(stated, str):
        return stated
    try:
        return metadata.version("despin")
    except metadata.PackageNotFoundError:
        return "unknown"


def model_digest(path: str | Path) -> str:
    """The abbreviated SHA-256 of the file at `path`, read once per size and time of change.

    Raises `InputError` when it cannot be read.
    """
    try:
        state = Path(path).stat()
        return _digest(str(path), state.st_size, state.st_mtime_ns)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); install despin again") from None


@functools.lru_cache(maxsize=8)
def _digest(path: str, size: int, changed: int) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()[:SHOWN]
