"""The scorer's network while it learns, in torch, and its weights as the arrays of a file.

What is computed is what `despin/kernel/native/network.pyx` says, in floating point. A network is a mapping of names to
weights: layers have the names that they have in the file, their offsets end in `.offsets`.
"""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from despin.kernel.arrays_file import Array, read_arrays
from despin.lm.scorer import PROGRAM, SLOTS, TABLE, WORD_BITS, open_scorer, quantised
from despin.tuning import Steps

if TYPE_CHECKING:
    from torch import Tensor

    from despin.learning.features import Batch

    #: Weights by name.
    Weights = dict[str, Tensor]

#: Kinds of channels.
KINDS = len((PROGRAM, TABLE))


@dataclass(frozen=True)
class Sizes:
    """Sizes of a network: numbers of a row (`width`), of a character in a pair (`narrow`), of the hidden layer of pairs
    and of their vectors (`axes`); how far blocks look; characters that it tells apart at most, with padding and the
    unknown one."""

    width: int = 64
    narrow: int = 32
    hidden: int = 192
    axes: int = 96
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 1)
    characters: int = 6500


def vocabulary(counts: Mapping[str, int], most: int) -> dict[str, int]:
    """The numbers of the most frequent characters of the first plane; 0 is padding and 1 any other character."""
    ranked = sorted((one for one in counts if ord(one) < 1 << 16), key=lambda one: (-counts[one], one))
    return {one: number + 2 for number, one in enumerate(ranked[: most - 2])}


def begin(sizes: Sizes, characters: int) -> Weights:
    """The weights that learning begins with, drawn by torch's generator; `characters` are told apart."""
    import torch

    weights: Weights = {}

    def normal(name: str, rows: int, columns: int, deviation: float) -> None:
        weights[name] = torch.empty(rows, columns).normal_(std=deviation)

    def layer(name: str, inputs: int, outputs: int, beside: int = 0) -> None:
        """A layer as torch begins one; `beside` further inputs have weights of their own."""
        bound = 1 / math.sqrt(inputs + beside)
        weights[name] = torch.empty(outputs, inputs).uniform_(-bound, bound)
        weights[f"{name}.offsets"] = torch.empty(outputs).uniform_(-bound, bound)

    normal("embedding", characters, sizes.width, Steps.of_characters)
    for number in range(len(sizes.dilations)):
        layer(f"block.{number}.mix", 3 * sizes.width, 2 * sizes.width)
        layer(f"block.{number}.back", sizes.width, sizes.width)
        weights[f"block.{number}.back"].normal_(std=Steps.of_blocks / math.sqrt(sizes.width * len(sizes.dilations)))
    layer("query", 4 * sizes.width, sizes.axes)
    normal("words", 1 << WORD_BITS, sizes.axes, Steps.of_words)
    normal("pair.embedding", characters, sizes.narrow, Steps.of_characters)
    features, inputs = 3 + KINDS, 2 * SLOTS * sizes.narrow
    layer("pair.hidden", inputs, sizes.hidden, features)
    bound = 1 / math.sqrt(inputs + features)
    weights["pair.features"] = torch.empty(sizes.hidden, features).uniform_(-bound, bound)
    layer("pair.vector", sizes.hidden, sizes.axes + 1)
    return {name: one.requires_grad_() for name, one in weights.items()}


def scores(weights: Weights, sizes: Sizes, batch: Batch, learning: bool = False) -> Tensor:
    """The scores of each place's candidates (nats, up to a constant of the place), very low where there is none."""
    import torch

    places, candidates = torch.from_numpy(batch.places), torch.from_numpy(batch.candidates)
    states = _states(weights, sizes, torch.from_numpy(batch.characters))
    row, first, last = places[:, 0], places[:, 1], places[:, 2]
    around = torch.cat([states[row, first - 1], states[row, first], states[row, last], states[row, last + 1]], -1)
    asked = _layer(weights, "query", around)
    offered = _vectors(weights, batch, learning)[candidates.clamp(min=0)]
    found = (offered[..., :-1] * asked[:, None, :]).sum(-1).float() / math.sqrt(sizes.axes) + offered[..., -1].float()
    return found.masked_fill(candidates < 0, -1e9)


def _states(weights: Weights, sizes: Sizes, characters: Tensor) -> Tensor:
    """The rows of chunks as blocks leave them, normalised. A page has one character of padding on each side; beyond it
    all is 0."""
    import torch
    from torch.nn import functional

    near = functional.pad(characters, (1, 1))
    there = ((characters > 0) | (near[:, :-2] > 0) | (near[:, 2:] > 0))[..., None]
    size = characters.shape[1]
    rows = functional.embedding(characters, weights["embedding"])
    for number, far in enumerate(sizes.dilations):
        own = functional.layer_norm(rows, (sizes.width,)) * there
        wide = functional.pad(own, (0, 0, far, far))
        mixed = _layer(weights, f"block.{number}.mix", torch.cat([wide[:, :size], own, wide[:, 2 * far :]], -1))
        gate, value = mixed.chunk(2, -1)
        rows = rows + _layer(weights, f"block.{number}.back", functional.silu(gate) * value)
    return functional.layer_norm(rows, (sizes.width,)) * there


def _vectors(weights: Weights, batch: Batch, learning: bool) -> Tensor:
    """The vectors of pairs, and behind each its offset."""
    import torch
    from torch.nn import functional

    characters = functional.embedding(torch.from_numpy(batch.pairs), weights["pair.embedding"]).flatten(1)
    told = functional.linear(torch.from_numpy(batch.features), weights["pair.features"])
    found = _layer(weights, "pair.vector", functional.silu(_layer(weights, "pair.hidden", characters) + told))
    words = functional.embedding(torch.from_numpy(batch.hashes), weights["words"])
    if learning:
        words = words * (torch.rand(len(words), 1) > Steps.dropped)
    return torch.cat([found[:, :-1] + words, found[:, -1:]], -1)


def _layer(weights: Weights, name: str, inputs: Tensor) -> Tensor:
    from torch.nn import functional

    return functional.linear(inputs, weights[name], weights[f"{name}.offsets"])


def arrays_of(weights: Weights, sizes: Sizes, characters: Mapping[str, int]) -> tuple[dict[str, Array], dict[str, Any]]:
    """(arrays, shape) of a file: weights of eight bits, characters sorted by code points. `characters` are their
    numbers."""
    ranked = sorted(characters, key=ord)
    order = [0, 1, *(characters[one] for one in ranked)]
    found = {"characters": Array("U32", (len(ranked),), array("I", map(ord, ranked)).tobytes())}
    scales = {}
    for name in ("embedding", "pair.embedding", "words"):
        rows = weights[name].detach()
        rows = rows[order] if name != "words" else rows
        scales[name] = float(rows.abs().max()) / 127
        whole = (rows / scales[name]).round()
        found[name] = Array("I8", tuple(whole.shape), bytes(int(one) & 255 for one in whole.flatten().tolist()))
    for name in (one.removesuffix(".offsets") for one in weights if one.endswith(".offsets")):
        rows = weights[name].detach()
        data, steps = quantised(rows.tolist())
        found[name] = Array("I8", tuple(rows.shape), data)
        found[f"{name}.scales"] = Array("F32", (len(steps),), steps.tobytes())
        found[f"{name}.offsets"] = _floats(weights[f"{name}.offsets"].tolist(), (len(steps),))
    features = weights["pair.features"]
    found["pair.features"] = _floats(features.flatten().tolist(), tuple(features.shape))
    shape = {
        **asdict(sizes), "dilations": list(sizes.dilations), "slots": SLOTS, "kinds": KINDS, "characters": len(order),
        "embedding_scale": scales["embedding"], "pair_scale": scales["pair.embedding"], "word_scale": scales["words"],
    }  # fmt: skip
    return found, shape


def weights_of(path: Path) -> tuple[Weights, Sizes, dict[str, int]]:
    """(weights, sizes, numbers of characters) of a scorer's file: what `arrays_of` was given, in eight bits. Raises
    `ModelError` for a file that `open_scorer` does not read."""
    import torch

    open_scorer(path)
    arrays, metadata = read_arrays(path)
    shape = json.loads(metadata["shape"])
    weights: Weights = {}

    def numbers(name: str) -> Tensor:
        array, kinds = arrays[name], {"I8": torch.int8, "F32": torch.float32}
        return torch.frombuffer(bytearray(array.data), dtype=kinds[array.kind]).reshape(array.shape).float()

    for name in arrays:
        scale = {"embedding": "embedding_scale", "pair.embedding": "pair_scale", "words": "word_scale"}.get(name)
        if scale:
            weights[name] = numbers(name) * shape[scale]
        elif name.endswith(".offsets") or name == "pair.features":
            weights[name] = numbers(name)
        elif f"{name}.scales" in arrays:
            weights[name] = numbers(name) * numbers(f"{name}.scales")[:, None]
    sizes = Sizes(
        **{name: shape[name] for name in asdict(Sizes()) if name != "dilations"}, dilations=tuple(shape["dilations"])
    )
    characters = array("I", bytes(arrays["characters"].data))
    return weights, sizes, {chr(one): number + 2 for number, one in enumerate(characters)}


def _floats(values: Sequence[float], shape: tuple[int, ...]) -> Array:
    return Array("F32", shape, array("f", values).tobytes())
