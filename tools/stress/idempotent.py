"""Restore texts that nobody would write, and say which go wrong: an exception, an edit that is not where it says, a text that
changes once more when its restoration is restored.

    python -m tools.stress.idempotent --seconds 600 --seed 1

Texts are lines of the cases in tests/data and of the examples, joined, with spun forms and odd characters between them.
One line of JSON a finding, on standard output; the exit code is 1 where there is any but changes.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from despin.restorer import Restorer
from tools.cases import read_cases

ROOT = Path(__file__).resolve().parents[2]
#: What stands between lines, and in them.
ODD = [
    "\ud800", "\udfff", "\U0001f600", "\U00020000", "\0", "\u200b", "\u2028", "\ufeff", "\r\n", "\n", "a", "iPhone 15", "(", "）",
    "（hǎo）", "(hǎo)", "，", "。", "……", "1", "一、", "說", "們", "的", "”", "“", "\t", "\u3000", "😀", "<p>", "[-", "+}",
]  # fmt: skip


def lines_of_cases() -> list[str]:
    """The lines of the examples and of the cases that have Chinese text; of marked cases the spun ones."""
    lines: set[str] = set()
    for folder in (ROOT / "examples", ROOT / "tests" / "data" / "cases"):
        for file in sorted(folder.rglob("*")):
            if file.suffix == ".txt":
                lines.update(file.read_text("utf-8").split("\n"))
            elif file.suffix == ".wdiff":
                for sample in read_cases(file.read_text("utf-8").split("\n"), file.name):
                    lines.update(sample.spun.split("\n"))
    return sorted(line for line in lines if any("\u4e00" <= character <= "\u9fff" for character in line))


def make_text(source: random.Random, lines: list[str], forms: list[str]) -> str:
    """A text of up to eight pieces, some of them broken."""
    parts: list[str] = []
    for _ in range(source.randint(1, 8)):
        kind = source.random()
        if kind < 0.6:
            parts.append(source.choice(lines)[: source.choice((20, 200, 2000))])
        elif kind < 0.8:
            parts.append("".join(source.choices(forms, k=source.choice((1, 3)))))
        elif kind < 0.95:
            parts.append(source.choice(ODD) * source.choice((1, 1, 2, 40)))
        else:
            parts.append(
                "".join(map(chr, (source.choice((0x4E00, 0xD800, 32, 0x20000)) + source.randrange(2000),) * 5))
            )
    text = source.choice(("", "\n", "\n", "，")).join(parts)
    return _broken(source, text)


def _broken(source: random.Random, text: str) -> str:
    kind = source.random()
    if kind < 0.4:
        characters = list(text)
        for _ in range(source.choice((1, 3, 20))):
            characters.insert(source.randint(0, len(characters)), source.choice(ODD))
        return "".join(characters)
    if kind < 0.45:
        return "\n".join(text)
    if kind < 0.5:
        return text.translate(dict.fromkeys(map(ord, "，。！？；\n")))
    return text


def findings(restorer: Restorer, text: str) -> Iterator[dict[str, Any]]:
    """What goes wrong with a text: kind, and what shows it."""
    try:
        found = restorer.explain(text)
        place, parts = 0, []
        for edit in found.edits:
            if edit.start < place or text[edit.start : edit.end] != edit.spun:
                yield {"kind": "offset", "edit": repr(edit)}
            parts += [text[place : edit.start], edit.original]
            place = edit.end
        if "".join(parts) + text[place:] != found.text:
            yield {"kind": "text"}
        again = restorer.explain(found.text)
    except Exception as error:
        yield {"kind": "exception", "error": repr(error)[:300]}
        return
    if again.edits:
        yield {
            "kind": "changes",
            "first": [found.verdict.score, found.verdict.family],
            "again": [again.verdict.score, again.verdict.family],
            "edits": [[edit.spun, edit.original, edit.entry, round(edit.confidence, 3)] for edit in again.edits],
        }


def main() -> None:
    """Make and restore texts until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="the one text of this number")
    arguments = parser.parse_args()
    restorer = Restorer()
    lines, forms = lines_of_cases(), sorted({entry.spun for entry in restorer.lexicon.entries})
    start, number, counts = time.monotonic(), 0, {"changes": 0}
    while time.monotonic() - start < arguments.seconds:
        if arguments.only is not None:
            number = arguments.only
        text = make_text(random.Random(f"{arguments.seed} {number}"), lines, forms)
        for finding in findings(restorer, text):
            counts[finding["kind"]] = counts.get(finding["kind"], 0) + 1
            print(json.dumps({"seed": arguments.seed, "number": number, **finding, "text": text}), flush=True)
        number += 1
        if arguments.only is not None:
            break
    print(f"{number} texts, {counts}", file=sys.stderr)
    sys.exit(any(counts[kind] for kind in counts if kind != "changes"))


if __name__ == "__main__":
    main()
