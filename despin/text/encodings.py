"""What the bytes of a file are likely to be, when they are not UTF-8.

The guess needs no table of its own: GB2312 and Big5 put their few thousand common characters before the rare ones, so
text decoded with the right codec lies almost wholly in that first level, and text decoded with a wrong one does not.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from functools import cache, lru_cache

from despin.tuning import Encodings

#: The encodings that Chinese texts come in, in order of preference where a short text fits several.
CANDIDATES = ("gb18030", "big5", "utf-16-le", "utf-16-be")
#: Codecs whose reading can be judged, because they write Chinese.
GUESSABLE = frozenset({*CANDIDATES, "utf-8", "gbk", "gb2312", "cp950", "big5hkscs"})
_GB = frozenset({"gb18030", "gbk", "gb2312"})
_BIG5 = frozenset({"big5", "cp950", "big5hkscs"})

#: How text is decoded wrongly: the encoding that it was read in, and the one that it is in. So large a share of the
#: bytes has to fit.
_WRONGLY_READ = (
    ("gb18030", "utf-8"), ("cp1252", "utf-8"), ("latin-1", "utf-8"), ("big5", "utf-8"), ("latin-1", "gb18030"),
    ("cp1252", "gb18030"), ("latin-1", "big5"), ("gb18030", "big5"), ("big5", "gb18030"),
)  # fmt: skip

#: What a page says of its encoding, and what shows that it is one.
_CHARSET = re.compile(rb"""<meta\b[^<>]{0,200}?\bcharset\s*=\s*["']?\s*([a-z0-9_:.-]{2,40})""", re.I)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|meta)\b", re.I)

_SIGNATURES = (
    (b"PK\x03\x04", "a zip archive or an office document (Word files have names that end with .docx or .docm)"),
    (b"\xd0\xcf\x11\xe0", "an office document (.doc)"),
    (b"%PDF-", "a PDF"),
    (b"{\\rtf", "a rich-text document (.rtf)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ", "compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
)
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\x1b") + b"\x7f"


def binary_kind(data: bytes, codec: str = "utf-8") -> str | None:
    """What binary thing `data` is, in words, or None when it may be text in `codec`.

    Single control characters and NULs do not make a text binary; a file full of them does.
    """
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return f"is {kind}, not text"
    if codec.startswith(("utf-16", "utf-32")) or _every_other_is_nul(data):
        return None
    head = data[: Encodings.sample]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls <= 2 and len(head) > 8:
        return None
    guess = guess_encoding(data)
    if guess is not None and guess.startswith(("utf-16", "utf-32")):
        return None
    readable = guess is not None or _sample_text(data, "utf-8") is not None
    return "is a binary file, not text" if controls > (0.3 if readable else 0.02) * len(head) else None


def guess_encoding(data: bytes) -> str | None:
    """The name to give to `--encoding` for `data`: utf-8, gb18030, big5 or a form of utf-16; None when unsure."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-32" if data.startswith(b"\xff\xfe\0\0") else "utf-16"
    if _sample_text(data, "utf-8") is not None and not _every_other_is_nul(data):
        return "utf-8"
    best, found = Encodings.sure, None
    for codec in CANDIDATES:
        if codec.startswith("utf-16") and len(data) % 2:
            continue
        text = _sample_text(data, codec)
        share = _common_share(text, codec) if text else 0.0
        if share > best:
            best, found = share, codec
    if found is None:
        # Traditional Chinese in GB18030 lies outside GB2312's first level; it counts once nothing else fits.
        text = _sample_text(data, "gb18030")
        found = "gb18030" if text and _common_share(text, "") > Encodings.sure else None
    return found


def sure_encoding(data: bytes) -> str | None:
    """The encoding that `data` is in beyond doubt, read to its end: utf-16 and utf-32 by a byte order mark, gb18030 and
    big5 by enough characters that are common there and make no sense otherwise; None where a person had better say."""
    guess = guess_encoding(data)
    if guess in (None, "utf-8"):
        return None
    try:
        text = data.decode(guess)
    except UnicodeError:
        return None
    if guess in ("utf-16", "utf-32"):
        return guess if _common_share(text[: Encodings.sample], "utf-16-le") > Encodings.sure else None
    if guess not in ("gb18030", "big5"):
        return None
    wide = sum(not character.isascii() for character in text[: Encodings.sample])
    other = "big5" if guess == "gb18030" else "gb18030"
    reading = _sample_text(data, other)
    rival = _common_share(reading, other) if reading else 0.0
    own = _common_share(text[: Encodings.sample], guess)
    sure = wide >= Encodings.characters and own >= Encodings.beyond_doubt and own - rival >= Encodings.lead
    return guess if sure else None


def declared_encoding(data: bytes) -> str | None:
    """The encoding that an HTML page declares in its first 2,048 bytes, as Python names it; None for what is no page,
    declares none, or one that Python does not know."""
    head = data[:2048]
    found = _CHARSET.search(head)
    if found is None or not _PAGE.search(head):
        return None
    try:
        return page_codec(found[1].decode("ascii"))
    except LookupError:
        return None


def page_codec(name: str) -> str:
    """The codec of an encoding that a page names: those that say GB2312 hold characters of its supersets. Raises
    `LookupError` for an encoding that there is none of."""
    codec = "gb18030" if name.lower() in ("gb2312", "gbk", "x-gbk", "hz-gb-2312") else codecs.lookup(name).name
    "".encode(codec)  # base64 and its like are codecs of something else
    return codec


def looks_like_nonsense(text: str, codec: str, data: bytes) -> bool:
    """Whether `text`, decoded from `data` with `codec`, is rare characters only while another encoding reads well."""
    if _common_share(text[: Encodings.sample], codec) >= Encodings.nonsense:
        return False
    guess = guess_encoding(data)
    return guess is not None and _kin(guess) != _kin(codec) and not (guess == "utf-16" and codec.startswith("utf-16"))


def mojibake(text: str) -> tuple[str, str] | None:
    """The encoding of a Chinese text that was decoded wrongly, and the one that it was decoded in; None for
    any other text."""
    sample = text[: Encodings.sample]
    if _is_of_gb2312(sample) or _common_share(sample, "") >= Encodings.nonsense:
        return None
    for wrong, own in _WRONGLY_READ:
        data = sample.encode(wrong, "ignore")
        read = data.decode(own, "ignore")
        wide = sum(not character.isascii() for character in read)
        if wide < Encodings.characters or len(read.encode(own)) < Encodings.beyond_doubt * len(data):
            continue
        if (
            len(data.decode(wrong, "ignore")) >= Encodings.beyond_doubt * len(sample)
            and _common_share(read, own) >= Encodings.beyond_doubt
        ):
            return own, wrong
    return None


def _kin(codec: str) -> str:
    return "gb" if codec in _GB else "big5" if codec in _BIG5 else codec


def _every_other_is_nul(data: bytes) -> bool:
    """Whether half of the bytes are NUL, all at even or all at odd places: ASCII in UTF-16 is also valid UTF-8."""
    even, odd = data[0 : Encodings.sample : 2].count(0), data[1 : Encodings.sample : 2].count(0)
    half = min(len(data), Encodings.sample) // 2
    return half > 0 and max(even, odd) > 0.8 * half and min(even, odd) < 0.2 * half


def _sample_text(data: bytes, codec: str) -> str | None:
    """The beginning of `data` in `codec`, cut between characters; None when it does not decode."""
    try:
        return codecs.getincrementaldecoder(codec)().decode(
            data[: Encodings.sample], final=len(data) <= Encodings.sample
        )
    except UnicodeError:
        return None


def _common_share(text: str, codec: str) -> float:
    """The share of `text` that is common in Chinese, in `codec` or, where it is empty, in any.

    Letters and other ASCII count only in UTF-16: the other codecs all read them alike.
    """
    wide = codec.startswith("utf-16")
    total = common = 0
    for character, count in Counter(text).items():
        if character.isascii():
            if not wide:
                continue
            good = character.isprintable() or character in "\t\r\n"
        else:
            good = (codec not in _BIG5 and _in_gb2312(character)) or (codec not in _GB and _in_big5(character))
        total += count
        common += count if good else 0
    return common / total if total else 0.0


def _is_of_gb2312(text: str) -> bool:
    """Whether so much of a text is common in GB2312 that it is no nonsense: quicker than to ask every character."""
    ascii_bytes = text.encode("ascii", "ignore")
    leads = text.encode("gb2312", "ignore").translate(None, ascii_bytes)[::2]
    wide = len(text) - len(ascii_bytes)
    return wide > 0 and len(leads) - len(leads.translate(None, _common_leads())) >= Encodings.nonsense * wide


@cache
def _common_leads() -> bytes:
    """The first bytes, in GB2312, of its punctuation (rows 1 to 3) and its common characters (rows 16 to 55)."""
    return bytes([*range(0xA1, 0xA4), *range(0xB0, 0xD8)])


@lru_cache(Encodings.known)
def _in_gb2312(character: str) -> bool:
    """Whether GB2312 has `character` among its punctuation or its common characters."""
    lead = character.encode("gb2312", "ignore")[:1]
    return lead != b"" and lead in _common_leads()


@lru_cache(Encodings.known)
def _in_big5(character: str) -> bool:
    """Whether Big5 has `character` among its punctuation (A1 to A3) or its common characters (A4 to C6)."""
    return b"\xa1" <= character.encode("big5", "ignore")[:1] <= b"\xc6"
