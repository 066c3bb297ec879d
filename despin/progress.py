"""Progress on standard error, for people who watch a terminal."""

from __future__ import annotations

import sys
import time

from despin.language import label, shown

WIDTH = 24
#: Seconds between two drawings.
PAUSE = 0.1


class StatusLine:
    """One line that is drawn again and again. Nothing is drawn unless standard error is a terminal."""

    def __init__(self) -> None:
        self._drawn = 0.0
        self._shown = sys.stderr is not None and sys.stderr.isatty()

    def due(self) -> bool:
        """Whether it is time to draw again; asking counts as drawing."""
        now = time.monotonic()
        if not self._shown or now - self._drawn < PAUSE:
            return False
        self._drawn = now
        return True

    def draw(self, text: str) -> None:
        """Draw `text` in the place of what stands there."""
        print(f"\r\x1b[K{shown(text)}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Remove what stands there."""
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def bar(share: float) -> str:
    """`share` (0 to 1) as a bar with per cent."""
    share = min(1.0, share)
    filled = int(WIDTH * share)
    return "█" * filled + "·" * (WIDTH - filled) + f" {int(100 * share):3d} %"


class Progress:
    """How much of `total` is done; use it as a context manager."""

    def __init__(self, what: str, total: int) -> None:
        self.what = what
        self.total = max(1, total)
        self.done = 0
        self._line = StatusLine()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.clear()

    def add(self, amount: int) -> None:
        """Say that `amount` more is done."""
        self.done += amount
        if self._line.due():
            self._line.draw(f"{bar(self.done / self.total)} {label(self.what)}")


class RecordProgress:
    """How far a run over many records is, with rate and time left. `total` is in bytes; 0 when nobody knows. `inputs`
    are those that have an output of their own."""

    def __init__(self, total: int, inputs: int = 0) -> None:
        self._total = total
        self._inputs = inputs
        self._over = 0
        self._start = time.monotonic()
        self._began: float | None = None
        self._base = self._records = self._latest = 0.0
        self._line = StatusLine()

    def show(self, done: float, records: int) -> None:
        """Draw, if it is time: `done` bytes are read, `records` were made in this run."""
        self._latest = records
        done, records = self._base + done, int(self._records + records)
        if self._began is None:
            self._began = done
        if not self._line.due():
            return
        seconds = time.monotonic() - self._start
        rate = f"{records / max(seconds, 1e-9):,.0f} records/s"
        if self._inputs:
            rate = f"{self._over} of {self._inputs} inputs, {rate}"
        if not self._total:
            self._line.draw(f"{records:,} records {rate}")
            return
        fresh = done - self._began
        left = f", {clock(seconds * (self._total - done) / fresh)} left" if fresh > 0 else ""
        self._line.draw(f"{bar(done / self._total)}  {rate}{left}")

    def passed(self, size: int) -> None:
        """An input of `size` bytes, with an output of its own, is over; `done` and `records` begin again at 0."""
        self._over += 1
        self._base += size
        self._records += self._latest
        self._latest = 0

    def close(self) -> None:
        """Remove the bar."""
        self._line.clear()


def clock(seconds: float) -> str:
    """Seconds as 0:05, 12:34 or 1:02:03."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
