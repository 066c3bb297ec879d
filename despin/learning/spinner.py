"""Weights of a segmented spinner, learned by spinning: which original stands where, and what gives spun text away.

The program makes pairs without end: it spins clean text, and for each form with two originals or more a log-linear model of
the characters around it learns the one that was there, with the language model's score given (`Choice` of
`despin.kernel.program`). A second log-linear model tells spun text from clean text (`Evidence`). One document in `HELD` is kept
out of learning and measured on.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from despin.errors import UsageError
from despin.kernel.choice_file import DIMENSIONS, pack
from despin.kernel import open_trigrams
from despin.kernel.program import Choice, Evidence, Preimages
from despin.learning.texts import Text
from despin.progress import Progress
from despin.spinners.segmented import Segmented

if TYPE_CHECKING:
    import numpy as np

#: One document in so many is held out.
HELD = 50
#: The most characters that are held out.
MOST_HELD = 1_500_000
#: Rates of learning: they fall to a tenth on the way.
RATE, PAIR_RATE, EVIDENCE_RATE = 0.4, 0.1, 0.15
#: Sparse weights that are kept, and the share of the table's slots that they fill.
KEPT, FILLED = 1_050_000, 0.75
#: Lengths of the pieces that evidence is learned from, code points.
PIECES = (40, 80, 160)
#: Lengths at which the verdict is measured, code points; false alarms that are allowed.
LENGTHS, FALSE_ALARMS = (50, 100, 200, 400), 0.001


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned: the file's bytes, and figures of the held-out documents by name."""

    data: bytes
    figures: dict[str, float]


def learn_spinner(spinner: Segmented, model: str, texts: Sequence[Text]) -> Learned:
    """Weights of a program, from clean texts; `model` is the language model's file.

    Raises `UsageError` where the kernel is not compiled, or the texts are too few.
    """
    if not hasattr(Choice, "learned"):
        raise UsageError("learning by spinning needs the compiled kernel: install despin where there is a C compiler")
    held, taken = split(texts)
    if not held or not taken:
        raise UsageError("too few texts to learn from: give at least some hundred documents, as JSON lines with text")
    segmenter, trigrams = spinner.segmenter, open_trigrams(model)
    choice, evidence = Choice(segmenter), Evidence()
    program = Preimages(segmenter, trigrams, choice)
    # Kinds of text follow one another in a corpus; learning wants them mixed.
    random.Random(1).shuffle(taken)
    with Progress("learning", sum(len(text) for text in taken)) as progress:
        for number, text in enumerate(taken):
            rate = 1 - 0.9 * number / len(taken)
            program.learn(text, RATE * rate, PAIR_RATE * rate)
            for piece, spun in pieces(text, spinner.segmenter.spin(text)[0]):
                evidence.learn(piece, spun, EVIDENCE_RATE)
            progress.add(len(text))
    description, sections = quantize(choice, evidence)
    description["program"] = {"name": spinner.name, **spinner.parameters}
    first = Choice(segmenter, pack(description, sections))
    description |= _verdict_weights(
        Preimages(segmenter, trigrams, first), evidence_of(description, sections), spinner, held
    )
    data = pack(description, sections)
    choice = Choice(segmenter, data)
    return Learned(
        data,
        figures(Preimages(segmenter, trigrams, choice), evidence_of(description, sections), spinner, held, description),
    )


def split(texts: Sequence[Text]) -> tuple[list[str], list[str]]:
    """(held out, learned from): whole documents, by a checksum of their first characters, the parts of a document together."""
    held: list[str] = []
    taken: list[str] = []
    size = 0
    for text in texts:
        name = text.name.split("#")[0]
        if zlib.crc32(name.encode("utf-8", "surrogatepass")) % HELD == 0 and size < MOST_HELD:
            held.append(text.text)
            size += len(text.text)
        else:
            taken.append(text.text)
    return held, taken


def pieces(clean: str, spun: str) -> Iterator[tuple[str, bool]]:
    """Pieces of a text and of what it was spun to, with whether they are spun."""
    for text, label in ((clean, False), (spun, True)):
        place = number = 0
        while place < len(text):
            size = PIECES[number % len(PIECES)]
            yield text[place : place + size], label
            place += size
            number += 1


def quantize(choice: Choice, evidence: Evidence) -> tuple[dict[str, Any], dict[str, bytes]]:
    """(description, sections) of a file: the strongest weights at four bits, rows at eight, evidence at four."""
    import numpy as np

    indices, values, pairs, words = choice.learned(0.05)
    index, value = np.frombuffer(indices, np.uint32), np.frombuffer(values, np.float32)
    if len(value) > KEPT:
        strongest = np.argpartition(-np.abs(value), KEPT)[:KEPT]
        index, value = index[strongest], value[strongest]
    levels = _levels(value)
    slots = max(16, int(len(value) / FILLED))
    checks, nibbles = _table(index, _nearest(value, levels), slots)
    u, uscale = _bytes(np.frombuffer(pairs, np.float32).reshape(-1, DIMENSIONS))
    rows = np.stack([np.frombuffer(row, np.float32) for _, _, row in words]) if words else np.zeros((0, DIMENSIONS))
    v, vscale = _bytes(rows)
    weights = np.frombuffer(evidence.learned(), np.float32)
    evidence_levels = _levels(weights[weights != 0])
    description = {
        "bits": choice.bits,
        "ubits": choice.ubits,
        "radius": choice.radius,
        "slots": slots,
        "fluency": choice.fluency,
        "scale": choice.scale,
        "uscale": uscale,
        "vscale": vscale,
        "levels": [float(level) for level in levels],
        "evidence_bits": evidence.bits,
        "evidence_levels": [float(level) for level in evidence_levels],
        "evidence_weight": 1.0,
        "fluency_weight": 0.25,
        "temperature": 1.0,
        "program": {},
    }
    sections = {
        "checks": checks,
        "values": nibbles,
        "u": u,
        "v": v,
        "words": "\n".join(("=" if stands else " ") + word for word, stands, _ in words).encode(),
        "evidence": _packed(_nearest(weights, evidence_levels)),
    }
    return description, sections


def evidence_of(description: dict[str, Any], sections: dict[str, bytes]) -> Evidence:
    """The evidence as it stands in a file."""
    return Evidence(sections["evidence"], description["evidence_levels"], description["evidence_bits"])


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


def _bytes(rows: np.ndarray) -> tuple[bytes, float]:
    """Rows as bytes of int8, and what one step is worth."""
    import numpy as np

    limit = float(np.quantile(np.abs(rows), 0.9999)) if rows.size else 1.0
    scale = max(limit, 1e-6) / 127
    return np.clip(np.rint(rows / scale), -127, 127).astype(np.int8).tobytes(), scale


def _mixed(h: np.ndarray) -> np.ndarray:
    """Twin of `_mixed` of the kernel."""
    import numpy as np

    h = h ^ h >> np.uint64(31)
    h = h * np.uint64(0x7FB5D329728EA185)
    h = h ^ h >> np.uint64(27)
    h = h * np.uint64(0x81DADEF4BC2DD44D)
    return h ^ h >> np.uint64(33)


def _table(indices: np.ndarray, numbers: np.ndarray, slots: int) -> tuple[bytes, bytes]:
    """The hash table of sparse weights: a check of a feature's index in each slot, 0 for none, and the number of its level."""
    import numpy as np

    hashed = _mixed(indices.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15))
    places = ((hashed >> np.uint64(32)) * np.uint64(slots) >> np.uint64(32)).astype(np.int64)
    marks = (1 + (hashed & np.uint64(0xFF)) % np.uint64(255)).astype(np.uint8)
    checks, values = bytearray(slots), np.zeros(slots, np.uint8)
    for place, mark, number in zip(places.tolist(), marks.tolist(), numbers.tolist(), strict=True):
        while checks[place]:
            place = place + 1 if place + 1 < slots else 0
        checks[place] = mark
        values[place] = number
    return bytes(checks), _packed(values)


def _verdict_weights(
    program: Preimages, evidence: Evidence, spinner: Segmented, held: Sequence[str]
) -> dict[str, float]:
    """What evidence and the gain in fluency weigh in the log odds of a piece of 100 characters, by logistic regression, and the
    temperature at which probabilities of choices are as often right as they say."""
    import numpy as np

    rows, labels = [], []
    for clean in held[:400]:
        for text, spun in ((clean, 0.0), (spinner.segmenter.spin(clean)[0], 1.0)):
            piece = text[:100]
            if len(piece) == 100:
                rows.append((evidence.score(piece), gain(program, piece)))
                labels.append(spun)
    features, wanted = np.array(rows), np.array(labels)
    weights = np.array([1.0, 0.2])
    for _ in range(50):
        guess = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))
        slope = features.T @ (wanted - guess) - 0.01 * weights
        bend = (features * (guess * (1 - guess))[:, None]).T @ features + 0.01 * np.eye(2)
        weights = weights + np.linalg.solve(bend, slope)
    return {
        "evidence_weight": float(max(0.0, weights[0])),
        "fluency_weight": float(max(0.0, weights[1])),
        "temperature": _temperature(program, spinner, held),
    }


def gain(program: Preimages, text: str) -> float:
    """How much likelier a text is of the program than as it stands, in nats, between -60 and 60."""
    return max(-60.0, min(60.0, program.decode(text)[2] - program.fluency(text)))


def _temperature(program: Preimages, spinner: Segmented, held: Sequence[str]) -> float:
    """The temperature that makes the held edits likeliest, each against its runners-up."""
    import numpy as np

    odds, right = [], []
    for clean in held[:200]:
        spun, gold = spinner.segmenter.spin(clean)
        true = set(gold)
        for start, end, original, probability, _ in program.decode(spun)[0]:
            if probability < 0.9999:
                odds.append(np.log(probability / (1 - probability)))
                right.append((start, end, original) in true)
    if not odds:
        return 1.0
    logits, truth = np.array(odds), np.array(right)
    grid = np.linspace(0.5, 3.0, 51)
    losses = [np.logaddexp(0, np.where(truth, -logits, logits) / value).mean() for value in grid]
    return float(grid[int(np.argmin(losses))])


def figures(
    program: Preimages, evidence: Evidence, spinner: Segmented, held: Sequence[str], description: dict[str, Any]
) -> dict[str, float]:
    """Of the held documents: edits that are right, and spun pieces found at one false alarm in a thousand, by length."""
    import numpy as np

    right = made = wanted = 0
    for clean in held[:300]:
        spun, gold = spinner.segmenter.spin(clean)
        found = {edit[:3] for edit in program.decode(spun)[0]}
        right, made, wanted = right + len(found & set(gold)), made + len(found), wanted + len(gold)
    out = {"precision": right / max(1, made), "recall": right / max(1, wanted)}
    spun_texts = [spinner.segmenter.spin(clean)[0] for clean in held]
    for length in LENGTHS:
        scores: list[list[float]] = []
        for texts in (held, spun_texts):
            cut = [
                text[place : place + length] for text in texts for place in range(0, len(text) - length + 1, length)
            ][:4000]
            scores.append(
                [
                    description["evidence_weight"] * evidence.score(piece)
                    + description["fluency_weight"] * gain(program, piece)
                    for piece in cut
                ]
            )
        if scores[0] and scores[1]:
            bar = float(np.quantile(scores[0], 1 - FALSE_ALARMS))
            out[f"found at {length}"] = float(np.mean(np.array(scores[1]) > bar))
    return out
