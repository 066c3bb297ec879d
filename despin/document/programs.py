"""What the programs of families that can be run backwards say of a text: the stretches that they made, restored and
proved."""

from __future__ import annotations

import copy
import math
import operator
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from despin.document.program import ProgramJudge, program_judge
from despin.document.proof import list_programs, provable, with_proof
from despin.document.runs import odds_to_chance
from despin.engine import Engine
from despin.errors import DespinWarning, JiebaError
from despin.fingerprint import digest_of_parts
from despin.lexicon.model import PERSONAL
from despin.lexicon.preimages import channels_of, drawing_of, segmented_of
from despin.results import Restoration, Stretch, is_by_program, proved_later, with_edits
from despin.tuning import ALWAYS, DRAWING, Clauses, Stretches

if TYPE_CHECKING:
    from despin.document import proof
    from despin.document.beneath import Beneath
    from despin.document.channel_judge import ChannelJudge

#: By what edits of a stretch are told apart.
_PLACE = operator.attrgetter("start", "end", "original")


class Programs:
    """The programs of an engine's families; picklable, and safe to share between threads. Those that are `alone` are
    asked by one thread at a time, and let others go on meanwhile. `evidence` takes what is found to speak for families
    (log likelihood ratios, nats); `clauses` are the numbers of the search."""

    def __init__(self, engine: Engine, evidence: dict[str, float], clauses: Clauses, alone: bool = False) -> None:
        self.engine, self.evidence, self.clauses, self.alone = engine, evidence, clauses, alone
        #: What speaks for families before a text is read (nats).
        self.prior: Mapping[str, float] = {}
        self._jieba_missing = False
        #: The last text whose stretches were looked for.
        self._last: tuple[str, tuple[Sequence[Stretch], float]] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "beneath"} | {"_last": None}

    def given(self, prior: Mapping[str, float], evidence: dict[str, float]) -> Programs:
        """The same programs for a text for whose families so much speaks beforehand (nats)."""
        other = copy.copy(self)
        other.prior, other.evidence, other._last = prior, evidence, None
        return other

    @cached_property
    def judges(self) -> tuple[ProgramJudge | ChannelJudge, ...]:
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
                found.append(program_judge(family, entries, lm, self.alone, scorer, self.clauses))
        return tuple(found)

    @cached_property
    def beneath(self) -> Beneath:
        """What reads the words that a program's stretch has once it is restored."""
        from despin.document.beneath import Beneath

        return Beneath(self.engine)

    def digest(self) -> str:
        """An abbreviated digest of what the programs depend on (tables, weights, jieba's
        files), "none" without programs."""
        return digest_of_parts([one.data() for one in self.judges]) if self.judges else "none"

    def stretches(self, text: str) -> tuple[Sequence[Stretch], float]:
        """The stretches of a chunk that a spinner made that can be run backwards, sorted and disjoint, with offsets
        of the chunk, and the probability of the likeliest stretch, believed or not. What lies between them is left
        to the families of the lexicon."""
        last = self._last
        if last is not None and last[0] is text:
            return last[1]
        found: Sequence[Stretch] = ()
        chance, best = 0.0, -math.inf
        for judge in self.judges:
            odds, stretches = self._asked(judge, text)
            likely = odds_to_chance(odds)
            if (not found or (stretches and odds > best)) and (stretches or likely > chance):
                chance = likely if stretches else min(Stretches.unbelieved, likely)
                found, best = stretches, odds
        self._last = text, (found, chance)
        return found, chance

    def glance(self, text: str) -> float | None:
        """The probability that `stretches` gives for a chunk of which a first look shows that no program spun any of
        it; None where it has to be asked."""
        chance = 0.0
        if self._jieba_missing:
            return None
        for judge in self.judges:
            try:
                odds = judge.glance(text)
            except JiebaError:
                return None
            if odds is None:
                return None
            chance = max(chance, min(Stretches.unbelieved, odds_to_chance(odds)))
        return chance

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
        (judge,) = [judge for judge in self.judges if judge.family == one.family]
        return judge.proved(text, one)

    def with_proof(self, found: Restoration) -> Restoration:
        """The same with the proof of what lists made, of a restoration that is done; it is worked out when somebody
        asks for the edits or for what is proved."""
        if not found.verdict.stretches or not provable(found, self._list_programs):
            return found
        return proved_later(found, partial(with_proof, programs=self._list_programs))

    @cached_property
    def _list_programs(self) -> proof.Programs:
        return list_programs(self.engine.lexicon.families)

    def drew(self, found: Restoration) -> bool:
        """Whether a program that draws made some of a text."""
        return any(is_by_program(one) and one.family in self._drawing for one in found.verdict.stretches)

    @cached_property
    def _drawing(self) -> frozenset[str]:
        """The families whose programs draw."""
        families = self.engine.lexicon.families
        return frozenset(one.name for one in families if one.program and any(map(drawing_of, one.programs)))

    def odds(self, text: str) -> float:
        """The log odds (nats) that a program spun some stretch of a text; minus infinity without programs."""
        return max((self._asked(judge, text)[0] for judge in self.judges), default=-math.inf)

    def _asked(self, judge: ProgramJudge | ChannelJudge, text: str) -> tuple[float, Sequence[Stretch]]:
        """What a program says of a text. Without jieba no program is asked again, with one warning; the
        families that are lists do without."""
        if self._jieba_missing:
            return -math.inf, ()
        said = DRAWING if judge.family in self._drawing else ALWAYS
        prior = self.prior.get(judge.family, 0.0) / said.slope
        try:
            odds, stretches = judge.stretches(text, prior)
            ratio = said.ratio(odds - prior, len(text))
            self.evidence[judge.family] = max(ratio, self.evidence.get(judge.family, -math.inf))
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
