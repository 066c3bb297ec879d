"""A census as one page: how much of a crawl is spun or damaged, by whom, where and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from math import log10
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from despin.language import label
from despin.report.charts import bar, columns
from despin.report.escape import content
from despin.report.page import listed, page, section
from despin.report.percent import percent
from despin.report.reasons import SAID

Row = Mapping[str, Any]


def render(rows: Iterable[Row]) -> str:
    """The page for the rows of a census, in the language that was chosen."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (-row["spun"], -row["edits"], -row["texts"])):
        groups[f"{row['group']} of families" if row["family"] else row["group"]].append(row)
    (whole,) = groups["all"]
    words: dict[str, list[Row]] = defaultdict(list)
    for row in groups["word of families"]:
        words[row["family"]].append(row)
    unknown = {"failed": "没有判定", "site": "网站不明", "time": "时间不明"}
    pieces = [
        _head(whole),
        _shares("按改写家族", "家族", "family", groups["all of families"]),
        _over_time(sorted(groups["time"], key=itemgetter("name"))),
        _shares("按域名后缀", "域名", "name", groups["suffix"]),
        _shares("按网站", "域名", "name", groups["site"]),
        section("得分分布", _scores({row["name"]: row["texts"] for row in groups["score"]})),
        _counted("损坏的种类", ["种类", "篇数", "次数"], groups["damage"], ("texts", "edits"), SAID),
        *(
            _counted(f"{label('改写用词')}: {family}", ["网页用词", "原文用词", "次数"], words[family], ("edits",))
            for family in sorted(words)
        ),
        _counted("未计入的记录", ["", "篇数"], groups["unknown"], ("texts",), unknown),
        f"<p>{label('区间为 95%（威尔逊法）：只说明计数的偶然性，不含判定的误差。')}</p>",
    ]
    title = label("伪原创普查")
    return page(f"{title} · despin", f'<article class="doc">\n{"".join(pieces)}</article>\n')


def _head(whole: Row) -> str:
    facts = [(f"{whole['texts']:,}", "篇文章"), (f"{whole['characters']:,}", "字")]
    facts += [(percent(whole["spun"] / whole["texts"], 2), "伪原创")]
    facts += [(percent(whole["damaged"] / whole["texts"], 2), "有损坏")]
    items = "".join(f"<li><b>{shown}</b> {label(what)}</li>" for shown, what in facts)
    return f'<h2>{label("伪原创普查")}</h2>\n<ul class="facts-list">{items}</ul>\n'


def _shares(title: str, head: str, key: str, rows: Sequence[Row]) -> str:
    """A table of groups, or of families, with their shares."""
    shown = [
        [
            f"<bdi>{content(_readable(row[key]))}</bdi>", f"{row['spun']:,} / {row['texts']:,}",
            percent(row["share"], 2), f"{percent(row['low'], 2)}\u00a0–\u00a0{percent(row['high'], 2)}",
            bar(row["share"], row["low"], row["high"]), percent(row["spun_characters"] / max(1, row["characters"]), 2),
        ]
        for row in rows
    ]  # fmt: skip
    return listed(title, [head, "篇数", "伪原创占文章", "95% 区间", "图", "占字数"], shown)


def _readable(name: str) -> str:
    """A domain in the characters that it stands for."""
    with suppress(UnicodeError):
        return name.encode("ascii").decode("idna") if "xn--" in name else name
    return name


def _over_time(rows: Sequence[Row]) -> str:
    """Shares by time, as a chart and as a table."""
    if not rows:
        return ""
    bars = [(row["name"], row["share"], row["low"], row["high"], f"{row['spun']:,} / {row['texts']:,}") for row in rows]
    chart = columns(bars, label("时间"), percent(max(row["high"] for row in rows), 1))
    return section("按时间", chart) + _shares("", "时间", "name", rows)


def _scores(counts: Mapping[str, int]) -> str:
    """The histogram, by the logarithm: most texts are clearly clean."""
    bars = []
    for number in range(20):
        name = f"{number / 20:.2f}"
        height = log10(1 + counts.get(name, 0))
        bars.append((name, height, height, height, f"{name}: {counts.get(name, 0):,}"))
    return columns(bars, label("伪原创的可能性（篇数取对数）"), f"{max(counts.values(), default=0):,}")


def _counted(
    title: str,
    heads: list[str],
    rows: Sequence[Row],
    what: Sequence[str],
    names: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """A table of what is counted of each thing, a word and its original or one that `names` says in words."""
    shown = [
        [
            *(content(label(names[one]) if one in names else one) for one in row["name"].split("\t")),
            *(f"{row[one]:,}" for one in what),
        ]
        for row in rows
    ]
    return listed(title, heads, shown)
