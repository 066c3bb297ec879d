"""Documents made from the repository's own samples, and what `despin batch` makes of them.

`tools`, which is not installed, is made importable; at the end, so that the despin that is tested stays the installed one.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from places import PACKAGES, ROOT, environment

if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))
#: More of them, for a thorough run: DESPIN_DOCUMENTS=2000.
COUNT = int(os.environ.get("DESPIN_DOCUMENTS", "60"))


def despin(*arguments: object) -> int:
    """The exit code of the command line as a process of its own."""
    command = [sys.executable, "-m", "despin", *map(str, arguments)]
    return subprocess.run(command, cwd=PACKAGES, env=environment(), stdin=subprocess.DEVNULL, check=False).returncode


@pytest.fixture(scope="session", name="despin")
def command_line() -> Callable[..., int]:
    """`despin(*arguments)` runs the command line."""
    return despin


@pytest.fixture(scope="session")
def documents() -> list[dict[str, Any]]:
    """Records with `id` and `text`; among them spun, clean, empty and missing texts."""
    places = [*sorted(ROOT.glob("examples/*.txt")), *sorted(ROOT.glob("tests/data/cases/clean/*.txt"))]
    lines = [line for place in places for line in place.read_text("utf-8").splitlines() if line.strip()]
    chance = random.Random(7)
    found = [{"id": number + 1, "text": "\n".join(chance.sample(lines, 2))} for number in range(COUNT)]
    found[3]["text"] = ""
    found[5]["text"] = None
    return found


@pytest.fixture(scope="session")
def expected(documents: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The `despin` fields of the documents, as the command line writes them."""
    folder = tmp_path_factory.mktemp("expected")
    source, target = folder / "in.jsonl", folder / "out.jsonl"
    source.write_text("".join(json.dumps(document) + "\n" for document in documents), "utf-8")
    assert despin("batch", source, "-o", target) == 0
    fields = [json.loads(line)["despin"] for line in target.read_text("utf-8").splitlines()]
    assert sum(field.get("spun", False) for field in fields) > COUNT // 10
    return fields
