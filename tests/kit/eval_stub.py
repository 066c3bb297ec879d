"""A small lexicon and a restorer that knows nothing else, so that every figure can be checked by hand."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from pathlib import Path

from despin.lexicon.model import Entry, Family, Lexicon, Original
from despin.lm.ngram import DEFAULT_MODEL
from despin.results import Edit, Reading, Readings, Restoration, Verdict

LEXICON = Lexicon(
    (Family("classic-list"), Family("betting-seo")),
    (
        Entry("经由过程", (Original("通过"),), "classic-list"),
        Entry("体系", (Original("系统"), Original("体制", 0.5)), "classic-list"),
        Entry("应用", (Original("使用"),), "classic-list"),
        Entry("租车", (Original("快递"),), "betting-seo"),
        Entry("过程", (Original("程序"),), "classic-list", status="retired", reason="too common"),
    ),
    "0123456789abcdef" * 4,
)


class _Model:
    path = DEFAULT_MODEL


class TableRestorer:
    """Restores `table` wherever it stands; confidence .9; the spun score is the number of edits, at most 1."""

    min_confidence = 0.5
    family: str | None = "classic-list"
    model = _Model()

    def __init__(self, table: dict[str, str]) -> None:
        self.table = table
        self.lexicon = LEXICON

    def scorer_signature(self) -> str:
        return "none"

    program_signature = scorer_signature

    def adjusted(self, min_confidence: float) -> TableRestorer:
        other = copy.copy(self)
        other.min_confidence = min_confidence
        return other

    def explain(self, text: str) -> Restoration:
        edits: list[Edit] = []
        place = 0
        while place < len(text):
            spun = next((one for one in self.table if text.startswith(one, place)), "")
            if spun and self.min_confidence <= 0.9:
                edits.append(Edit(place, place + len(spun), spun, self.table[spun], 0.9))
            place += len(spun) or 1
        return Restoration(text, tuple(edits), Verdict(bool(edits), min(1.0, len(edits) / 10)))

    def readings(self, text: str) -> list[Readings]:
        """Every listed form of the lexicon, read as its likeliest original at .7 where the table holds it, else at .2."""
        found = []
        for entry in LEXICON.entries:
            start = text.find(entry.spun)
            if start >= 0 and entry.status == "active":
                end, sure = start + len(entry.spun), 0.7 if entry.spun in self.table else 0.2
                edit = Edit(start, end, entry.spun, entry.originals[0].text, sure)
                rows = (
                    Reading(edit.original, (edit,), -1.0, -1.0, sure),
                    Reading(entry.spun, (), -1.0, -1.0, 1 - sure),
                )
                found.append(Readings(start, end, entry.spun, rows, self.family, 0.3))
        return found


def write_lines(path: Path, rows: Sequence[object]) -> Path:
    """`rows` as JSON lines at `path`."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path
