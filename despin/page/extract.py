"""`read_page`: from the text of a page to the article on it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from despin.page.blocks import choose, find_blocks
from despin.page.crf import judge
from despin.page.layout import Layout
from despin.page.lines import Row, is_chinese, line_bounds, looks_like_record, read_rows
from despin.page.model import Line, Page, Span
from despin.page.name_removal import NameRemover
from despin.page.pattern_file import shipped
from despin.page.patterns import Boilerplate, Pattern
from despin.page.site_name import NameCandidate, take_census
from despin.page.title import bare_form
from despin.tuning import Articles

_MENU_WORD = re.compile(r"[\u3400-\u9fff]{2,6}")
_EMPTY = "empty line"
_SUMMARY = "summary that the article repeats"


def read_page(text: str, linked: Collection[str] = (), typed: Collection[int] = ()) -> Page:
    """What a page holds: its article, its name, and every line that was left out with the reason.

    For pages that came as HTML, `linked` names lines (without white space around them) that are nothing but links, and
    `typed` says where lines begin that stand as they were typed (`<pre>`).
    A text without an article, in another language, or without anything added to it comes back whole. Takes time
    linear in the length of the text. Raises `LexiconError` when the shipped patterns are missing or broken.
    """
    survey = take_survey(text, shipped(), linked, typed)
    if survey.layout is None:
        return Page(text, tuple(Line(start, end, True) for start, end in line_bounds(text)), found=False)
    if survey.signs:
        judge(survey.layout, survey.boilerplate)
    return _page(text, survey.rows, survey.layout, survey.name, survey.found)


@dataclass(slots=True)
class Survey:
    """What the rules know of a page: its lines that hold anything, patterns by the number of the line, and the decided
    layout (None without an article)."""

    boilerplate: Boilerplate
    rows: list[Row]
    found: list[Pattern | None]
    signs: bool = False
    layout: Layout | None = None
    name: str | None = None


def take_survey(
    text: str, boilerplate: Boilerplate, linked: Collection[str] = (), typed: Collection[int] = ()
) -> Survey:
    """The page as the patterns and the rules see it."""
    full = read_rows(text, boilerplate.same)
    for as_typed, run in groupby(full, key=lambda row: row.start in typed):
        block = list(run)
        for row in block:
            row.typed = as_typed and not any(one.prose for one in block)
    survey = Survey(boilerplate, full, [])
    if not any(row.prose for row in full) or not is_chinese(text):
        return survey
    found: list[Pattern | None] = [None] * (full[-1].index + 1)
    for row in full:
        row.linked = row.text in linked
        found[row.index] = boilerplate.find(row.plain) if row.plain else None
    survey.found = found
    summaries = _summaries(full, boilerplate)
    for row in summaries:
        row.prose = False
    reasons = {row.index: _SUMMARY for row in summaries}
    prose = [row for row in full if row.prose and not _sure(found[row.index])]
    weight = sum(row.han for row in prose)
    if weight < Articles.least or (weight < Articles.short_article and weight * 8 < sum(row.han for row in full)):
        return survey
    # A line that no article holds, or two kinds of doubtful lines.
    signs = any(_sure(found[row.index]) for row in full) or len(_doubtful(full, found, prose)) > 1
    remover, survey.name = _find_site_name(full, found, prose, boilerplate, signs)
    signs = signs or remover is not None
    active = [p if p is not None and (p.sure or signs) else None for p in found]
    kept, foreign, vocabulary = choose(find_blocks(full, active), remover.without if remover is not None else str)
    survey.signs = signs
    survey.layout = Layout(full, active, kept, reasons | foreign, vocabulary, signs, remover)
    survey.layout.decide()
    return survey


def _sure(pattern: Pattern | None) -> bool:
    return pattern is not None and pattern.sure


def _summaries(rows: Sequence[Row], boilerplate: Boilerplate) -> list[Row]:
    """The summaries above an article that only repeat its beginning."""
    found = []
    for place, row in enumerate(rows[:40]):
        match = boilerplate.summary.fullmatch(row.plain)
        if match is None:
            continue
        start = match["value"].strip(" .…")[: Articles.repeated]
        if len(start) == Articles.repeated and any(
            start in other.plain[:200] for other in rows[: place + 20] if other is not row
        ):
            found.append(row)
    return found


def _doubtful(rows: Sequence[Row], found: Sequence[Pattern | None], prose: Sequence[Row]) -> set[str]:
    """The kinds of doubtful lines above and below the prose: within it they are the article's."""
    first, last = prose[0].index, prose[-1].index
    kinds = set()
    for row in rows:
        if first < row.index < last:
            continue
        pattern = found[row.index]
        if pattern is not None and not pattern.sure:
            kinds.add(pattern.name)
        elif pattern is None and row.menu:
            kinds.add("menu")
        elif pattern is None and row.item and not row.prose and looks_like_record(row.text):
            kinds.add("record")
    return kinds


def _find_site_name(
    rows: Sequence[Row], found: Sequence[Pattern | None], prose: Sequence[Row], boilerplate: Boilerplate, signs: bool
) -> tuple[NameRemover | None, str | None]:
    """The remover for the name of the page's site, and that name, or (None, None); `signs`
    says whether anything else shows a page."""
    first, last = prose[0].index, prose[-1].index
    census, titles = take_census(rows, found, first, boilerplate)
    # Headings between the sentences belong to the article; lists between them do no harm here.
    lines = [row.text for row in rows if row.prose or (first <= row.index <= last and found[row.index] is None)]
    chosen: list[NameCandidate] = []
    for candidate in census.candidates(titles)[: Articles.candidates]:
        remover = NameRemover.build([candidate], boilerplate, lines)
        seen = candidate.sightings
        known = any(candidate.core in other.core or other.core in candidate.core for other in chosen)
        believed = seen.convincing or (seen.likely and signs)
        if not known and believed and not remover.is_subject():
            chosen.append(candidate)
    if not chosen:
        return None, None
    remover = NameRemover.build(chosen, boilerplate, lines)
    menus = (row.text for row in rows if (p := found[row.index]) is not None and p.kind == "nav")
    remover.sections = frozenset(word for menu in menus for word in _MENU_WORD.findall(menu))
    return remover, chosen[0].name


def _page(text: str, rows: Sequence[Row], layout: Layout, name: str | None, found: Sequence[Pattern | None]) -> Page:
    bounds = list(line_bounds(text))
    reasons = _with_empty_lines(rows, layout.reasons, len(bounds))
    lines = tuple(
        Line(start, end, index not in reasons, reasons.get(index, "")) for index, (start, end) in enumerate(bounds)
    )
    spans = _cuts(text, rows, layout, reasons)
    shown = [row for row in rows if row.index == layout.title and row.index not in reasons]
    title = bare_form(shown[0], layout.remover) if shown else None
    keywords: list[str] = []
    for row in rows:
        pattern = found[row.index]
        if pattern is not None and pattern.kind == "keywords" and row.index in reasons:
            words = map(str.strip, re.split("[,、; ]", pattern.value(row.plain)))
            remover = layout.remover
            keywords += [word for word in words if word and not (remover is not None and remover.whole(word))]
    anchors = tuple(dict.fromkeys([*([title] if title else []), *keywords]))
    return Page(text, lines, name, spans, title, anchors)


def _with_empty_lines(rows: Sequence[Row], reasons: dict[int, str], count: int) -> dict[int, str]:
    """`reasons` with the empty lines that stand next to a dropped line on either side, of a page of so many lines."""
    if not reasons:
        return reasons
    whole = dict(reasons)
    above, gone = -1, False
    for index in [*(row.index for row in rows), count]:
        if gone or index in reasons:
            whole.update(dict.fromkeys(range(above + 1, index), _EMPTY))
        above, gone = index, index in reasons
    return whole


def _cuts(text: str, rows: Sequence[Row], layout: Layout, reasons: dict[int, str]) -> tuple[Span, ...]:
    remover = layout.remover
    if remover is None:
        return ()
    spans = []
    for row in rows:
        if row.index in reasons:
            continue
        offset = row.start + text[row.start : row.end].index(row.text)
        cuts = remover.in_title(row.text) if row.index == layout.title else remover.in_prose(row.text)
        spans += [Span(offset + cut.start, offset + cut.end) for cut in cuts]
    return tuple(spans)
