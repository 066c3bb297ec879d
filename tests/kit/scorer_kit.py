"""Small scorers for tests: arrays drawn at random, their file, and what a network says of them, computed the slow and obvious way."""

from __future__ import annotations

import json
import math
import random
from array import array
from pathlib import Path
from typing import Any

from despin.kernel.arrays_file import Array
from despin.lm.scorer import WORD_BITS, quantised, write_scorer

#: The characters that the small scorers tell apart.
CHARACTERS = "一不中京人今北国天大好学我提是更的美高，。"
#: Sizes of the small scorers.
SHAPE: dict[str, Any] = {
    "width": 16, "narrow": 4, "hidden": 16, "axes": 16, "dilations": [1, 2], "slots": 6, "kinds": 2,
    "characters": len(CHARACTERS) + 2, "embedding_scale": 0.01, "pair_scale": 0.01, "word_scale": 0.002,
}  # fmt: skip


def _layer(chance: random.Random, name: str, inputs: int, outputs: int) -> dict[str, Array]:
    data, scales = quantised([[chance.gauss(0, 1 / math.sqrt(inputs)) for _ in range(inputs)] for _ in range(outputs)])
    return {
        name: Array("I8", (outputs, inputs), data),
        f"{name}.scales": Array("F32", (outputs,), scales.tobytes()),
        f"{name}.offsets": _floats([chance.gauss(0, 0.3) for _ in range(outputs)], (outputs,)),
    }


def _floats(values: list[float], shape: tuple[int, ...]) -> Array:
    return Array("F32", shape, array("f", values).tobytes())


def _bytes(chance: random.Random, rows: int, columns: int) -> Array:
    return Array("I8", (rows, columns), chance.randbytes(rows * columns))


def arrays(seed: int = 1) -> dict[str, Array]:
    """The arrays of a small scorer."""
    chance, width, hidden, axes = random.Random(seed), SHAPE["width"], SHAPE["hidden"], SHAPE["axes"]
    found = {"characters": Array("U32", (len(CHARACTERS),), array("I", map(ord, CHARACTERS)).tobytes())}
    found["embedding"] = _bytes(chance, SHAPE["characters"], width)
    found["pair.embedding"] = _bytes(chance, SHAPE["characters"], SHAPE["narrow"])
    found["words"] = _bytes(chance, 1 << WORD_BITS, axes)
    for number in range(len(SHAPE["dilations"])):
        found |= _layer(chance, f"block.{number}.mix", 3 * width, 2 * width)
        found |= _layer(chance, f"block.{number}.back", width, width)
    found |= _layer(chance, "query", 4 * width, axes)
    found |= _layer(chance, "pair.hidden", 2 * SHAPE["slots"] * SHAPE["narrow"], hidden)
    found |= _layer(chance, "pair.vector", hidden, axes + 1)
    features = 3 + SHAPE["kinds"]
    found["pair.features"] = _floats([chance.gauss(0, 0.5) for _ in range(hidden * features)], (hidden, features))
    return found


def write(path: Path, seed: int = 1) -> Path:
    """The file of a small scorer."""
    write_scorer(path, arrays(seed), SHAPE)
    return path


class Slow:
    """What a scorer says, with numbers of full precision, one at a time."""

    def __init__(self, arrays: dict[str, Array], shape: dict[str, Any]) -> None:
        self.arrays, self.shape = arrays, shape
        self.numbers = {chr(code): place + 2 for place, code in enumerate(array("I", bytes(arrays["characters"].data)))}
        self.rows = {name: self._rows(name) for name, one in arrays.items() if one.kind == "I8"}
        self.floats = {name: array("f", bytes(one.data)) for name, one in arrays.items() if one.kind == "F32"}

    def _rows(self, name: str) -> list[list[int]]:
        _, (rows, columns), data = self.arrays[name]
        values = array("b", bytes(data))
        return [values[row * columns : (row + 1) * columns].tolist() for row in range(rows)]

    def scores(
        self, text: str, places: list[tuple[int, int, float, list[tuple[str, float]]]], kind: int
    ) -> list[list[float]]:
        """As `Network.scores`."""
        states, found = self._states(text), []
        for start, end, log, originals in places:
            form = text[start:end]
            asked = self._layer("query", [*states[start], *states[start + 1], *states[end], *states[end + 1]])
            pairs = [(form, log), *originals]
            vectors = [self._vector(form, original, log, own, kind) for original, own in pairs]
            root = math.sqrt(self.shape["axes"])
            found.append([sum(map(float.__mul__, asked, one[:-1])) / root + one[-1] for one in vectors])
        return found

    def _states(self, text: str) -> list[list[float]]:
        """The rows of a text, with one of padding before the first and one behind the last; beyond these all is 0."""
        scale, zeros = self.shape["embedding_scale"], [0.0] * self.shape["width"]
        numbers = [0, *(self.numbers.get(c, 1) for c in text), 0]
        rows = [[one * scale for one in self.rows["embedding"][number]] for number in numbers]
        for number, far in enumerate(self.shape["dilations"]):
            own = [_normalised(row) for row in rows]
            for place, row in enumerate(rows):
                before = own[place - far] if place >= far else zeros
                behind = own[place + far] if place + far < len(rows) else zeros
                mixed = self._layer(f"block.{number}.mix", [*before, *own[place], *behind])
                half = len(mixed) // 2
                inner = [_silu(gate) * value for gate, value in zip(mixed[:half], mixed[half:], strict=True)]
                added = self._layer(f"block.{number}.back", inner)
                row[:] = [one + more for one, more in zip(row, added, strict=True)]
        return [*map(_normalised, rows)]

    def _vector(self, form: str, original: str, log: float, own: float, kind: int) -> list[float]:
        slots, scale = self.shape["slots"], self.shape["pair_scale"]
        inputs: list[float] = []
        for word in (form, original):
            numbers = [self.numbers.get(c, 1) for c in word[:slots]]
            for number in numbers + [0] * (slots - len(numbers)):
                inputs += [one * scale for one in self.rows["pair.embedding"][number]]
        told = [log, own, float(form == original), *(float(kind == one) for one in range(self.shape["kinds"]))]
        hidden = self._layer("pair.hidden", inputs)
        for row in range(len(hidden)):
            weights = self.floats["pair.features"][row * len(told) : (row + 1) * len(told)]
            hidden[row] = _silu(hidden[row] + sum(map(float.__mul__, weights, told)))
        found = self._layer("pair.vector", hidden)
        word_row = self.rows["words"][_hash(original)]
        return [*(one + two * self.shape["word_scale"] for one, two in zip(found, word_row, strict=False)), found[-1]]

    def _layer(self, name: str, inputs: list[float]) -> list[float]:
        scales, offsets = self.floats[f"{name}.scales"], self.floats[f"{name}.offsets"]
        return [
            sum(weight * one for weight, one in zip(row, inputs, strict=True)) * scale + offset
            for row, scale, offset in zip(self.rows[name], scales, offsets, strict=True)
        ]


def _normalised(row: list[float]) -> list[float]:
    mean = sum(row) / len(row)
    root = math.sqrt(sum((one - mean) ** 2 for one in row) / len(row) + 1e-5)
    return [(one - mean) / root for one in row]


def _silu(value: float) -> float:
    return value / (1 + math.exp(-value)) if value > -500 else 0.0


def _hash(word: str) -> int:
    found = 0x9E3779B97F4A7C15
    for c in word:
        found = (found ^ ord(c)) * 0x9E3779B97F4A7C15 % 2**64
        found ^= found >> 29
    return found >> 40 & (1 << WORD_BITS) - 1


def mended(path: Path, **metadata: str) -> None:
    """Change what the header of a file says of it."""
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    header["__metadata__"] |= metadata
    head = json.dumps(header).encode()
    path.write_bytes(len(head).to_bytes(8, "little") + head + data[8 + size :])
