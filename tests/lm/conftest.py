"""The restorer with an imported thesaurus."""

from imported_kit import imported

__all__ = ["imported"]
