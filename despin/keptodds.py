"""The odds of all spun forms in the cache folder: whoever reads many texts asks for most of them, a process at a time.

They depend on the lexicon, the language model and the code that weighs one by the other, so a file is named for all
three. A missing, foreign, broken or unwritable file never matters: the odds are found out again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from array import array
from pathlib import Path

from despin.fluency import LanguageModel
from despin.lexicon.entry import Lexicon
from despin.lexicon.locate import shipped_folder
from despin.lexicon.sealed import cache_folder
from despin.tuning import Tuning

#: The cache folder keeps this many files of odds, the latest.
KEPT_FILES = 16
#: The rooms whose code the odds depend on.
_ROOMS = ("background.py", "channel.py", "decoder.py", "fluency.py", "matching.py", "screen.py")

#: By pattern how many odds it has, then the family of each, and the odds.
Odds = tuple["array[int]", "array[int]", "array[float]"]


class KeptOdds:
    """Where the odds of one lexicon are kept between processes."""

    def __init__(self, lexicon: Lexicon, model: LanguageModel, tuning: Tuning) -> None:
        self._parts = (
            lexicon.digest,
            [family.name for family in lexicon.families],
            len(lexicon.entries),
            str(model.path),
            tuning,
            sys.byteorder,
        )
        self._model = model.path

    def load(self) -> Odds | None:
        """The odds that were stored; None where there are none."""
        file = self._file()
        if file is None:
            return None
        try:
            seal, payload = file.read_bytes().split(b"\n", 1)
            if seal.decode() != hashlib.sha256(payload).hexdigest():
                return None
            sizes = array("q", payload[:16])
            lengths, families, odds = array("i"), array("i"), array("d")
            rest = payload[16:]
            for column, count in ((lengths, sizes[0]), (families, sizes[1])):
                column.frombytes(rest[: count * column.itemsize])
                rest = rest[count * column.itemsize :]
            odds.frombytes(rest)
            return lengths, families, odds
        except (OSError, ValueError, IndexError):
            return None

    def store(self, odds: Odds) -> None:
        """Write odds at one stroke, or nothing at all."""
        file = self._file()
        if file is None:
            return
        lengths, families, values = odds
        sizes = array("q", [len(lengths), len(values)])
        payload = sizes.tobytes() + lengths.tobytes() + families.tobytes() + values.tobytes()
        with contextlib.suppress(OSError):
            import tempfile

            file.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".odds-")
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(hashlib.sha256(payload).hexdigest().encode() + b"\n" + payload)
                os.replace(temporary, file)
            except OSError:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
            _prune(file.parent)

    def _file(self) -> Path | None:
        folder = cache_folder()
        if folder is None:
            return None
        try:
            whole = hashlib.sha256(repr(self._parts).encode())
            status = self._model.stat()
            whole.update(f"{status.st_size} {status.st_mtime_ns}".encode())
            for file in (shipped_folder() / "background.tsv", *(Path(__file__).parent / room for room in _ROOMS)):
                whole.update(hashlib.sha256(file.read_bytes()).digest())
        except OSError:
            return None
        return folder / f"odds-{whole.hexdigest()[:32]}.bin"


def _prune(folder: Path) -> None:
    files = list(folder.glob("odds-*.bin"))
    if len(files) > KEPT_FILES:
        for file in sorted(files, key=lambda file: file.stat().st_mtime)[:-KEPT_FILES]:
            with contextlib.suppress(OSError):
                file.unlink()
