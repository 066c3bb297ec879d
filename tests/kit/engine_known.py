"""Prints the list of known failures as it would have to be now: `python tests/kit/engine_known.py`."""

from __future__ import annotations

import engine_kit as kit

HEAD = (
    "# Cases that despin does not restore exactly yet, as file: spun text. The tests expect each of them to fail;",
    "# whoever mends one takes its line out. Printed by tests/kit/engine_known.py.",
)


def main() -> None:
    print(*HEAD, sep="\n")
    for name in kit.files("synthetic"):
        for case in kit.cases("synthetic", name):
            if not kit.is_exact(case.sample, kit.restorer()):
                print(case.name)


if __name__ == "__main__":
    main()
