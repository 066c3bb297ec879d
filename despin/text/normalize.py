"""What does not count when two texts are compared: width, case, white space and, for edits, punctuation."""

from __future__ import annotations

import functools
import unicodedata

#: Stands for a run of punctuation in `symbols`; no folded text contains it.
BREAK = "\x1f"


def normalised(text: str) -> str:
    """`text` in NFKC, lower case, without white space: the form whose distances make the restored share."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def folded(text: str) -> str:
    """`text` in NFKC and lower case, without white space, invisible characters and punctuation.

    Two readings of a place in a pair of texts are the same when their folded forms are.
    """
    return "".join(_folded_character(character) for character in text).replace(BREAK, "")


def symbols(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded characters of `text`, each run of punctuation as one `BREAK`, and the (start, end) each came from."""
    found: list[str] = []
    spans: list[tuple[int, int]] = []
    for place, character in enumerate(text):
        for symbol in _folded_character(character):
            if symbol == BREAK and found and found[-1] == BREAK:
                spans[-1] = (spans[-1][0], place + 1)
            else:
                found.append(symbol)
                spans.append((place, place + 1))
    return "".join(found), spans


@functools.lru_cache(maxsize=65536)
def _folded_character(character: str) -> str:
    kept = []
    for part in unicodedata.normalize("NFKC", character).lower():
        category = unicodedata.category(part)
        if part == "\n" or category[0] == "P":
            kept.append(BREAK)
        elif not part.isspace() and category not in ("Cc", "Cf", "Zs"):
            kept.append(part)
    return "".join(kept)
