"""Restorations as one page: every edit in its place, what speaks for it, and room to decide."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

from despin.language import label
from despin.report import page
from despin.report.article import Mark, TextPart, article, failed, is_undivided
from despin.report.charts import density
from despin.report.escape import content, holds, value
from despin.report.page import table
from despin.report.percent import percent
from despin.report.reasons import SAID, WHY, changes, of_edit, of_suspect, template

if TYPE_CHECKING:
    from despin.results import Alternative, Edit, Restoration, Suspect


def render(documents: Iterable[tuple[str, Restoration]]) -> str:
    """The page for `documents`, given as (name, restoration)."""
    found = list(documents)
    data = Data()
    pieces = [document(number, name, restoration, data) for number, (name, restoration) in enumerate(found, 1)]
    title = found[0][0] if len(found) == 1 else label(f"{len(found)} 篇文章")
    return page.page(f"{title} · 还原报告", "".join(pieces), _index(found) if len(found) > 1 else "", data.values())


class Data:
    """What the script knows of edits beside the text: each row is an entry (its index) and the runners-up, flat.
    `accepted` are the places (start, end) that are shown as accepted, `marked` those that a reader marked; with
    `places` edits and paragraphs say where they begin."""

    def __init__(
        self,
        places: bool = False,
        accepted: Set[tuple[int, int]] = frozenset(),
        marked: Set[tuple[int, int]] = frozenset(),
    ) -> None:
        self.places, self.accepted, self.marked = places, accepted, marked
        self.entries: dict[str, int] = {}
        self.reasons: dict[tuple[str, ...], int] = {}
        self.rows: dict[tuple[int | str, ...], int] = {}

    def values(self) -> dict[str, object]:
        """What the page's script reads."""
        said = [template(keys) for keys in self.reasons]
        return {"rows": list(self.rows), "entries": list(self.entries), "reasons": said}

    def reason(self, keys: tuple[str, ...]) -> int:
        """The index of why an edit is made, or a word is left."""
        return self.reasons.setdefault(keys, len(self.reasons))

    def row(self, name: str, originals: Sequence[Alternative]) -> int:
        """The index of the row of an entry and the runners-up."""
        others = (one for other in originals[:9] for one in (other.original, _whole(other.confidence)))
        row = (self.entries.setdefault(name, len(self.entries)), *others)
        return self.rows.setdefault(row, len(self.rows))


def wants_check(edit: Edit) -> bool:
    """Whether a reader has to look at an edit."""
    return bool(changes(edit)) or edit.proof == "failed" or edit.confidence < 0.7


def shown_suspects(restoration: Restoration) -> list[Suspect]:
    """The words that look replaced and are left of which there is more to say than that they do not come back."""
    return [one for one in restoration.suspects if one.why != "failed"]


def _whole(share: float) -> int:
    """A probability in whole percent, as `percent` shows it."""
    return int(percent(share)[:-1])


def _edit(edit: Edit, data: Data) -> str:
    """The element that stands for an edited place: the original, with the spun word as its attribute."""
    span = edit.start, edit.end
    shade = bisect_right((0.5, 0.7, 0.85, 0.95), edit.confidence)
    changed = changes(edit)
    names = f"e c{shade}{' f' if changed else ''}{' u' if edit.proof == 'failed' else ''}"
    names += f"{' ok' if span in data.accepted else ''}{' m' if span in data.marked else ''}"
    return _stop(
        edit, names, edit.confidence, data.row(edit.entry, edit.alternatives), edit.original, data, of_edit(edit)
    )


def _suspect(one: Suspect, data: Data) -> str:
    """The element of a word that looks replaced and is left: its runners-up are what it may have been."""
    return _stop(one, "e s", one.score, data.row(one.entry, one.originals), one.spun, data, of_suspect(one))


def _stop(
    one: Edit | Suspect, names: str, share: float, row: int, shown: str, data: Data, keys: tuple[str, ...]
) -> str:
    more = f" data-o={one.start}" if data.places else ""
    if not holds(one.spun):
        more += f' data-j="{value(json.dumps(one.spun))}"'
    return (
        f'<b class="{names}" data-s="{value(one.spun)}" data-c={_whole(share)} data-k={row} '
        f"data-y={data.reason(keys)}{more}>{content(shown)}</b>"
    )


def document(number: int, name: str, restoration: Restoration, data: Data) -> str:
    """A document: verdict, density, the article, and what is to be said of its parts."""
    edits, stretches = restoration.edits, restoration.verdict.stretches
    facts = [edit.start for edit in edits if changes(edit)]
    parts = []
    if not is_undivided(restoration.source, _bounds(restoration)):
        for one in stretches:
            variant = f"/{one.variant}" if one.variant else ""
            parts.append(TextPart(one.start, one.end, f"{one.family}{variant} {percent(one.score)}"))
    marks = [Mark(edit.start, edit.end, _edit(edit, data)) for edit in edits]
    marks += [Mark(one.start, one.end, _suspect(one, data)) for one in shown_suspects(restoration)]
    marks += failed(_failed(restoration), sorted((one.start, one.end) for one in marks))
    marks.sort(key=lambda mark: (mark.start, mark.end))
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


def _facts(restoration: Restoration, changed: int) -> tuple[str, list[str]]:
    """The verdict, and the figures of a document."""
    edits = restoration.edits
    judged = restoration.verdict
    if judged.spun:
        verdict = f"<strong>是洗稿</strong>，家族 <bdi>{content(judged.family or label('不明'))}</bdi>"
    elif edits:
        verdict = "<strong>不是洗稿</strong>，只修补了损坏之处"
    else:
        verdict = "<strong>不是洗稿</strong>，文字保持原样"
    rows = [f"洗稿的可能性 <b>{percent(judged.score, 1)}</b>", f"字数 <b>{len(restoration.source):,}</b>"]
    if judged.spun:
        rows.append(f"替换率 <b>{percent(judged.rate)}</b>")
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
        rows.append(f"重洗吻合率 <b>{percent(judged.respun, 1)}</b>")
    return verdict, rows


def damage_rows(damage: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is said of the damage of a document, by kind."""
    named = ((label(SAID.get(one["kind"], content(one["kind"]))), one["count"]) for one in damage)
    return [f"{name} <b>{count:,}</b> 处" for name, count in named]


def _suspects(restoration: Restoration) -> str:
    """The words that look replaced and are left."""
    rows = []
    for one in restoration.suspects:
        before, after = restoration.source[max(0, one.start - 8) : one.start], restoration.source[one.end : one.end + 8]
        originals = label("、").join(content(other.original or label("（无）")) for other in one.originals[:9])
        rows.append(
            [
                f"{one.start:,}", f"{content(before)}<u>{content(one.spun)}</u>{content(after)}", percent(one.score),
                label(SAID[WHY.get(one.why, one.why)]), originals or "—",
            ]
        )  # fmt: skip
    return page.listed("留下的可疑词", ["位置", "词", "可能被替换", "为何留下", "可能的原词"], rows)


def _stretches(restoration: Restoration) -> str:
    """What is known of every part that is spun, where there is more to say than of the whole."""
    if is_undivided(restoration.source, _bounds(restoration)):
        return ""
    rows = []
    for one in restoration.verdict.stretches:
        begin = restoration.source[one.start : one.end].lstrip()[:12]
        evidence = label("、").join(f"{content(clue.spun)}←{content(clue.original)}" for clue in one.evidence[:6])
        rows.append(
            [
                f"{content(begin)}…<br>{one.start:,}–{one.end:,}",
                content(one.family) + (f"<br>{content(one.variant)}" if one.variant else ""), percent(one.score, 1),
                percent(one.rate), "—" if one.proof is None else percent(one.proof.respun, 1),
                f"{len(one.proof.failed) if one.proof else 0:,}", evidence or "—",
            ]
        )  # fmt: skip
    heads = ["部分", "家族、变体", "把握", "替换率", "重洗吻合率", "未证实", "线索"]
    return page.listed("洗过的部分", heads, rows)


def _dropped(restoration: Restoration) -> str:
    """What of a web page was left out, and why."""
    dropped = getattr(restoration, "dropped", ())
    if not dropped:
        return ""
    rows = [[str(line.number), content(line.text), page.message(line.reason)] for line in dropped]
    inner = table(["行", "内容", "原因"], rows, "网页上略去的行")
    said = label(f"网页上略去的 {len(rows):,} 行")
    return f"<details><summary>{said}</summary>\n{inner}</details>\n"


def _index(documents: Sequence[tuple[str, Restoration]]) -> str:
    """The list of documents, with links."""
    rows = [list(_index_row(number, name, found)) for number, (name, found) in enumerate(documents, 1)]
    heads = ["文章", "洗稿", "家族", "修改", "改变事实", "重洗吻合率"]
    return page.contents(heads, rows)


def _index_row(number: int, name: str, found: Restoration) -> Iterator[str]:
    yield f'<a href="#d{number}"><bdi>{content(name)}</bdi></a>'
    yield percent(found.verdict.score)
    yield content(found.verdict.family or "—")
    yield f"{len(found.edits):,}"
    yield f"{sum(bool(changes(edit)) for edit in found.edits):,}"
    yield "—" if found.verdict.respun is None else percent(found.verdict.respun, 1)
