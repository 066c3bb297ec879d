"""Several lexicons as one: what personal lexicons add to the shipped ones, replace in them, or retire."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from despin.lexicon.entry import Entry, Family, Lexicon
from despin.lexicon.source import combined_digest


def merge(lexicons: Iterable[Lexicon]) -> Lexicon:
    """One lexicon; later ones have the last word over earlier ones.

    An entry adds to what earlier lexicons say of its spun form. With `status: retired` it retires their entries of
    that spun form, in every family; with `replaces: true` (and active) it stands in their place. Entries that step
    back stay in the result as retired, with the reason, so that `show` can tell. Entries of one lexicon never act
    on each other. Families of the same name become one, under the first header.
    """
    families: dict[str, Family] = {}
    entries: list[Entry] = []
    digests: list[str] = []
    for lexicon in lexicons:
        for family in lexicon.families:
            families.setdefault(family.name, family)
        if entries:
            entries = _overruled(entries, lexicon.entries)
        entries.extend(lexicon.entries)
        digests.append(lexicon.digest)
    return Lexicon(tuple(families.values()), tuple(entries), combined_digest(digests) if digests else "")


def _overruled(earlier: list[Entry], later: Iterable[Entry]) -> list[Entry]:
    """The earlier entries, those retired or replaced by later ones marked so."""
    reasons: dict[str, str] = {}
    for entry in later:
        if entry.status == "retired":
            reasons[entry.spun] = f"retired by {entry.path}:{entry.line}: {entry.reason}"
        elif entry.replaces and entry.status == "active":
            reasons[entry.spun] = f"replaced by {entry.path}:{entry.line}"
    if not reasons:
        return earlier
    return [
        replace(entry, status="retired", reason=reasons[entry.spun])
        if entry.spun in reasons and entry.status != "retired"
        else entry
        for entry in earlier
    ]
