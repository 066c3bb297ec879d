"""The pages of a review: the list of texts, and each text with its places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Template
from typing import Any

from despin.language import label, shown
from despin.report import entries
from despin.report.entries import Found
from despin.report.escape import content, value
from despin.report.html import Data, document
from despin.report.page import More, message, page, part, table
from despin.review.document import UNDONE, Document

_PACKAGE = "despin.review"


def index(documents: Sequence[Document], targets: Sequence[str]) -> str:
    """The list of texts, with how far each is."""
    rows, decided, total, waiting = [], 0, 0, False
    for one in documents:
        found = one.progress
        decided, total = decided + found.decided, total + found.total
        waiting = waiting or found.state == "waiting"
        rows.append([f'<a href="d/{one.number}"><bdi>{content(one.path)}</bdi></a>', *_cells(one)])
    heads = ["文章", "进度", "已定", "共"]
    said = label(f"共 {len(documents):,} 篇，{total:,} 处修改，已决定 {decided:,} 处。")
    listed = table(heads, rows, "文章")
    where = content("、".join(targets[:1]))
    hint = label(
        "每个决定立即保存在文章旁：<code>.wdiff</code>（可供 <code>despin eval</code>、<code>despin learn</code> 使用）、"
        f"<code>.restored</code>（还原后的正文）和 <code>.review</code>（经过，可续）。词条写入 <code>{where}</code>。"
    )
    inner = (
        f'<section class="index" id="list"><p class="verdict" id="sum">{said}</p>\n{listed}'
        f'<p class="hint">{hint}</p></section>\n'
    )
    more = More(style=_part("review.css"), script=_part("list.js"), talks=True)
    return page("校订", inner, more=more) if not waiting else page("校订（正在还原…）", inner, more=more)


def _cells(one: Document) -> list[str]:
    """Progress of a text, as cells of a table."""
    found = one.progress
    name = value(one.path)
    if found.state == "failed":
        return [f'<strong class="fell">{label("不能校订")}</strong><br>{message(found.message)}', "—", "—"]
    if found.state == "waiting":
        return [label("正在还原…"), "—", "—"]
    bar = (
        f'<progress max="{max(1, found.total)}" value="{found.decided if found.total else 1}" '
        f'aria-label="{name}：{found.decided} / {found.total}"></progress>'
    )
    return [bar, f"{found.decided:,}", f"{found.total:,}"]


def text(documents: Sequence[Document], one: Document, targets: Sequence[str]) -> str:
    """The page of a text that is ready."""
    restoration, accepted, marked = one.shown()
    data = Data(places=True, accepted=accepted, marked=marked)
    inner = document(one.number, one.path, restoration, data)
    spans = {(edit.start, edit.end): number for number, edit in enumerate(restoration.edits)}
    decided = [
        [spans[found.span], found.kind, *found.originals[:1]] for found in one.places.decisions() if found.span in spans
    ]
    review = {
        "document": one.number,
        "revision": one.revision,
        "decided": decided,
        "history": [[found.as_row() for found in group] for group in one.history[-UNDONE:]],
        "notices": [shown(notice.lstrip("!")) for notice in one.notices],
        "previous": one.number - 1,
        "next": one.number + 1 if one.number < len(documents) else 0,
        "targets": list(targets),
        "markup": str(one.markup),
    }
    more = More(
        style=_part("review.css"),
        script=_part("review.js"),
        tools=Template(_part("tools.html")).substitute(number=one.number, count=len(documents)),
        panel=_part("panel.html"),
        dialogs=_part("dialogs.html"),
        keys=_part("keys.html"),
        note="决定立即保存在文章旁；未决定的修改在 wdiff 中记作 {+?…+}，评测时不计分；退回的保留网页用词。",
        talks=True,
    )
    return page(f"{one.path} · 校订", inner, data={**data.values(), "review": review}, more=more)


def waiting(one: Document) -> str:
    """The page of a text that is being restored, or cannot be."""
    back = f'<a href="../">{label("目录")}</a>'
    if one.problem:
        inner = (
            f'<section class="doc"><h2><bdi>{content(one.path)}</bdi></h2>'
            f'<p class="fell">{message(one.problem)}</p>'
            f'<p><button type="button" id="again">{label("重新读取")}</button> {back}</p></section>'
        )
    else:
        inner = (
            f'<section class="doc"><h2><bdi>{content(one.path)}</bdi></h2><p role="status">{label("正在还原…完成后自动显示。")}</p>'
            f"<p>{back}</p></section>"
        )
    script = f'document.body.dataset.waits = "{one.number}";\n' + _part("wait.js")
    return page(f"{one.path} · 校订", inner, more=More(style=_part("review.css"), script=script, talks=True))


def word(row: Mapping[str, Any], found: Sequence[Found]) -> str:
    """What lexicons say of a word, with its places in the texts."""
    return entries.render(
        row, found, More(style=_part("review.css"), tools=f'<a class="tool" href="./">{label("目录")}</a>')
    )


def _part(name: str) -> str:
    return part(name, _PACKAGE)
