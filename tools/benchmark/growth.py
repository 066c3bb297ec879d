"""How the time of whole commands grows with the size of the file they read: twice the text, twice the time."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from despin.batch import interfaces
from despin.page import html
from tools import installed
from tools.benchmark import texts
from tools.benchmark.speed import children_seconds

#: Kinds of text, in the order in which they are measured.
KINDS = ("clean", "list-spun", "program-spun", "mixed", "page", "one line")
#: Twice the text may take so many times as long.
MOST = 2.1
#: A paragraph has so many clauses, and an article so many paragraphs.
_CLAUSES, _PARAGRAPHS = (4, 14), 12
#: Bytes that a file of a kind may have for a command, which refuses or cuts larger ones.
_LARGEST = {("restore", "page"): html.MAX_BYTES, ("batch", "one line"): interfaces.LONGEST_LINE}
_CLAUSE = re.compile(r"[^，。！？；\n]+[，。！？；]+")


def growth(smallest: int, largest: int, patience: float, command: str) -> Iterator[dict[str, object]]:
    """For every kind of text and doubling sizes in bytes of UTF-8, from `smallest` to `largest`: processor seconds of
    `despin restore FILE` or `despin batch FILE` (`command`) with all that it starts, and how many times those of half the size.

    The size of all kinds grows in turn, so that whoever stops it has all kinds to some size. A kind ends with the first measure that
    takes more than `patience` seconds, and where the command takes no larger file: a page has 16 MB at most.
    """
    before: dict[str, float] = {}
    size = smallest
    with tempfile.TemporaryDirectory() as folder:
        while size <= largest:
            for kind in KINDS:
                if size > smallest and before.get(kind, patience + 1) > patience:
                    continue
                if size > _LARGEST.get((command, kind), size):
                    continue
                taken = _measured(Path(folder), kind, size, command)
                times = round(taken / before[kind], 2) if kind in before else None
                yield {"text": kind, "command": command, "bytes": size, "seconds": round(taken, 2), "times half": times}
                before[kind] = taken
            size *= 2


def document(kind: str, size: int, seed: int) -> str:
    """A text of about `size` bytes, made of the clauses of sample texts in an order of chance: no two of its lines are alike."""
    chance = random.Random(seed)
    supply = {
        "list-spun": lambda: texts.respun(),
        "program-spun": lambda: texts.by_program(),
    }
    kinds = ("clean", "list-spun", "clean", "program-spun") if kind in ("mixed", "page", "one line") else (kind,)
    clauses = [[one for text in supply.get(each, texts.clean)() for one in _CLAUSE.findall(text)] for each in kinds]
    paragraphs: list[str] = []
    written = number = 0
    while written < size:
        own = clauses[number // _PARAGRAPHS % len(clauses)]
        paragraph = "".join(chance.choices(own, k=chance.randint(*_CLAUSES)))
        paragraphs.append(f"<p>{paragraph}</p>" if kind == "page" else paragraph)
        written += len(paragraphs[-1].encode()) + (kind != "one line")
        number += 1
    if kind == "page":
        return "<!DOCTYPE html><html><body><article>" + "\n".join(paragraphs) + "</article></body></html>\n"
    return ("" if kind == "one line" else "\n").join(paragraphs) + "\n"


def _measured(folder: Path, kind: str, size: int, command: str) -> float:
    """Processor seconds of a command over a file of this kind and size."""
    # Of one seed: the half of a text is what it begins with.
    text = document(kind, size, 1)
    if command == "batch":
        file = folder / "in.jsonl"
        # Records of the size that articles have, one of them a single line where that is the kind.
        pieces = [text] if kind == "one line" else re.findall(r"(?:[^\n]*\n){1,12}", text)
        file.write_text("".join(json.dumps({"text": one}, ensure_ascii=False) + "\n" for one in pieces), "utf-8")
        arguments = ["batch", str(file), "-o", str(folder / "out.jsonl"), "--overwrite"]
    else:
        file = folder / ("in.html" if kind == "page" else "in.txt")
        file.write_text(text, "utf-8")
        arguments = ["restore", str(file), "-o", str(folder / "out.txt")]
    start = children_seconds()
    subprocess.run(
        [sys.executable, "-m", "despin", *arguments],
        cwd=folder,
        env=installed.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return children_seconds() - start
