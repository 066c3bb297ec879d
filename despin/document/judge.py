"""Is a text spun, by which families, at what rate: prescreen, scouting over all families,
expectation-maximisation, verdict."""

from __future__ import annotations

import copy
import math
import operator
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from despin.channel.matches import Matches
from despin.decode.arcs import Ids
from despin.decode.select import rank_readings
from despin.document.em import assume, confidences, finish, observe, settle
from despin.document.judgement import Judgement, chance_of, likeliest
from despin.document.line_evidence import unit_scores
from despin.document.odds_cache import OddsCache
from despin.document.partition import Part, Unit, cover, documents, runs, units
from despin.document.prescreen import Prescreen, within
from despin.document.residue import Residue, residue_of
from despin.document.runs import trimmed
from despin.document.scouting import find_families
from despin.document.state import Document
from despin.engine import Engine
from despin.kernel.types import MatchColumns
from despin.results import (
    UNSPUN,
    Readings,
    Verdict,
)
from despin.tuning import LISTED, Parting, Screening, Stretches, Tuning

if TYPE_CHECKING:
    pass

#: By what edits of a stretch are told apart.
_PLACE = operator.attrgetter("start", "end", "original")


class Look(NamedTuple):
    """What a closer look at a text found: what `ListChannel.scan` gives for it, doubtful blocks, the matches in these
    (None without any), and whether they may make it look spun where they stand."""

    text: str
    found: MatchColumns
    blocks: list[tuple[int, int]]
    doubtful: Matches | None
    spun: bool

    @property
    def doubted(self) -> int:
        """The characters that are in doubt."""
        return min(len(self.text), len(self.blocks) * Screening.block)


class Judge:
    """Judges texts by the families of an engine's lexicon, with its models and the numbers in `tuning`; picklable, and
    safe to share between threads."""

    def __init__(self, engine: Engine, tuning: Tuning) -> None:
        self.engine, self.tuning = engine, tuning
        #: What speaks for families before a text is read, and what was found to speak for them since somebody last
        #: cleared it, without what spoke beforehand: log likelihood ratios (nats) of the likeliest part.
        self.prior: Mapping[str, float] = {}
        self.evidence: dict[str, float] = {}
        #: The last text that was looked at, which may be asked for again.
        self._look: Look | None = None
        self._residue: tuple[str, Residue | None] | None = None
        cache = OddsCache(engine.lexicon, engine.lm, engine.tuning)
        self.prescreen = Prescreen(engine.channel, engine.lm, engine.tuning, cache)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_look": None, "_residue": None}

    def adjusted(self, tuning: Tuning) -> Judge:
        """The same judge with other numbers; the prescreen is shared."""
        other = copy.copy(self)
        other.tuning = tuning
        return other

    def given(self, prior: Mapping[str, float]) -> Judge:
        """The same judge for a text for whose families so much speaks beforehand (nats)."""
        other = copy.copy(self)
        other.prior, other.evidence = prior, {}
        other._look = None
        return other

    def residue(self, text: str) -> Residue | None:
        """The marks in a text that seem to be those of a tool of lists; None without any."""
        last = self._residue
        if last is None or last[0] is not text:
            match = self.engine.channel.match
            last = self._residue = text, residue_of(text, lambda one: match(one).sites)
        return last[1]

    def is_clearly_clean(self, text: str) -> bool:
        """Whether a first look at the forms of a text, and at marks that stand at them, shows that no list made it."""
        return not self.prior and self.residue(text) is None and self.prescreen.is_clearly_clean(text)

    def scan(self, text: str) -> MatchColumns:
        """What `ListChannel.scan` gives for a text."""
        look = self._look
        return look.found if look is not None and look.text is text else self.engine.channel.scan(text)

    def _looked(self, text: str, found: MatchColumns) -> Look:
        """A closer look at a text."""
        last = self._look
        if last is not None and last.text is text and last.found is found:
            return last
        engine, prescreen = self.engine, self.prescreen
        blocks = prescreen.suspicious(text, found)
        if not blocks:
            look = Look(text, found, blocks, None, False)
        else:
            chosen = found if len(blocks) * Screening.block >= len(text) else within(found, blocks)
            doubtful = engine.without_foreign(text, engine.channel.match(text, found=chosen))
            spun = prescreen.may_be_spun(text, doubtful.sites, engine.candidates)
            look = Look(text, found, blocks, doubtful, spun)
        self._look = look
        return look

    def parts(self, text: str) -> list[Part]:
        """The parts of a text, which cover it: documents that the families of the lexicon made, each to be judged by
        itself, and clean text; see `despin.document.partition`. A short text is one document."""
        if len(text) <= Parting.alone or self.is_clearly_clean(text):
            return [Part(0, len(text), True)]
        every = units(text)
        spans: list[tuple[int, int]] = []
        residue = self.residue(text)
        if residue is not None:
            for low, high in self._runs(text, every, False, False, residue):
                spans += self._believed(text, every, low, high)
        if not spans:
            found, cuts = self.engine.channel.scan(text), [*(one.start for one in every), len(text)]
            doubtful = [(0, len(every))] if self.prior else self.prescreen.doubtful(text, found, cuts)
            for first, last in doubtful:
                for low, high in self._runs(text, every[first:last], first > 0, last < len(every)):
                    spans += self._believed(text, every, first + low, first + high)
        varieties = self.engine.script.varieties
        if spans and varieties.is_whole(text):
            spans = [(start, end) for start, end in spans if not varieties.is_whole(text[start:end], 1)]
        return cover(len(text), spans)

    def _runs(
        self, text: str, parts: Sequence[Unit], before: bool, after: bool, residue: Residue | None = None
    ) -> list[tuple[int, int]]:
        """The runs of units that families made, as (first, last), last excluded; `before` and `after` say
        whether clean text stands there, `residue` is that of all of the text, where the units are all."""
        start, end = parts[0].start, parts[-1].end
        text = text[start:end]
        own = [Unit(part.start - start, part.end - start, part.opens) for part in parts]
        if residue is not None:
            text = residue.text
            own = [Unit(residue.place(one.start), residue.place(one.end), one.opens) for one in own]
        matches = self.engine.sites(text)
        asked = residue is None and not self.prior
        if asked and not self.prescreen.may_be_spun(text, matches.sites, self.engine.candidates):
            return []
        document = self._made(text, matches, residue=residue)
        scores = unit_scores(document, own)
        path = runs(own, scores, before, after)
        begins, ends = {first for first, _, _ in path}, {last for _, last, _ in path}
        joined: list[tuple[int, int, int]] = []
        for first, last, (family, rate) in path:
            outer = (before if not first else first not in ends, after if last == len(own) else last not in begins)
            first, last = trimmed(scores[family, rate], first, last, *outer, Stretches.edge / math.log(10))
            if joined and joined[-1][1:] == (first, family):
                joined[-1] = joined[-1][0], last, family
            elif first < last:
                joined.append((first, last, family))
        return [(first, last) for first, last, _ in joined]

    def _believed(self, text: str, every: Sequence[Unit], first: int, last: int) -> list[tuple[int, int]]:
        """The documents of a run of units, as (start, end), that are sure enough together."""
        found = documents(text, every, first, last)
        asked = Parting.border * ((first > 0) + (last < len(every)))
        total = 0.0
        for start, end in found:
            judged = self.judge(text[start:end])
            total += judged.log_odds
        return found if total >= asked else []

    def judge(self, text: str, anchors: Sequence[str] = (), found: MatchColumns | None = None) -> Judgement:
        """Whether the families of the lexicon spun `text`, and how; `found`, what
        `ListChannel.scan` gives for it, saves a pass.

        A text is first judged by the blocks that are in doubt, and by their strongest forms; only one that is
        believed to be spun is decoded whole.
        """
        found = self.engine.channel.scan(text) if found is None else found
        residue = self.residue(text)
        if residue is not None:
            document = self._document(residue.text, self.scan(residue.text), anchors, residue=residue)
            if document is not None and document.believed and document.has_residue:
                return self._judgement(document, found)
        return self._judgement(self._document(text, found, anchors), found)

    def readings(self, text: str) -> Iterator[Readings]:
        """The readings of every segment of `text` that holds a match, as the whole document sees them; where it
        believes in no family, at the starting rate."""
        document = self.judge(text).document
        if document is not None and document.believed:
            family, rate = likeliest(document)
        else:
            matches = self.engine.channel.match(text, packs=True)
            document, family, rate = self._made(text, matches), None, self.tuning.start_rate
            assume(document)
        sure = confidences(document)
        text, residue = document.text, document.residue
        for segment in document.segment_arcs:
            rows = tuple(rank_readings(text, document.table, document.ids, segment, sure, document.rates))
            start, end = segment.start, segment.end
            found = Readings(start, end, text[start:end], rows, family, rate)
            yield found if residue is None else residue.readings(found)

    def _judgement(self, document: Document | None, found: MatchColumns) -> Judgement:
        """The judgement that a document stands for."""
        if document is None:
            return Judgement(None, UNSPUN, found)
        for number, name in enumerate(document.channel.families):
            if document.alone[number] and number not in document.damaging:
                odds = (document.alone[number] - document.prior[number] - document.threshold) * math.log(10)
                ratio = LISTED.ratio(odds, len(document.text))
                self.evidence[name] = max(ratio, self.evidence.get(name, -math.inf))
        family, rate = likeliest(document)
        score = chance_of(document.evidence - document.threshold)
        return Judgement(document, Verdict(family is not None, score, family, rate), found)

    def _document(
        self, text: str, found: MatchColumns, anchors: Sequence[str] = (), residue: Residue | None = None
    ) -> Document | None:
        """The document under the model; None where a single pass over the text shows that nobody spun it; `residue` was
        taken out of it."""
        engine = self.engine
        if residue is None and not self.prior:
            look = self._looked(text, found)
            if look.doubtful is None or not look.spun:
                return None
            doubtful, doubted = look.doubtful, look.doubted
        else:
            # Marks, and other texts of a site, say more than forms alone, and at all of them.
            doubtful, doubted = engine.sites(text, found), len(text)
        ids = Ids(engine.candidates)
        if len(doubtful.found) == len(found) and len(text) >= Screening.whole:
            everything = engine.without_foreign(text, engine.channel.with_packs(text, doubtful))
            document = self._made(text, everything, ids, anchors, doubted, residue)
            more = len(everything.sites) > len(doubtful.sites)
            find_families(document, doubtful if more else None)
        else:
            document = self._in_two_tables(text, doubtful.among(found), ids, anchors, doubted, residue)
        finish(document)
        return document

    def _in_two_tables(
        self, text: str, doubtful: Matches, ids: Ids, anchors: Sequence[str], doubted: int, residue: Residue | None
    ) -> Document:
        """The settled document of a text that is scouted by its `doubtful` matches alone."""
        scouted = self._made(text, doubtful, ids, anchors, doubted, residue)
        find_families(scouted)
        if not scouted.believed:
            return scouted
        channel = self.engine.channel
        everything = self.engine.without_foreign(text, channel.match(text, packs=True, found=doubtful.found))
        if len(everything.sites) <= len(doubtful.sites):
            return scouted
        document = self._made(text, everything, ids, anchors, doubted, scouted.residue)
        observe(document, everything)
        document.rates[:], document.full_rates[:] = scouted.rates, scouted.full_rates
        document.alone, document.evidence, document.damage = scouted.alone, scouted.evidence, scouted.damage
        settle(document, scouted.believed, fresh=True)
        return document

    def _made(
        self,
        text: str,
        matches: Matches,
        ids: Ids | None = None,
        anchors: Sequence[str] = (),
        doubted: int | None = None,
        residue: Residue | None = None,
    ) -> Document:
        """A document under the model that nothing is known of yet."""
        ids = ids or Ids(self.engine.candidates)
        return Document(text, matches, ids, self.tuning, anchors, doubted, residue, self.prior)
