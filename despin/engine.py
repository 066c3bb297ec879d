"""What is assembled once and shared by all texts: lexicon, channel, language model,
candidates, characters of other scripts."""

from __future__ import annotations

import copy
from array import array
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from despin.channel import catalogue
from despin.channel.background import load_background
from despin.channel.lexicon import ListChannel
from despin.channel.matches import Matches
from despin.damage.kinds import ALL, SINGLE, check_kinds, without_kinds
from despin.damage.repair import Repairs
from despin.decode.candidates import CandidateIndex
from despin.errors import UsageError
from despin.kernel.marks import any_marked
from despin.kernel.types import MatchColumns
from despin.lexicon.cache import no_collection
from despin.lexicon.load import load
from despin.lexicon.model import Lexicon
from despin.lexicon.varieties import load_varieties
from despin.lm.ngram import LanguageModel
from despin.lm.scorer import SHIPPED, Scorer, found_scorer, open_scorer
from despin.settings import Settings
from despin.text.script import Script
from despin.text.suggest import unknown

#: The family of the lexicon whose entries are single traditional characters.
TRADITIONAL_FAMILY = "traditional"


class Engine:
    """Lexicon, channel and models for some settings; picklable, and safe to share between threads.

    `kinds` are the kinds of damage that are repaired; `lexicon` is what is left of the shipped and the given lexicons
    with the families and kinds that were chosen; `lm` is the language model. Raises `LexiconError` for a broken
    lexicon, `UsageError` for an unknown family or kind, `ModelError` for a missing model.
    """

    def __init__(self, settings: Settings) -> None:
        self.tuning = settings.tuning
        self.kinds = ALL if settings.damage is None else check_kinds(settings.damage)
        if settings.shipped and not settings.lexicons and not settings.families and self.kinds == ALL:
            self._known, self.channel = catalogue.shipped()
            self.lexicon = self._known
        else:
            self._known = _only(load(list(settings.lexicons), settings.shipped), settings.families)
            self.lexicon = without_kinds(self._known, self.kinds)
            with no_collection():
                self.channel = ListChannel(self.lexicon, load_background() if settings.shipped else None)
        self.lm = LanguageModel() if settings.model is None else LanguageModel(settings.model)
        self._scorer_file = SHIPPED
        if isinstance(settings.scorer, Path):
            self._scorer_file = found_scorer(settings.scorer)
            open_scorer(self._scorer_file)
        self._is_alone = False

    def alone(self) -> Engine:
        """The same engine for one thread at a time: lexicon and channel are shared, the language model and all that
        remembers what it said are its own."""
        other = copy.copy(self)
        for name in ("candidates", "scorer"):
            other.__dict__.pop(name, None)
        other.lm = self.lm.another()
        other._is_alone = True
        return other

    @cached_property
    def scorer(self) -> Scorer:
        """What says how well originals fit."""
        return Scorer(self.lm, self._scorer_file)

    @cached_property
    def candidates(self) -> CandidateIndex:
        """The candidates of every spun form, made ready at first sight."""
        return CandidateIndex(self.channel, self.lm, self.tuning, self._is_alone, self.scorer)

    @cached_property
    def _traditional(self) -> dict[str, tuple[str, ...]]:
        """What traditional characters are replaced by, by character; those that the settings leave out too."""
        return {spun: originals for spun, originals in self._known.pairs([TRADITIONAL_FAMILY]) if _is_single(spun)}

    def repairs(self, min_confidence: float) -> Repairs:
        """What repairs damage where that is as sure as `min_confidence`."""
        return Repairs(self.kinds, self.lm, self.channel, self.single_sites, min_confidence)

    @cached_property
    def script(self) -> Script:
        """Tells passages in another script or variety than simplified standard Chinese."""
        return Script(load_varieties())

    @cached_property
    def _single_forms(self) -> bytes:
        """By the numbers that `MatchColumns` holds, whether a form is a single character gone wrong."""
        forms = self.channel.forms_of(self.lexicon, SINGLE)
        marks = bytearray(len(self.channel.numbers))
        for number in forms:
            marks[number] = 1
        return bytes(marks)

    def sites(self, text: str, found: MatchColumns | None = None) -> Matches:
        """The places of `text` that may be spun, but for those in passages of another script; `found`, what
        `ListChannel.scan` gives for the text, saves a pass."""
        return self.without_foreign(text, self.channel.match(text, found=found))

    def without_foreign(self, text: str, matches: Matches) -> Matches:
        """`matches` of `text` without the sites that lie in passages of another script."""
        return self.script.without_foreign(text, matches)

    def single_sites(self, text: str, found: MatchColumns) -> Matches | None:
        """The places of `text` where a single character may have gone wrong, but for those in passages of another
        script; None where `found`, what `ListChannel.scan` gives for the text, holds no such character."""
        if not any_marked(found.patterns, self._single_forms):
            return None
        single = [index for index, pattern in enumerate(found.patterns) if self._single_forms[pattern]]
        columns = found.starts, found.ends, found.patterns
        return self.sites(text, MatchColumns(*(array("i", [column[index] for index in single]) for column in columns)))


def _is_single(form: str) -> bool:
    return len(form) == 1


def _only(lexicon: Lexicon, families: Iterable[str]) -> Lexicon:
    """`lexicon` with nothing but the named families (and a personal one); all of it when none are named."""
    names = set(families)
    if not names:
        return lexicon
    known = {family.name for family in lexicon.families}
    if strange := sorted(map(str, names - known)):
        raise unknown("family", strange[0], sorted(known))
    if all(family.pack for family in lexicon.families if family.name in names):
        raise UsageError(
            f"{', '.join(sorted(names))}: only packs, which work beside other families; name one of those as well"
        )
    names.add("personal")
    return Lexicon(
        tuple(family for family in lexicon.families if family.name in names),
        tuple(entry for entry in lexicon.entries if entry.family in names),
        lexicon.digest,
    )
