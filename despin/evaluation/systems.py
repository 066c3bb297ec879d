"""What can be measured: despin, the baselines, and other correctors through a small adapter.

An adapter is any callable that takes a text and returns the restored text, a `Restoration`, or the edits as
(start, end, original) or (start, end, original, confidence); `--system module:name` imports it. A corrector that is no
Python runs beforehand and leaves JSON lines with id and restored; `--system FILE.jsonl` reads them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from despin import textfiles
from despin.edits import Edit, Restoration, apply
from despin.errors import InputError, UsageError
from despin.evaluation.sets import Document

if TYPE_CHECKING:
    from despin.restorer import Restorer

BASELINES = ("none", "invert-list", "frequency", "lattice-low", "lattice-high")
NAMES = (*BASELINES, "despin")


@dataclass(frozen=True, slots=True)
class Output:
    """What a system made of a document: its edits, the restored text, and the document's spun score if it gives one."""

    edits: tuple[Edit, ...]
    text: str
    score: float | None = None


class System(Protocol):
    """Anything that can be measured."""

    name: str

    def run(self, document: Document) -> Output:
        """The restoration of `document.text`; its gold is there and must not be looked at."""
        ...


class Despin:
    """despin itself."""

    name = "despin"

    def __init__(self, restorer: Restorer) -> None:
        self._restorer = restorer

    def run(self, document: Document) -> Output:
        return of_restoration(self._restorer.explain(document.text))


class Adapted:
    """Another corrector, as a callable."""

    def __init__(self, name: str, correct: Callable[[str], object]) -> None:
        self.name = name
        self._correct = correct

    def run(self, document: Document) -> Output:
        answer = self._correct(document.text)
        if isinstance(answer, Restoration):
            return of_restoration(answer)
        if isinstance(answer, str):
            return of_text(document.text, answer)
        if isinstance(answer, Iterable):
            return of_triples(document.text, answer, self.name)
        raise UsageError(
            f"--system {self.name}: answered with {type(answer).__name__}; an adapter returns a text, a Restoration or "
            "(start, end, original) triples"
        )


class Recorded:
    """The answers of another corrector, read from a file and found by the documents' ids."""

    def __init__(self, path: str) -> None:
        self.name = path
        self._answers = _answers(path)

    def run(self, document: Document) -> Output:
        if document.id not in self._answers:
            raise InputError(f"{self.name}: no row for document {document.id!r}; restore every document of the set")
        return of_text(document.text, self._answers[document.id])


def of_restoration(restoration: Restoration) -> Output:
    """A restoration as an output."""
    return Output(tuple(restoration.edits), restoration.text, restoration.spun_score)


def of_text(text: str, restored: str) -> Output:
    """A restored text as an output; its edits come from the alignment of both."""
    from despin.evaluation.alignment import edits_between

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

    Raises `UsageError` for an unknown name, with a suggestion.
    """
    if name == "despin":
        return Despin(restorer)
    if name in BASELINES:
        from despin.evaluation.baselines import baseline

        return baseline(name, restorer.lexicon, families)
    if name.endswith(".jsonl"):
        return Recorded(name)
    if ":" in name:
        return Adapted(name, _imported(name))
    from rapidfuzz import process

    near = process.extractOne(name, NAMES, score_cutoff=50)
    hint = f"did you mean {near[0]}? " if near else ""
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
    for number, line in enumerate(textfiles.read(path).text.split("\n"), 1):
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
