"""What processes forked from this one must not keep open.

A lock lasts, and a pipe does not end, as long as any process has it open. A worker that had the other end of its own
pipe would wait for ever for the second half of a message whose sender was killed after the first.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress

_closing: set[Callable[[], None]] = set()
_watching = False


def add(close: Callable[[], None]) -> None:
    """Have `close` called in every process that is forked from now on, until `remove`."""
    global _watching
    _closing.add(close)
    if not _watching and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_close)
        _watching = True


def remove(close: Callable[[], None]) -> None:
    """Undo `add`; harmless when it was not called."""
    _closing.discard(close)


def _close() -> None:
    for close in _closing:
        with suppress(OSError):
            close()
    _closing.clear()
