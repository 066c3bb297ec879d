"""Verdicts as one page: whether each text is spun, and the words that gave it away, in their places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from despin.language import label
from despin.report import page
from despin.report.article import Mark, TextPart, article, is_undivided
from despin.report.escape import content, value
from despin.report.html import damage_rows
from despin.report.percent import percent


def render(documents: Iterable[tuple[str, str, Mapping[str, Any]]]) -> str:
    """The page for `documents`, given as (name, text, row); a row is what `despin detect --json` prints of a text."""
    found = list(documents)
    title = found[0][0] if len(found) == 1 else label(f"{len(found)} 篇文章")
    body = "".join(_document(number, *one) for number, one in enumerate(found, 1))
    return page.page(f"{title} · 检测报告", body, _index(found) if len(found) > 1 else "")


def _document(number: int, name: str, text: str, row: Mapping[str, Any]) -> str:
    stretches = row["stretches"]
    if is_undivided(text, [(one["start"], one["end"], one["proof"] is not None) for one in stretches]):
        stretches = ()
    parts = [
        TextPart(one["start"], one["end"], f"{one['family'] or label('家族不明')} {percent(one['score'])}")
        for one in row["paragraphs"] or stretches
        if one.get("spun", True)
    ]
    verdict = "<strong>不是洗稿</strong>"
    if row["spun"]:
        verdict = f"<strong>是洗稿</strong>，家族 <bdi>{content(row['family'] or label('不明'))}</bdi>"
    facts = [f"洗稿的可能性 <b>{percent(row['score'], 1)}</b>", f"字数 <b>{len(text):,}</b>"]
    if row["spun"]:
        facts.append(f"替换率 <b>{percent(row['rate'])}</b>")
    facts += damage_rows(row["damage"])
    return page.document(number, name, verdict, facts, article(text, _clues(text, row), parts), "正文", _evidence(row))


def _clues(text: str, row: Mapping[str, Any]) -> Iterator[Mark]:
    """The places of the words that gave a text away, those of every stretch within it; none where it is not spun."""
    if not row["spun"]:
        return
    for one in row["stretches"] or [{"start": 0, "end": len(text), "evidence": row["evidence"]}]:
        originals = {clue["spun"]: clue["original"] for clue in reversed(one["evidence"]) if clue["spun"]}
        if not originals:
            continue
        longest_first = sorted(originals, key=len, reverse=True)
        pattern = re.compile("|".join(map(re.escape, longest_first)))
        for match in pattern.finditer(text, one["start"], one["end"]):
            said = value(originals[match.group()] or label("（无）"))
            yield Mark(*match.span(), f'<mark class="k" data-s="{said}">{content(match.group())}</mark>')


def _evidence(row: Mapping[str, Any]) -> str:
    if not row["spun"] or not row["evidence"]:
        return ""
    rows = [
        [
            content(clue["spun"]),
            content(clue["original"] or label("（无）")),
            f"{clue['count']:,}",
            f"{clue['weight']:.2f}",
        ]
        for one in row["stretches"] or [row]
        for clue in one["evidence"]
    ]
    return page.listed("线索", ["网页用词", "原文用词", "次数", "权重（log10）"], rows)


def _index(documents: Sequence[tuple[str, str, Mapping[str, Any]]]) -> str:
    rows = [
        [
            f'<a href="#d{number}"><bdi>{content(name)}</bdi></a>', label("是" if row["spun"] else "否"),
            percent(row["score"], 1), content(row["family"] or "—"), percent(row["rate"]) if row["spun"] else "—",
        ]
        for number, (name, _, row) in enumerate(documents, 1)
    ]  # fmt: skip
    return page.contents(["文章", "洗稿", "可能性", "家族", "替换率"], rows)
