"""Restoring the article on a page: the site's lines set aside, the edits found in the article, offsets in the page."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from despin.page.model import Dropped, Page
from despin.restorer import Restorer
from despin.results import Edit, Restoration


@dataclass(frozen=True)
class PageRestoration(Restoration):
    """The restoration of a page's article. `page_edits` are its edits with offsets in the page's own text, `dropped`
    the lines the site had added, each with its reason."""

    page_edits: tuple[Edit, ...] = ()
    dropped: tuple[Dropped, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """As `Restoration.as_dict`, with offsets in the page, and the dropped lines."""
        return {
            **Restoration.as_dict(self),
            "edits": [edit.as_dict() for edit in self.page_edits],
            "dropped": [{"line": line.number, "text": line.text, "reason": line.reason} for line in self.dropped],
        }


def restore_page(page: Page, restorer: Restorer, keep: bool = False) -> PageRestoration:
    """The article of `page` restored; with `keep` the whole page, only its article restored.

    The title was written before any spinning and is left as it is; it and the keywords say what the article is about. An edit that something left out lies within has no
    stretch of the page to stand for, and is not made.
    """
    found = restorer.explain(page.article, page.anchors)
    title = page.article.find(page.title) if page.title else -1
    title_end = title + len(page.title or "")
    edits, page_edits = [], []
    for edit in found.edits:
        place = page.to_page(edit.start, edit.end)
        if place is not None and not (title >= 0 and edit.start < title_end and edit.end > title):
            edits.append(edit)
            page_edits.append(replace(edit, start=place[0], end=place[1]))
    return PageRestoration(
        page.text if keep else page.article,
        tuple(page_edits if keep else edits),
        found.spun_score,
        found.family,
        found.rate,
        page_edits=tuple(page_edits),
        dropped=() if keep else page.dropped,
    )
