"""What ordinary Chinese says about lexicon pairs: how often each would fire in text that nobody spun.

For each pair (spun, original): its sites, and the sum of the edits' posteriors when its family works alone at
`Deciphering.rate`.
`despin.channel.background` turns the table into what is taken from a pair's weight.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from despin.channel.background import offset, sealed
from despin.channel.lexicon import ListChannel
from despin.decode.arcs import Ids
from despin.decode.candidates import CandidateIndex
from despin.document.state import Document
from despin.learning.texts import Text
from despin.lexicon.model import Lexicon
from despin.lm.ngram import LanguageModel
from despin.progress import Progress
from despin.tuning import TUNING, Deciphering


@dataclass(frozen=True, slots=True)
class BackgroundRow:
    """A pair in ordinary text: its `sites`, and the edits `expected` there."""

    spun: str
    original: str
    sites: int
    expected: float


def measure(lexicon: Lexicon, texts: Sequence[Text], model: LanguageModel) -> list[BackgroundRow]:
    """The pairs of `lexicon` that nobody attested (weight at most 1) and that fire in `texts` more than is tolerated
    (`despin.channel.background`), by spun form. A pair of several families counts for the one in which it fires
    most."""
    channel = ListChannel(lexicon)
    candidates = CandidateIndex(channel, model, TUNING)
    sites: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    expected: dict[int, dict[tuple[str, str], float]] = defaultdict(lambda: defaultdict(float))
    with Progress("measured", sum(len(text.text) for text in texts)) as progress:
        for text in texts:
            matches = channel.match(text.text, packs=True)
            document = Document(text.text, matches, Ids(candidates))
            for family in range(len(channel.families)):
                _count(document, family, sites[family], expected[family])
            progress.add(len(text.text))
    attested = {
        (entry.spun, original.text)
        for entry in lexicon.entries
        for original in entry.originals
        if entry.status == "active" and original.weight > 1.0
    }
    found: dict[tuple[str, str], BackgroundRow] = {}
    for family, counts in sites.items():
        for pair, count in counts.items():
            row = BackgroundRow(*pair, count, expected[family][pair])
            if pair not in attested and (pair not in found or row.expected > found[pair].expected):
                found[pair] = row
    # A row that takes nothing from its pair's weight would only make the file longer.
    rows = (row for row in found.values() if offset(row.sites, row.expected) < 0.0)
    return sorted(rows, key=lambda row: (row.spun, row.original))


def _count(
    document: Document, family: int, sites: Counter[tuple[str, str]], expected: dict[tuple[str, str], float]
) -> None:
    for segment in document.segment_arcs:
        odds = [
            Deciphering.rate * sum(source.weight for source in sources if source.family == family)
            for sources in segment.sources
        ]
        if not any(odds):
            continue
        _, posteriors = segment.weighted.posteriors(odds)
        for arc, spun, odd, posterior in zip(segment.arcs, segment.spun, odds, posteriors, strict=True):
            if odd:
                sites[spun, arc.original] += 1
                expected[spun, arc.original] += posterior


def render(rows: Iterable[BackgroundRow], origin: str) -> str:
    """The rows as tab-separated lines under a comment that says where they come from."""
    head = (
        f"# Sites and expected edits of lexicon pairs in ordinary Chinese ({origin}).\n"
        "# Written by `despin learn background`; columns: spun, original, sites, expected.\n"
    )
    return head + sealed("".join(f"{row.spun}\t{row.original}\t{row.sites}\t{row.expected:.2f}\n" for row in rows))
