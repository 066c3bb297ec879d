"""Shares as people read them: the one way of rounding that pages and messages have."""

from __future__ import annotations


def percent(share: float, places: int = 0, sign: str = "%") -> str:
    """A share from 0 to 1 in percent, rounded down: what is not certain is never shown as 100 %."""
    scale: int = 10**places
    return f"{int(share * 100 * scale + 1e-9) / scale:.{places}f}{sign}"


def figure(name: str, value: float) -> str:
    """The value of a figure of an evaluation: a share has four places, a rate per 10,000 characters two."""
    return f"{value:.2f}" if name.endswith("_per_10000") else f"{value:.4f}"
