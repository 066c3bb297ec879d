"""The pages of a review: the list of texts, and each text with its places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from string import Template
from typing import Any

from despin.language import label, shown
from despin.report import entries
from despin.report.entries import FoundPlace
from despin.report.escape import content, value
from despin.report.html import Data, document
from despin.report.page import More, message, page, part, table
from despin.review.document import ReviewedText

_PACKAGE = "despin.review"
#: What is to be done where a request is refused, by its status.
_REFUSED = {
    HTTPStatus.FORBIDDEN: "这个地址不能用了，或者不完整。请用 despin 启动时显示的地址；以同一端口（--port）重新启动同样的文章，地址不变。",
    HTTPStatus.NOT_FOUND: "没有这一页。",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "文章超过 8 MB；请存为文件，用 despin restore 还原。",
    HTTPStatus.INSUFFICIENT_STORAGE: "磁盘写不进去，文章没有保存。请腾出空间再试。",
}


def index(documents: Sequence[ReviewedText], targets: Sequence[str], inbox: Path | None) -> str:
    """The list of texts, with how far each is, below a place to paste others where there is an `inbox` for them."""
    progress = [one.progress for one in documents]
    spun, total, decided, unsure = (
        sum(getattr(one, of) for one in progress) for of in ("spun", "total", "decided", "open")
    )
    texts, target, folder = len(documents), content("、".join(targets[:1])), content(str(inbox))
    heads = ["文章", "洗稿", "需核对", "已定"]
    where = label(
        "每个决定立即保存在文章旁：<code>.wdiff</code>（可供 <code>despin eval</code>、<code>despin learn</code> 使用）、"
        f"<code>.restored</code>（还原后的正文）和 <code>.review</code>（经过，可续）。词条写入 <code>{target}</code>。"
    )
    where += "\n" + label(f"粘贴的文章和决定存在 <code>{folder}</code>。") if inbox else ""
    said = label(f"{texts:,} 篇，其中 {spun:,} 篇是洗稿；{total:,} 处，已决定 {decided:,}，需核对 {unsure:,}。")
    inner = (_part("paste.html") if inbox else "") + (
        f'<section class="index" id="list"><p class="verdict" id="sum">{said}</p>\n'
        f'{table(heads, [_row(one) for one in documents], "文章")}<p class="hint">{where}</p></section>\n'
    )
    more = More(style=_part("review.css"), script=_part("list.js") + (_part("paste.js") if inbox else ""), talks=True)
    waits = any(one.state == "waiting" for one in progress)
    return page("校订（正在还原…）" if waits else "校订", inner, more=more)


def _row(one: ReviewedText) -> list[str]:
    """What the list says of a text, as cells."""
    found = one.progress
    name = f'<span class="place"><bdi>{content(one.name)}</bdi></span>'
    link = f'<a href="d/{one.number}"><bdi>{content(found.title or one.name)}</bdi></a><br>{name}'
    if found.state == "failed":
        link += f'<br><strong class="fell">{label("不能校订")}</strong><br>{message(found.message)}'
    if found.state != "ready":
        return [link, "—", "—", label("正在还原…") if found.state == "waiting" else "—"]
    done = f"{found.decided:,}\u00a0/\u00a0{found.total:,}"
    bar = (
        f'<progress max="{max(1, found.total)}" value="{found.decided if found.total else 1}" '
        f'aria-label="{value(one.name)}: {done}"></progress> {done}'
    )
    return [link, label("是") if found.spun else label("否"), f"{found.open:,}", bar]


def refusal(status: HTTPStatus, reason: str) -> str:
    """What a person reads where a request is refused: what to do, and why."""
    why = label(_REFUSED.get(status, "返回上一页，文章还在。"))
    inner = f'<section class="doc"><p class="fell">{why}</p><p class="hint">{message(reason)}</p></section>\n'
    return page("没有完成", inner)


def text(documents: Sequence[ReviewedText], one: ReviewedText, targets: Sequence[str], pasted: bool = False) -> str:
    """The page of a text that is ready; one that was `pasted` is shown beside its result."""
    restoration, accepted, marked = one.shown()
    data = Data(places=True, accepted=accepted, marked=marked)
    inner = document(one.number, one.name, restoration, data)
    spans = {place.span: number for number, place in enumerate(one.places.places())}
    decided = [
        [spans[found.span], found.kind, *found.originals[:1]] for found in one.places.decisions() if found.span in spans
    ]
    review = {
        "document": one.number, "revision": one.revision, "decided": decided,
        "history": [[found.as_row() for found in group] for group in one.history[-200:]],
        "notices": list(map(shown, one.notices)), "previous": one.number - 1,
        "next": one.number + 1 if one.number < len(documents) else 0, "targets": list(targets),
        "markup": str(one.markup), "pasted": pasted,
    }  # fmt: skip
    more = More(
        style=_part("review.css"), script=_part("review.js"),
        tools=Template(_part("tools.html")).substitute(number=one.number, count=len(documents)),
        panel=_part("panel.html"), dialogs=_part("dialogs.html"), keys=_part("keys.html"),
        note="决定立即保存在文章旁；未决定的修改在 wdiff 中记作 {+?…+}，评测时不计分；退回的保留网页用词。", talks=True,
    )  # fmt: skip
    return page(f"{one.progress.title or one.name} · 校订", inner, data={**data.values(), "review": review}, more=more)


def waiting(one: ReviewedText) -> str:
    """The page of a text that is being restored, or cannot be."""
    back = f'<a href="../">{label("目录")}</a>'
    if one.problem:
        inner = (
            f'<section class="doc"><h2><bdi>{content(one.name)}</bdi></h2>'
            f'<p class="fell">{message(one.problem)}</p>'
            f'<p><button type="button" id="again">{label("重新读取")}</button> {back}</p></section>'
        )
    else:
        inner = (
            f'<section class="doc"><h2><bdi>{content(one.name)}</bdi></h2>'
            f'<p role="status">{label("正在还原…完成后自动显示。")}</p>'
            f"<p>{back}</p></section>"
        )
    script = f'document.body.dataset.waits = "{one.number}";\n' + _part("wait.js")
    return page(
        f"{one.progress.title or one.name} · 校订",
        inner,
        more=More(style=_part("review.css"), script=script, talks=True),
    )


def word(row: Mapping[str, Any], found: Sequence[FoundPlace]) -> str:
    """What lexicons say of a word, with its places in the texts."""
    return entries.render(
        row, found, More(style=_part("review.css"), tools=f'<a class="tool" href="./">{label("目录")}</a>')
    )


def _part(name: str) -> str:
    return part(name, _PACKAGE)
