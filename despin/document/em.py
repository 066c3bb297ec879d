"""What the document as a whole says: is it spun, by which families, at what rate.

The model (the noisy channel of Shannon 1948, its rates estimated as in Dempster, Laird and Rubin 1977): a spinner of
family k replaces each word it knows with probability r(k) and takes form x for original o with w(x | o). Nothing is
set by the user: r(k) comes from expectation-maximisation over the document's own sites, the words it left unspun
count against it, and the likelihood of the document with and without a family decides whether to believe in it.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

from despin.channel.lexicon import Channel
from despin.channel.matches import Matches
from despin.decode.candidates import Offers, Pieces, family_bit
from despin.document.calibration import calibrate
from despin.document.conviction import conviction
from despin.document.factors import Topic
from despin.document.paragraphs import paragraph_beliefs
from despin.document.phrases import phrase_factors
from despin.document.surroundings import fit_factors
from despin.kernel import em
from despin.kernel.em import expose, left_standing, stretches
from despin.kernel.table import Piece, zeros
from despin.kernel.types import Source
from despin.lm.ngram import LanguageModel
from despin.tuning import TUNING, Tuning

__all__ = ["Document", "Piece", "Source"]

#: Stiffness of the rate of a family that draws anew at every word.
ANEW = 1e6


class Document:
    """One text under the model; `estimate` fills what is read afterwards.

    `rates`: share of replaceable words replaced, by family, 0 where a family is not believed. `alone`: log10
    likelihood ratio of each family by itself; `evidence`: that of all believed ones together. `beliefs`: probability
    that a paragraph (a line) is spun, given that the document is. `scouted` is the same text with fewer sites, whose
    families and rates are taken over; `first` are the matches it would have, where it is not built for that. `anchors` are
    texts that go with it and that no spinner touched. Chance has had only `doubted` characters of the text to speak in, where
    the others are known to be unspun; all of it otherwise.
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
        making: Pieces | None = None,
        first: Matches | None = None,
        doubted: int | None = None,
    ) -> None:
        self.text = text
        self.anchors = tuple(anchors)
        self.channel = channel
        self.model = model
        self.tuning = tuning
        #: log10 likelihood ratio at which this text is as likely spun as not.
        self.threshold = tuning.threshold_for(len(text) if doubted is None else doubted, channel.noise)
        self.matches = matches
        self.making = making or Pieces(Offers(channel, model, tuning))
        self.stretches = stretches(text, matches.sites)
        self.table = self.making.table(text, self.stretches)
        count = len(channel.families)
        self.unspun = zeros(count)
        #: By key of `making`: how often the original stands unspun, and how often it is expected to have been replaced.
        self.standing = zeros(len(self.making.key_families))
        self.replaced = zeros(len(self.making.key_families))
        #: By original that stands unspun: the families that would have replaced it, and the root of how often it stands.
        self._unspun = array("i", [0]), array("i"), array("d")
        #: (number in `making`, how often it stands unspun) of the originals that any edit offers.
        self.left: list[tuple[int, int]] = []
        #: How many observations a family's rate is worth against those of a single original; who draws anew from many
        #: synonyms at every word has no habits with single ones.
        self._stiffness = array("d", [ANEW if drawn else tuning.stiffness for drawn in channel.drawn])
        self.rates = array("d", [tuning.start_rate]) * count
        self.full_rates = zeros(count)
        self.alone = [0.0] * count
        self.evidence = 0.0
        self.topic: Topic | None = None
        #: What the topics do to the odds when families are judged, of edits that nothing but a thesaurus offers.
        self._spoken = zeros(0)
        self.beliefs: dict[int, float] = {}
        self._scouted, self._first = scouted, first

    @cached_property
    def paragraphs(self) -> list[int]:
        """The number of the line every stretch begins in."""
        found = []
        paragraph = position = 0
        for stretch in self.stretches:
            paragraph += self.text.count("\n", position, stretch.start)
            position = stretch.start
            found.append(paragraph)
        return found

    @cached_property
    def phrases(self) -> dict[int, float]:
        """What the same words in the same company elsewhere in the text do to the odds of edits that a thesaurus offers,
        by arc."""
        if not any(self.channel.drawn):
            return {}
        return phrase_factors(self, self._offered(self.making.offers.drawn))

    @cached_property
    def surroundings(self) -> dict[int, float]:
        """What the words around them do to the odds of edits that imported lists offer, by arc."""
        imported = self.imported()
        return {} if imported is None else fit_factors(self, imported, self._offered(self.making.offers.drawn))

    @cached_property
    def pieces(self) -> list[Piece]:
        """The stretches as objects."""
        return [
            Piece(self.making, self.table, number, stretch, self.text, paragraph)
            for number, (stretch, paragraph) in enumerate(zip(self.stretches, self.paragraphs, strict=True))
        ]

    def _observe(self, matches: Matches) -> None:
        """Count the originals that stand unspun. The first look at a document does without."""
        unspun = matches.unspun
        self._unspun = expose(unspun.patterns, unspun.counts, *self.channel.exposures, self.unspun)
        self.left = self.making.count_standing(unspun, self.standing)

    @property
    def believed(self) -> set[int]:
        """The families the document gives reason to believe in."""
        return {family for family, rate in enumerate(self.rates) if rate > 0.0}

    def estimate(self) -> None:
        """Find the families at work and their rates, then the posterior of every edit: `settle`, then `finish`."""
        self.settle()
        self.finish()

    def settle(self) -> None:
        """Find the families at work and their rates, all that a document with more sites takes over.

        With no family believed, `evidence` is the likelihood ratio of the likeliest one, or a value below 0 where none could
        reach the threshold, lower the less there is to go by; all posteriors are 0.
        """
        taken_over = self._scouted is not None or self._first is not None
        if self._scouted is not None:
            known = self._scouted
            self._observe(self.matches)
            believed, self.rates, self.full_rates = known.believed, known.rates, known.full_rates
            self.alone, self.evidence = known.alone, known.evidence
        else:
            believed = self._scout() if self._first is None else self._scout_first(self._first)
            self.rates = self._only(believed)
        if not believed:
            self.table.clear()
            return
        if taken_over:
            # The scout's counts are for other sites; these start from none, far from where they belong.
            for _ in range(self.tuning.settling):
                self._expect()
                self._maximise()
        self._expect()
        self.topic = Topic(self, doubting=True)
        for turn in range(self.tuning.settling):
            if turn:
                self.topic = Topic(self)
            self._expect()
            self._maximise()

    def finish(self) -> None:
        """Find the posterior of every edit and the belief in every paragraph at the rates that are settled."""
        if self.topic is not None:
            self.topic = Topic(self)
            self._expect()
            self.beliefs = paragraph_beliefs(self)

    def clean_lines(self) -> frozenset[str]:
        """The lines that nobody spun, as far as the document can tell, given that it is spun."""
        lines = self.text.split("\n")
        return frozenset(lines[number] for number, belief in self.beliefs.items() if belief < 0.5)

    def confidences(self) -> array[float]:
        """The probability of every edit, by arc, given that the document is spun."""
        found = self.table.posteriors[:]
        imported = self.imported()
        if imported is not None:
            calibrate(self, imported, found)
        if self.beliefs:
            beliefs = array("d", [self.beliefs.get(paragraph, 1.0) for paragraph in self.paragraphs])
            em.believe(self.table, beliefs, found)
        return found

    def left_over(self, bar: float) -> bool:
        """Whether the text may still look spun once all edits are made whose confidence reaches `bar`: the others add up to
        what makes it believed, before anything is held against them."""
        return em.left_over(self.table, self.confidences(), bar, self.tuning.ceiling) >= self.threshold

    def imported(self) -> array[int] | None:
        """By arc, whether nothing but imported lists speaks for it, among the families the document believes in; None
        where no list was imported."""
        return self._offered(self.making.offers.imported) if self.channel.any_imported else None

    def _offered(self, wanted: array[int]) -> array[int]:
        """By arc, whether all that speaks for it are `wanted` offers, among the families that have a rate."""
        found = array("i", bytes(4 * len(self.table.starts)))
        # A copy: other threads may be adding offers, which an array that is being read refuses.
        em.mark_offered(self.table, self.rates, wanted[:], found)
        return found

    def assume(self) -> None:
        """Posteriors as if every family worked at the starting rate: what a text would read like, were it spun."""
        self.rates = array("d", [self.tuning.start_rate]) * len(self.rates)
        self._expect()

    def _scout_first(self, first: Matches) -> set[int]:
        """What `_scout` gives with the packs out of play; all that it counted is forgotten but for families and rates."""
        table, everything = self.table, self.matches
        weights, table.weights, self.matches = (
            table.weights,
            em.without_offers(table, self.making.offers.packed[:]),
            first,
        )
        believed = self._scout()
        table.weights, self.matches = weights, everything
        if believed:
            table.clear()
            for counts in (self.unspun, self.standing, self.replaced):
                counts[:] = zeros(len(counts))
            self._spoken = zeros(0)
            self._observe(everything)
        return believed

    def _scout(self) -> set[int]:
        """The families to believe in, from a few passes with all of them in play."""
        for turn in range(self.tuning.scouting):
            self._expect()
            if not turn and sum(self.table.gains) < self.threshold and not any(self.channel.drawn):
                # All families together, nothing yet held against them, fall short of what a single one must reach.
                # (A thesaurus has a bar of its own.)
                self.evidence = sum(self.table.gains) - self.threshold
                return set()
            if not turn:
                self._observe(self.matches)
            self._maximise()
        if any(self.channel.drawn):
            spoken = Topic(self, doubting=True, judging=True).factors
            drawn = self._offered(self.making.offers.drawn)
            self._spoken = array("d", [factor if only else 1.0 for factor, only in zip(spoken, drawn, strict=True)])
        return self._choose()

    def _choose(self) -> set[int]:
        """The families that raise the likelihood of the document enough, the likeliest first."""
        # Nothing speaks for or against a family that hardly has a rate.
        tuning = self.tuning
        expected = [
            rate * (unspun + tuning.phantom) / (1.0 - rate)
            for rate, unspun in zip(self.rates, self.unspun, strict=True)
        ]
        faint = min(tuning.faint, 0.05 * max(expected, default=0.0))
        ratios = [
            self._likelihood({family}) if number > faint else 0.0 - self.channel.excess[family]
            for family, number in enumerate(expected)
        ]
        self.alone = [self._fair(family, ratio) for family, ratio in enumerate(ratios)]
        self.evidence = max(self.alone, default=0.0)
        if self.evidence < self.threshold:
            return set()
        best = self.alone.index(self.evidence)
        believed, total = {best}, ratios[best]
        while True:
            gains = {
                family: self._likelihood({*believed, family}) - total
                for family, alone in enumerate(self.alone)
                if family not in believed and alone >= 1.0
            }
            best = max(gains, key=gains.__getitem__, default=best)
            if best in believed or gains[best] < self.tuning.further:
                return believed
            believed.add(best)
            total += gains[best]
            self.evidence += gains[best]

    def _fair(self, family: int, ratio: float) -> float:
        """The likelihood ratio of a family alone; of one that draws from a thesaurus, what makes it as sure as it should."""
        if not self.channel.drawn[family] or not self.rates[family]:
            return ratio
        return self.threshold + conviction(ratio, self._parts({family}, self._only({family}))[0], len(self.text))

    def _only(self, families: AbstractSet[int]) -> array[float]:
        """The rates of `families`, 0 for all others."""
        return array("d", [rate if family in families else 0.0 for family, rate in enumerate(self.rates)])

    def _expect(self) -> None:
        """Posteriors of all edits at the current rates."""
        em.expect(
            self.table,
            self.rates,
            self.full_rates,
            self.tuning.both_ways,
            self.replaced,
            self.standing,
            self._factors(),
            self._stiffness,
        )

    def _factors(self) -> array[float]:
        """What the document's topics do to the odds, by arc; nothing while they are unknown."""
        return zeros(0) if self.topic is None else self.topic.factors

    def _maximise(self) -> None:
        """Rates from expected counts: by family, by original, and by family over the originals it surely replaced."""
        self.replaced = zeros(len(self.making.key_families))
        rates, full_rates = zeros(len(self.rates)), zeros(len(self.rates))
        em.maximise(
            self.table,
            self.rates,
            self.unspun,
            self.standing,
            self.making.key_families,
            self.tuning.phantom,
            self.replaced,
            rates,
            full_rates,
        )
        self.rates, self.full_rates = rates, full_rates

    def _likelihood(self, families: AbstractSet[int]) -> float:
        """log10 P(document | these families at their rates) / P(document | nobody spun it).

        Words come in bursts, so n occurrences of one form weigh as much as sqrt(n) independent ones, and one
        form alone never decides. A long list is less likely beforehand, since chance finds more in it.
        """
        rates = self._only(families)
        standing = left_standing(*self._unspun, rates)
        beforehand = sum([self.channel.excess[family] for family in families])
        return self._parts(families, rates)[1] + standing - beforehand

    def _parts(self, families: AbstractSet[int], rates: array[float]) -> tuple[array[float], float]:
        """What each spun form, by its number, adds to the likelihood ratio of these families, and their sum."""
        wanted = 0
        for family in families:
            wanted |= family_bit(family)
        parts, counts = zeros(len(self.making.form_words)), array("i", bytes(4 * len(self.making.form_words)))
        em.add_gains(self.table, wanted, rates, self._spoken, self.tuning.ceiling, parts, counts)
        return parts, em.join_bursts(parts, counts, self.tuning.ceiling)

    def clues(self) -> list[tuple[str, float]]:
        """The spun forms that speak for the believed families, weightiest first, with their log10 likelihood ratios."""
        families = self.believed
        parts = zip(self.making.form_words, self._parts(families, self._only(families))[0], strict=True)
        return sorted(((form, part) for form, part in parts if part > 0.1), key=lambda item: -item[1])
