"""Makes `tools` importable, which is not installed; at the end, so that the despin that is tested stays the installed one."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))
