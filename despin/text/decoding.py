"""Bytes as a text, and the text as the same bytes again: encoding and byte order mark are kept, and line ends as they
stand (`despin.text.line_ends` says how those are read).

A text is read as UTF-8 unless an encoding is named. What cannot be read is refused with a message that says which
`--encoding` would read it (`despin.text.encodings`).
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass

from despin.errors import InputError, OutputError, UsageError
from despin.results import Edit, apply
from despin.text.encodings import GUESSABLE, binary_kind, guess_encoding, looks_like_nonsense, mojibake
from despin.text.suggest import nearest

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text as it was read. `bom + text` in `encoding` gives the bytes of the file again.

    `name` is what the user called it, for messages; `bom` is the byte order mark or an empty string, and is not part of
    `text`, so offsets do not count it.
    """

    name: str
    text: str
    encoding: str = "utf-8"
    bom: str = ""
    #: How the encoding was found out, in words, where nobody named it and it is not UTF-8.
    told_by: str = ""

    def encode(self, text: str) -> bytes:
        """`text` as bytes in this file's encoding, with its byte order mark.

        Raises `OutputError` when a character does not exist in the encoding.
        """
        try:
            return (self.bom + text).encode(self.encoding)
        except UnicodeEncodeError as error:
            raise OutputError(
                f"{self.name}: {error.object[error.start]!r} cannot be written in {self.encoding}; "
                "convert the file to UTF-8 first, or ask for --format json"
            ) from None

    def restored(self, edits: Sequence[Edit]) -> bytes:
        """The bytes of the file with `edits` made. Raises `OutputError` as `encode` does."""
        return self.encode(apply(self.text, edits))

    def possible(self, edits: Sequence[Edit]) -> Sequence[Edit]:
        """Those of `edits` that can be made in this kind of file."""
        return edits


def check_encoding(name: str) -> str:
    """The codec name of `name`. Raises `UsageError`, with a suggestion, when Python has no such text encoding."""
    if _is_text_codec(name):
        return codecs.lookup(name).name
    from encodings.aliases import aliases

    known = sorted({alias.replace("_", "-") for pair in aliases.items() for alias in pair if _is_text_codec(alias)})
    near = nearest(name.lower().replace("_", "-"), known)
    hint = f"did you mean {near}? " if near else ""
    raise UsageError(f"unknown encoding {name!r}: {hint}Common ones are utf-8, gb18030, big5, utf-16") from None


def _is_text_codec(name: str) -> bool:
    """Whether `name` is an encoding of text; base64 and its like are codecs too."""
    try:
        "".encode(name)
    except (LookupError, UnicodeError, ValueError):
        return False
    return True


def decode(data: bytes, name: str, encoding: str | None = None) -> TextFile:
    """`data` as a text called `name`; see `read` for what is refused."""
    if not data:
        raise InputError(f"{name}: is empty; there is nothing to read, check that this is the right file")
    codec = check_encoding(encoding) if encoding else "utf-8"
    codec = _with_byte_order(codec, data)
    kind = binary_kind(data, codec)
    if kind:
        raise InputError(f"{name}: {kind}; despin reads plain text, so save it as plain text (UTF-8) first")
    try:
        text = data.decode(codec)
    except UnicodeError as error:
        raise InputError(_cannot_decode(data, name, encoding, codec, error)) from None
    if codec in GUESSABLE and looks_like_nonsense(text, codec, data):
        raise InputError(f"{name}: reads as nonsense in {encoding or 'UTF-8'}; {_use(guess_encoding(data))}")
    if (wrongly := mojibake(text)) is not None:
        own, wrong = wrongly
        raise InputError(
            f"{name}: is mojibake: text in {own} that was read as {wrong} and saved so; take the text as it was "
            f"before, or turn it back (Python: text.encode({wrong!r}, 'ignore').decode({own!r}, 'ignore'))"
        )
    bom = _BOM if text.startswith(_BOM) else ""
    text = text[len(bom) :]
    if not text:
        raise InputError(f"{name}: holds nothing but a byte order mark; check that this is the right file")
    if codec != "utf-8" and (bom + text).encode(codec, "replace") != data:
        raise InputError(f"{name}: {codec} cannot write this text back as it is; convert the file to UTF-8 first")
    return TextFile(name, text, codec, bom)


def _with_byte_order(codec: str, data: bytes) -> str:
    """`codec` with its byte order spelt out, because Python's `utf-16` forgets which order it read."""
    if codec in ("utf-16", "utf-32"):
        big = b"\xfe\xff" if codec == "utf-16" else b"\0\0\xfe\xff"
        return f"{codec}-be" if data.startswith(big) else f"{codec}-le"
    return "utf-8" if codec == "utf-8-sig" else codec


def _use(guess: str | None) -> str:
    if guess is None:
        return "name its encoding with --encoding NAME (gb18030, big5, utf-16 ...)"
    return "leave --encoding out, it is UTF-8" if guess == "utf-8" else f"--encoding {guess} would read it"


def _cannot_decode(data: bytes, name: str, asked: str | None, codec: str, error: UnicodeError) -> str:
    guess = guess_encoding(data)
    what = f"is not {asked or 'UTF-8'}"
    if guess is not None and guess != codec:
        return f"{name}: {what}; {_use(guess)}"
    if not isinstance(error, UnicodeDecodeError):
        return f"{name}: {what}; {_use(None)}"
    byte = f"byte 0x{data[error.start]:02X}"
    if codec.startswith(("utf-16", "utf-32")):
        return f"{name}: {byte} at offset {error.start} is not valid {codec}; the file is damaged or cut off"
    *above, line = data[: error.start].split(b"\n")
    place = f"{name}:{len(above) + 1}:{len(line.decode(codec, 'replace')) + 1}"
    damaged = len(data.decode(codec, "ignore").encode(codec, "ignore")) > 0.9 * len(data)
    mend = "the rest is, so mend or remove that byte" if damaged else _use(None)
    return f"{place}: {byte} is not valid {codec}; {mend}"
