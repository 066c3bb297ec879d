"""What can be measured: despin, the baselines, and other correctors through a small adapter.

An adapter is any callable that takes a text and returns the restored text, a `Restoration`, or the edits as
(start, end, original) or (start, end, original, confidence); `--system module:name` imports it. A corrector that is no
Python runs beforehand and leaves JSON lines with id and restored; `--system FILE.jsonl` reads them.

The baselines are the lexicon without a document model, and without a language model: `none` changes nothing;
`invert-list` replaces every listed spun form by its likeliest original; `frequency` does so where the original is
five times more frequent in the language model; `lattice-low` and `lattice-high` take the best reading of a
character lattice under the language model at one fixed cost an edit.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import log10
from typing import TYPE_CHECKING, Any

from despin.channel.lexicon import ListChannel
from despin.errors import InputError, UsageError
from despin.evaluation.sets import EvalDocument
from despin.lexicon.model import Lexicon
from despin.results import Edit, Restoration, apply
from despin.text import files
from despin.text.suggest import nearest

if TYPE_CHECKING:
    from despin.lm.ngram import LanguageModel
    from despin.restorer import Restorer

BASELINES = ("none", "invert-list", "frequency", "lattice-low", "lattice-high")
NAMES = (*BASELINES, "despin")


@dataclass(frozen=True, slots=True)
class Output:
    """What a system made of a document: its edits, the restored text, and the document's spun score if it gives one."""

    edits: tuple[Edit, ...]
    text: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class System:
    """Anything that can be measured; `run` restores a document, whose gold is there and must not be looked at."""

    name: str
    run: Callable[[EvalDocument], Output]


def despin(restorer: Restorer) -> System:
    """despin itself."""
    return System("despin", lambda document: of_restoration(restorer.explain(document.text)))


def adapted(name: str, correct: Callable[[str], object]) -> System:
    """Another corrector, as a callable."""

    def run(document: EvalDocument) -> Output:
        answer = correct(document.text)
        if isinstance(answer, Restoration):
            return of_restoration(answer)
        if isinstance(answer, str):
            return of_text(document.text, answer)
        if isinstance(answer, Iterable):
            return of_triples(document.text, answer, name)
        raise UsageError(
            f"--system {name}: answered with {type(answer).__name__}; an adapter returns a text, a Restoration or "
            "(start, end, original) triples"
        )

    return System(name, run)


def recorded(path: str) -> System:
    """The answers of another corrector, read from a file and found by the documents' ids."""
    answers = _answers(path)

    def run(document: EvalDocument) -> Output:
        if document.id not in answers:
            raise InputError(f"{path}: no row for document {document.id!r}; restore every document of the set")
        return of_text(document.text, answers[document.id])

    return System(path, run)


def of_restoration(restoration: Restoration) -> Output:
    """A restoration as an output."""
    return Output(tuple(restoration.edits), restoration.text, restoration.verdict.score)


def of_text(text: str, restored: str) -> Output:
    """A restored text as an output; its edits come from the alignment of both."""
    from despin.evaluation.align import edits_between

    return Output(tuple(edits_between(text, restored)), restored)


def of_triples(text: str, rows: Iterable[Any], name: str) -> Output:
    """Edits given as tuples as an output. Raises `UsageError` for tuples that do not fit the text."""
    try:
        found = sorted((int(row[0]), int(row[1]), str(row[2]), float(row[3]) if len(row) > 3 else 1.0) for row in rows)
        edits = tuple(Edit(start, end, text[start:end], original, sure) for start, end, original, sure in found)
        if any(not 0 <= edit.start <= edit.end <= len(text) for edit in edits):
            raise ValueError("an edit lies outside the text")
        return Output(edits, apply(text, edits))
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise UsageError(f"--system {name}: edits must be disjoint (start, end, original) tuples ({error})") from None


def system(name: str, restorer: Restorer, families: Sequence[str] = ()) -> System:
    """The system called `name`; baselines take the active entries of the restorer's lexicon, of `families` if given.
    Raises `UsageError` for an unknown name, with a suggestion."""
    if name == "despin":
        return despin(restorer)
    if name in BASELINES:
        return baseline(name, restorer.lexicon, families)
    if name.endswith(".jsonl"):
        return recorded(name)
    if ":" in name:
        return adapted(name, _imported(name))
    near = nearest(name, NAMES, 50)
    hint = f"did you mean {near}? " if near else ""
    raise UsageError(
        f"unknown system {name!r}: {hint}There are {', '.join(NAMES)}, module:callable, and the answers of another "
        "corrector in FILE.jsonl"
    )


def _imported(name: str) -> Callable[[str], object]:
    import importlib
    import sys

    module, _, attribute = name.partition(":")
    sys.path.append("")  # an adapter usually lies in the folder one works in
    try:
        found: Any = importlib.import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(f"--system {name}: cannot be imported ({error}); name it as module:callable") from None
    finally:
        sys.path.remove("")
    if not callable(found):
        raise UsageError(f"--system {name}: is no callable; name a function that takes a text")
    correct: Callable[[str], object] = found
    return correct


def _answers(path: str) -> dict[str, str]:
    answers: dict[str, str] = {}
    for number, line in enumerate(files.read(path).text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            own, text = str(row["id"]), row["restored"]
        except (ValueError, KeyError, TypeError, RecursionError):
            text = None
        if not isinstance(text, str):
            raise InputError(f'{path}:{number}:1: no answer; write {{"id": …, "restored": "…"}}, one a line')
        answers[own] = text
    return answers


def baseline(name: str, lexicon: Lexicon, families: Sequence[str] = ()) -> System:
    """The baseline called `name` on the active entries of `lexicon`, of `families` only if given."""
    kept = (one for one in lexicon.entries if one.status == "active" and (not families or one.family in families))
    lexicon = replace(lexicon, entries=tuple(kept))
    channel = ListChannel(lexicon)
    found: Callable[[str], Iterable[Edit]]
    if name.startswith("lattice"):
        # The fixed cost of an edit, in log10.
        found = partial(_by_lattice, channel, _model(), 0.5 if name == "lattice-low" else 3.0)
    else:
        best = {} if name == "none" else _likeliest(lexicon, name == "frequency")
        found = partial(_by_table, channel, best)

    def run(document: EvalDocument) -> Output:
        edits = tuple(edit for edit in found(document.text) if edit.spun != edit.original)
        return Output(edits, apply(document.text, edits))

    return System(name, run)


def _model() -> LanguageModel:
    from despin.lm.ngram import LanguageModel

    return LanguageModel()


def _likeliest(lexicon: Lexicon, only_frequent: bool) -> dict[str, str]:
    """Every spun form with its one likeliest original."""
    weights: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for entry in lexicon.entries:
        for original in entry.originals:
            weights[entry.spun][original.text] += original.weight
    best = {spun: max(found, key=found.__getitem__) for spun, found in weights.items()}
    if only_frequent:
        unigram = _model().unigram
        best = {a: b for a, b in best.items() if b and unigram(b) - unigram(a) >= log10(5)}
    return best


def _by_table(channel: ListChannel, best: Mapping[str, str], text: str) -> Iterator[Edit]:
    """The leftmost, and of those the longest, listed forms."""
    reach = 0
    for start, end, _ in channel.match(text).sites:
        original = best.get(text[start:end])
        if start >= reach and original is not None:
            yield Edit(start, end, text[start:end], original, 1.0)
            reach = end


def _by_lattice(channel: ListChannel, model: LanguageModel, cost: float, text: str) -> Iterator[Edit]:
    """The best reading at a fixed cost an edit."""
    from despin.decode.decoder import Weighted
    from despin.kernel import build_lattice, segments
    from despin.kernel.types import Arc

    reach = 0
    for stretch in segments(text, channel.match(text).sites):
        arcs = sorted(
            {
                (start - stretch.start, end - stretch.start, candidate.original)
                for start, end, pattern in stretch.sites
                for candidate in channel.candidates[pattern]
            }
        )
        odds = [10.0**-cost] * len(arcs)
        piece = text[stretch.start : stretch.end] + "\0"
        before = "。" if stretch.fresh else ""
        lattice = build_lattice(piece, [Arc(*arc) for arc in arcs], [-cost] * len(arcs), model.trigrams, before)
        weighted = Weighted(lattice, temper=1.0)
        _, posteriors = weighted.posteriors(odds)
        for number in weighted.best(odds):
            start, end, original = arcs[number]
            # A long run of sites is cut into stretches that may share a few characters.
            if start + stretch.start >= reach:
                reach = end + stretch.start
                yield Edit(start + stretch.start, reach, piece[start:end], original, min(1.0, posteriors[number]))
