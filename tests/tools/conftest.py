"""Makes `tools` importable, which is not installed; at the end, so that the despin that is tested stays the installed one."""

import sys
from pathlib import Path

ROOT = str(Path(__file__).parents[2])
if ROOT not in sys.path:
    sys.path.append(ROOT)
