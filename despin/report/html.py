"""Restorations as one page: every edit in its place, what speaks for it, and room to decide."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

from despin.report import page
from despin.report.article import Mark, Part, article, failed, is_undivided
from despin.report.escape import content, holds, value
from despin.report.page import percent, table
from despin.report.plot import density

if TYPE_CHECKING:
    from despin.results import Edit, Restoration, Suspect

#: What an edit may change, as the page says it.
CHANGES = {
    "polarity": "意思反转，请核对",
    "time": "时间不同，请核对",
    "place": "地点不同，请核对",
    "person": "人物不同，请核对",
    "number": "数字不同，请核对",
    "quantity": "数量不同，请核对",
    "direction": "方向不同，请核对",
    "quotation": "引文中的词，请核对",
    "name": "名称中的词，请核对",
}
#: Kinds of damage, as the page says them.
DAMAGE = {
    "full-stop": "逗号变成句号",
    "traditional": "夹杂的繁体字",
    "glyph": "形近字",
    "pinyin": "字后的拼音",
    "noise": "标点前的乱字",
    "site-name": "换作站名的“我们”",
    "doubled": "重复的词",
}
#: Why a word that looks replaced is left, as the page says it.
WHY = {
    "unsure": "原词未定",
    "fact": "会改变事实，把握不够",
    "quotation": "在引文里",
    "name": "在名称里",
    "failed": "程序不会留下它",
}
#: Where the shades begin.
_SHADES = (0.5, 0.7, 0.85, 0.95)
_ALTERNATIVES = 9


def render(documents: Iterable[tuple[str, Restoration]]) -> str:
    """The page for `documents`, given as (name, restoration)."""
    found = list(documents)
    data = Data()
    pieces, firsts, total = [], [], 0
    for number, (name, restoration) in enumerate(found, 1):
        firsts.append(total)
        total += len(restoration.edits)
        pieces.append(document(number, name, restoration, data))
    title = found[0][0] if len(found) == 1 else f"{len(found)} 篇文章"
    values = {**data.values(), "firsts": firsts}
    return page.page(f"{title} · 还原报告", "".join(pieces), _index(found) if len(found) > 1 else "", values)


class Data:
    """What the script knows of edits beside the text: each row is an entry (its index) and the runners-up, flat.

    `accepted` are the places (start, end) that are shown as accepted, `marked` those that a reader marked; with
    `places` edits and paragraphs say where they begin.
    """

    def __init__(
        self,
        places: bool = False,
        accepted: Set[tuple[int, int]] = frozenset(),
        marked: Set[tuple[int, int]] = frozenset(),
    ) -> None:
        self.places, self.accepted, self.marked = places, accepted, marked
        self.entries: list[str] = []
        self.rows: list[tuple[int | str, ...]] = []
        self._entries: dict[str, int] = {}
        self._rows: dict[tuple[int | str, ...], int] = {}

    def values(self) -> dict[str, object]:
        """What the page's script reads."""
        return {"rows": self.rows, "entries": self.entries, "changes": CHANGES, "firsts": [0]}

    def row(self, edit: Edit) -> int:
        """The index of the row of an edit."""
        entry = self._entries.setdefault(edit.entry, len(self.entries))
        if entry == len(self.entries):
            self.entries.append(edit.entry)
        others = (
            one for other in edit.alternatives[:_ALTERNATIVES] for one in (other.original, _whole(other.confidence))
        )
        row = (entry, *others)
        index = self._rows.setdefault(row, len(self.rows))
        if index == len(self.rows):
            self.rows.append(row)
        return index


def changes(edit: Edit) -> str:
    """What a reader must check of an edit, as a key of `CHANGES`, or ""."""
    return edit.changes or edit.context or ""


def _whole(share: float) -> int:
    """A probability in whole percent, rounded down."""
    return int(share * 100 + 1e-9)


def _edit(edit: Edit, data: Data) -> str:
    """The element that stands for an edited place: the original, with the spun word as its attribute."""
    span = edit.start, edit.end
    shade = sum(edit.confidence >= least for least in _SHADES)
    changed = changes(edit)
    names = f"e c{shade}{' f' if changed else ''}{' u' if edit.proof == 'failed' else ''}"
    names += f"{' ok' if span in data.accepted else ''}{' m' if span in data.marked else ''}"
    more = f' data-g="{value(changed)}"' if changed else ""
    more += f" data-o={edit.start}" if data.places else ""
    if not holds(edit.spun):
        more += f' data-j="{value(json.dumps(edit.spun))}"'
    spun, original = value(edit.spun), content(edit.original)
    return (
        f'<b class="{names}" data-s="{spun}" data-c={_whole(edit.confidence)} data-k={data.row(edit)}{more}>'
        f"{original}</b>"
    )


def document(number: int, name: str, restoration: Restoration, data: Data) -> str:
    """A document: verdict, density, the article, and what is to be said of its parts."""
    edits, stretches = restoration.edits, restoration.verdict.stretches
    facts = [edit.start for edit in edits if changes(edit)]
    parts = []
    if not is_undivided(restoration.source, _bounds(restoration)):
        parts = [Part(one.start, one.end, _part_label(one.family, one.variant, one.score)) for one in stretches]
    suspects = [one for one in restoration.suspects if one.why != "failed"]
    places = failed(
        _failed(restoration),
        sorted([*((edit.start, edit.end) for edit in edits), *((one.start, one.end) for one in suspects)]),
    )
    marks = sorted(
        [
            *(Mark(edit.start, edit.end, _edit(edit, data)) for edit in edits),
            *(Mark(one.start, one.end, _suspect(one)) for one in suspects),
            *places,
        ],
        key=lambda mark: (mark.start, mark.end),
    )
    plot = density(
        len(restoration.source), [edit.start for edit in edits], facts, [(one.start, one.end) for one in parts]
    )
    text = article(restoration.source, marks, parts, data.places)
    rest = f"{_stretches(restoration)}{_suspects(restoration)}{_dropped(restoration)}"
    return page.document(number, name, *_facts(restoration, len(facts)), text, "还原后的正文", rest, plot)


def _bounds(restoration: Restoration) -> list[tuple[int, int, bool]]:
    """Start and end of every stretch, and whether a program made it."""
    stretches = restoration.verdict.stretches
    return [(one.start, one.end, one.proof is not None and one.proof.by == "program") for one in stretches]


def _failed(restoration: Restoration) -> Iterator[tuple[int, int]]:
    """The places that do not come back when the restoration is spun again."""
    for one in restoration.verdict.stretches:
        yield from one.proof.failed if one.proof else ()


def _part_label(family: str, variant: str, score: float) -> str:
    return f"{family}{'/' + variant if variant else ''} {percent(score)}"


def _facts(restoration: Restoration, changed: int) -> tuple[str, list[str]]:
    """The verdict, and the figures of a document."""
    edits = restoration.edits
    judged = restoration.verdict
    if judged.spun:
        verdict = f"<strong>是伪原创</strong>，家族 <bdi>{content(judged.family or '不明')}</bdi>"
    elif edits:
        verdict = "<strong>未见伪原创</strong>，只修补了损坏之处"
    else:
        verdict = "<strong>未见伪原创</strong>，文字保持原样"
    rows = [f"伪原创的可能性 <b>{percent(judged.score, 1)}</b>", f"字数 <b>{len(restoration.source):,}</b>"]
    if judged.spun:
        rows.append(f"改写率 <b>{percent(judged.rate)}</b>")
    rows.append(f"修改 <b>{len(edits):,}</b> 处")
    rows += damage_rows(one.as_dict() for one in restoration.damage)
    if changed:
        rows.append(f"改变事实 <b>{changed:,}</b> 处")
    doubtful = sum(edit.proof == "failed" for edit in edits) + sum(1 for _ in _failed(restoration))
    if doubtful:
        rows.append(f"未证实 <b>{doubtful:,}</b> 处")
    if restoration.suspects:
        rows.append(f"留下的可疑词 <b>{len(restoration.suspects):,}</b> 处")
    if judged.respun is not None:
        rows.append(f"再次改写后与网页相同 <b>{percent(judged.respun, 1)}</b>")
    return verdict, rows


def damage_rows(damage: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is said of the damage of a document, by kind."""
    return [f"{DAMAGE.get(one['kind'], content(one['kind']))} <b>{one['count']:,}</b> 处" for one in damage]


def _suspect(one: Suspect) -> str:
    """The element of a word that looks replaced and is left."""
    return f'<u class="q" title="{value(_said_of(one))}">{content(one.spun)}</u>'


def _said_of(one: Suspect) -> str:
    """What is to be said of a word that looks replaced: why it is left, how likely, what it may have been."""
    originals = "、".join(other.original or "（无）" for other in one.originals[:_ALTERNATIVES])
    return f"{WHY[one.why]}（{percent(one.score)}）{'：' if originals else ''}{originals}"


def _suspects(restoration: Restoration) -> str:
    """The words that look replaced and are left."""
    rows = []
    for one in restoration.suspects:
        before, after = restoration.source[max(0, one.start - 8) : one.start], restoration.source[one.end : one.end + 8]
        originals = "、".join(content(other.original or "（无）") for other in one.originals[:_ALTERNATIVES])
        rows.append(
            [
                f"{one.start:,}",
                f"{content(before)}<u>{content(one.spun)}</u>{content(after)}",
                percent(one.score),
                WHY[one.why],
                originals or "—",
            ]
        )
    return page.listed("留下的可疑词", ["位置", "词", "可能被替换", "为何留下", "可能的原词"], rows)


def _stretches(restoration: Restoration) -> str:
    """What is known of every part that is spun, where there is more to say than of the whole."""
    if is_undivided(restoration.source, _bounds(restoration)):
        return ""
    rows = []
    for one in restoration.verdict.stretches:
        begin = restoration.source[one.start : one.end].lstrip()[:12]
        evidence = "、".join(f"{content(clue.spun)}←{content(clue.original)}" for clue in one.evidence[:6])
        rows.append(
            [
                f"{content(begin)}…<br>{one.start:,}–{one.end:,}",
                content(one.family) + (f"<br>{content(one.variant)}" if one.variant else ""),
                percent(one.score, 1),
                percent(one.rate),
                "—" if one.proof is None else percent(one.proof.respun, 1),
                f"{len(one.proof.failed) if one.proof else 0:,}",
                evidence or "—",
            ]
        )
    heads = ["部分", "家族、变体", "把握", "改写率", "再次改写后相同", "未证实", "线索"]
    return page.listed("改写的部分", heads, rows)


def _dropped(restoration: Restoration) -> str:
    """What of a web page was left out, and why."""
    dropped = getattr(restoration, "dropped", ())
    if not dropped:
        return ""
    rows = [
        [str(line.number), content(line.text), f'<span lang="en">{content(line.reason)}</span>'] for line in dropped
    ]
    inner = table(["行", "内容", "原因"], rows, "网页上略去的行")
    return f"<details><summary>网页上略去的 {len(rows):,} 行</summary>\n{inner}</details>\n"


def _index(documents: Sequence[tuple[str, Restoration]]) -> str:
    """The list of documents, with links."""
    rows = [list(_index_row(number, name, found)) for number, (name, found) in enumerate(documents, 1)]
    heads = ["文章", "伪原创", "家族", "修改", "改变事实", "再次改写后相同"]
    return page.contents(heads, rows)


def _index_row(number: int, name: str, found: Restoration) -> Iterator[str]:
    yield f'<a href="#d{number}"><bdi>{content(name)}</bdi></a>'
    yield percent(found.verdict.score)
    yield content(found.verdict.family or "—")
    yield f"{len(found.edits):,}"
    yield f"{sum(bool(changes(edit)) for edit in found.edits):,}"
    yield "—" if found.verdict.respun is None else percent(found.verdict.respun, 1)
