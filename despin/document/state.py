"""A text under the model: what is known of it, believed of it and counted in it, in flat arrays;
`despin.document.em` fills them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import TYPE_CHECKING

from despin.channel.matches import Matches
from despin.decode.arcs import Ids, SegmentArcs
from despin.kernel import em, segments
from despin.kernel.table import zeros
from despin.results import DAMAGE_FAMILIES
from despin.tuning import LISTED, Tuning

if TYPE_CHECKING:
    from despin.channel.lexicon import ListChannel
    from despin.document.residue import Residue


def fresh_rates(channel: ListChannel, tuning: Tuning) -> array[float]:
    """The rates that families start at."""
    return array("d", [tuning.start_rate]) * len(channel.families)


class Document:
    """One text with its possible edits, and what is believed of it.

    `anchors` are texts that go with it and that no spinner touched. Chance has had only `doubted`
    characters of the text to speak in, where the others are known to be unspun; all of it otherwise. `residue` are the
    marks that were taken out of `text`; a tool that leaves any is a further thing to believe. `prior`
    is what speaks for families beforehand (nats). Ratios are log10. Filled while it is judged:

    `rates`: share of replaceable words replaced, by family, 0 where a family is not believed; `full_rates`: the same
    over the originals it surely replaced. `alone`: likelihood ratio of each family by itself; `evidence`: that of all
    spinners that are believed together, `damage`: that of the kinds of damage. `beliefs`: probability that a paragraph
    (a line) is spun, given that the document is.
    """

    def __init__(
        self, text: str, matches: Matches, ids: Ids, tuning: Tuning | None = None, anchors: Sequence[str] = (),
        doubted: int | None = None, residue: Residue | None = None, prior: Mapping[str, float] | None = None,
    ) -> None:  # fmt: skip
        self.text, self.matches, self.ids, self.anchors = text, matches, ids, tuple(anchors)
        self.candidates = ids.candidates
        self.channel = ids.candidates.channel
        self.tuning = ids.candidates.tuning if tuning is None else tuning
        #: Likelihood ratio at which this text is as likely spun as not.
        self.threshold = self.tuning.threshold_for(len(text) if doubted is None else doubted, self.channel.noise)
        self.segments = segments(text, matches.sites)
        self.table = ids.table(text, self.segments)
        self.residue = residue
        if residue is not None:
            self.threshold += self.tuning.further
            #: By source, what it weighs before marks are looked at, and whether its word has a mark.
            self._weights, self._marked = self.table.weights, residue.marked(self.table, ids)
            self.table.take(residue.weighed(self._weights, self._marked))
        families, keys = len(self.channel.families), len(ids.key_families)
        #: How often originals of a family stand unreplaced.
        self.unspun = zeros(families)
        #: By key of `ids`: how often the original stands unreplaced, and how often it
        #: is expected to have been replaced.
        self.unreplaced = zeros(keys)
        self.replaced = zeros(keys)
        #: By original that stands: the families that would have replaced it, and the root of how often it stands.
        self.exposed: tuple[array[int], array[int], array[float]] = array("i", [0]), array("i"), array("d")
        #: The numbers in `ids` of the originals that any edit offers and that stand unreplaced, and how often they do.
        self.offered_unreplaced: tuple[array[int], array[int]] = array("i"), array("i")
        self.rates = fresh_rates(self.channel, self.tuning)
        self.full_rates = zeros(families)
        #: These arrays as the passes read and fill them, in place.
        self.estimate = em.Estimate(
            self.table.columns, self.rates, self.full_rates, self.tuning.stiffness, self.unspun,
            self.unreplaced, self.replaced, ids.key_families[:], self.tuning.both_ways, self.tuning.phantom,
        )  # fmt: skip
        self.alone = [0.0] * families
        #: What speaks for each family before the text is read.
        scale = LISTED.slope * math.log(10)
        self.prior = [(prior or {}).get(name, 0.0) / scale for name in self.channel.families]
        self.evidence = self.damage = 0.0
        #: The families that are kinds of damage.
        self.damaging = {family for family, name in enumerate(self.channel.families) if name in DAMAGE_FAMILIES}
        #: What the rest of the document multiplies the odds by, by arc; None while that is unknown.
        self.context: array[float] | None = None
        #: What the scorer multiplies the odds by, by arc, once it was asked.
        self.fit: dict[int, float] | None = None
        self.beliefs: dict[int, float] = {}
        #: The probability of every edit, by arc, once it is asked for.
        self.sure: array[float] | None = None
        #: Whether a list was run that replaces the first place of a word only; None while it is unknown.
        self.once: bool | None = None

    @cached_property
    def paragraphs(self) -> list[int]:
        """The number of the line every segment begins in."""
        found = []
        paragraph = position = 0
        for segment in self.segments:
            paragraph += self.text.count("\n", position, segment.start)
            position = segment.start
            found.append(paragraph)
        return found

    @cached_property
    def segment_arcs(self) -> list[SegmentArcs]:
        """The arcs of every segment as objects."""
        return [
            SegmentArcs(self.ids, self.table, number, segment, self.text, paragraph)
            for number, (segment, paragraph) in enumerate(zip(self.segments, self.paragraphs, strict=True))
        ]

    @property
    def believed(self) -> set[int]:
        """The families the document gives reason to believe in."""
        return {family for family, rate in enumerate(self.rates) if rate > 0.0}

    def believe(self, families: AbstractSet[int]) -> None:
        """Take the rates of all families but these for 0."""
        self.rates[:] = self.rates_of(families)

    def follow(self, context: array[float]) -> None:
        """Multiply odds by these factors, by arc."""
        self.context = context
        self.estimate.follow(context)

    def rates_of(self, families: AbstractSet[int]) -> array[float]:
        """The rates of `families`, 0 for all others."""
        return array("d", [rate if family in families else 0.0 for family, rate in enumerate(self.rates)])

    @property
    def has_residue(self) -> bool:
        """Whether marks were taken out of the text, and what is believed of it shows that a tool left them."""
        return self.residue is not None and self.residue.tells()

    def estimate_residue(self) -> None:
        """Estimate anew how often a mark stands at words that were replaced and at others, where there are any."""
        if self.residue is not None:
            self.residue = self.residue.estimated(self.table, self._marked)
            self.table.take(self.residue.weighed(self._weights, self._marked))
