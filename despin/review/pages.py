"""The pages of a review: the list of texts, and each text with its places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from despin.report import entries
from despin.report.entries import Found
from despin.report.escape import content, value
from despin.report.html import Data, document
from despin.report.page import More, page, part, table
from despin.review.document import UNDONE, Document
from despin.review.said import language, said

__all__ = ["index", "language", "refusal", "text", "waiting", "word"]
_PACKAGE = "despin.review"
#: Languages as HTML names them.
_LANG = {"zh": "zh-Hans", "en": "en"}


def index(documents: Sequence[Document], targets: Sequence[str], inbox: Path | None, language: str) -> str:
    """The list of texts, with how far each is, below a place to paste others where there is an `inbox` for them."""
    progress = [one.progress for one in documents]
    counts = {name: f"{sum(getattr(one, name) for one in progress):,}" for name in ("spun", "total", "decided", "open")}
    listed = table(
        [said(key, language) for key in ("text", "verdict", "open", "decided")],
        [_row(one, language) for one in documents],
        said("texts", language),
    )
    where = said("kept", language, target=content("、".join(targets[:1])))
    where += said("inbox", language, folder=content(str(inbox))) if inbox else ""
    inner = _paste(language) if inbox else ""
    inner += (
        f'<section class="index" id="list"><p class="verdict" id="sum">'
        f"{said('sum', language, texts=len(documents), **counts)}</p>\n{listed}"
        f'<p class="hint">{where}</p></section>\n'
    )
    script = _part("list.js") + (_part("paste.js") if inbox else "")
    more = More(style=_part("review.css"), script=script, talks=True)
    waits = any(one.state == "waiting" for one in progress)
    title = said("title", language) + (said("reading", language) if waits else "")
    return page(title, inner, values={"said": dict(_sentences(language))}, lang=_LANG[language], more=more)


def _paste(language: str) -> str:
    """The place where a text is pasted; a form, for browsers without scripts."""
    named = {name.replace("-", "_"): text for name, text in _sentences(language)}
    return Template(_part("paste.html")).substitute(named)


def _sentences(language: str) -> Iterator[tuple[str, str]]:
    """What the script of the place to paste says, and what stands there."""
    for key in [
        "paste",
        "restore",
        "file",
        "drop",
        "empty",
        "large",
        "busy",
        "gone",
        "lost",
        "no-script",
        "413",
        "507",
    ]:
        yield key, said(key, language)


def _row(one: Document, language: str) -> list[str]:
    """What the list says of a text, as cells."""
    found = one.progress
    name = f'<span class="place"><bdi>{content(one.name)}</bdi></span>'
    link = f'<a href="d/{one.number}"><bdi>{content(found.title or one.name)}</bdi></a><br>{name}'
    if found.state == "failed":
        link += f'<br><strong class="fell">{said("failed", language)}</strong><br>{content(found.message)}'
    if found.state != "ready":
        return [link, "—", "—", said("waiting", language) if found.state == "waiting" else "—"]
    label = f"{value(one.name)}: {found.decided} / {found.total}"
    bar = (
        f'<progress max="{max(1, found.total)}" value="{found.decided if found.total else 1}" '
        f'aria-label="{label}"></progress> {found.decided:,}\u00a0/\u00a0{found.total:,}'
    )
    return [link, said("spun" if found.spun else "unspun", language), f"{found.open:,}", bar]


def refusal(status: int, message: str, language: str) -> str:
    """What a person reads where a request is refused: why, and what to do; `message` is the same in short."""
    why = said(str(status), language) or said("back", language)
    inner = (
        f'<section class="doc"><p class="fell">{why}</p><p class="hint" lang="en">{content(message)}</p></section>\n'
    )
    return page(said("refused", language), inner, lang=_LANG[language])


def text(
    documents: Sequence[Document], one: Document, targets: Sequence[str], pasted: bool = False, language: str = "zh"
) -> str:
    """The page of a text that is ready; one that was `pasted` is shown beside its result."""
    restoration, accepted, marked = one.shown()
    data = Data(places=True, accepted=accepted, marked=marked, language=language)
    inner = document(one.number, one.name, restoration, data)
    spans = {(place.start, place.end): number for number, place in enumerate(one.places.places())}
    decided = [
        [spans[found.span], found.kind, *found.originals[:1]] for found in one.places.decisions() if found.span in spans
    ]
    review = {
        "document": one.number,
        "revision": one.revision,
        "decided": decided,
        "history": [[found.as_row() for found in group] for group in one.history[-UNDONE:]],
        "notices": [notice.lstrip("!") for notice in one.notices],
        "previous": one.number - 1,
        "next": one.number + 1 if one.number < len(documents) else 0,
        "targets": list(targets),
        "markup": str(one.markup),
        "pasted": pasted,
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
    return page(f"{one.progress.title or one.name} · 校订", inner, data={**data.values(), "review": review}, more=more)


def waiting(one: Document) -> str:
    """The page of a text that is being restored, or cannot be."""
    if one.problem:
        inner = (
            f'<section class="doc"><h2><bdi>{content(one.name)}</bdi></h2>'
            f'<p class="fell" lang="en">{content(one.problem)}</p>'
            '<p><button type="button" id="again">重新读取</button> <a href="../">目录</a></p></section>'
        )
    else:
        inner = (
            f'<section class="doc"><h2><bdi>{content(one.name)}</bdi></h2><p role="status">正在还原…完成后自动显示。</p>'
            '<p><a href="../">目录</a></p></section>'
        )
    script = f'document.body.dataset.waits = "{one.number}";\n' + _part("wait.js")
    return page(
        f"{one.progress.title or one.name} · 校订",
        inner,
        more=More(style=_part("review.css"), script=script, talks=True),
    )


def word(row: Mapping[str, Any], found: Sequence[Found]) -> str:
    """What lexicons say of a word, with its places in the texts."""
    return entries.render(row, found, More(style=_part("review.css"), tools='<a class="tool" href="./">目录</a>'))


@cache
def _part(name: str) -> str:
    return part(name, _PACKAGE)
