"""How far a run over many records is, with rate and time left."""

from __future__ import annotations

import time

from despin.progress import Line, bar


class Progress:
    """How much of `total` bytes is read; 0 when nobody knows."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._start = time.monotonic()
        self._began: float | None = None
        self._base = self._records = self._latest = 0.0
        self._line = Line()

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
        if not self._total:
            self._line.draw(f"{records:,} records {rate}")
            return
        fresh = done - self._began
        left = f", {clock(seconds * (self._total - done) / fresh)} left" if fresh > 0 else ""
        self._line.draw(f"{bar(done / self._total)} {rate}{left}")

    def passed(self, size: int) -> None:
        """An input of `size` bytes, with an output of its own, is over; `done` and `records` begin again at 0."""
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
