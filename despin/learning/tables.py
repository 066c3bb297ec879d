"""Texts without originals that a program may have made that replaces words by neighbours of a known table: with which
flags, which ranks, at what rate.

Every table is read with several flags and ranks, and the rate is estimated in every text. What speaks for a program is
how much likelier the texts are as what it draws of their likeliest originals than as they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from despin.document.channel_reading import ChannelDecoder, ChannelReading
from despin.errors import DespinError
from despin.lexicon.model import Family
from despin.lexicon.preimages import segmented_of
from despin.lm.ngram import LanguageModel
from despin.lm.scorer import Scorer
from despin.spinners.neighbours import TABLES
from despin.spinners.registry import spinner
from despin.spinners.segmented import Segmented
from despin.tuning import DRAWN

#: Flags and ranks that are tried, the usual ones first.
FLAGS = (
    ("v", "a", "d", "ad", "an"),
    ("v", "a", "d", "n"),
    ("v", "a", "d", "ad", "an", "n", "vn", "f", "i", "l"),
    ("a", "ad", "v"),
    ("n",),
)
RANKS = tuple(tuple(range(1, last + 1)) for last in range(1, 6))
#: So many characters are read, of texts of at least so many, and no more of one.
SAMPLE, LEAST, MOST = 12_000, 100, 600
#: A text shows a program by itself that has so much for it (nats).
BY_ITSELF = 9.0
#: The share of the texts that have to show a program each, and what all of them have to
#: say together for each text (nats).
SHOWN, EACH = 0.25, 6.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A program that draws neighbours, tried on `documents` texts: how many of them show it by themselves, what speaks
    for it in all (nats), and the mean rate of those."""

    program: Segmented
    documents: int
    shown: int
    odds: float
    rate: float

    @property
    def found(self) -> bool:
        """Whether the texts say that such a program made them."""
        return self.shown >= SHOWN * self.documents and self.odds >= EACH * self.documents

    def __str__(self) -> str:
        program = self.program
        ranks = ", ".join(map(str, program.ranks))
        flags = ", ".join(f'"{flag}"' if flag in "yn" else flag for flag in sorted(program.flags))
        return (
            f"{self.shown} of {self.documents} texts look drawn from neighbours, {self.rate:.0%} of the words; nearest "
            f"to it comes\n  program: {{table: {program.table}, flags: [{flags}], rank: [{ranks}], rate: any}}"
        )


def tables_of(families: Iterable[Family]) -> list[str]:
    """The tables of neighbours that are shipped, and those that families name, each once."""
    found = list(TABLES)
    for family in families:
        for program in family.programs:
            one = segmented_of(program)
            if one is not None and one.table not in found:
                found.append(one.table)
    return found


def drawn_from(texts: Sequence[str], tables: Iterable[str], model: LanguageModel) -> Drawn | None:
    """The program that explains texts best, whether it is found or not; None without texts that are long
    enough, or without jieba and tables."""
    sample = list(_sample(texts))
    scorer = Scorer(model)
    best: Drawn | None = None
    for table in tables if sample else ():
        try:
            for ranks in RANKS:
                best = _better(best, _tried(table, FLAGS[0], ranks, sample, model, scorer))
            for flags in FLAGS[1:]:
                if best is not None and best.program.table == table:
                    best = _better(best, _tried(table, flags, best.program.ranks, sample, model, scorer))
        except DespinError:  # no jieba, or no table
            continue
    return best


def _better(one: Drawn | None, other: Drawn) -> Drawn:
    return other if one is None or other.odds > one.odds else one


def _sample(texts: Sequence[str]) -> Iterator[str]:
    """Texts from all over the collection, as many as are read."""
    long = [text for text in texts if len(text) >= LEAST]
    size = 0
    for text in long[:: max(1, sum(min(MOST, len(text)) for text in long) // SAMPLE)]:
        if size < SAMPLE:
            size += min(MOST, len(text))
            yield text[:MOST]


def _tried(
    table: str,
    flags: Sequence[str],
    ranks: Sequence[int],
    texts: Sequence[str],
    model: LanguageModel,
    scorer: Scorer,
) -> Drawn:
    """A program, tried on texts."""
    program = spinner({"table": table, "flags": list(flags), "rank": list(ranks), "rate": "any"})
    assert isinstance(program, Segmented)
    decoder = ChannelDecoder(program, model, scorer, DRAWN)
    odds, rates = 0.0, []
    for text in texts:
        reading = ChannelReading(text, decoder)
        reading.settle()
        said = reading.total()
        odds += said
        if said >= BY_ITSELF:
            rates.append(reading.rate)
    return Drawn(program, len(texts), len(rates), odds, sum(rates) / max(1, len(rates)))
