"""Is a text spun, by which families, at what rate: prescreen, scouting over all families,
expectation-maximisation, verdict."""

from __future__ import annotations

import copy
import math
import operator
import warnings
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from despin.channel.matches import Matches
from despin.decode.arcs import Ids
from despin.decode.select import rank_readings
from despin.document.em import assume, confidences, finish, observe, settle
from despin.document.first_look import UNBELIEVED, first_look
from despin.document.judgement import Judgement, chance_of, likeliest
from despin.document.line_evidence import unit_scores
from despin.document.odds_cache import OddsCache
from despin.document.partition import ALONE, BORDER, Part, Unit, cover, documents, runs, units
from despin.document.prescreen import BLOCK, Prescreen, within
from despin.document.program import ProgramJudge, program_judge
from despin.document.proof import Programs, list_programs, provable, with_proof
from despin.document.residue import Residue, residue_of
from despin.document.runs import EDGE, odds_to_chance, trimmed
from despin.document.scouting import find_families
from despin.document.state import Document, fresh_rates
from despin.engine import Engine
from despin.errors import DespinWarning, JiebaError
from despin.fingerprint import digest_of_parts
from despin.kernel import em, segments
from despin.kernel.table import zeros
from despin.kernel.types import MatchColumns
from despin.lexicon.model import PERSONAL
from despin.lexicon.preimages import channels_of, drawing_of, segmented_of
from despin.results import (
    UNSPUN,
    Readings,
    Restoration,
    Stretch,
    Verdict,
    is_by_program,
    proved_later,
    with_edits,
)
from despin.tuning import ALWAYS, DRAWING, LISTED, SingleCharacters, Tuning

if TYPE_CHECKING:
    from despin.document.beneath import Beneath
    from despin.document.channel_judge import ChannelJudge
    from despin.kernel.native.matcher import FirstLook

#: By what edits of a stretch are told apart.
_PLACE = operator.attrgetter("start", "end", "original")
#: A text of so many characters gets one table for scouting and settling alike; in a shorter one every form counts, and
#: what the packs do to the readings about them.
WHOLE = 150


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
        return min(len(self.text), len(self.blocks) * BLOCK)


class Judge:
    """Judges texts with the lexicon and models of an engine, and the numbers in `tuning`; picklable, and safe to share
    between threads. One that is `alone` is called by one thread at a time: its programs let others go on meanwhile."""

    def __init__(self, engine: Engine, alone: bool = False) -> None:
        self.engine, self.tuning, self.alone = engine, engine.tuning, alone
        self._jieba_missing = False
        #: What speaks for families before a text is read, and what was found to speak for them since somebody last
        #: cleared it, without what spoke beforehand: log likelihood ratios (nats) of the likeliest part.
        self.prior: Mapping[str, float] = {}
        self.evidence: dict[str, float] = {}
        #: The last text that was looked at, which may be asked for again.
        self._look: Look | None = None
        self._stretched: tuple[str, tuple[Sequence[Stretch], float]] | None = None
        self._residue: tuple[str, Residue | None] | None = None
        cache = OddsCache(engine.lexicon, engine.lm, engine.tuning)
        self.prescreen = Prescreen(engine.channel, engine.lm, engine.tuning, cache)

    def __getstate__(self) -> dict[str, Any]:
        kept = {name: value for name, value in self.__dict__.items() if name not in ("first_look", "beneath")}
        return kept | {"_look": None, "_stretched": None, "_residue": None}

    def adjusted(self, tuning: Tuning) -> Judge:
        """The same judge with other numbers; the prescreen is shared."""
        other = copy.copy(self)
        other.tuning = tuning
        return other

    def given(self, prior: Mapping[str, float]) -> Judge:
        """The same judge for a text for whose families so much speaks beforehand (nats)."""
        other = copy.copy(self)
        other.prior, other.evidence = prior, {}
        other._look = other._stretched = None
        return other

    def _note(self, family: str, ratio: float) -> None:
        """Remember what was found to speak for a family."""
        self.evidence[family] = max(ratio, self.evidence.get(family, -math.inf))

    @cached_property
    def programs(self) -> tuple[ProgramJudge | ChannelJudge, ...]:
        """What finds the stretches of each family that names a program which can be run backwards: those that replace
        every word that they cut by the search of clauses, others as channels."""
        lexicon, lm, scorer = self.engine.lexicon, self.engine.lm, self.engine.scorer
        found: list[ProgramJudge | ChannelJudge] = []
        for family in lexicon.families:
            channels = channels_of(family)
            if channels:
                from despin.document.channel_judge import channel_judge

                found.append(channel_judge(family, channels, lm, scorer))
            elif family.program is not None and segmented_of(family.program) is not None:
                entries = lexicon.of((family.name, PERSONAL))
                found.append(program_judge(family, entries, lm, self.alone, scorer, self.tuning.clauses))
        return tuple(found)

    @cached_property
    def beneath(self) -> Beneath:
        """What reads the words that a program's stretch has once it is restored."""
        from despin.document.beneath import Beneath

        return Beneath(self.engine)

    @cached_property
    def first_look(self) -> FirstLook | None:
        """What tells most clean texts at one look; None where some program has to be asked of every text."""
        judge = weakref.proxy(self)  # What the judge keeps must not keep the judge.
        kinds, lm = self.engine.kinds, self.engine.lm
        return first_look(self.prescreen, self.programs, lambda text: judge.glance(text), kinds, lm)

    def program_digest(self) -> str:
        """An abbreviated digest of what the programs depend on (tables, weights, jieba's
        files), "none" without programs."""
        return digest_of_parts([one.data() for one in self.programs]) if self.programs else "none"

    def stretches(self, text: str) -> tuple[Sequence[Stretch], float]:
        """The stretches of a chunk that a spinner made that can be run backwards, sorted and disjoint, with offsets
        of the chunk, and the probability of the likeliest stretch, believed or not. What lies between them is left
        to the families of the lexicon."""
        last = self._stretched
        if last is not None and last[0] is text:
            return last[1]
        found: Sequence[Stretch] = ()
        chance, best = 0.0, -math.inf
        for judge in self.programs:
            odds, stretches = self._asked(judge, text)
            likely = odds_to_chance(odds)
            if (not found or (stretches and odds > best)) and (stretches or likely > chance):
                chance = likely if stretches else min(UNBELIEVED, likely)
                found, best = stretches, odds
        self._stretched = text, (found, chance)
        return found, chance

    def glance(self, text: str) -> float | None:
        """The probability that `stretches` gives for a chunk of which a first look shows that no program spun any of
        it; None where it has to be asked."""
        chance = 0.0
        if self._jieba_missing:
            return None
        for judge in self.programs:
            try:
                odds = judge.glance(text)
            except JiebaError:
                return None
            if odds is None:
                return None
            chance = max(chance, min(UNBELIEVED, odds_to_chance(odds)))
        return chance

    def second_glance(self, text: str) -> float | None:
        """The probability that `judge` gives for a text that is one part, of which a closer look at its forms shows
        that no family spun it; None where it has to be asked."""
        if len(text) > ALONE or self.residue(text) is not None:
            return None
        look = self._looked(text, self.scan(text))
        return self._faint(text, look) if look.spun else UNSPUN.score

    def _faint(self, text: str, look: Look) -> float | None:
        """The same for a text whose forms may make it look spun where they stand: all families together, nothing held
        against them, fall short of what a single one must reach, as `scout` has it."""
        if len(text) >= WHOLE or look.doubtful is None:
            return None
        ids = Ids(self.engine.candidates)
        table = ids.table(text, segments(text, look.doubtful.sites))
        rates = fresh_rates(self.engine.channel, self.tuning)
        em.first_step(table, rates, zeros(len(rates)), self.tuning.both_ways, len(ids.key_families))
        total, threshold = sum(table.gains), self.tuning.threshold_for(look.doubted, self.engine.channel.noise)
        score = chance_of(total - 2 * threshold)
        return score if total < threshold and score < SingleCharacters.doubtful else None

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
            chosen = found if len(blocks) * BLOCK >= len(text) else within(found, blocks)
            doubtful = engine.without_foreign(text, engine.channel.match(text, found=chosen))
            spun = prescreen.may_be_spun(text, blocks, doubtful.sites, engine.candidates)
            look = Look(text, found, blocks, doubtful, spun)
        self._look = look
        return look

    def proved(self, found: Restoration) -> Restoration:
        """The same with the proof of what was made of it: where some of a stretch's edits were left out, what stands
        there instead is spun again. The marks of the edits stay those of the whole restoration of the stretch."""
        if not found.verdict.stretches:
            return found
        one = found.verdict.stretches[0]
        if one.proof is None and (one.start, one.end) == (0, len(found.source)):
            # All of it was made by a list, as of most texts.
            stretches: tuple[Stretch, ...] = (with_edits(one, found.edits),)
        else:
            stretches = tuple([self._proved(found, one) for one in found.verdict.stretches])
        return found.marked(verdict=replace(found.verdict, stretches=stretches))

    def _proved(self, found: Restoration, one: Stretch) -> Stretch:
        """A stretch of a restoration with the edits that were made of it, and their proof."""
        own = found.edits_in(one.start, one.end)
        if not is_by_program(one) or [*map(_PLACE, own)] == [*map(_PLACE, one.edits)]:
            return with_edits(one, own)
        made = {_PLACE(edit): edit for edit in found.edits}
        edits = tuple([made[place] for place in map(_PLACE, one.edits) if place in made])
        stretch = with_edits(one, edits)
        return stretch if len(edits) == len(one.edits) else self.reproved(found.source, stretch)

    def reproved(self, text: str, one: Stretch) -> Stretch:
        """A program's stretch of a text with the proof of its edits."""
        (judge,) = [judge for judge in self.programs if judge.family == one.family]
        return judge.proved(text, one)

    def with_proof(self, found: Restoration) -> Restoration:
        """The same with the proof of what lists made, of a restoration that is done; it is worked out when somebody
        asks for the edits or for what is proved."""
        if not found.verdict.stretches or not provable(found, self._list_programs):
            return found
        return proved_later(found, partial(with_proof, programs=self._list_programs))

    @cached_property
    def _list_programs(self) -> Programs:
        return list_programs(self.engine.lexicon.families)

    def drew(self, found: Restoration) -> bool:
        """Whether a program that draws made some of a text."""
        return any(is_by_program(one) and one.family in self._drawing for one in found.verdict.stretches)

    @cached_property
    def _drawing(self) -> frozenset[str]:
        """The families whose programs draw."""
        families = self.engine.lexicon.families
        return frozenset(one.name for one in families if one.program and any(map(drawing_of, one.programs)))

    def program_odds(self, text: str) -> float:
        """The log odds (nats) that a program spun some stretch of a text; minus infinity without programs."""
        return max((self._asked(judge, text)[0] for judge in self.programs), default=-math.inf)

    def _asked(self, judge: ProgramJudge | ChannelJudge, text: str) -> tuple[float, Sequence[Stretch]]:
        """What a program says of a text. Without jieba no program is asked again, with one warning; the
        families that are lists do without."""
        if self._jieba_missing:
            return -math.inf, ()
        said = DRAWING if judge.family in self._drawing else ALWAYS
        prior = self.prior.get(judge.family, 0.0) / said.slope
        try:
            odds, stretches = judge.stretches(text, prior)
            self._note(judge.family, said.ratio(odds - prior, len(text)))
            return odds, stretches
        except JiebaError as error:
            self._jieba_missing = True
            warnings.warn(
                f"{error}. Until then texts spun by the program of {judge.family} are judged by its list of words "
                "alone",
                DespinWarning,
                stacklevel=2,
            )
            return -math.inf, ()

    def parts(self, text: str) -> list[Part]:
        """The parts of a text, which cover it: documents that the families of the lexicon made, each to be judged by
        itself, and clean text; see `despin.document.partition`. A short text is one document."""
        if len(text) <= ALONE or self.is_clearly_clean(text):
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
        every = [(0, len(text))]
        asked = residue is None and not self.prior
        if asked and not self.prescreen.may_be_spun(text, every, matches.sites, self.engine.candidates):
            return []
        document = self._made(text, matches, residue=residue)
        scores = unit_scores(document, own)
        path = runs(own, scores, before, after)
        begins, ends = {first for first, _, _ in path}, {last for _, last, _ in path}
        joined: list[tuple[int, int, int]] = []
        for first, last, (family, rate) in path:
            outer = (before if not first else first not in ends, after if last == len(own) else last not in begins)
            first, last = trimmed(scores[family, rate], first, last, *outer, EDGE / math.log(10))
            if joined and joined[-1][1:] == (first, family):
                joined[-1] = joined[-1][0], last, family
            elif first < last:
                joined.append((first, last, family))
        return [(first, last) for first, last, _ in joined]

    def _believed(self, text: str, every: Sequence[Unit], first: int, last: int) -> list[tuple[int, int]]:
        """The documents of a run of units, as (start, end), that are sure enough together."""
        found = documents(text, every, first, last)
        asked = BORDER * ((first > 0) + (last < len(every)))
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
                self._note(name, LISTED.ratio(odds, len(document.text)))
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
        if len(doubtful.found) == len(found) and len(text) >= WHOLE:
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
