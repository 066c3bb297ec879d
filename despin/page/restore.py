"""Restoring the article on a page: the site's lines set aside, the edits found in the article, offsets in the page."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from despin.document.residue import MARK
from despin.page.model import Dropped, Page
from despin.restorer import Restorer
from despin.results import Draft, Edit, Restoration, Stretch, Suspect, is_by_program, traced, with_edits


@dataclass(frozen=True, repr=False)
class PageRestoration(Restoration):
    """The restoration of a page's article. `page_edits`, `page_suspects` and `page_stretches` are its edits, suspects
    and stretches with offsets in the page's own text, `dropped` the lines the site had added, each with its reason."""

    page_edits: tuple[Edit, ...] = ()
    page_stretches: tuple[Stretch, ...] = ()
    page_suspects: tuple[Suspect, ...] = ()
    dropped: tuple[Dropped, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """As `Restoration.as_dict`, with offsets in the page, and the dropped lines."""
        row = self
        if self.verdict.stretches or self.suspects:
            verdict = replace(self.verdict, stretches=self.page_stretches)
            row = replace(self, verdict=verdict, suspects=self.page_suspects)
        return {
            **Restoration.as_dict(row),
            "edits": [edit.as_dict() for edit in self.page_edits],
            "dropped": [{"line": line.number, "text": line.text, "reason": line.reason} for line in self.dropped],
        }


def restore_page(page: Page, restorer: Restorer, keep: bool = False) -> PageRestoration:
    """The article of `page` restored; with `keep` the whole page, only its article restored.

    The title and the keywords say what the article is about. Lists spin titles too; who runs a program leaves them, so
    there an edit is not made: its word is a suspect. An edit that something left out lies within has no stretch of the
    page to stand for, and is not made.
    """
    found = _explained(page, restorer)
    title = page.article.find(page.title) if page.title else -1
    title_end = title + len(page.title or "") if title >= 0 else title
    programs = [one for one in found.verdict.stretches if is_by_program(one)]
    edits, page_edits, marked = [], [], list(found.suspects)
    for edit in found.edits:
        place = page.to_page(edit.start, edit.end)
        if edit.start < title_end and edit.end > title and any(one.start <= edit.start < one.end for one in programs):
            marked.append(Suspect.of(edit, "unsure"))
        elif place is not None:
            edits.append(edit)
            page_edits.append(edit.at(*place))
    marked.sort(key=lambda one: one.start)
    suspects = [(one, page.to_page(one.start, one.end)) for one in marked]
    page_suspects = tuple(replace(one, start=place[0], end=place[1]) for one, place in suspects if place is not None)
    stretches = tuple(_on_page(page, stretch) for stretch in found.verdict.stretches)
    return PageRestoration(
        page.text if keep else page.article, tuple(page_edits if keep else edits),
        replace(found.verdict, stretches=stretches) if keep else found.verdict,
        suspects=page_suspects if keep else tuple(one for one, place in suspects if place is not None),
        scored=found.scored, labels=page.labels, page_stretches=stretches, page_suspects=page_suspects,
        page_edits=tuple(page_edits), dropped=() if keep else page.dropped,
    )  # fmt: skip


def _explained(page: Page, restorer: Restorer) -> Restoration:
    """The restoration of the article; where its source sets words of lists apart, of the article with marks at them."""
    article = page.article
    draft = Draft(article)
    if not draft.apply([Edit(at, at, "", MARK, 1.0) for at in page.article_marks()]):
        return restorer.explain(article, page.anchors)
    if restorer.judge.residue(draft.text) is None:
        return restorer.explain(article, page.anchors)
    found = traced(restorer.explain(draft.text, page.anchors), Restoration(article, draft.edits))
    edits = [replace(edit, original=edit.original.replace(MARK, "")) for edit in found.edits]
    found = replace(found, edits=tuple([edit for edit in edits if edit.spun != edit.original]))
    stretches = [with_edits(one, found.edits_in(one.start, one.end)) for one in found.verdict.stretches]
    return replace(found, verdict=replace(found.verdict, stretches=tuple(stretches)))


def _on_page(page: Page, stretch: Stretch) -> Stretch:
    """A stretch of the article with offsets in the page: from its first character there to its last. What something
    left out lies within stands for no place of the page."""
    first, last = page.to_page(stretch.start, stretch.start + 1), page.to_page(stretch.end - 1, stretch.end)
    edits = [edit.at(*place) for edit in stretch.edits if (place := page.to_page(edit.start, edit.end)) is not None]
    proof = stretch.proof
    if proof is not None:
        failed = [place for start, end in proof.failed if (place := page.to_page(start, end)) is not None]
        proof = replace(proof, failed=tuple(failed))
    start = first[0] if first else edits[0].start if edits else 0
    end = last[1] if last else edits[-1].end if edits else start
    return replace(stretch, start=start, end=end, edits=tuple(edits), proof=proof)
