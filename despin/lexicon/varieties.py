"""The words of other varieties of Chinese, out of `lexicons/varieties.tsv`."""

from __future__ import annotations

from despin.errors import LexiconError
from despin.lexicon.load import shipped_folder
from despin.text.varieties import STANDARD, Varieties


def load_varieties() -> Varieties:
    """What tells other varieties of Chinese; nothing where the file is missing. Raises
    `LexiconError` for a broken file."""
    path = shipped_folder() / "varieties.tsv"
    words: dict[str, list[str]] = {}
    whole: dict[str, int] = {}
    regional: dict[str, tuple[list[str], list[str]]] = {}
    if not path.is_file():
        return Varieties(words)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"{path}: cannot be read ({error}): install despin again") from None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            continue
        named, _, listed = line.partition("\t")
        name, _, times = named.partition("*")
        if not name or not listed.split() or name in {*words, *regional} or (times and not times.isdecimal()):
            raise LexiconError(
                f"{path}:{number}:1: not a variety and its words: write one line for each, a tab between"
            )
        telling, _, usual = listed.partition("|")
        if usual.split():
            regional[name] = telling.split(), usual.split()
            continue
        words[name] = listed.split()
        if times:
            whole[name] = int(times)
    if words and STANDARD not in words:
        raise LexiconError(f"{path}:1:1: no line '{STANDARD}': write the small words of standard Chinese")
    return Varieties(words, whole, regional)
