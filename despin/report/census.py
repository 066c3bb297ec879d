"""A census as one page: how much of a crawl is spun or damaged, by whom, where and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from math import log10
from operator import itemgetter
from typing import Any

from despin.report.charts import bar, columns
from despin.report.escape import content
from despin.report.page import listed, page, section
from despin.report.percent import percent
from despin.report.reasons import DAMAGE, SAID

Row = Mapping[str, Any]
#: Sites, and words of a family, that are listed.
LISTED = 40
#: What the page says, in its two languages.
WORDS = {
    "zh": {
        "title": "伪原创普查", "texts": "篇文章", "characters": "字", "spun": "伪原创", "damaged": "有损坏", "interval": "95% 区间",
        "family": "家族", "share": "伪原创占文章", "of_characters": "占字数", "by_family": "按改写家族", "by_time": "按时间",
        "by_suffix": "按域名后缀", "by_site": "按网站", "scores": "得分分布", "words": "改写用词", "kinds": "损坏的种类",
        "place": "域名", "count": "篇数", "form": "网页用词", "original": "原文用词", "times": "次数", "kind": "种类",
        "chart": "图", "unknown": "未计入的记录", "no_failed": "没有判定", "no_site": "网站不明", "no_time": "时间不明",
        "time": "时间", "axis": "伪原创的可能性（篇数取对数）",
        "note": "区间为 95%（威尔逊法）：只说明计数的偶然性，不含判定的误差。",
    },
    "en": {
        "title": "Census of spun text", "texts": "texts", "characters": "characters", "spun": "spun",
        "damaged": "damaged", "interval": "95 % interval", "family": "family", "share": "spun, of texts",
        "of_characters": "of characters", "by_family": "By family", "by_time": "By time", "by_site": "By site",
        "by_suffix": "By public suffix", "scores": "Scores", "words": "Words that did it", "kinds": "Kinds of damage",
        "place": "domain", "count": "texts", "form": "on the page", "original": "original", "times": "times",
        "kind": "kind", "chart": "as a bar", "unknown": "Records that are not counted", "time": "time",
        "no_failed": "without a verdict", "no_site": "of unknown site", "no_time": "of unknown time",
        "axis": "score (texts, logarithmic)",
        "note": "Intervals are 95 % (Wilson): how much is chance in the counting, not how often verdicts are wrong.",
    },
}  # fmt: skip


def render(rows: Iterable[Row], lang: str = "zh") -> str:
    """The page for the rows of a census, in zh or en."""
    say = WORDS[lang]
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (-row["spun"], -row["edits"], -row["texts"])):
        groups[f"{row['group']} of families" if row["family"] else row["group"]].append(row)
    (whole,) = groups["all"]
    pieces = [
        _head(whole, say),
        _shares(say["by_family"], say["family"], "family", groups["all of families"], say),
        _over_time(sorted(groups["time"], key=itemgetter("name")), say),
        *(_shares(say[f"by_{group}"], say["place"], "name", groups[group], say) for group in ("suffix", "site")),
        section(say["scores"], _scores({row["name"]: row["texts"] for row in groups["score"]}, say)),
        _counted(say["kinds"], [say["kind"], say["count"], say["times"]], groups["damage"], ("texts", "edits"), say),
        *_words(groups["word of families"], say),
        _counted(say["unknown"], ["", say["count"]], groups["unknown"], ("texts",), say),
        f"<p>{say['note']}</p>",
    ]
    body = f'<article class="doc">\n{"".join(pieces)}</article>\n'
    return page(f"{say['title']} · despin", body, lang="zh-Hans" if lang == "zh" else "en")


def _head(whole: Row, say: Mapping[str, str]) -> str:
    facts = [(f"{whole['texts']:,}", say["texts"]), (f"{whole['characters']:,}", say["characters"])]
    facts += [(percent(whole[name] / whole["texts"], 2), say[name]) for name in ("spun", "damaged")]
    items = "".join(f"<li><b>{shown}</b> {what}</li>" for shown, what in facts)
    return f'<h2>{say["title"]}</h2>\n<ul class="facts-list">{items}</ul>\n'


def _shares(title: str, head: str, key: str, rows: Sequence[Row], say: Mapping[str, str]) -> str:
    """A table of groups, or of families, with their shares."""
    shown = [
        [
            f"<bdi>{content(_readable(row[key]))}</bdi>", f"{row['spun']:,} / {row['texts']:,}",
            percent(row["share"], 2), f"{percent(row['low'], 2)}\u00a0–\u00a0{percent(row['high'], 2)}",
            bar(row["share"], row["low"], row["high"]), percent(row["spun_characters"] / max(1, row["characters"]), 2),
        ]
        for row in rows
    ]  # fmt: skip
    heads = [head, say["count"], say["share"], say["interval"], say["chart"], say["of_characters"]]
    return listed(title, heads, shown)


def _readable(name: str) -> str:
    """A domain in the characters that it stands for."""
    with suppress(UnicodeError):
        return name.encode("ascii").decode("idna") if "xn--" in name else name
    return name


def _over_time(rows: Sequence[Row], say: Mapping[str, str]) -> str:
    """Shares by time, as a chart and as a table."""
    if not rows:
        return ""
    bars = [(row["name"], row["share"], row["low"], row["high"], f"{row['spun']:,} / {row['texts']:,}") for row in rows]
    chart = columns(bars, say["time"], percent(max(row["high"] for row in rows), 1))
    return section(say["by_time"], chart) + _shares("", say["time"], "name", rows, say)


def _scores(counts: Mapping[str, int], say: Mapping[str, str]) -> str:
    """The histogram, by the logarithm: most texts are clearly clean."""
    bars = []
    for number in range(20):
        name = f"{number / 20:.2f}"
        height = log10(1 + counts.get(name, 0))
        bars.append((name, height, height, height, f"{name}: {counts.get(name, 0):,}"))
    return columns(bars, say["axis"], f"{max(counts.values(), default=0):,}")


def _counted(title: str, heads: list[str], rows: Sequence[Row], what: Sequence[str], say: Mapping[str, str]) -> str:
    """A table of names with what is counted of them."""
    names = {kind: SAID[kind] for kind in DAMAGE} if say is WORDS["zh"] else say
    shown = [
        [content(names.get(row["name"], say.get(f"no_{row['name']}", row["name"]))), *(f"{row[one]:,}" for one in what)]
        for row in rows
    ]
    return listed(title, heads, shown)


def _words(rows: Sequence[Row], say: Mapping[str, str]) -> Iterator[str]:
    """For each family, the words that did it."""
    for family in sorted({row["family"] for row in rows}):
        own = [[*map(content, row["name"].split("\t")), f"{row['edits']:,}"] for row in rows if row["family"] == family]
        yield listed(f"{say['words']}: {family}", [say["form"], say["original"], say["times"]], own)
