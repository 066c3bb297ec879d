"""What ordinary Chinese says about the lexicon: pairs whose "spun" form it uses where the model expects the original.

`lexicons/background.tsv` counts, for every pair nobody attested, its sites in ordinary text and the edits that would
have been expected there. A pair that fires in ordinary text has to earn its edits in a spun one. A digit that was
damaged would change results without a word, so a comment holds the checksum of the lines below it.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from pathlib import Path

from despin.errors import LexiconError
from despin.lexicon.load import shipped_folder
from despin.tuning import Lists

#: What stands before the CRC-32, in hexadecimal, of everything below its line.
SEAL = "# checksum of the lines below: "


def sealed(lines: str) -> str:
    """Lines of a table below their checksum."""
    return f"{SEAL}{zlib.crc32(lines.encode()):08x}\n{lines}"


def load_background() -> Mapping[tuple[str, str], float]:
    """log10 of what is taken from a pair's weight, by (spun, original). Raises `LexiconError` for a broken file."""
    path = shipped_folder() / "background.tsv"
    offsets: dict[tuple[str, str], float] = {}
    if not path.is_file():
        return offsets
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"{path}: cannot be read ({error}): install despin again") from None
    known: dict[str, float] = {}  # most pairs have few sites, and counts like others
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            continue
        try:
            spun, original, counts = line.split("\t", 2)
            if counts not in known:
                sites, expected = counts.split("\t")
                known[counts] = offset(*_checked(int(sites), float(expected)))
            offsets[spun, original] = known[counts]
        except ValueError:
            raise LexiconError(
                f"{path}:{number}:1: not spun, original, sites, expected: make the file again with "
                "'despin learn background'"
            ) from None
    _check_seal(path, text)
    return offsets


def _check_seal(path: Path, text: str) -> None:
    """Raises `LexiconError` where a table is not what its checksum was made for."""
    before, seal, rest = text.partition(SEAL)
    told, _, lines = rest.partition("\n")
    wanted = sealed(lines)[len(SEAL) :][:8]
    if not seal or told != wanted:
        number = before.count("\n") + 1
        raise LexiconError(
            f"{path}:{number}:1: is damaged (its checksum is another): install despin again; after a change that is "
            f"meant write '{SEAL}{wanted}' there"
        )


def _checked(sites: int, expected: float) -> tuple[int, float]:
    """The two numbers. Raises `ValueError` unless both are counts, and no more edits are
    expected than there are sites."""
    if not 0.0 <= expected <= sites < 1 << 53:
        raise ValueError("no counts")
    return sites, expected


def offset(sites: int, expected: float) -> float:
    """log10 of the factor that brings a pair's firing rate in ordinary text down to `TOLERATED`; never above 0."""
    rate = min(0.97, (expected + Lists.tolerated * Lists.confidence) / (sites + Lists.confidence))
    return min(0.0, math.log10(Lists.tolerated / (1.0 - Lists.tolerated)) - math.log10(rate / (1.0 - rate)))
