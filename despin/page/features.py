"""What can be seen of each line of a page without knowing what it says: its shape, its neighbours, its place.

The features are names; `crf.py` says how much each speaks for what a line may be.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from despin.page.lines import Row, count_han, has_figure, looks_like_record, pairs
from despin.page.patterns import Boilerplate, Pattern
from despin.tuning import Articles

_LETTER = re.compile(r"\w")
_LATIN = re.compile(r"[A-Za-z]")
_PART = re.compile(r"[^\s|｜/·•>»›]+")
_LABEL = re.compile(r"^[\[【（(]?[\u4e00-\u9fff]{2,6}\s?[:：]")
_CLOCK = re.compile(r"(?:19|20)\d\d[-/.年]\s?\d{1,2}|\d{1,2}[-/月]\d{1,2}|\d{1,2}:\d\d")
_AGO = re.compile(r"\d\s?(?:分钟|小时|天|个?月|年)前|昨天|刚刚")
_COUNT = re.compile(r"[(（\[]\s?[\d,.+万wk]*\s?[)）\]]|\d+(?:\.\d+)?\s?(?:万|[次人条个篇赞])?\Z")
_ADDRESS = re.compile(
    r"[\w.-]+@[\w-]+\.|https?://|www\.|[\w-]+\.(?:com|cn|net|org|example)\b|\d{3,4}[- ]\d{6,8}|\d{11}"
)
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}[\s.、)]|[(（]?[一二三四五六七八九十]{1,2}[)）、.])")
_MARKS = re.compile("[|｜_>»›←→↑↓▼★☆©¥￥#+\\[\\]【】]")
#: Features of a line that its neighbours see.
_TELLING = frozenset(("record", "named", "count", "ago", "label", "cut off", "bullet", "line words 4", "line words 5"))
_TELLING |= {"line ends :", "line ends ："}
_RUN = re.compile(r"([\u3400-\u9fff]+)|(\d+)|([A-Za-z]+)|(\s+)")
_TRIM = " \t:：|｜_-—»›>,，。[]【】()（）《》"
_STOPS = "。！？!?”」…"


def bucket(value: float, bounds: Sequence[float]) -> int:
    """How many of the bounds `value` reaches."""
    return sum(value >= bound for bound in bounds)


def shape(text: str) -> str:
    """The line with every run of Chinese characters, digits, letters and white space put down as one sign."""
    return _RUN.sub(lambda run: "hda "[(run.lastindex or 1) - 1], text[:80])


def observe(
    rows: Sequence[Row], active: Sequence[Pattern | None], reasons: dict[int, str], kept: set[int],
    nameless: Callable[[str], str], boilerplate: Boilerplate,
) -> list[list[str]]:  # fmt: skip
    """The features of each of the lines of a page, which are not empty. `active` holds their patterns and `reasons`
    what the rules would drop, both by index; `kept` are the indices of what the rules take for the article's prose.
    `nameless` takes the name of the site out of a line."""
    own = [_own(row, active[row.index], nameless(row.text) != row.text, boilerplate) for row in rows]
    for place, names in enumerate(own):
        row, pattern = rows[place], active[rows[place].index]
        known = pattern is not None and reasons.get(row.index) == pattern.reason
        names.append(f"ruled {'known' if known else 'prose' if row.index in kept else 'left'}")
    shares = _shares(rows, nameless)
    heads = _heads(rows, kept, shares)
    whole = "\n".join(row.text[: Articles.look] for row in rows)[: Articles.enough]
    places = _places(rows, kept)
    forms = [shape(row.text) for row in rows]
    shapes = Counter(form for form, row in zip(forms, rows, strict=True) if not row.prose)
    again = Counter(row.text for row in rows)
    runs = _runs(rows)
    found = []
    for place, row in enumerate(rows):
        names = [*own[place], *places[place], f"run {runs[place]}"]
        long = "prose" if row.prose else "short" if row.han < 8 else "line"
        shared = bucket(shares[place], (0.01, 0.08, 0.15, 0.25, 0.4, 0.6))
        names.append(f"{long} shares {shared}" if row.han >= 2 else "nothing to share")
        names += ["heads the text"] if place in heads else []
        bare = nameless(row.text).strip(_TRIM)
        if not row.prose and row.item and count_han(bare) >= 4 and whole.count(bare) > again[row.text]:
            names.append("echoed")
        if again[row.text] > 1:
            names.append("again")
        if forms[place] != "h" and not row.prose:
            names.append(f"shape {bucket(shapes[forms[place]], (2, 3, 5))}")
        for side, other in (("above", place - 1), ("below", place + 1)):
            names += _beside(side, rows, own, other)
            if 0 <= other < len(rows) and forms[other] == forms[place] != "h":
                names.append(f"{side} alike")
        found.append(names)
    return found


def _own(row: Row, pattern: Pattern | None, named: bool, boilerplate: Boilerplate) -> list[str]:
    """What a line shows by itself."""
    text = row.text[: Articles.look]
    kind = "prose" if row.prose else "line"
    names = ["any", f"{kind} {bucket(row.han, (1, 2, 4, 6, 9, 13, 19, 28, 45, 80))}"]
    if pattern is not None:
        names.append(f"pattern {pattern.kind}{' sure' if pattern.sure else ''}")
    parts = len(_PART.findall(text))
    if not row.prose:
        names.append(f"parts {bucket(parts, (2, 3, 5, 8))}")
    letters = len(_LETTER.findall(text)) or 1
    words = boilerplate.words_in(row.plain)
    if row.plain:
        covered = sum(len(word) for _, word in words) / letters
        names.append(f"{kind} words {bucket(covered, (0.01, 0.1, 0.25, 0.5, 0.75))}")
        names += [f"{kind} {group}" for group in sorted({group for group, _ in words})]
    last = row.text[-1]
    names.append(f"{kind} ends {'stop' if last in _STOPS else last if last in '：:，,、；;)）》】]>»' else 'open'}")
    if row.text.endswith(("...", "…", "……")):
        names.append("cut off")
    tests = {
        "named": named, "record": looks_like_record(row.text), "clock": _CLOCK.search(text), "ago": _AGO.search(text),
        "count": not row.prose and _COUNT.search(text[-12:]), "label": _LABEL.match(text),
        "address": _ADDRESS.search(text), "numbered": _NUMBERED.match(text), "bullet": row.bullet,
        "marks": _MARKS.search(text), "figure": not row.prose and has_figure(text),
        "latin": not row.prose and len(_LATIN.findall(text)) * 2 > letters, "no letters": not _LETTER.search(text),
        "quoted": text[0] in '“「‘"', "linked": row.linked,
    }  # fmt: skip
    return names + [name for name, holds in tests.items() if holds]


def _shares(rows: Sequence[Row], nameless: Callable[[str], str]) -> list[float]:
    """Which part of each line other lines of prose say too."""
    counts: Counter[str] = Counter()
    left = Articles.enough
    for row in rows:
        if row.prose and left > 0:
            counts.update(pairs(nameless(row.text[: Articles.look])))
            left -= min(Articles.look, len(row.text))
    shares = []
    for row in rows:
        mine = pairs(nameless(row.text[: Articles.look]))
        least = 2 if row.prose else 1
        shares.append(sum(counts[pair] >= least for pair in mine) / len(mine) if mine else 0.0)
    return shares


def _heads(rows: Sequence[Row], kept: set[int], shares: Sequence[float]) -> set[int]:
    """The places above the text whose lines say most of what it says: one of them should be its title."""
    above = range(next(place for place, row in enumerate(rows) if row.index in kept))
    scores = {place: shares[place] * rows[place].han / (rows[place].han + Articles.few_heading) for place in above}
    best = max(scores.values(), default=0.0)
    return {place for place, score in scores.items() if best > Articles.told and score >= 0.8 * best}


def _places(rows: Sequence[Row], kept: set[int]) -> list[list[str]]:
    """Where each line stands: to either side of the article's prose and how far, and at the ends of the page."""
    prose = [place for place, row in enumerate(rows) if row.index in kept]
    first, last = prose[0], prose[-1]
    whole = sum(rows[place].han for place in prose)
    above, names = 0, []
    for place, row in enumerate(rows):
        share = bucket(above / whole, (0.01, 0.2, 0.6, 0.95, 1.0))
        here = f"over {bucket(first - place, (2, 3, 5, 10))}" if place < first else "within"
        here = f"under {bucket(place - last, (2, 3, 5, 10))}" if place > last else here
        ends = [f"line {place}"] if place < 2 else []
        ends += ["last lines"] if len(rows) - place <= 2 else []
        names.append([here, f"read {share}", *ends])
        above += row.han if row.index in kept else 0
    return names


def _runs(rows: Sequence[Row]) -> list[int]:
    """How many lines that are no prose follow one another where each line stands, in steps."""
    steps = [0] * len(rows)
    start = 0
    for place in range(len(rows) + 1):
        if place == len(rows) or rows[place].prose:
            for inside in range(start, place):
                steps[inside] = bucket(place - start, (1, 2, 3, 5, 9, 16))
            start = place + 1
    return steps


def _beside(side: str, rows: Sequence[Row], own: Sequence[list[str]], place: int) -> list[str]:
    """What a neighbour of a line shows."""
    if not 0 <= place < len(rows):
        return [f"{side} nothing"]
    row = rows[place]
    names = [f"{side} {'prose' if row.prose else f'line {bucket(row.han, (1, 5, 9, 19))}'}"]
    return names + [
        f"{side} {name}" for name in own[place] if name in _TELLING or name.startswith(("pattern", "ruled"))
    ]
