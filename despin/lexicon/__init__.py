"""Lexicons: spinner families as reviewed data."""

from __future__ import annotations

from despin.lexicon.model import Contexts, Entry, Family, Lexicon, Original

__all__ = ["Contexts", "Entry", "Family", "Lexicon", "Original"]
