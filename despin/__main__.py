"""`python -m despin`: the same as the console script `despin`."""

from __future__ import annotations

import sys

from despin.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
