"""The records that every engine gets: spun, clean and mixed documents, and a few that cannot be worked on."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from despin.batch.record import LONGEST_TEXT
from despin.text import wdiff
from tools.benchmark import texts

#: What a record that cannot be worked on holds instead of a text: no two of them are refused for the same reason.
FAULTS: dict[str, dict[str, Any]] = {
    "null": {"text": None},
    "missing": {},
    "number": {"text": 5},
    "long": {"text": "x" * (LONGEST_TEXT + 1)},
}
#: Each fault stands so many times among the documents.
TIMES = 3
#: The most sentences of a document.
_MOST = 16
_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]*")
#: What stands between the parts of a mixed document: offsets count code points, whatever a line ends with.
_JOINTS = ("\n", "\r\n", "\n\n", "😀\n", "\n\u3000\u3000")


def records(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """`count` records with `id` and `text`, no text twice: in turn spun, clean, and both in one; among them, more than
    `count`, `TIMES` with each of `FAULTS`, which `fault` names. The same for the same samples, count and seed; fewer
    where the samples do not give as many."""
    chance = random.Random(seed)
    spun, clean = _pieces(_spun(), chance), _pieces(texts.clean(), chance)
    found: list[dict[str, Any]] = []
    for text in islice(_in_turn(spun, clean, chance), count):
        found.append({"fault": "", "text": text})
    for fault, value in FAULTS.items():
        for _ in range(TIMES):
            found.insert(chance.randrange(len(found) + 1), {"fault": fault, **value})
    return [{"id": f"document-{number}", **record} for number, record in enumerate(found)]


def _in_turn(spun: Iterator[str], clean: Iterator[str], chance: random.Random) -> Iterator[str]:
    """A spun text, a clean one, and one that is spun in its middle, until there are no more."""
    known: list[str] = []
    for first, second, text in zip(spun, spun, clean, strict=False):
        known.append(text)
        yield first
        yield text
        yield chance.choice(_JOINTS).join((chance.choice(known), second, chance.choice(known)))


def _spun() -> list[str]:
    """Spun documents, and the repository's sentences in the manner of every family and with every kind of damage."""
    found = texts.spun()
    for path in sorted(texts.ROOT.glob("tests/data/cases/corrected/*.wdiff")):
        found.append(wdiff.read(path.read_text("utf-8"), str(path)).spun)
    for folder in ("wild", "damage"):
        for path in sorted(texts.ROOT.glob(f"tests/data/cases/{folder}/*.wdiff")):
            lines = path.read_text("utf-8").splitlines()
            cases = [wdiff.read(line, str(path)).spun for line in lines if line and not line.startswith("#")]
            found.append("\n".join(cases))
    return found


def _pieces(documents: list[str], chance: random.Random) -> Iterator[str]:
    """Distinct runs of sentences of the documents, until nothing new is found for a while."""
    sentences = [[one for one in _SENTENCE.findall(text) if one.strip()] for text in documents]
    weights = list(map(len, sentences))
    seen = set()
    misses = 0
    while misses < 1000:
        own = chance.choices(sentences, weights)[0]
        start = chance.randrange(len(own))
        piece = "".join(own[start : start + chance.randint(1, _MOST)]).strip()
        misses = misses + 1 if piece in seen else 0
        if not misses:
            seen.add(piece)
            yield piece
