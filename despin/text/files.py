"""Reading what people have on disk, within bounds: no device without an end, and no more bytes than a text may have."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import IO

from despin.errors import InputError
from despin.text.decoding import TextFile, decode
from despin.text.encodings import declared_encoding, sure_encoding
from despin.text.suggest import nearest

#: The name that stands for standard input and standard output.
STANDARD = "-"
#: A text is held in memory; a device that never ends must not fill it.
MAX_BYTES = 512 << 20
#: So many bytes are read at once where nobody says how many there are.
BLOCK = 1 << 20
#: Opens no link, where the system has that.
NO_LINK: int = getattr(os, "O_NOFOLLOW", 0)
#: What the names of Word files end with (`despin.docx`).
WORD = (".docx", ".docm")


def read(path: str, encoding: str | None = None, find_out: bool = False) -> TextFile:
    """The text at `path`; `-` is standard input.

    With `find_out`, and where no encoding is named, a text that is not UTF-8 is read in the encoding that
    its page declares, or that it is in beyond doubt. Raises `InputError` when it is missing, a folder,
    empty, binary or in another encoding.
    """
    name = "<stdin>" if path == STANDARD else path
    data = read_bytes(path, MAX_BYTES)
    if find_out and encoding is None:
        for codec, told_by in _found_out(data):
            with suppress(InputError):
                return replace(decode(data, name, codec), told_by=told_by)
    return decode(data, name, encoding)


def _found_out(data: bytes) -> Iterator[tuple[str, str]]:
    """Encodings that bytes which are not UTF-8 are in, the surest first, each with how that is
    known; none where it is not sure."""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        with suppress(UnicodeDecodeError):
            data.decode()
            return
    declared = declared_encoding(data)
    if declared not in (None, "utf-8"):
        yield declared, "as the page says"
    found = sure_encoding(data)
    if found:
        yield found, "as its byte order mark says" if found.startswith("utf") else "as its characters show"


def read_at_most(stream: IO[bytes], most: int) -> bytes:
    """What a stream holds, at most so many bytes: read in blocks, since whoever asks for all at once has
    to have room for `most` first."""
    blocks: list[bytes] = []
    size = BLOCK
    with suppress(OSError, AttributeError, ValueError):
        size = max(BLOCK, os.fstat(stream.fileno()).st_size + 1)  # of a file: all of it
    while most > 0 and (block := stream.read(min(size, most))):
        blocks.append(block)
        if len(block) < min(size, most) and stream.isatty():
            break  # asked once more, a terminal would wait for another end
        most -= len(block)
        size = BLOCK
    return b"".join(blocks)


def read_regular(path: str | os.PathLike[str], most: int, follow: bool = True) -> bytes:
    """The bytes of a file that has to be one: at most `most`. Raises `OSError` for a file that is missing, larger, a
    folder, a pipe or a device, and unless links are to be followed for a link; a pipe is not waited for."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not follow:
        if os.path.islink(path):
            raise OSError(errno.EINVAL, "a link, not a file", str(path))
        flags |= NO_LINK
    handle = os.open(path, flags)
    with open(handle, "rb") as file:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if what := no_file(mode):
            raise OSError(errno.EINVAL, f"{what}, not a file", str(path))
        data = read_at_most(file, most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"larger than {most / 2**20:.3g} MB", str(path))
    return data


def no_file(mode: int) -> str:
    """What the mode of `os.stat` is of, in words, where it is neither that of a file nor that of a folder."""
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return ""
    return "a link" if stat.S_ISLNK(mode) else "a pipe or a device"


def check_found(path: str, follow: bool = True) -> None:
    """Raise `InputError` for what was found in a folder and is no file: a pipe would be waited for, a device has no
    end, and, unless they are to be followed, a link may lead to what is nobody else's business."""
    with suppress(OSError):
        if what := no_file(os.stat(path, follow_symlinks=follow).st_mode):
            raise InputError(f"{path}: is {what}, not a file; move it away, or copy what it holds into a file")


def read_bytes(path: str, most: int) -> bytes:
    """The bytes at `path`, at most so many; `-` is standard input. Raises `InputError`."""
    try:
        if path == STANDARD:
            if sys.stdin is None:
                raise InputError("<stdin>: standard input is closed; name a file")
            data = read_at_most(sys.stdin.buffer, most + 1)
        else:
            with open(path, "rb") as file:
                if _is_device(file):
                    raise InputError(f"{path}: is a device; name a file, or - for standard input")
                data = read_at_most(file, most + 1)
    except FileNotFoundError:
        raise InputError(f"{path}: {missing(path)}") from None
    except IsADirectoryError:
        raise InputError(_is_folder(path)) from None
    except PermissionError:
        # Windows reports a folder this way too.
        if os.path.isdir(path):
            raise InputError(_is_folder(path)) from None
        raise InputError(f"{path}: you may not read this file; change its permissions") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({reason(error)})") from None
    if len(data) > most:
        raise InputError(f"{path}: more than {most // 1024**2} MB; split it into smaller files")
    return data


def _is_device(file: IO[bytes]) -> bool:
    """Whether what is open is a device, which may have no end, and no terminal."""
    mode = os.fstat(file.fileno()).st_mode
    return (stat.S_ISCHR(mode) or stat.S_ISBLK(mode)) and not file.isatty()


def _is_folder(path: str) -> str:
    return f"{path}: is a folder; name the files in it, for example {os.path.join(path, '*.txt')}"


def missing(path: str) -> str:
    """What to say of a file that is not there."""
    if re.match(r"(?:https?|ftp|file)://", path, re.I):
        return "is an address, and nothing is downloaded; save the page (curl -o page.html ADDRESS) and name the file"
    return f"there is no such file{_near_names(path)}"


def _near_names(path: str) -> str:
    folder, base = os.path.split(path)
    try:
        names = sorted(os.listdir(folder or "."))[:10_000]
    except (OSError, ValueError):
        return "; check the path"
    near = nearest(base, names, 70)
    return f"; did you mean {os.path.join(folder, near)}?" if near else "; check the path"


def reason(error: Exception) -> str:
    """What went wrong, as the system says it."""
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
