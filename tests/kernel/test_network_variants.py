"""The network on machines with AVX-512 VNNI, with AVX2 and with neither: all find the same bits."""

from __future__ import annotations

import random
from array import array
from pathlib import Path
from typing import Any

import pytest

from despin.kernel.arrays_file import Array, pack, read_arrays
from despin.kernel.native import network as native

TEXT = "我们在这个城市里生活了很多年，从来没有想过会离开。"
CHARACTERS = sorted(set(TEXT[:20]))
PLACES = [(0, 2, -2.0, [("咱们", -3.5), ("我们", -2.0)]), (8, 9, -1.5, []), (20, 24, -6.0, [("想过会离开了", -12.0)])]


def arrays(shape: dict[str, Any]) -> dict[str, Array]:
    """A network of this shape whose weights are drawn."""
    draw = random.Random(1)
    made = {"characters": Array("U32", (len(CHARACTERS),), array("I", map(ord, CHARACTERS)).tobytes())}

    def weights(name: str, rows: int, columns: int) -> None:
        made[name] = Array("I8", (rows, columns), draw.randbytes(rows * columns))

    def floats(name: str, size: int, least: float, most: float) -> None:
        numbers = array("f", (draw.uniform(least, most) for _ in range(size)))
        made[name] = Array("F32", (size,), numbers.tobytes())

    def layer(name: str, inputs: int, outputs: int) -> None:
        weights(name, outputs, inputs)
        floats(f"{name}.scales", outputs, 0.001, 0.004)
        floats(f"{name}.offsets", outputs, -0.5, 0.5)

    width, narrow, hidden, axes = (shape[name] for name in ("width", "narrow", "hidden", "axes"))
    weights("embedding", shape["characters"], width)
    weights("pair.embedding", shape["characters"], narrow)
    for block in range(len(shape["dilations"])):
        layer(f"block.{block}.mix", 3 * width, 2 * width)
        layer(f"block.{block}.back", width, width)
    layer("query", 4 * width, axes)
    layer("pair.hidden", 2 * shape["slots"] * narrow, hidden)
    layer("pair.vector", hidden, axes + 1)
    floats("pair.features", hidden * (3 + shape["kinds"]), -1, 1)
    weights("words", 1 << 15, axes)
    return made


def network(folder: Path, width: int, hidden: int, axes: int) -> native.Network:
    """A network whose arrays went through a file."""
    shape = {
        "width": width,
        "slots": 4,
        "narrow": 6,
        "hidden": hidden,
        "axes": axes,
        "kinds": 2,
        "dilations": [1, 3, 30],
    }
    shape |= {"characters": len(CHARACTERS) + 2, "embedding_scale": 0.02, "pair_scale": 0.02, "word_scale": 0.01}
    (folder / "network").write_bytes(pack(arrays(shape), {}))
    read = {name: one.data for name, one in read_arrays(folder / "network")[0].items()}
    return native.Network(shape, {**read, "characters": [ord(one) for one in CHARACTERS]})


@pytest.mark.parametrize(("width", "hidden", "axes"), [(16, 16, 16), (64, 50, 37)])
def test_all_machines_find_the_same(tmp_path: Path, width: int, hidden: int, axes: int) -> None:
    found = []
    try:
        for most in (0, 1, 2):
            native.use_at_most(most)
            # What was asked before is remembered: each asks its own.
            one = network(tmp_path, width, hidden, axes)
            found.append([one.scores(text, PLACES[:count], 1) for text, count in ((TEXT, 3), (TEXT[:2], 1), ("", 0))])
    finally:
        native.use_at_most(2)
    assert found[0] == found[1] == found[2]
    assert len({score for scores in found[0][0] for score in scores}) == 5
