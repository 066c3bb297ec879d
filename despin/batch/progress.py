"""A progress bar with rate and time left, for people who watch a terminal."""

from __future__ import annotations

import sys
import time

WIDTH = 24
PAUSE = 0.2


class Progress:
    """How much of `total` bytes is read; 0 when nobody knows. Draws nothing unless standard error is a terminal."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._start = self._drawn = time.monotonic()
        self._began: float | None = None
        self._base = self._records = self._latest = 0.0
        self._shown = sys.stderr is not None and sys.stderr.isatty()

    def show(self, done: float, records: int) -> None:
        """Draw, if it is time: `done` bytes are read, `records` were made in this run."""
        now = time.monotonic()
        self._latest = records
        done, records = self._base + done, int(self._records + records)
        if self._began is None:
            self._began = done
        if not self._shown or now - self._drawn < PAUSE:
            return
        self._drawn = now
        seconds = now - self._start
        rate = f"{records / seconds:,.0f} records/s"
        if not self._total:
            bar, left = f"{records:,} records", ""
        else:
            share = min(1.0, done / self._total)
            filled = int(WIDTH * share)
            bar = "█" * filled + "·" * (WIDTH - filled) + f" {100 * share:3.0f} %"
            fresh = done - self._began
            left = f", {clock(seconds * (self._total - done) / fresh)} left" if fresh > 0 else ""
        print(f"\r\x1b[K{bar} {rate}{left}", end="", file=sys.stderr, flush=True)

    def passed(self, size: int) -> None:
        """An input of `size` bytes, with an output of its own, is over; `done` and `records` begin again at 0."""
        self._base += size
        self._records += self._latest
        self._latest = 0

    def close(self) -> None:
        """Remove the bar."""
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def clock(seconds: float) -> str:
    """Seconds as 0:05, 12:34 or 1:02:03."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
