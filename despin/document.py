"""What the document as a whole says: is it spun, by which families, at what rate.

The model (the noisy channel of Shannon 1948, its rates estimated as in Dempster, Laird and Rubin 1977): a spinner of
family k replaces each word it knows with probability r(k) and takes form x for original o with w(x | o). Nothing is
set by the user: r(k) comes from expectation-maximisation over the document's own sites, the words it left unspun
count against it, and the likelihood of the document with and without a family decides whether to believe in it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

from despin.channel import Channel
from despin.decoder import Weighted
from despin.fluency import LanguageModel
from despin.lattice import Arc, build
from despin.lexicon.entry import Entry
from despin.matching import Matches
from despin.paragraphs import paragraph_beliefs
from despin.stretches import Stretch, stretches
from despin.topic import Topic
from despin.tuning import TUNING, Tuning


class Source(NamedTuple):
    """One entry's reason for an arc: its family, its weight, whether the family would have replaced the spun form
    itself, and the entry."""

    family: int
    weight: float
    both_ways: bool
    entry: Entry


@dataclass(slots=True)
class Piece:
    """A stretch with its lattice. By arc: `sources`, `spun` forms, channel `odds` and `posteriors`.

    `paragraph` is its line's number; `gain` the log10 likelihood ratio of the stretch, spun against not.
    """

    stretch: Stretch
    weighted: Weighted
    sources: list[list[Source]]
    spun: list[str]
    paragraph: int
    families: set[int]
    odds: list[float] = field(default_factory=list)
    posteriors: list[float] = field(default_factory=list)
    gain: float = 0.0


class Document:
    """One text under the model; `estimate` fills what is read afterwards.

    `rates`: share of replaceable words replaced, by family, 0 where a family is not believed. `alone`: log10
    likelihood ratio of each family by itself; `evidence`: that of all believed ones together. `beliefs`: probability
    that a paragraph (a line) is spun, given that the document is. `scouted` is the same text with fewer sites, whose
    families and rates are taken over. `anchors` are texts that go with it and that no spinner touched.
    """

    def __init__(
        self,
        text: str,
        matches: Matches,
        channel: Channel,
        model: LanguageModel,
        tuning: Tuning = TUNING,
        scouted: Document | None = None,
        anchors: Sequence[str] = (),
    ) -> None:
        self.text = text
        self.anchors = tuple(anchors)
        self.channel = channel
        self.model = model
        self.tuning = tuning
        #: log10 likelihood ratio at which this text is as likely spun as not.
        self.threshold = tuning.threshold_for(len(text))
        self.matches = matches
        count = len(channel.families)
        self.unspun = [0.0] * count
        self.unspun_of: dict[tuple[int, str], int] = {}
        for pattern, number in matches.unspun.items():
            for family in channel.exposed[pattern]:
                self.unspun[family] += number
                self.unspun_of[family, channel.patterns[pattern]] = number
        self.pieces = self._pieces()
        self.rates = [tuning.start_rate] * count
        self.full_rates = [0.0] * count
        self.counts: dict[tuple[int, str], tuple[float, int]] = {}
        self.alone = [0.0] * count
        self.evidence = 0.0
        self.topic: Topic | None = None
        self.beliefs: dict[int, float] = {}
        self._scouted = scouted

    def _pieces(self) -> list[Piece]:
        found = []
        paragraph = position = 0
        for stretch in stretches(self.text, self.matches.sites):
            paragraph += self.text.count("\n", position, stretch.start)
            position = stretch.start
            found.append(self._piece(stretch, paragraph))
        return found

    def _piece(self, stretch: Stretch, paragraph: int) -> Piece:
        text = self.text[stretch.start : stretch.end]
        arcs: list[Arc] = []
        sources: list[list[Source]] = []
        known: dict[tuple[int, int, str], int] = {}
        for start, end, pattern in stretch.sites:
            exposed = self.channel.exposed[pattern]
            for original, family, weight, entry in self.channel.shortlist(pattern, self.model):
                if entry.keep and entry.keep.holds(self.text, start, end):
                    continue
                if entry.only and not entry.only.holds(self.text, start, end):
                    continue
                arc = Arc(start - stretch.start, end - stretch.start, original)
                core = _core(text, arc)
                index = known.setdefault(core, len(arcs))
                if index == len(arcs):
                    arcs.append(arc)
                    sources.append([])
                elif arc.end - arc.start < arcs[index].end - arcs[index].start:
                    arcs[index] = arc
                share = weight * self.tuning.flip if entry.flips else weight
                sources[index].append(Source(family, share, family in exposed, entry))
        prune = [math.log10(self.tuning.start_rate * sum([source.weight for source in each])) for each in sources]
        families = {source.family for each in sources for source in each}
        lattice = build(text + "\0", arcs, prune, self.model, "。" if stretch.fresh else "")
        return Piece(
            stretch, Weighted(lattice), sources, [text[arc.start : arc.end] for arc in arcs], paragraph, families
        )

    @property
    def believed(self) -> set[int]:
        """The families the document gives reason to believe in."""
        return {family for family, rate in enumerate(self.rates) if rate > 0.0}

    def estimate(self) -> None:
        """Find the families at work and their rates, then the posterior of every edit.

        With no family believed, `evidence` is the likelihood ratio of the likeliest one and all posteriors are 0.
        """
        if self._scouted is not None:
            known = self._scouted
            believed, self.rates, self.full_rates = known.believed, known.rates, known.full_rates
            self.alone, self.evidence = known.alone, known.evidence
        else:
            believed = self._scout()
            self.rates = [rate if family in believed else 0.0 for family, rate in enumerate(self.rates)]
        if not believed:
            for piece in self.pieces:
                piece.odds = piece.posteriors = [0.0] * len(piece.sources)
            return
        for _ in range(self.tuning.settling):
            self._expect()
            self._maximise()
            self.topic = Topic(self)
        self._expect()
        self.beliefs = paragraph_beliefs(self)

    def assume(self) -> None:
        """Posteriors as if every family worked at the starting rate: what a text would read like, were it spun."""
        self.rates = [self.tuning.start_rate] * len(self.rates)
        self._expect()

    def _scout(self) -> set[int]:
        """The families to believe in, from a few passes with all of them in play."""
        for turn in range(self.tuning.scouting):
            self._expect()
            if not turn and sum([piece.gain for piece in self.pieces]) < self.threshold:
                # All families together, nothing yet held against them, fall short of what a single one must reach.
                return set()
            self._maximise()
        return self._choose()

    def _choose(self) -> set[int]:
        """The families that raise the likelihood of the document enough, the likeliest first."""
        self.alone = [self._likelihood({family})[0] for family in range(len(self.rates))]
        believed: set[int] = set()
        self.evidence = max(self.alone, default=0.0)
        total, limit = 0.0, self.threshold
        while True:
            gains = {
                family: (self._likelihood({*believed, family})[0] if believed else alone) - total
                for family, alone in enumerate(self.alone)
                if family not in believed and alone >= 1.0
            }
            best = max(gains, key=gains.__getitem__, default=None)
            if best is None or gains[best] < limit:
                return believed
            believed.add(best)
            total += gains[best]
            self.evidence = total
            limit = self.tuning.further

    def _odds(self, piece: Piece) -> list[float]:
        """The channel odds of the piece's arcs against keeping the page's word, at the current rates."""
        rates, counts, stiffness = self.rates, self.counts, self.tuning.stiffness
        posteriors = piece.posteriors or [0.0] * len(piece.sources)
        kept = [1.0 - self.tuning.both_ways * rate for rate in self.full_rates]
        odds = []
        for arc, spun, sources, posterior in zip(
            piece.weighted.arcs, piece.spun, piece.sources, posteriors, strict=True
        ):
            total = 0.0
            for family, weight, both_ways, _ in sources:
                rate = rates[family]
                if rate:
                    spun_elsewhere, standing = counts.get((family, arc.original), (0.0, 0))
                    spun_elsewhere = max(0.0, spun_elsewhere - posterior)
                    own = (stiffness * rate + spun_elsewhere) / (stiffness + spun_elsewhere + standing)
                    total += own * weight / kept[family] if both_ways else own * weight
            if total and self.topic is not None:
                total *= self.topic.factor(spun, arc.original)
            odds.append(total)
        return odds

    def _expect(self) -> None:
        """Posteriors of all edits at the current rates."""
        for piece in self.pieces:
            piece.odds = self._odds(piece)
            if any(piece.odds):
                ratio, piece.posteriors = piece.weighted.posteriors(piece.odds)
                piece.gain = math.log10(ratio)
            else:
                piece.posteriors = [0.0] * len(piece.odds)
                piece.gain = 0.0

    def _maximise(self) -> None:
        """Rates from expected counts: by family, by original, and by family over the originals it surely replaced."""
        tuning = self.tuning
        spun = [0.0] * len(self.rates)
        spun_of: dict[tuple[int, str], float] = defaultdict(float)
        for piece in self.pieces:
            for arc, sources, posterior in zip(piece.weighted.arcs, piece.sources, piece.posteriors, strict=True):
                if posterior > 1e-6:
                    shares = [self.rates[family] * weight for family, weight, _, _ in sources]
                    scale = posterior / sum(shares)
                    for share, (family, _, _, _) in zip(shares, sources, strict=True):
                        spun[family] += share * scale
                        spun_of[family, arc.original] += share * scale
        proven, standing = [0.0] * len(spun), [0.0] * len(spun)
        for (family, original), number in spun_of.items():
            if number > 1.0:
                proven[family] += number - 1.0
                standing[family] += self.unspun_of.get((family, original), 0)
        self.rates = [
            min(0.95, number / (number + unspun + tuning.phantom)) if rate else 0.0
            for rate, number, unspun in zip(self.rates, spun, self.unspun, strict=True)
        ]
        self.full_rates = [
            (number + tuning.phantom * rate) / (number + others + tuning.phantom)
            for number, others, rate in zip(proven, standing, self.rates, strict=True)
        ]
        self.counts = {
            (family, original): (number, self.unspun_of.get((family, original), 0))
            for (family, original), number in spun_of.items()
        }

    def _likelihood(self, families: AbstractSet[int]) -> tuple[float, dict[str, float]]:
        """log10 P(document | these families at their rates) / P(document | nobody spun it), and each spun form's part.

        Words come in bursts, so n occurrences of one form weigh as much as sqrt(n) independent ones, and one
        form alone never decides.
        """
        gains: dict[str, list[float]] = defaultdict(list)
        rates = [rate if family in families else 0.0 for family, rate in enumerate(self.rates)]
        for piece in self.pieces:
            if piece.families.isdisjoint(families):
                continue
            odds = [sum([rates[family] * weight for family, weight, _, _ in sources]) for sources in piece.sources]
            if not any(odds):
                continue
            ratio, posteriors = piece.weighted.posteriors(odds)
            for spun, gain in self._shared(piece, math.log10(ratio), posteriors).items():
                gains[spun].append(min(self.tuning.ceiling, gain))
        parts = {spun: min(self.tuning.ceiling, sum(each) / math.sqrt(len(each))) for spun, each in gains.items()}
        total = sum(parts.values())
        for pattern, count in self.matches.unspun.items():
            kept = math.prod([1.0 - rates[family] for family in self.channel.exposed[pattern]])
            total += math.sqrt(count) * math.log10(kept)
        return total, parts

    @staticmethod
    def _shared(piece: Piece, gain: float, posteriors: list[float]) -> dict[str, float]:
        """A stretch's likelihood ratio shared out among its spun forms, by how surely each is spun."""
        places: dict[tuple[int, int, str], float] = defaultdict(float)
        for arc, spun, posterior in zip(piece.weighted.arcs, piece.spun, posteriors, strict=True):
            places[arc.start, arc.end, spun] += posterior
        surprise: dict[str, float] = defaultdict(float)
        for (_, _, spun), share in places.items():
            if share > 0.0:
                surprise[spun] -= math.log10(max(1e-9, 1.0 - min(1.0, share)))
        whole = sum(surprise.values())
        return {spun: gain * part / whole for spun, part in surprise.items()} if whole > 0.0 else {}

    def clues(self) -> list[tuple[str, float]]:
        """The spun forms that speak for the believed families, weightiest first, with their log10 likelihood ratios."""
        _, parts = self._likelihood(self.believed)
        return sorted(((spun, part) for spun, part in parts.items() if part > 0.1), key=lambda item: -item[1])


def _core(text: str, arc: Arc) -> tuple[int, int, str]:
    """What an arc changes, without the characters that `text` and the original share at either end.

    Arcs with the same core read the same (应用法度 → 应用程序 and 法度 → 程序): they are one arc.
    """
    start, end, original = arc.start, arc.end, arc.original
    while start < end and original and text[start] == original[0]:
        start, original = start + 1, original[1:]
    while start < end and original and text[end - 1] == original[-1]:
        end, original = end - 1, original[:-1]
    return start, end, original
