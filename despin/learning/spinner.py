"""Weights of a segmented spinner, learned by spinning: which original stands where, and what gives spun text away.

The program makes pairs without end: it spins clean text, and for each form with two originals or more a log-linear
model of the characters around it learns the one that was there, with the language model's score given (`Choice` of
`despin.kernel.native.program`). A second log-linear model tells spun text from clean text (`Evidence`). One document in
`Spinning.held` is kept out of learning and measured on.
"""

from __future__ import annotations

import random
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from despin.errors import UsageError
from despin.kernel import open_trigrams
from despin.kernel.choice_file import DIMENSIONS, pack
from despin.kernel.native.program import Choice, ClauseSearch, Evidence
from despin.learning.texts import Text
from despin.lm.scorer import PROGRAM, open_scorer
from despin.progress import Progress
from despin.spinners.segmented import Segmented
from despin.tuning import TUNING, Spinning, Weighing

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned: the file's bytes, and figures of the held-out documents by name."""

    data: bytes
    figures: dict[str, float]


def learn_spinner(
    spinner: Segmented, model: str, texts: Sequence[Text], bits: int = Weighing.bits,
    evidence_bits: int = Weighing.evidence_bits, most_bytes: int = sys.maxsize,
) -> Learned:  # fmt: skip
    """Weights of a program, from clean texts; `model` is the language model's file. Learning holds 2^`bits` weights of
    choices and 2^`evidence_bits` of evidence in memory, of eight bytes each; of these as many are kept as go into
    `most_bytes` beside the rows of words. The same texts give the same bytes.

    Raises `UsageError` where the texts are too few.
    """
    import numpy as np

    held, taken = split(texts)
    if not held or not taken:
        raise UsageError("too few texts to learn from: give at least some hundred documents, as JSON lines with text")
    segmenter, trigrams = spinner.segmenter, open_trigrams(model)
    choice, evidence = Choice(segmenter, bits=bits), Evidence(bits=evidence_bits)
    # Kinds of text follow one another in a corpus; learning wants them mixed.
    random.Random(1).shuffle(taken)
    with Progress("learning", sum(len(text) for text in taken)) as progress:
        for number, text in enumerate(taken):
            rate = 1 - 0.9 * number / len(taken)
            choice.learn(text, trigrams, Weighing.rate * rate, Weighing.pair_rate * rate)
            for piece, spun in pieces(text, segmenter.spin(text)[0]):
                evidence.learn(piece, spun, Weighing.evidence_rate)
            progress.add(len(text))
    numbers, arrays = quantize(choice, evidence, most_bytes)
    data = pack({**numbers, "program": {"name": spinner.name, **spinner.parameters}}, arrays)
    search = ClauseSearch(
        segmenter, trigrams, open_scorer(), Choice(segmenter, data), TUNING.clauses.weights(), PROGRAM, True
    )
    figures = _edits(search, spinner, held)
    found, spun_texts = Evidence(data), [segmenter.spin(text)[0] for text in held]
    for length in Weighing.lengths:
        meant, made = (_scores(search, found, texts, length) for texts in (held, spun_texts))
        if meant and made:
            bar = float(np.quantile(meant, 1 - Weighing.false_alarms))
            figures[f"found at {length}"] = sum(score > bar for score in made) / len(made)
    return Learned(data, figures)


def split(texts: Sequence[Text]) -> tuple[list[str], list[str]]:
    """(held out, learned from): whole documents, all parts of one on the same side, by a checksum of their names."""
    sides: tuple[list[str], list[str]] = [], []
    for text in texts:
        name = text.document or text.name
        sides[zlib.crc32(name.encode("utf-8", "surrogatepass")) % Spinning.held != 0].append(text.text)
    return sides


def pieces(clean: str, spun: str) -> Iterator[tuple[str, bool]]:
    """Pieces of a text and of what it was spun to, with whether they are spun."""
    for text, label in ((clean, False), (spun, True)):
        place = number = 0
        while place < len(text):
            size = Weighing.pieces[number % len(Weighing.pieces)]
            yield text[place : place + size], label
            place += size
            number += 1


def quantize(
    choice: Choice, evidence: Evidence, most_bytes: int = sys.maxsize
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """(numbers, arrays) of a file: the strongest weights at four bits, rows of pairs at four, of words at eight."""
    import numpy as np

    indices, values, deeds, pairs, words = choice.learned(Weighing.least)
    taken = len(pairs) // 8 + sum(DIMENSIONS + 2 + len(word.encode()) for word, _, _ in words) + Weighing.described
    share = min(
        1.0, max(0.0, most_bytes - taken) * Weighing.filled / (Weighing.slot * (Weighing.kept + Weighing.kept_evidence))
    )
    table = _table(indices, values, deeds, int(share * Weighing.kept))
    rows = np.stack([np.frombuffer(row, np.float32) for _, _, row in words]) if words else np.zeros((0, DIMENSIONS))
    u, uscale = _steps(np.frombuffer(pairs, np.float32), 7, 0.997)
    v, vscale = _steps(rows, 127, 0.9999)
    evidence_table = _table(*evidence.learned(Weighing.least_evidence), int(share * Weighing.kept_evidence))
    numbers = {
        "bits": choice.bits, "radius": choice.radius, "fluency": choice.fluency, "scale": choice.scale,
        "uscale": uscale, "vscale": vscale, "evidence_bits": evidence.bits, "evidence_weight": 1.0,
        "fluency_weight": Weighing.fluency,
    }  # fmt: skip
    arrays = {
        **table, "u": _packed((u.reshape(-1) + 8).astype(np.uint8)), "v": v.tobytes(),
        "words": "\n".join(("=" if stands else " ") + word for word, stands, _ in words).encode(),
        **{f"evidence_{name}": data for name, data in evidence_table.items()},
    }  # fmt: skip
    return numbers, arrays


def _levels(values: np.ndarray) -> np.ndarray:
    """Sixteen levels for values, one of them 0 (Lloyd's algorithm, from quantiles)."""
    import numpy as np

    sample = np.sort(values[:: max(1, len(values) // 200_000)]) if len(values) else np.zeros(1)
    levels = np.quantile(sample, (np.arange(15) + 0.5) / 15)
    for _ in range(20):
        nearest = _nearest(sample, levels)
        for number in range(15):
            if (nearest == number).any():
                levels[number] = sample[nearest == number].mean()
        levels.sort()
    return np.sort(np.append(levels, 0.0)).astype(np.float32)


def _nearest(values: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """The number of the nearest of ascending `levels` for each value."""
    import numpy as np

    return np.searchsorted((levels[1:] + levels[:-1]) / 2, values).astype(np.uint8)


def _packed(numbers: np.ndarray) -> bytes:
    """Numbers below 16, two a byte, the first in the low bits."""
    import numpy as np

    even = np.append(numbers, np.zeros(len(numbers) % 2, np.uint8)).astype(np.uint8)
    return (even[::2] | even[1::2] << 4).tobytes()


def _steps(rows: np.ndarray, most: int, share: float) -> tuple[np.ndarray, float]:
    """Values as whole numbers of at most `most`, and what one step is worth; the largest are
    cut so that `share` of them fit."""
    import numpy as np

    limit = float(np.quantile(np.abs(rows), share)) if rows.size else 1.0
    scale = max(limit, 1e-6) / most
    return np.clip(np.rint(rows / scale), -most, most).astype(np.int8), scale


def _mixed(h: np.ndarray) -> np.ndarray:
    """As `_mixed` of `despin/kernel/native/choice.pxi`."""
    import numpy as np

    h = h ^ h >> np.uint64(31)
    h = h * np.uint64(0x7FB5D329728EA185)
    h = h ^ h >> np.uint64(27)
    h = h * np.uint64(0x81DADEF4BC2DD44D)
    return np.asarray(h ^ h >> np.uint64(33))


def _table(indices: bytes, values: bytes, deeds: bytes, most: int) -> dict[str, bytes]:
    """The hash table of the `most` weights that did most, as arrays of a file."""
    import numpy as np

    index, value = np.frombuffer(indices, np.uint32), np.frombuffer(values, np.float32)
    if len(value) > most:
        strongest = np.argpartition(-np.frombuffer(deeds, np.float32), most)[:most]
        index, value = index[strongest], value[strongest]
    levels = _levels(value)
    slots = max(16, int(len(value) / Weighing.filled))
    hashed = _mixed(index.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15))
    places = ((hashed >> np.uint64(32)) * np.uint64(slots) >> np.uint64(32)).tolist()
    marks = (1 + (hashed & np.uint64(0xFF)) % np.uint64(255)).tolist()
    checks, numbers = bytearray(slots), np.zeros(slots, np.uint8)
    for place, mark, number in zip(places, marks, _nearest(value, levels).tolist(), strict=True):
        while checks[place]:
            place = place + 1 if place + 1 < slots else 0
        checks[place] = mark
        numbers[place] = number
    return {"checks": bytes(checks), "values": _packed(numbers), "levels": levels.tobytes()}


def _edits(search: ClauseSearch, spinner: Segmented, held: Sequence[str]) -> dict[str, float]:
    """The shares of edits of the held documents that are right, and of those wanted that are made."""
    right = made = wanted = 0
    for clean in held[: Weighing.measured]:
        spun, gold = spinner.segmenter.spin(clean)
        ((rows, _),) = search.read(spun, [(0, len(spun))])
        found = {row[:3] for row in rows if spun[row[0] : row[1]] != row[2]}
        right, made, wanted = right + len(found & set(gold)), made + len(found), wanted + len(gold)
    return {"precision": right / max(1, made), "recall": right / max(1, wanted)}


def _scores(search: ClauseSearch, evidence: Evidence, texts: Sequence[str], length: int) -> list[float]:
    """How much speaks for the program in pieces of `length` characters of the texts, at most `Weighing.most_pieces`:
    evidence, and how much likelier each is as the program's page than as it stands, in nats, between -60 and 60."""
    pieces = [text[place : place + length] for text in texts for place in range(0, len(text) - length + 1, length)]
    found = []
    for piece in random.Random(length).sample(pieces, min(len(pieces), Weighing.most_pieces)):
        ((_, nats),) = search.read(piece, [(0, length)])
        found.append(evidence.score(piece) + Weighing.fluency * max(-60.0, min(60.0, nats)))
    return found
