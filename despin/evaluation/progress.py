"""A progress bar on standard error, for people who watch a terminal."""

from __future__ import annotations

import sys
import time

WIDTH = 24
#: Seconds between two drawings.
PAUSE = 0.1


class Progress:
    """How much of `total` is done. Draws nothing unless standard error is a terminal; use it as a context manager."""

    def __init__(self, what: str, total: int) -> None:
        self.what = what
        self.total = max(1, total)
        self.done = 0
        self._drawn = 0.0
        self._shown = sys.stderr is not None and sys.stderr.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def add(self, amount: int) -> None:
        """Say that `amount` more is done."""
        self.done += amount
        now = time.monotonic()
        if self._shown and now - self._drawn >= PAUSE:
            self._drawn = now
            filled = min(WIDTH, WIDTH * self.done // self.total)
            bar = "█" * filled + "·" * (WIDTH - filled)
            print(
                f"\r\x1b[K{bar} {100 * self.done // self.total:3d} % {self.what}", end="", file=sys.stderr, flush=True
            )
