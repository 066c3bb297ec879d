"""Measuring the article where it was found: inside its page, with gold that knows only the article."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from despin.edits import Edit, apply
from despin.evaluation.sets import Document
from despin.evaluation.systems import Output

if TYPE_CHECKING:
    from despin.page import Page
    from despin.restorer import Restorer


class OnPage:
    """despin on a whole page; its edits are judged as those of the article that a document holds."""

    name = "despin-page"

    def __init__(self, page: Page, restorer: Restorer) -> None:
        self._page, self._restorer = page, restorer

    def run(self, document: Document) -> Output:
        """The edits of the page with offsets in `document.text`.

        A line of the document that the page does not hold, or that was left out of it, is not edited. Edits in lines
        of the page that are no part of the document touch no gold: they are put behind its end.
        """
        from despin.page.restoring import restore_page

        found = restore_page(self._page, self._restorer)
        shifts = _shifts(found.source, document.text)
        edits: list[Edit] = []
        stray: list[Edit] = []
        end = len(document.text)
        for edit in found.edits:
            start, shift = next(((a, s) for a, b, s in shifts if a <= edit.start and edit.end <= b), (-1, 0))
            if start >= 0:
                edits.append(replace(edit, start=edit.start + shift, end=edit.end + shift))
            else:
                stray.append(replace(edit, start=end, end=end, spun=""))
        edits.sort(key=lambda edit: edit.start)
        return Output((*edits, *stray), apply(document.text, edits), found.spun_score)


def _shifts(article: str, text: str) -> list[tuple[int, int, int]]:
    """(start, end, shift) of every line of `article` that is a line of `text` too; shift leads from one to the other."""
    places: dict[str, list[int]] = {}
    position = 0
    for line in text.split("\n"):
        places.setdefault(line.strip(), []).append(position + len(line) - len(line.lstrip()))
        position += len(line) + 1
    found = []
    position = 0
    for line in article.split("\n"):
        start = position + len(line) - len(line.lstrip())
        here = places.get(line.strip())
        if line.strip() and here:
            found.append((start, position + len(line), here.pop(0) - start))
        position += len(line) + 1
    return found
