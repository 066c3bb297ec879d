"""The cases of tests/data/cases: one sample a line, in the markup of `despin.text.wdiff`."""

from __future__ import annotations

from collections.abc import Iterable

from despin.text.wdiff import Sample, read


def read_cases(lines: Iterable[str], name: str = "<cases>") -> list[Sample]:
    """One sample a line; empty lines and lines that start with `#` are skipped. Raises `InputError` like `read`."""
    return [
        read(line.rstrip("\n"), name, number)
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.startswith("#")
    ]
