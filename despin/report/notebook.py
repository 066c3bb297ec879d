"""A restoration as notebooks show it: small, without a script or styles of the page around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from despin.language import shown
from despin.report.escape import content, value
from despin.report.percent import percent

if TYPE_CHECKING:
    from despin.results import Edit, Restoration


def snippet(restoration: Restoration) -> str:
    """The verdict, and the text with its edits; the spun word and the confidence show when the mouse rests on one."""
    pieces: list[str] = []
    position = 0
    source = restoration.source
    most = 4000  # characters that are shown
    for edit in restoration.edits:
        if edit.end > most:
            break
        pieces += (content(source[position : edit.start]), _edit(edit))
        position = edit.end
    pieces.append(content(source[position : max(position, most)]))
    rest = "" if len(source) <= max(position, most) else f"<p>… {shown(f'{len(source):,} code points in all')}</p>"
    verdict = restoration.verdict
    said = [f"score {verdict.score:.3f}", f"family {content(verdict.family)}" if verdict.family else ""]
    said.append("" if verdict.respun is None else f"respun {percent(verdict.respun, 1)}")
    said += [f"{content(one.kind)} {one.count:,}" for one in restoration.damage]
    return (
        f'<div class="despin"><p><b>{shown(f"{len(restoration.edits):,} edits")}</b>, '
        f"{', '.join(map(shown, filter(None, said)))}</p>"
        f'<div lang="zh" dir="ltr" style="white-space:pre-wrap;line-height:1.8">{"".join(pieces)}</div>{rest}</div>'
    )


def _edit(edit: Edit) -> str:
    line = "2px dotted #b80" if edit.proof == "failed" else "2px solid #2a9d8f"
    line = "3px double #c33" if edit.changes == "polarity" else line
    alpha = 0.06 + 0.24 * edit.confidence
    said = value(f"{edit.spun} → {edit.original}, {percent(edit.confidence)}")
    return (
        f'<span title="{said}" style="border-bottom:{line};background:rgba(42,157,143,{alpha:.2f})">'
        f"{content(edit.original) or '∅'}</span>"
    )
