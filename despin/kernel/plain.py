"""Plain Python instead of compiled rooms: `DESPIN_PURE=1` in the environment, for tests that hold the two together."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from types import ModuleType

VARIABLE = "DESPIN_PURE"


class _SourceFinder(MetaPathFinder):
    """Finds the source of a room, and of a room that is only there compiled nothing."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, name = fullname.rpartition(".")
        if package != "despin" and not package.startswith("despin."):
            return None
        for folder in path or ():
            file = os.path.join(folder, name + ".py")
            if os.path.isfile(file):
                return spec_from_file_location(fullname, file)
        if package == "despin.kernel.native":
            raise ModuleNotFoundError(f"{fullname} is compiled, and {VARIABLE} is set", name=fullname)
        return None


def keep_plain() -> None:
    """Take the source of every room of despin that is imported from now on."""
    sys.meta_path.insert(0, _SourceFinder())


def compiled() -> bool:
    """Whether the inner rooms are compiled."""
    from despin.kernel import em

    return not str(em.__file__).endswith(".py")
