"""`python -m despin.page [FILE]`: check a file of page patterns, the shipped one by default."""

from __future__ import annotations

import sys
from pathlib import Path

from despin.errors import DespinError, LexiconError
from despin.page.pattern_check import check_patterns
from despin.page.pattern_file import shipped_path


def main(arguments: list[str]) -> int:
    """Print every problem and return 0 when there is no error, else the exit code of a broken lexicon."""
    try:
        problems = check_patterns(Path(arguments[0]) if arguments else shipped_path())
    except DespinError as error:
        print(f"despin: {error}", file=sys.stderr)
        return error.exit_code
    for problem in problems:
        print(problem)
    return LexiconError.exit_code if any(problem.severity == "error" for problem in problems) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
