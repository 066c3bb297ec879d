"""Behaviour as one file: what despin does to every case, page and example here, to compare before and after a change.

`python -m tools.pin write FILE` writes it, `python -m tools.pin compare FILE` lists what is different now and exits with 1
where anything is. Texts go by their content, so they may move. `--every N` takes
every n-th text only.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import despin
from despin.page import read_page
from despin.text.wdiff import read

ROOT = Path(__file__).parents[1]
#: The brand inside a kept line of a marked page.
_CUT = re.compile(r"\[-(.*?)-\]")
#: Digits of scores and confidences that are compared.
DIGITS = 9


def main(arguments: list[str]) -> int:
    """Write the pins, or compare with them; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.pin", description=__doc__)
    parser.add_argument("action", choices=["write", "compare"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="pin every n-th text only")
    given = parser.parse_args(arguments)
    if given.action == "write":
        pins = {key: pin(kind, text) for key, (kind, text) in sorted(texts().items())[:: given.every]}
        given.file.parent.mkdir(parents=True, exist_ok=True)
        given.file.write_text(json.dumps(pins, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
        print(f"{len(pins)} texts pinned")
        return 0
    known, here = json.loads(given.file.read_text(encoding="utf-8")), texts()
    keys = list(known)[:: given.every]
    wrong = sum(_differs(key, known[key], here.get(key)) for key in keys)
    print(f"{len(keys)} texts compared, {wrong} differ")
    return 1 if wrong else 0


def _differs(key: str, known: dict[str, Any], text: tuple[str, str] | None) -> bool:
    """Whether a text is gone or comes out otherwise than it was pinned; says so."""
    if text is None:
        print(f"{key}: no such text any more")
        return True
    found = json.loads(json.dumps(pin(*text)))
    fields = [name for name in found if found[name] != known.get(name)]
    if fields:
        print(f"{key}: {', '.join(fields)} differ")
    for name in fields:
        print(f"  was {str(known.get(name))[:300]}\n  is  {str(found[name])[:300]}")
    return bool(fields)


@functools.cache
def restorer() -> despin.Restorer:
    """The restorer with default settings, made once."""
    return despin.Restorer()


def texts() -> dict[str, tuple[str, str]]:
    """Every text with its kind, `text` or `page`, by a name that its content gives."""
    found: dict[str, tuple[str, str]] = {}
    for path in sorted([*ROOT.joinpath("tests").rglob("*"), *ROOT.joinpath("examples").rglob("*")]):
        if path.suffix in (".wdiff", ".txt", ".page"):
            for kind, text in _texts_of(path):
                digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
                found[f"{kind} {path.stem} {digest}"] = (kind, text)
    return found


def _texts_of(path: Path) -> Iterator[tuple[str, str]]:
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".page":
        rows = [line[2:] for line in content.splitlines() if not line.startswith("# ")]
        yield "page", "".join(_CUT.sub(r"\1", row) + "\n" for row in rows)
    elif path.suffix == ".wdiff":
        lines = [line for line in content.splitlines() if line and not line.startswith("#")]
        if path.parent.name not in ("corrected", "spun-host", "examples"):
            for number, line in enumerate(lines):
                yield "text", read(line, str(path), number).spun
            content = "\n".join(lines)
        yield "text", read(content, str(path)).spun
    elif path.name != "known-failures.txt":
        yield "text", content


def pin(kind: str, text: str) -> dict[str, Any]:
    """What despin does to a text, as JSON-ready values."""
    if kind == "page":
        page = read_page(text)
        found = restorer().explain(page.article, page.anchors)
        own = [[one.number, one.text, one.reason] for one in page.dropped]
        shown = {"dropped": own, "brand": page.brand, "title": page.title, "anchors": list(page.anchors)}
    else:
        found, shown = restorer().explain(text), {}
    verdict = restorer().detect(text)
    return {
        "score": round(found.verdict.score, DIGITS),
        "family": found.verdict.family,
        "rate": round(found.verdict.rate, DIGITS),
        "edits": [
            [
                edit.start,
                edit.end,
                edit.spun,
                edit.original,
                round(edit.confidence, DIGITS),
                edit.changes == "polarity",
                edit.entry,
                [[one.original, round(one.confidence, DIGITS)] for one in edit.alternatives],
            ]
            for edit in found.edits
        ],
        "verdict": [verdict.spun, round(verdict.score, DIGITS), verdict.family, round(verdict.rate, DIGITS)],
        "evidence": sorted([one.spun, one.original, one.count, round(one.weight, DIGITS)] for one in verdict.evidence),
        **shown,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
