"""Reading the marked pages: `+ ` a line to keep, `- ` a line to drop, `[-...-]` the brand inside a kept line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from despin.page import Page

PAGES = Path(__file__).parents[1] / "data" / "pages"
_CUT = re.compile(r"\[-(.*?)-\]")


@dataclass(frozen=True)
class Marked:
    """A page with what should become of it: `keep` for each line, `shown` the lines without the brand."""

    name: str
    brand: str | None
    layout: str
    family: str
    lines: tuple[str, ...]
    keep: tuple[bool, ...]
    shown: tuple[str, ...]
    #: Line ends after each line: 2 for a page that was saved with blank lines between its blocks.
    ends: int = 1

    @property
    def text(self) -> str:
        return "".join(line + "\n" * self.ends for line in self.lines)


def read_marked(path: Path) -> Marked:
    """The marked page in a file."""
    header: dict[str, str] = {}
    rows = []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("# "):
            key, _, value = line[2:].partition(": ")
            header[key] = value
        else:
            assert line[:2] in ("+ ", "- "), f"{path.name}: {line!r} has no mark"
            rows.append((line[0] == "+", line[2:]))
    return Marked(
        path.stem,
        None if header["brand"] == "-" else header["brand"],
        header.get("layout", path.stem),
        header.get("family", "-"),
        tuple(_CUT.sub(r"\1", line) for _, line in rows),
        tuple(keep for keep, _ in rows),
        tuple(_CUT.sub("", line) for _, line in rows),
        2 if header.get("spacing") == "doubled" else 1,
    )


def pages(folder: str) -> list[Marked]:
    """All marked pages of a folder of tests/data/pages: `train`, `dev` or `test`."""
    return [read_marked(path) for path in sorted((PAGES / folder).glob("*.page"))]


def shown(page: Page) -> list[str | None]:
    """Every line of a page as its article shows it, None for those that were dropped."""
    found: list[str | None] = []
    for line in page.lines:
        if not line.keep:
            found.append(None)
            continue
        text, position = "", line.start
        for span in page.brand_spans:
            if line.start <= span.start < line.end:
                text += page.text[position : span.start]
                position = span.end
        found.append(text + page.text[position : line.end])
    return found
