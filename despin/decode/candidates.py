"""What a channel offers for every spun form, made ready once and kept by whoever reads many texts."""

from __future__ import annotations

import threading
import weakref
from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import overload

from despin.channel.lexicon import ListChannel
from despin.kernel.native.arcs import ArcTables
from despin.kernel.types import BEFORE, Source, family_bit
from despin.lexicon.model import NO_CONTEXTS
from despin.lm.ngram import LanguageModel
from despin.lm.scorer import Scorer
from despin.tuning import Lists, Tuning

#: Bytes for segments that were read before, as they stand in a table; some 3,000 have room in half of them, more than
#: the longest chunk of a text has.
HELD = 16_000_000


class Sources(Sequence[Source]):
    """Sources by the number of the offer. `ArcTables` takes in offers without their sources, None in `known`, which
    these `tables` make by number when they are asked for."""

    def __init__(self, tables: Callable[[], ArcTables]) -> None:
        self.known: list[Source | None] = []
        #: By offer, what edits say of its entry, as far as `labels` was asked.
        self.names: dict[int, tuple[bool, str]] = {}
        self._tables = tables

    def __len__(self) -> int:
        return len(self.known)

    @overload
    def __getitem__(self, number: int) -> Source: ...
    @overload
    def __getitem__(self, number: slice) -> list[Source]: ...
    def __getitem__(self, number: int | slice) -> Source | list[Source]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        found = self.known[number]
        if found is None:
            found = self.known[number] = self._tables().source(number % len(self.known))
        return found

    def labels(self, numbers: Iterable[int]) -> list[tuple[bool, str]]:
        """Whether the entries of sources turn a statement round, and what they are called in an edit."""
        found = []
        for number in numbers:
            label = self.names.get(number)
            if label is None:
                source = self.known[number]
                if source is None:
                    label = self._tables().name(number)
                else:
                    label = source.entry.flips, f"{source.entry.family}:{source.entry.spun}"
                self.names[number] = label
            found.append(label)
        return found


class CandidateIndex:
    """The candidates of every pattern of a channel, which `tables` finds at first sight; picklable,
    and safe to share between threads.

    `sources` are the candidates' reasons by the number of the offer, `scorer` says how originals fit where they would
    stand; `lock` is held while anything that texts share is written. One that is `alone`, with its model, is used by
    one thread at a time: its lattices are built without the interpreter's lock.
    """

    def __init__(
        self,
        channel: ListChannel,
        model: LanguageModel,
        tuning: Tuning,
        alone: bool = False,
        scorer: Scorer | None = None,
    ) -> None:
        self.channel, self.model, self.tuning, self._alone = channel, model, tuning, alone
        self.scorer = scorer or Scorer(model)
        self.lock = threading.RLock()
        own = weakref.proxy(self)  # What this keeps must not keep this.
        self.sources = Sources(lambda: own.tables)
        #: By offer: whether its spun form is only looked for in a text that is believed to be spun.
        self.packed = array("i")

    def __reduce__(self) -> tuple[type[CandidateIndex], tuple[ListChannel, LanguageModel, Tuning, bool, Scorer]]:
        return CandidateIndex, (self.channel, self.model, self.tuning, False, self.scorer)

    @cached_property
    def tables(self) -> ArcTables:
        """What makes tables of them."""
        tables = ArcTables(
            self.model.trigrams,
            weakref.proxy(self),
            self.tuning.start_rate,
            BEFORE,
            HELD,
            Lists.shortlist,
            Lists.shortlist_width,
            NO_CONTEXTS,
        )
        tables.alone = self._alone
        return tables

    @cached_property
    def bits(self) -> array[int]:
        """A bit for every family, as `Table.family_sets` has them."""
        return array("i", map(family_bit, range(len(self.channel.families))))
