"""Which lines of prose are the article's: the heaviest block, and every other that belongs to it or stands alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from despin.page.lines import Row, Vocabulary
from despin.page.patterns import ENDING, Pattern
from despin.tuning import Articles

OUTSIDE = "text outside the article"
_STOPS = ("。", "！", "？", "!", "?", "”", "：", ":", "；", "」")


@dataclass(slots=True)
class ProseBlock:
    """Lines of prose with nothing between them that closes an article. `after` is the kind of the line that separates
    it from the block before; `headed` counts lines of prose with a short line right above them."""

    after: str
    rows: list[Row] = field(default_factory=list)
    headed: int = 0

    @property
    def weight(self) -> int:
        return sum(row.han for row in self.rows)

    def is_whole(self) -> bool:
        """Whether it reads as an article goes on below a list put into it: whole sentences, not all under headlines."""
        ended = all(row.text.endswith(_STOPS) for row in self.rows)
        return ended and self.weight >= Articles.sentence * len(self.rows) and self.headed < len(self.rows)


def find_blocks(rows: Sequence[Row], active: Sequence[Pattern | None]) -> list[ProseBlock]:
    """The blocks of a page; `rows` are its lines that are not empty, `active` their patterns by index."""
    blocks: list[ProseBlock] = []
    closed, headline = "", False
    for row in rows:
        pattern = active[row.index]
        if pattern is not None and pattern.sure and pattern.kind in ENDING and closed != "comments":
            closed = pattern.kind
        if not row.prose or (pattern is not None and pattern.sure):
            headline = row.item and pattern is None
            continue
        if not blocks or closed:
            blocks.append(ProseBlock(closed))
            closed = ""
        blocks[-1].rows.append(row)
        blocks[-1].headed += headline
        headline = False
    return blocks


def choose(blocks: Sequence[ProseBlock], nameless: Callable[[str], str]) -> tuple[set[int], dict[int, str], Vocabulary]:
    """(indices of the article's lines of prose, reasons for the others by index, the article's vocabulary). `nameless`
    takes the name of the site out of a line, so that it does not make every line with the name of the site look
    familiar."""
    # What others wrote below an article may be longer than the article.
    own = [block for block in blocks if block.after != "comments" and block.weight >= Articles.least * 2]
    main = max(own or blocks, key=lambda block: block.weight)
    vocabulary = Vocabulary(nameless(row.text[: Articles.enough]) for row in main.rows)
    kept: set[int] = set()
    reasons: dict[int, str] = {}
    for block in blocks:
        reason = "" if block is main else _foreign(block, vocabulary, nameless)
        for row in block.rows:
            if reason:
                reasons[row.index] = reason
            else:
                kept.add(row.index)
    return kept, reasons, vocabulary


def _foreign(block: ProseBlock, vocabulary: Vocabulary, nameless: Callable[[str], str]) -> str:
    """Why a block does not belong to the article, or an empty string."""
    if block.after == "comments":
        return "comment below the article"
    if not block.after and block.weight >= Articles.least * 2:
        return ""
    if len(block.rows) >= 2 and block.weight >= Articles.article:
        return ""
    named = any(nameless(row.text) != row.text for row in block.rows)
    shared = sum(vocabulary.share(row.text[:400]) * row.han for row in block.rows) / max(1, block.weight)
    if block.after in ("list", "pager") and block.is_whole() and not named:
        return ""
    return "" if shared >= Articles.connected else OUTSIDE
