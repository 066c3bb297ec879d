"""Which damage of a text is repaired: before its words are read, once it is known to be spun, and where it is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from despin.channel.lexicon import ListChannel
from despin.channel.matches import Matches
from despin.damage import pinyin
from despin.damage.kinds import SINGLE
from despin.damage.noise import may_have_noise, repair_noise
from despin.damage.site_name import may_have_site_name, repair_site_name
from despin.kernel.marks import odd_stops
from despin.kernel.types import MatchColumns
from despin.lm.ngram import LanguageModel
from despin.results import Edit
from despin.tuning import FullStops, PinyinEvidence, SingleCharacters

#: Families whose tools put full stops for commas.
_STOPPING = frozenset({"auto-repost"})


@dataclass(frozen=True, slots=True)
class Repairs:
    """Repairs damage of some `kinds` where that is as sure as `min_confidence`.

    `single_sites` gives for a text and what
    `ListChannel.scan` finds in it the places where one character may have gone wrong, None where there are none. All
    methods give edits, sorted and disjoint; `Edit.entry` names the kind, as in `damage:full-stop`.
    """

    kinds: AbstractSet[str]
    lm: LanguageModel
    channel: ListChannel
    single_sites: Callable[[str, MatchColumns], Matches | None]
    min_confidence: float

    def inserted(self, text: str) -> list[Edit]:
        """The edits that take out what a tool put between the characters of a text, before anything is read."""
        if "pinyin" in self.kinds and self.min_confidence <= PinyinEvidence.sure and pinyin.may_have_readings(text):
            edits = pinyin.repair_pinyin(text, self.lm)
            if edits:
                return edits
        edits = list[Edit]()
        if "noise" in self.kinds and may_have_noise(text, self.lm):
            edits = repair_noise(text, self.lm, self.min_confidence)
        if not edits and "site-name" in self.kinds and may_have_site_name(text):
            edits = repair_site_name(text, self.lm, self.min_confidence)
        return edits

    def before_reading(self, text: str) -> list[Edit]:
        """The edits that are made before any word is read: what stands first may be half of a word."""
        return _disjoint(self._doubled(text))

    def spun(
        self, text: str, found: MatchColumns, family: str | None, clean: AbstractSet[str] = frozenset()
    ) -> list[Edit]:
        """The edits of a text that is believed to be spun by `family`; `found` is what `ListChannel.scan` finds in it.

        Lines in `clean` stay as they are.
        """
        edits = self._doubled(text) + self._characters(text, found, self.min_confidence)
        stopping = family in _STOPPING
        if "full-stop" in self.kinds and (stopping or not is_undamaged(text, self.kinds)):
            from despin.damage.full_stops import repair_full_stops

            belief = FullStops.typical if stopping else FullStops.unknown
            edits += repair_full_stops(text, max(self.min_confidence, FullStops.least), belief, clean)
        return _disjoint(outside(text, edits, clean))

    def unspun(self, text: str, chance: float, found: MatchColumns | None = None) -> list[Edit]:
        """The edits of a text whose words do not show that it is spun; `chance` is the probability that it is spun or
        damaged, `found`, what `ListChannel.scan` finds in it, saves a pass.

        The damage has to show it beyond doubt, and a text that has none costs hardly any time.
        """
        edits: list[Edit] = []
        if self.kinds & SINGLE and chance >= SingleCharacters.doubtful:
            found = self.channel.scan(text) if found is None else found
            edits += self._characters(text, found, max(self.min_confidence, SingleCharacters.certain))
        if not is_undamaged(text, self.kinds):
            from despin.damage.full_stops import repair_full_stops

            edits += repair_full_stops(text, max(self.min_confidence, FullStops.least), FullStops.unspun)
        return _disjoint(edits) if edits else edits

    def _doubled(self, text: str) -> list[Edit]:
        """The edits that take out what stands twice."""
        if "doubled" not in self.kinds:
            return []
        from despin.damage.doubled import repair_doubled

        return repair_doubled(text, self.lm, self.channel.number, self.min_confidence)

    def _characters(self, text: str, found: MatchColumns, least: float) -> list[Edit]:
        """The edits of single characters that are as sure as `least`."""
        kinds = frozenset(self.kinds & SINGLE)
        sites = self.single_sites(text, found) if kinds else None
        if sites is None:
            return []
        from despin.damage.characters import repair_characters

        return repair_characters(text, sites, kinds, self.channel, self.lm, least)


def may_hold_inserts(text: str, kinds: AbstractSet[str], model: LanguageModel) -> bool:
    """Whether `Repairs.inserted` may find anything of these kinds in a text: a look that costs next to nothing."""
    return (
        ("pinyin" in kinds and pinyin.may_have_readings(text))
        or ("site-name" in kinds and may_have_site_name(text))
        or ("noise" in kinds and may_have_noise(text, model))
    )


def is_undamaged(text: str, kinds: AbstractSet[str]) -> bool:
    """Whether `Repairs.unspun` finds nothing of these kinds in a text that is unspun beyond doubt: a
    pass that costs next to nothing."""
    if "full-stop" not in kinds:
        return True
    odd, stops = odd_stops(text)
    return odd < FullStops.odd or odd < FullStops.odd_share * stops


def outside(text: str, edits: Sequence[Edit], lines: AbstractSet[str]) -> list[Edit]:
    """The edits of a text that lie in none of these lines of it."""
    if not lines:
        return list(edits)
    return [edit for edit in edits if _line_at(text, edit.start) not in lines]


def _line_at(text: str, place: int) -> str:
    """The line of a text in which a place lies."""
    end = text.find("\n", place)
    return text[text.rfind("\n", 0, place) + 1 : end if end >= 0 else len(text)]


def _disjoint(edits: list[Edit]) -> list[Edit]:
    """The edits by place; of two that overlap the surer one."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.confidence)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
        elif edit.confidence > kept[-1].confidence:
            kept[-1] = edit
    return kept
