"""A census as one page: how much of a crawl is spun or damaged, by whom, where and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from despin.report.charts import bar, columns
from despin.report.escape import content
from despin.report.html import DAMAGE
from despin.report.page import listed, page, percent, section

Row = Mapping[str, Any]
#: Sites, and words of a family, that are listed.
LISTED = 40
#: What the page says, in its two languages.
WORDS = {
    "zh": {
        "title": "伪原创普查", "texts": "篇文章", "characters": "字", "spun": "伪原创", "damaged": "有损坏", "interval": "95% 区间",
        "family": "家族", "share": "占文章", "of_characters": "占字数", "by_family": "按改写家族", "by_time": "按时间",
        "by_suffix": "按域名后缀", "by_site": "按网站", "scores": "得分分布", "words": "改写用词", "kinds": "损坏的种类",
        "place": "域名", "count": "篇数", "form": "网页用词", "original": "原文用词", "times": "次数", "kind": "种类",
        "chart": "图", "unknown": "未计入的记录", "failed": "没有判定", "nameless": "网站不明", "undated": "时间不明",
        "time": "时间", "axis": "伪原创的可能性（篇数取对数）",
        "note": "区间为 95%（威尔逊法）：只说明计数的偶然性，不含判定的误差。",
    },
    "en": {
        "title": "Census of spun text", "texts": "texts", "characters": "characters", "spun": "spun", "damaged": "damaged",
        "interval": "95 % interval", "family": "family", "share": "share of texts", "of_characters": "share of characters",
        "by_family": "By family", "by_time": "By time", "by_suffix": "By public suffix", "by_site": "By site",
        "scores": "Scores", "words": "Words that did it", "kinds": "Kinds of damage", "place": "domain", "count": "texts",
        "form": "on the page", "original": "original", "times": "times", "kind": "kind", "chart": "as a bar",
        "unknown": "Records that are not counted", "failed": "without a verdict", "nameless": "of unknown site",
        "undated": "of unknown time", "time": "time", "axis": "score (texts, logarithmic)",
        "note": "Intervals are 95 % (Wilson): they say how much is chance in the counting, not how often verdicts are wrong.",
    },
}  # fmt: skip


def render(rows: Sequence[Row], rest: Row, lang: str = "zh") -> str:
    """The page for the `rows` of a census; `rest` holds its scores, damage, words, and records that are not counted.
    `lang` is zh or en."""
    say = WORDS[lang]
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["group"] if row["family"] is None else f"{row['group']} family", []).append(row)
    whole = groups["all"][0]
    pieces = [
        _head(whole, say),
        _shares(say["by_family"], say["family"], "family", groups.get("all family", []), whole, say),
        _over_time(groups.get("time", []), say),
        *(
            _shares(say[f"by_{group}"], say["place"], "name", groups.get(group, []), None, say)
            for group in ("suffix", "site")
        ),
        section(say["scores"], columns(_scores(rest["scores"]), say["axis"], f"{max(rest['scores']):,}")),
        _damage(rest["damage"], say, lang),
        *(_words(family, words, say) for family, words in rest["words"].items()),
        _unknown(rest, say),
        f"<p>{say['note']}</p>",
    ]
    body = f'<article class="doc">\n{"".join(pieces)}</article>\n'
    return page(f"{say['title']} · despin", body, lang="zh-Hans" if lang == "zh" else "en")


def _head(whole: Row, say: Mapping[str, str]) -> str:
    facts = [(f"{whole['texts']:,}", say["texts"]), (f"{whole['characters']:,}", say["characters"])]
    facts += [(_percent(whole[name], whole["texts"]), say[name]) for name in ("spun", "damaged")]
    items = "".join(f"<li><b>{shown}</b> {what}</li>" for shown, what in facts)
    return f'<h2>{say["title"]}</h2>\n<ul class="facts-list">{items}</ul>\n'


def _percent(part: int, of: int) -> str:
    return percent(part / max(1, of), 2)


def _shares(title: str, head: str, key: str, rows: Sequence[Row], whole: Row | None, say: Mapping[str, str]) -> str:
    """A table of groups with their shares; of `whole`, where that is given."""
    shown = []
    for row in rows:
        of = whole or row
        part = row["spun_characters"] / max(1, of["characters"])
        shown.append(
            [
                f"<bdi>{content(_readable(row[key]))}</bdi>",
                f"{row['spun'] if whole else row['texts']:,}",
                percent(row["share"], 2),
                f"{percent(row['low'], 2)}\u00a0–\u00a0{percent(row['high'], 2)}",
                bar(row["share"], row["low"], row["high"]),
                percent(part, 2),
            ]
        )
    heads = [head, say["count"], f"{say['spun']}, {say['share']}", say["interval"], say["chart"], say["of_characters"]]
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
    found = [(row["name"], row["share"], row["low"], row["high"], _said(row)) for row in rows]
    chart = columns(found, say["time"], percent(max(row["high"] for row in rows), 1))
    return section(say["by_time"], chart) + _shares("", say["time"], "name", rows, None, say)


def _said(row: Row) -> str:
    return f"{row['name']}: {row['spun']:,} / {row['texts']:,}, {percent(row['low'], 2)} – {percent(row['high'], 2)}"


def _scores(counts: Sequence[int]) -> list[tuple[str, float, float, float, str]]:
    """The histogram, by the logarithm: most texts are clearly clean."""
    from math import log10

    width, highest = 1 / len(counts), log10(1 + max(counts, default=0)) or 1.0
    found = []
    for number, count in enumerate(counts):
        height = log10(1 + count) / highest
        said = f"{number * width:.2f} – {(number + 1) * width:.2f}: {count:,}"
        found.append((f"{number * width:.2f}", height, height, height, said))
    return found


def _damage(found: Mapping[str, Sequence[int]], say: Mapping[str, str], lang: str) -> str:
    rows = [
        [content(DAMAGE.get(kind, kind) if lang == "zh" else kind), f"{texts:,}", f"{places:,}"]
        for kind, (texts, places) in sorted(found.items(), key=lambda one: -one[1][0])
    ]
    return listed(say["kinds"], [say["kind"], say["count"], say["times"]], rows)


def _words(family: str, words: Mapping[str, int], say: Mapping[str, str]) -> str:
    most = sorted(words.items(), key=lambda one: (-one[1], one[0]))[:LISTED]
    rows = [[*map(content, pair.split("\t")), f"{count:,}"] for pair, count in most]
    return listed(f"{say['words']}: {family}", [say["form"], say["original"], say["times"]], rows)


def _unknown(rest: Row, say: Mapping[str, str]) -> str:
    rows = [[say[name], f"{rest[name]:,}"] for name in ("failed", "nameless", "undated") if rest[name]]
    return listed(say["unknown"], ["", say["count"]], rows)
