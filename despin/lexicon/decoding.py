"""The text of a word list in whatever encoding it circulates; a few broken characters do not spoil the rest."""

from __future__ import annotations

from despin.errors import InputError
from despin.textfiles import check_encoding
from despin.textguess import binary_kind, guess_encoding

#: A list is read, and its broken lines reported, when at most one line in this many is broken.
_TOLERATED = 100


def decode_list(data: bytes, name: str, encoding: str = "") -> tuple[str, str]:
    """(text, encoding found). Broken characters become U+FFFD where they are few.

    Raises `InputError` when no encoding fits or `encoding` does not, `UsageError` when there is no such encoding.
    """
    if encoding:
        return _tolerant(data, name, [check_encoding(encoding)])
    kind = binary_kind(data)
    if kind:
        raise InputError(f"{name}: {kind}: name a word list in plain text")
    guess = guess_encoding(data)
    # The guess looks at the beginning only, and a damaged beginning defeats it.
    return _tolerant(data, name, ["utf-8", "gb18030"] if guess in (None, "utf-8") else [str(guess)])


def _tolerant(data: bytes, name: str, encodings: list[str]) -> tuple[str, str]:
    """The first strict reading, else the one with the fewest broken lines if those are few."""
    loose: list[tuple[int, str, str]] = []
    for encoding in encodings:
        try:
            return data.decode(encoding).removeprefix("\ufeff"), encoding
        except UnicodeError:
            text = data.decode(encoding, "replace").removeprefix("\ufeff")
            loose.append((sum("\ufffd" in line for line in text.split("\n")), text, encoding))
    broken, text, encoding = min(loose, key=lambda item: item[0])
    if broken * _TOLERATED > text.count("\n") + 1:
        tried = " nor ".join(encodings)
        raise InputError(f"{name}: not {tried}: name its encoding with --encoding (gb18030, big5, utf-16 ...)")
    return text, encoding
