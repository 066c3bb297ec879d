"""Reading and writing the texts people have on disk, without changing a byte that nobody asked to change.

A text is read as UTF-8 unless an encoding is named. Its line ends and its byte order mark are kept; whatever cannot be
read is refused with a message that says which `--encoding` would read it (`despin.text.encodings`).
"""

from __future__ import annotations

import codecs
import errno
import os
import re
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from dataclasses import replace as replace_values
from functools import cache
from pathlib import Path
from typing import IO

from despin.errors import InputError, OutputError, UsageError
from despin.results import Edit, apply
from despin.text.encodings import (
    GUESSABLE,
    binary_kind,
    declared_encoding,
    guess_encoding,
    looks_like_nonsense,
    mojibake,
    sure_encoding,
)
from despin.text.suggest import nearest

#: The name that stands for standard input and standard output.
STANDARD = "-"
#: A text is held in memory; a device that never ends must not fill it.
MAX_BYTES = 512 * 1024 * 1024
#: So many bytes are read at once where nobody says how many there are.
BLOCK = 1 << 20
#: Opens no link, where the system has that.
NO_LINK: int = getattr(os, "O_NOFOLLOW", 0)
_BOM = "\ufeff"
_NEWLINE = b"\n"
#: What the names of Word files end with (`despin.docx`).
WORD = (".docx", ".docm")


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
                return replace_values(decode(data, name, codec), told_by=told_by)
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
        raise InputError(f"{path}: cannot be read ({_reason(error)})") from None
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
    start = data.rfind(_NEWLINE, 0, error.start) + 1
    column = len(data[start : error.start].decode(codec, "replace")) + 1
    place = f"{name}:{data.count(_NEWLINE, 0, error.start) + 1}:{column}"
    damaged = len(data.decode(codec, "ignore").encode(codec, "ignore")) > 0.9 * len(data)
    mend = "the rest is, so mend or remove that byte" if damaged else _use(None)
    return f"{place}: {byte} is not valid {codec}; {mend}"


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


@contextmanager
def _writing(path: str | Path) -> Iterator[None]:
    """Every way in which writing `path` can fail, as an `OutputError` that says what to do."""
    try:
        yield
    except FileNotFoundError:
        raise OutputError(f"{path}: its folder does not exist; make it first") from None
    except IsADirectoryError:
        raise OutputError(f"{path}: is a folder; name a file") from None
    except PermissionError:
        raise OutputError(f"{path}: you may not write there; change the permissions or write elsewhere") from None
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written ({_reason(error)}); what stood there is untouched; make room or write elsewhere"
        ) from None


def write(path: str | Path, data: bytes, named: bool = True, like: str | Path | None = None) -> None:
    """Put `data` at `path` in one step: a reader sees the old file or the new one, never a part.

    An existing file keeps its rights; a new one has no more than the text `like` which it is made of. What the user
    `named` may be a link, which stays one, a device or a pipe, which is written directly; a name that was made up in a
    folder has to be free, or that of a file. Raises `OutputError`; what stood at `path` is then untouched.
    """
    with _writing(path):
        target, old = _target(path, named)
        if old is not None and not stat.S_ISREG(old.st_mode):
            with open(target, "wb") as device:
                device.write(data)
        else:
            replace(target, data, like)


def make_folder(path: str | Path) -> None:
    """Make a folder where there is none. Raises `OutputError`."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: the folder cannot be made ({error.strerror}); name another") from None


def check_writable(path: str | Path, named: bool = True) -> None:
    """Raise the `OutputError` that `write` would, as far as it can be told before there is anything to write."""
    with _writing(path):
        target, old = _target(path, named)
        if old is None:
            temporary = _temporary(target)
            with open(temporary, "xb"):
                pass
            temporary.unlink()


def _target(path: str | Path, named: bool) -> tuple[Path, os.stat_result | None]:
    """What is written for a path, and what is there. Raises `OSError` or `OutputError` where it may not be."""
    target = Path(os.path.realpath(path) if named else path)
    try:
        old = os.lstat(target)
    except FileNotFoundError:
        return target, None
    if stat.S_ISDIR(old.st_mode):
        raise IsADirectoryError
    if not named and (what := no_file(old.st_mode)):
        raise OutputError(f"{path}: is {what}, not a file; move it away, or write elsewhere")
    if stat.S_ISREG(old.st_mode) and not os.access(target, os.W_OK):
        raise PermissionError
    return target, old


#: Seconds after which a temporary file that nobody holds is one of a process that was killed.
_STRAY = 10.0
#: The folders that were looked through for such files.
_swept: set[str] = set()


def _temporary(target: Path) -> Path:
    """A name for a temporary file beside `target`; the first time in a folder, those of
    killed processes are removed."""
    folder = os.path.realpath(target.parent)
    if folder not in _swept:
        _swept.add(folder)
        with suppress(OSError):
            _sweep(folder)
    return target.with_name(f".despin-{os.urandom(6).hex()}.tmp")


@contextmanager
def scratch() -> Iterator[Path]:
    """The path of a new file, yours alone, in the folder for temporary files; it is removed in the end. Raises
    `OutputError`."""
    import tempfile

    folder = tempfile.gettempdir()
    path = _temporary(Path(folder, "scratch"))
    with _writing(folder):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield path
    finally:
        with suppress(OSError):
            path.unlink()


def _sweep(folder: str) -> None:
    """Remove the temporary files of a folder that no process holds, as far as that can be told. Raises `OSError`."""
    with os.scandir(folder) as entries:
        found = [one.path for one in entries if one.name.startswith(".despin-") and one.name.endswith(".tmp")]
    for path in found:
        with suppress(OSError):
            state = os.lstat(path)
            if stat.S_ISREG(state.st_mode) and time.time() - state.st_ctime > _STRAY:
                with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | NO_LINK), "rb") as file:
                    _hold(file)
                    os.unlink(path)


def _hold(file: IO[bytes]) -> None:
    """Show others that a process works with a file, until it is closed. Raises `OSError` where another does."""
    if sys.platform != "win32":  # there no file can be removed that is open
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def replace(target: Path, data: bytes, like: str | Path | None = None) -> None:
    """Put `data` at `target` in one step, with the rights of what is there, else those of a copy of `like`. Raises
    `OSError`; `target` is then untouched."""
    temporary = _temporary(target)
    try:
        there = os.path.lexists(target)
        _make(temporary, data, target if there else like, copy=not there)
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _make(temporary: Path, data: bytes, like: str | Path | None, copy: bool) -> None:
    """Write a new file with the rights of `like`; nobody else may read it before it has them. Raises `OSError`."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with open(os.open(temporary, flags, 0o666 if like is None else 0o600), "wb") as file:
        with suppress(OSError):  # a file system without locks
            _hold(file)
        file.write(data)
        if like is not None:
            share(temporary, like, copy)
        file.flush()
        os.fsync(file.fileno())


#: The name under which Linux keeps an access control list.
_ACL = "system.posix_acl_access"


def share(path: str | Path, like: str | Path, copy: bool = True) -> None:
    """Give a file that is yours alone to those who may read or write `like`, and to nobody else; unless it is a mere
    copy it gets owner, attributes and access control list too. Raises `OSError` where those cannot be kept."""
    try:
        state = os.stat(like)
    except FileNotFoundError:  # it was deleted: nobody else reads the copy
        return
    mode = stat.S_IMODE(state.st_mode)
    if copy:  # which goes on being written, though the text may be for reading alone
        mode = mode & 0o666 & ~_umask() | 0o600
    kept = False
    if hasattr(os, "chown"):
        with suppress(OSError):  # only an administrator may give files away
            os.chown(path, -1 if copy else state.st_uid, state.st_gid)
            kept = True
        if not kept:
            mode &= 0o777
            with suppress(OSError):
                os.chown(path, -1, state.st_gid)
                kept = True
    if hasattr(os, "listxattr"):
        own, old = _attributes(path), _attributes(like)
        if _ACL in own:  # that of the folder
            os.removexattr(path, _ACL)
        if copy:
            kept = kept and _ACL not in old
        else:
            for name, value in old.items():
                _keep_attribute(path, name, value)
    if not kept:  # another group, or one that a list says more of, may do what everybody may
        mode &= ~0o070 | (mode & 0o007) << 3
    os.chmod(path, mode)


def _attributes(path: str | Path) -> dict[str, bytes]:
    """The extended attributes of a file, none where its file system has none."""
    try:
        names = os.listxattr(path)
    except OSError:
        return {}
    return {name: os.getxattr(path, name) for name in names}


@cache
def _umask() -> int:
    """What the user takes from the mode of new files. It can only be asked for by setting it: for that moment new
    files are the user's alone."""
    found = os.umask(0o077)
    os.umask(found)
    return found


def _keep_attribute(path: str | Path, name: str, value: bytes) -> None:
    """Set an attribute. Raises `OSError` where it cannot be, unless it is one that the system sets itself."""
    try:
        os.setxattr(path, name, value)
    except OSError as error:
        if name.startswith(("user.", "system.")):
            raise OSError(errno.ENOTSUP, f"its attribute {name} cannot be kept: {error.strerror}") from None


def keep_names(folder: str | Path) -> None:
    """Flush a folder: the names that were made, replaced or removed in it outlast a power cut. Where
    that cannot be done, nothing is."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def back_up(path: str | Path, suffix: str) -> Path:
    """The path of a new copy of `path`, named with `suffix`, and a number where that name is taken.

    A backup that exists is never overwritten: it may be the only copy of the page as it was found.
    Raises `OutputError` when the copy cannot be made.
    """
    path = Path(path)
    temporary = _temporary(path)
    number = 1
    try:
        with _writing(f"{path}{suffix}"):
            state = os.stat(path)
            _make(temporary, read_regular(path, MAX_BYTES), path, copy=False)
            os.utime(temporary, ns=(state.st_atime_ns, state.st_mtime_ns))
        while True:
            copy = Path(f"{path}{suffix}" if number == 1 else f"{path}{suffix}.{number}")
            with _writing(copy):
                try:
                    _place(temporary, copy)
                    keep_names(copy.parent)  # before anything takes the place of the text
                    return copy
                except FileExistsError:
                    number += 1
    finally:
        with suppress(OSError):
            temporary.unlink()


def _place(temporary: Path, target: Path) -> None:
    """Give a whole file its name. Raises `FileExistsError` where that is taken, else `OSError`."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without second names for a file
        with open(target, "xb"):
            pass
        os.replace(temporary, target)
