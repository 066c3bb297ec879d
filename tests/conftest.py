"""Tests what is installed: `python -m pytest` puts this folder's source first, which would hide the compiled rooms."""

import importlib.util
import sys
from pathlib import Path

ROOT = str(Path(__file__).parents[1])
before = list(sys.path)
sys.path[:] = [place for place in sys.path if place not in ("", ROOT)]
found = importlib.util.find_spec("despin")
if found is None or found.origin is None:
    sys.path[:] = before
