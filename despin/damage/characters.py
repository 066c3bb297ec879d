"""Single traditional characters and look-alikes that are too few to make their families believed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from despin.decode.decoder import Weighted
from despin.kernel import build_lattice, segments
from despin.kernel.types import Arc
from despin.lexicon.model import Entry
from despin.results import Alternative, Edit
from despin.tuning import SingleCharacters

if TYPE_CHECKING:
    from despin.channel.lexicon import ListChannel
    from despin.channel.matches import Matches
    from despin.lm.ngram import LanguageModel

_HAN = re.compile("[㐀-鿿]")


def repair_characters(
    text: str, matches: Matches, families: frozenset[str], channel: ListChannel, model: LanguageModel, least: float
) -> list[Edit]:
    """The edits of `text` at sites of these families of single characters, with a posterior of at least `least`."""
    known = {pattern: _entries(channel, pattern, families) for pattern in {site.pattern for site in matches.sites}}
    sites = [site for site in matches.sites if known[site.pattern]]
    if len(sites) > SingleCharacters.most * len(_HAN.findall(text)):
        return []
    edits: list[Edit] = []
    for stretch in segments(text, sites):
        piece = text[stretch.start : stretch.end]
        arcs, entries = [], []
        for start, end, pattern in stretch.sites:
            for original, entry in known[pattern]:
                arcs.append(Arc(start - stretch.start, end - stretch.start, original))
                entries.append(entry)
        lattice = build_lattice(
            piece + "\0", arcs, [0.0] * len(arcs), model.trigrams, "。" if stretch.fresh else "", SingleCharacters.width
        )
        strange = [not any(map(model.knows, piece[arc.start : arc.end])) for arc in arcs]
        _, posteriors = Weighted(lattice).posteriors(
            [SingleCharacters.strange if each else SingleCharacters.odds for each in strange]
        )
        edits += _best(text, stretch.start, arcs, entries, posteriors, least)
    return edits


def _entries(channel: ListChannel, pattern: int, families: frozenset[str]) -> list[tuple[str, Entry]]:
    """(original, entry) of everything a pattern may stand for in these families."""
    return [(c.original, c.entry) for c in channel.candidates[pattern] if c.entry.family in families and c.original]


def _best(
    text: str, shift: int, arcs: list[Arc], entries: list[Entry], posteriors: list[float], least: float
) -> Iterator[Edit]:
    """The likeliest original of every place, where it is likely enough; places do not overlap."""
    taken = 0
    order = sorted(range(len(arcs)), key=lambda index: (arcs[index].start, -posteriors[index]))
    for index in order:
        arc = arcs[index]
        if posteriors[index] < least or posteriors[index] <= 0.0 or arc.start < taken:
            continue
        taken = arc.end
        rivals = tuple(
            Alternative(arcs[other].original, posteriors[other])
            for other in order
            if other != index and arcs[other].start == arc.start and posteriors[other] >= 0.02
        )
        start, end, family = shift + arc.start, shift + arc.end, entries[index].family
        yield Edit(start, end, text[start:end], arc.original, posteriors[index], f"damage:{family}", rivals)
