"""The command line gets streams of its own in every test: it may rewrap them."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def own_streams(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output and error of one test alone."""
