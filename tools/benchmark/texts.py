"""Spun and clean texts: the repository's own samples, and the shared ones where that folder lies beside it."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from despin.lexicon.cache import load_lexicon
from despin.lexicon.load import shipped_folder
from despin.spinners.registry import spinner
from despin.text import wdiff

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"


def spun() -> list[str]:
    """Spun documents."""
    texts = [path.read_text("utf-8") for path in sorted(ROOT.glob("examples/*.txt"))]
    hosts = sorted(ROOT.glob("tests/data/cases/spun-host/*.wdiff"))
    texts += [wdiff.read(path.read_text("utf-8"), str(path)).spun for path in hosts]
    for path in sorted(SHARED.glob("samples/real-*.jsonl")):
        texts += [row["spun"] for row in rows(path)]
    return texts


def respun(share: float = 0.5, seed: int = 1) -> list[str]:
    """The clean documents of 200 characters and more, with a `share` of the words that `classic-list` replaces replaced by it.

    Real spun documents are few, and who reads them again and again has seen every word of theirs; a crawl brings new ones.
    """
    chance = random.Random(seed)
    forms: dict[str, list[str]] = {}
    for entry in load_lexicon([shipped_folder() / "classic-list.yaml"]).entries:
        for original in entry.originals:
            if len(original.text) > 1 and entry.status == "active":
                forms.setdefault(original.text, []).append(entry.spun)
    words = re.compile("|".join(map(re.escape, sorted(forms, key=lambda word: (-len(word), word)))))

    def replaced(match: re.Match[str]) -> str:
        return chance.choice(forms[match[0]]) if chance.random() < share else match[0]

    return [words.sub(replaced, text) for text in clean() if len(text) >= 200]


def by_program() -> list[str]:
    """The clean documents of 200 characters and more, spun by the program behind `betting-seo`: every word that it knows is replaced."""
    program = spinner("synonyms")
    return [program.spin(text).text for text in clean() if len(text) >= 200]


def clean() -> list[str]:
    """Documents that nobody spun."""
    texts = [path.read_text("utf-8") for path in sorted(ROOT.glob("tests/data/cases/clean/*.txt"))]
    for path in sorted(SHARED.glob("clean/*.jsonl")):
        texts += [row["text"] for row in rows(path)]
    return texts


def pairs() -> list[tuple[str, str]]:
    """(spun, original) documents."""
    found = []
    for path in sorted(ROOT.glob("examples/*.wdiff")) + sorted(ROOT.glob("tests/data/cases/spun-host/*.wdiff")):
        sample = wdiff.read(path.read_text("utf-8"), str(path))
        pieces: list[str] = []
        position = 0
        for mark in sample.gold:
            if mark.scored:
                pieces += (sample.spun[position : mark.start], mark.originals[0])
                position = mark.end
        found.append((sample.spun, "".join(pieces) + sample.spun[position:]))
    for path in sorted(SHARED.glob("samples/real-pairs.jsonl")):
        found += [(row["spun"], row["original"]) for row in rows(path)]
    return found


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The records of a JSON lines file."""
    with open(path, encoding="utf-8") as file:
        yield from map(json.loads, file)


def halves(texts: Sequence[str], characters: int, seed: int) -> list[list[str]] | None:
    """Two samples that have no text in common; None where the texts are too few for them."""
    shuffled = random.Random(seed).sample(texts, len(texts))
    parts = shuffled[::2], shuffled[1::2]
    if min(sum(map(len, part)) for part in parts) < characters:
        return None
    return [sample(part, characters, seed) for part in parts]


def sample(texts: Sequence[str], characters: int, seed: int) -> list[str]:
    """About `characters` characters as documents of at most 2,000 each, drawn afresh for every seed.

    Where the texts are too few for that, their lines come in another order the second time.
    """
    chance = random.Random(seed)
    found: list[str] = []
    size = 0
    while size < characters:
        for text in chance.sample(texts, len(texts)):
            lines = [line for line in text.split("\n") if line.strip()]
            if found:
                chance.shuffle(lines)
            piece = "\n".join(lines)[: min(2000, characters - size)]
            found.append(piece)
            size += len(piece)
            if size >= characters:
                break
    return found
