"""The odds of all spun forms in the cache folder: whoever reads many texts asks for most of them, a process at a time.

They depend on the lexicon and the language model, so a file is named for both, and on the code that weighs one by the
other, for which `FORM` stands. A missing, foreign, broken or unwritable file never
matters: the odds are found out again.
"""

from __future__ import annotations

import math
import sys
import zlib
from array import array
from pathlib import Path
from typing import Any

from despin.cachefile import KEPT_FILES, cache_folder, open_cached, write_cached
from despin.errors import ModelError
from despin.fingerprint import sha256, version
from despin.kernel import arrays_file
from despin.kernel.arrays_file import Array
from despin.lexicon.load import shipped_folder
from despin.lexicon.model import Lexicon
from despin.lm.ngram import LanguageModel
from despin.tuning import Tuning

#: To be raised whenever the form of the file changes, or the code that finds the odds out finds others.
FORM = 5

#: By pattern how many odds it has, then the family of each, and the odds.
Odds = tuple["array[int]", "array[int]", "array[float]"]


class OddsCache:
    """Where the odds of one lexicon are kept between processes."""

    def __init__(self, lexicon: Lexicon, model: LanguageModel, tuning: Tuning) -> None:
        self._parts: tuple[Any, ...] = (
            lexicon.digest,
            [family.name for family in lexicon.families],
            lexicon.size,
            str(model.path),
            tuning,
            sys.byteorder,
        )
        self._model = model.path

    def load(self) -> Odds | None:
        """The odds that were stored; None where there are none."""
        digest, folder = self._digest(), cache_folder()
        if folder is None or digest is None:
            return None
        try:
            with open_cached(_file(folder, digest)) as stream:
                found, _ = arrays_file.unpack(stream.read(), zlib.crc32)
            lengths, families = array("i", bytes(found["lengths"].data)), array("i", bytes(found["families"].data))
            odds = array("d", bytes(found["odds"].data))
        except (OSError, ValueError, KeyError, ModelError):
            return None
        return (lengths, families, odds) if self._are_odds(lengths, families, odds) else None

    def _are_odds(self, lengths: array[int], families: array[int], odds: array[float]) -> bool:
        """Whether columns are what `store` is given: as many families and odds as the lengths say, families
        there are, and positive odds."""
        count = len(self._parts[1])
        return (
            min(lengths, default=0) >= 0
            and sum(lengths) == len(families) == len(odds)
            and 0 <= min(families, default=0) <= max(families, default=-1) < count
            and min(odds, default=0.0) >= 0.0
            and sum(odds) < math.inf  # nor is any of them NaN
        )

    def store(self, odds: Odds) -> None:
        """Write odds at one stroke, or nothing at all."""
        digest, folder = self._digest(), cache_folder()
        if folder is not None and digest is not None:
            lengths, families, values = odds
            columns = {
                "lengths": Array("I32", (len(lengths),), lengths.tobytes()),
                "families": Array("I32", (len(families),), families.tobytes()),
                "odds": Array("F64", (len(values),), values.tobytes()),
            }
            write_cached(_file(folder, digest), arrays_file.pack(columns, {}, zlib.crc32), KEPT_FILES)

    def _digest(self) -> str | None:
        """What the odds depend on, as a checksum."""
        whole = sha256(repr(self._parts).encode())
        try:
            status = self._model.stat()
            whole.update(f"{status.st_size} {status.st_mtime_ns}".encode())
            data = (shipped_folder() / "background.tsv").read_bytes()
            whole.update(f"{len(data)} {zlib.crc32(data)}".encode())
        except OSError:
            return None
        return whole.hexdigest()


def _file(folder: Path, digest: str) -> Path:
    """The file for odds that depend on what has this digest."""
    return folder / f"odds-{digest[:32]}-{FORM}-{version()}.bin"
