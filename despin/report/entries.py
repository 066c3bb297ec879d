"""What lexicons say of a word, as one page: its entries, what programs make of it, and where
it stands in the texts at hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from despin.language import label
from despin.report.escape import content, value
from despin.report.page import More, listed, marked, message, page, section, table
from despin.report.percent import percent

if TYPE_CHECKING:
    from despin.results import Edit

_FOLDERS = re.compile(r".*[/\\]")
_STATUS = {"active": "", "candidate": "候选", "retired": "停用"}
#: Where an entry comes from, as the page says it.
_SOURCES = {"curated": "人工整理", "attested": "有实例", "learned": "学习所得", "imported": "从词表导入"}


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place of the word in a text called `name`: `original` is what is restored there (None: it stands), with its
    confidence; `link` leads there."""

    name: str
    before: str
    spun: str
    after: str
    original: str | None = None
    confidence: float = 0.0
    link: str = ""


def places(word: str, name: str, text: str, edits: Sequence[Edit], link: str = "") -> Iterator[FoundPlace]:
    """The places of a text where `word` stands, or is restored, in order; `link` with the
    place behind it leads to each."""
    known = {(edit.start, edit.end): edit for edit in edits}
    spans: dict[tuple[int, int], Edit | None] = {
        span: edit for span, edit in known.items() if word in (edit.spun, edit.original)
    }
    covered = sorted(known)
    number = 0
    start = text.find(word) if word else -1
    while start >= 0:
        end = start + len(word)
        while number < len(covered) and covered[number][1] <= start:
            number += 1
        inside = covered[number] if number < len(covered) and covered[number][0] < end else (start, end)
        spans[inside] = known.get(inside)
        start = text.find(word, end)
    for (start, end), edit in sorted(spans.items(), key=lambda item: item[0]):
        yield FoundPlace(
            name, text[max(0, start - 16) : start], text[start:end], text[end : end + 16],
            edit.original if edit else None, edit.confidence if edit else 0.0, f"{link}{start}" if link else "",
        )  # fmt: skip


def render(row: Mapping[str, Any], found: Iterable[FoundPlace] | None = None, more: More | None = None) -> str:
    """The page for a word; `row` is what `despin lexicon show --json` prints, `found` its places in the texts at hand,
    None where there are no texts."""
    word = row["word"]
    pieces = [f'<section class="doc"><h2><bdi>{content(word)}</bdi></h2>\n']
    if not (row["as_spun"] or row["as_original"] or row["programs"]):
        near = label("、").join(content(one) for one in row["similar"])
        pieces.append(f"<p>{label('没有这个词的词条')}{label('；相近的有：') + near if near else ''}</p>\n")
    pieces.append(_entries("还原这个词的词条", row["as_spun"]))
    pieces.append(_entries("还原成这个词的词条", row["as_original"]))
    pieces.append(_programs(row["programs"]))
    if row.get("missing"):
        pieces.append(f'<p class="fell">{message(row["missing"])}</p>\n')
    if found is not None:
        pieces.append(_places(list(found)))
    return page(f"{word} · 词条", "".join(pieces) + "</section>\n", more=more)


def _entries(title: str, entries: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for entry in entries:
        originals = label("、").join(_weighed(one["text"], one["weight"]) for one in entry["originals"])
        notes = [label(_STATUS.get(entry["status"], entry["status"]))]
        notes += [label("反转意思")] if entry.get("flips") else []
        notes += [label("取代别的词条")] if entry.get("replaces") else []
        notes += [entry.get("reason", "")]
        for name, said in (("keep", label("不改")), ("only", label("只改"))):
            contexts = entry.get(name) or {"before": [], "after": []}
            notes += [label(f"{said}：{one}之后") for one in contexts["before"]]
            notes += [label(f"{said}：{one}之前") for one in contexts["after"]]
        examples = "<br>".join(marked(one) for one in entry.get("examples", ()))
        # A place of a lexicon by the file's name; the whole path shows under the mouse.
        place = entry["location"]
        location = f'<span class="place" title="{value(place)}">{content(_FOLDERS.sub("", place))}</span>'
        rows.append(
            [
                f"<bdi>{content(entry['spun'])}</bdi>",
                originals or "—",
                f'{content(entry["family"])}<br><span class="place">{label(_SOURCES[entry["source"]])}</span>',
                label("；").join(content(note) for note in notes if note) or "—",
                examples or "—",
                location,
            ]
        )
    heads = ["网页用词", "原词（权重）", "家族、来源", "说明", "例句", "位置"]
    return listed(title, heads, rows)


def _weighed(text: str, weight: float) -> str:
    shown = content(text) if text else label("（删）")
    return f"<b>{shown}</b>" + (f" ×{weight:g}" if weight != 1 else "")


def _programs(programs: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for one in programs:
        sources = label("、").join(
            f"<b>{content(other['text'])}</b>" + (f" {content(other['flag'])}" if other["flag"] else "")
            for other in one["preimages"]
        )
        becomes = content(one["becomes"]) if one["becomes"] is not None else label("不变")
        rows.append(
            [
                content(one["family"]), content(one["program"]), content(one["flag"] or "—"),
                label("是" if one["eligible"] else "否"), sources or "—", becomes or label("（删）"),
            ]
        )  # fmt: skip
    heads = ["家族", "程序", "词性", "会被替换", "可能的原词", "写成"]
    return listed("程序怎样处理这个词", heads, rows)


def _places(found: Sequence[FoundPlace]) -> str:
    """Where the word stands in the texts at hand, and what becomes of it there."""
    restored = sum(one.original is not None for one in found)
    rows = []
    most = 300  # places that are listed
    for one in found[:most]:
        spun = f"<mark>{content(one.spun)}</mark>"
        if one.original is not None:
            spun = f"<del>{content(one.spun)}</del><ins>{content(one.original) or label('（删）')}</ins>"
        name = f"<bdi>{content(one.name)}</bdi>"
        rows.append(
            [
                f'<a href="{value(one.link)}">{name}</a>' if one.link else name,
                f'<span lang="zh">…{content(one.before)}{spun}{content(one.after.rstrip())}…</span>',
                percent(one.confidence) if one.original is not None else label("保留"),
            ]
        )
    said = label(f"共 {len(found):,} 处，还原 {restored:,} 处")
    said += label(f"，列出 {most} 处") if len(found) > most else ""
    return section(
        "手头的文章中", f"<p>{said}{label('。')}</p>\n" + table(["文章", "上下文", "把握"], rows, "手头文章中的位置")
    )
