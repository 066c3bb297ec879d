"""A disk that is full for one write and has room again afterwards, whichever write that is."""

from __future__ import annotations

import builtins
import errno
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

Ready, Found = TypeVar("Ready"), TypeVar("Found")


class Disk:
    """Counts what takes room below `folder`: making, writing, flushing and naming files; number `fails` fails, a
    write after half of its bytes. `failed` says whether that came."""

    def __init__(self, folder: Path, fails: int) -> None:
        self.folder, self.fails, self.count = os.path.realpath(folder), fails, 0

    @property
    def failed(self) -> bool:
        return self.count >= self.fails

    def takes(self, where: object) -> bool:
        """Whether this is the one that fails."""
        path = f"/proc/self/fd/{where}" if isinstance(where, int) else os.fspath(where)  # type: ignore[call-overload]
        if not os.path.realpath(path).startswith(self.folder):
            return False
        self.count += 1
        return self.count == self.fails


def full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def patch(monkeypatch: pytest.MonkeyPatch, folder: Path, fails: int) -> Disk:
    """Have the `fails`-th of what takes room below `folder` fail, until the patch is undone."""
    disk = Disk(folder, fails)
    real = {name: getattr(os, name) for name in ("open", "write", "fsync", "replace", "link", "mkdir")}

    def before(name: str, place: int = 0) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            if disk.takes(arguments[place]):
                raise full()
            return real[name](*arguments, **options)

        return call

    def opened(path: Any, flags: int, *rest: Any, **options: Any) -> int:
        if flags & os.O_CREAT and disk.takes(path):
            raise full()
        return int(real["open"](path, flags, *rest, **options))

    def write(handle: int, data: Any) -> int:
        if disk.takes(handle):
            real["write"](handle, bytes(data)[: len(data) // 2])
            raise full()
        return int(real["write"](handle, data))

    class File(io.FileIO):
        def write(self, data: Any, /) -> int:
            if disk.takes(self.fileno()):
                super().write(bytes(data)[: len(data) // 2])
                raise full()
            return super().write(data)

    usual = builtins.open

    def open_file(
        file: Any, mode: str = "r", buffering: int = -1, encoding: Any = None, *rest: Any, **more: Any
    ) -> Any:
        if "opener" in more:
            file = more.pop("opener")(file, os.O_RDWR | (os.O_CREAT | os.O_TRUNC if mode[0] in "wx" else 0))
        if not set(mode) & set("wxa+"):
            return usual(file, mode, buffering, encoding, *rest, **more)
        if not isinstance(file, int) and (mode[0] in "wx") and disk.takes(file):
            raise full()
        raw = File(file, mode.replace("b", "").replace("t", ""), closefd=True)
        if buffering == 0:
            return raw
        buffered: Any = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, *rest, **more)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "write", write)
    for name in ("fsync", "mkdir"):
        monkeypatch.setattr(os, name, before(name))
    for name in ("replace", "link"):
        monkeypatch.setattr(os, name, before(name, 1))
    monkeypatch.setattr(os, "fdopen", lambda handle, mode="r", *rest, **more: open_file(handle, mode, *rest, **more))
    monkeypatch.setattr(builtins, "open", open_file)
    monkeypatch.setattr(io, "open", open_file)
    return disk


def each(
    monkeypatch: pytest.MonkeyPatch, folder: Path, begin: Callable[[], Ready], act: Callable[[Ready], Found]
) -> Iterator[Found]:
    """What `act` gives, after `begin`, where the first write fails, then the second and so on until none does. The
    disk has room again when it is given."""
    for number in range(1, 300):
        ready = begin()
        with monkeypatch.context() as context:
            disk = patch(context, folder, number)
            found = act(ready)
        if not disk.failed:
            assert number > 1, "nothing was written"
            return
        yield found
    raise AssertionError("it does not end")


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its name there."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
