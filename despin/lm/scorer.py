"""The scorer: a small network that reads a page and says how well each original fits at each
place, for every kind of channel.

The file is one of arrays (`despin.kernel.arrays_file`), made by `despin learn scorer`;
`despin.kernel.native.network` says what is computed.
"""

from __future__ import annotations

import json
import math
import threading
from array import array
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from despin.errors import ModelError
from despin.fingerprint import sha256
from despin.kernel.arrays_file import Array, pack, read_arrays
from despin.kernel.native.network import Network
from despin.lm.ngram import LanguageModel
from despin.text import writing

#: The scorer that comes with the package.
SHIPPED = Path(__file__).parent.parent / "model" / "zh_CN.scorer"
#: The form of the file that this version reads.
FORM = "despin-scorer-1"
#: Kinds of channels, as the scorer was taught them: programs that replace every word, and tables.
PROGRAM, TABLE = 0, 1
#: The characters of a word that the scorer reads.
SLOTS = 6
#: Words have vectors by so many bits of their hash.
WORD_BITS = 15
_LOG10_E = 1 / math.log(10)


class Scorer:
    """The scorer of a file, which is opened when it is first asked. Picklable, and safe to share between threads:
    `lock` is held while its network is asked, which has one memory. `model` says how common words are.
    What is asked first raises `ModelError` for a file that is missing, of another version, or damaged."""

    def __init__(self, model: LanguageModel, path: Path = SHIPPED) -> None:
        self.model, self.path, self.lock = model, path, threading.Lock()
        self._common = commonness_of(model)

    def __reduce__(self) -> tuple[type[Scorer], tuple[LanguageModel, Path]]:
        return Scorer, (self.model, self.path)

    @cached_property
    def network(self) -> Network:
        """The network itself."""
        return open_scorer(self.path)

    def gains(self, text: str, places: Sequence[tuple[int, int, Sequence[str]]], kind: int) -> list[list[float]]:
        """For each of the `places` (start, end, originals) of a text how much likelier (log10) each original is there
        than the form that stands, before anything else is known; `kind` is the channel's."""
        common = self._common
        asked = [
            (start, end, common(text[start:end]), [(one, common(one)) for one in originals])
            for start, end, originals in places
        ]
        with self.lock:
            found = self.network.scores(text, asked, kind)
        return [[(one - own) * _LOG10_E for one in rest] for own, *rest in found]


def open_scorer(path: Path = SHIPPED) -> Network:
    """The scorer of a file. Raises `ModelError` for a file that is missing, of another version, or damaged."""
    arrays, metadata = read_arrays(path)
    if metadata.get("form") != FORM:
        raise ModelError(f"{path}: is no scorer that this version reads ({FORM} is expected)")
    if metadata.get("sha256") != _digest(arrays):
        raise ModelError(f"{path}: is damaged (its checksum does not agree); install despin again, or learn it again")
    try:
        shape = json.loads(metadata["shape"])
        if not all(math.isfinite(shape[name]) for name in ("embedding_scale", "pair_scale", "word_scale")):
            raise ValueError("a number that is not finite")
        characters = array("I", bytes(arrays["characters"].data))
        return Network(shape, {**{name: one.data for name, one in arrays.items()}, "characters": characters.tolist()})
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ModelError(f"{path}: is no scorer that this version reads ({error})") from None


def found_scorer(path: Path) -> Path:
    """The scorer of a path; a name alone that is not in this folder is looked for beside the shipped scorer."""
    beside = SHIPPED.with_name(path.name)
    return beside if path == Path(path.name) and not path.exists() and beside.exists() else path


def write_scorer(path: Path, arrays: Mapping[str, Array], shape: Mapping[str, Any]) -> None:
    """Write a scorer's arrays and sizes to a file that `open_scorer` reads. Raises `OutputError` where it cannot be
    written."""
    writing.write(path, pack(arrays, {"form": FORM, "shape": json.dumps(shape), "sha256": _digest(arrays)}))


def _digest(arrays: Mapping[str, Array]) -> str:
    """The checksum of a file's arrays."""
    return sha256(b"".join(bytes(arrays[name].data) for name in sorted(arrays))).hexdigest()


def commonness_of(model: LanguageModel) -> Callable[[str], float]:
    """How common words are, as the scorer is told of it."""
    return cache(lambda word: commonness(model.best_split(word)[0]))


def commonness(logarithm: float) -> float:
    """What the scorer is told of how common a word is, from its log10 probability out of context."""
    return max(-12.0, logarithm) / 6 + 1


def quantised(rows: Sequence[Sequence[float]]) -> tuple[bytes, array[float]]:
    """Rows of weights in eight bits, and what each row is multiplied by."""
    data, scales = bytearray(), array("f")
    for row in rows:
        scale = max(1e-9, max(map(abs, row))) / 127
        scales.append(scale)
        data += bytes(round(one / scale) & 255 for one in row)
    return bytes(data), scales
