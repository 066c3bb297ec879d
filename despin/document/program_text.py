"""A text with its sentences, and what each is under each program: read by
`despin.document.program` when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from despin.document.runs import total_of
from despin.document.variants import WordEvidence
from despin.kernel.sentences import Sentence
from despin.tuning import Stretches

if TYPE_CHECKING:
    from despin.document.program import ProgramJudge


#: An edit that was tested: start, end, original, probability, runners-up with theirs, whether it is forced.
Tested = tuple[int, int, str, float, list[tuple[str, float]], bool]


class Decoded(NamedTuple):
    """A sentence under a program: its edits, also those of words to themselves that may have been others, each with
    whether it is forced, and the gain in nats."""

    edits: Sequence[Tested]
    gain: float


class ProgramText:
    """A text with its sentences and their evidence, and what each is under each program, found when it is asked for."""

    def __init__(self, judge: ProgramJudge, text: str, parts: Sequence[Sentence], evidence: Sequence[float]) -> None:
        self.text, self.parts, self.evidence = text, parts, evidence
        #: By program, the scores of all sentences.
        self.scores: dict[int, Sequence[float]] = {}
        self._judge = judge
        #: By sentence and program.
        self.known: dict[tuple[int, int], Decoded] = {}
        self._words: dict[int, WordEvidence] = {}

    def decoded(self, places: Sequence[int], number: int) -> list[Decoded]:
        """Sentences under a program, what is not known of them found all at once; `places` are sorted."""
        if any((place, number) not in self.known for place in places):
            self._judge.decode(self, places, number)
        return [self.known[place, number] for place in places]

    def sentence(self, place: int) -> str:
        """The text of a sentence."""
        part = self.parts[place]
        return self.text[part.start : part.end]

    def words(self, place: int) -> WordEvidence:
        """What the words of a sentence say."""
        found = self._words.get(place)
        if found is None:
            found = self._words[place] = self._judge.words.of(self.sentence(place))
        return found


def sample_of(parts: Sequence[Sentence], first: int, last: int) -> tuple[list[int], list[int]]:
    """The sentences of a stretch by which variants are told apart, and those around it."""
    start, end = parts[first].start, parts[last - 1].end
    inside = [first, *(place for place in range(first + 1, last) if parts[place].end - start <= Stretches.sample)]
    around = [
        *(place for place in range(first) if start - parts[place].start <= Stretches.beside),
        *(place for place in range(last, len(parts)) if parts[place].end - end <= Stretches.beside),
    ]
    return inside, around


def is_apart(first: int, last: int, found: Iterable[tuple[int, int, int, Sequence[float]]]) -> bool:
    """Whether no run that was found shares a sentence with first:last."""
    return all(high <= first or last <= low for low, high, _, _ in found)


def new_evidence(read: ProgramText, first: int, last: int, number: int, scores: Sequence[float]) -> float:
    """What speaks for a stretch under a program, less what only comes again: tables, lists and source
    code write the same words on every line. A sentence says as much as its edits are new, and nothing for
    the program where it has none."""
    total, text = total_of(read.parts, scores, first, last), read.text
    known = read.decoded(range(first, last), number)
    forms: dict[str, int] = {}
    lines: dict[str, int] = {}
    for place in range(first, last):
        score, line = scores[place], read.sentence(place)
        own = {text[row[0] : row[1]] for row in known[place - first].edits}
        before = lines.get(line, 0)
        if score < 0:
            total -= score * (1 - Stretches.again**before)
        else:
            news = (
                sum([Stretches.again ** forms[form] if form in forms else 1.0 for form in own]) / len(own)
                if own
                else 0.0
            )
            total -= score * (1 - news)
        for form in own:
            forms[form] = forms.get(form, 0) + 1
        lines[line] = before + 1
    return total
