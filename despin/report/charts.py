"""Small charts as SVG: a value with its interval, points, lines, bars, edits along a text. Shares from 0 to 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from despin.language import label
from despin.report.escape import content, value

#: Line patterns and marks, so that lines can be told without colours.
_DASHES = ("", "7 4", "2 3", "9 3 2 3")


def bar(share: float, low: float | None = None, high: float | None = None) -> str:
    """A share as a bar, its interval as a line across the end of it."""
    said = f"{share:.4f}" + ("" if low is None or high is None else f", from {low:.4f} to {high:.4f}")
    shapes = (
        '<rect class="axis" x="0" y="5" width="160" height="6"/>'
        f'<rect class="bar-of" x="0" y="5" width="{160 * share:.1f}" height="6"/>'
    )
    if low is not None and high is not None:
        shapes += (
            f'<rect class="interval" x="{160 * low:.1f}" y="7" width="{max(1.0, 160 * (high - low)):.1f}" height="2"/>'
        )
    return (
        '<svg class="share-bar" viewBox="0 0 160 16" width="160" height="16" role="img" '
        f'aria-label="{value(said)}">{shapes}</svg>'
    )


def lines(found: Mapping[str, Sequence[tuple[float, float, str]]], across: str, up: str) -> str:
    """A line for each name through its points (across, up, what is said of the point)."""
    shapes = []
    for number, (name, points) in enumerate(found.items()):
        path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y, _ in points)
        dash = _DASHES[number % len(_DASHES)]
        shapes.append(f'<polyline class="line l{number % 4}" points="{path}" stroke-dasharray="{dash}"/>')
        shapes += [_dot(x, y, f"{name}: {said}", f"l{number % 4}") for x, y, said in points]
    keys = "".join(
        f'<li><svg width="34" height="10" aria-hidden="true">'
        f'<line class="line l{number % 4}" x1="0" y1="5" x2="34" y2="5" '
        f'stroke-dasharray="{_DASHES[number % len(_DASHES)]}"/></svg> {content(name)}</li>'
        for number, name in enumerate(found)
    )
    return _square("".join(shapes), across, up) + f'<ul class="keys-of-lines">{keys}</ul>'


def dots(found: Iterable[tuple[float, float, str]], across: str, up: str) -> str:
    """A dot for each (across, up, name)."""
    return _square("".join(_dot(x, y, name, "l0") for x, y, name in found), across, up)


def columns(found: Sequence[tuple[str, float, float, float, str]], across: str, top: str) -> str:
    """An upright bar for each (label, height, low, high, what is said of it), with a line from low to high; the axis
    ends where the highest does, which is called `top`."""
    if not found:
        return ""
    highest = max(high for *_, high, _ in found) or 1.0
    wide, tall = 620, 150
    width, every = wide / len(found), -(-len(found) // 12)  # twelve labels at most
    shapes = [f'<line class="grid" x1="0" y1="{y}" x2="{wide}" y2="{y}"/>' for y in (0, tall)]
    shapes.append(f'<text x="{wide}" y="-4" text-anchor="end">{content(top)}</text>')
    for number, (name, height, low, high, said) in enumerate(found):
        left, middle, up = number * width, (number + 0.5) * width, tall / highest
        shapes.append(
            f'<g><title>{value(said)}</title><rect class="bar-of" x="{left + width / 8:.1f}" '
            f'y="{tall - height * up:.1f}" width="{width * 3 / 4:.1f}" height="{height * up:.1f}"/>'
        )
        if high > low:
            ends = f'y1="{tall - low * up:.1f}" y2="{tall - high * up:.1f}"'
            shapes.append(f'<line class="line l3" x1="{middle:.1f}" x2="{middle:.1f}" {ends}/>')
        shapes.append("</g>")
        if number % every == 0:
            shapes.append(f'<text x="{middle:.1f}" y="{tall + 14}" text-anchor="middle">{content(name)}</text>')
    return (
        f'<svg class="chart" viewBox="0 -16 {wide} {tall + 50}" width="{wide}" height="{tall + 50}" role="img" '
        f'aria-label="{value(across)}">{"".join(shapes)}'
        f'<text x="{wide / 2}" y="{tall + 30}" text-anchor="middle">{content(across)}</text></svg>'
    )


def density(size: int, starts: Sequence[int], facts: Sequence[int], parts: Sequence[tuple[int, int]]) -> str:
    """A figure with a bar for each piece of a text of `size` characters: edits per 100 characters, from where edits
    start. `facts` are the starts of edits that change facts, marked above; `parts` (start, end) are stretches, marked
    below."""
    if not size or not starts:
        return ""
    bars = max(1, min(120, size // 25))  # of 25 characters at least
    tall = 40
    counts, first = [0] * bars, [0] * bars
    for index, start in enumerate(starts):
        bar = min(bars - 1, start * bars // size)
        first[bar] = first[bar] if counts[bar] else index
        counts[bar] += 1
    highest = max(counts)
    width = 1000 / bars
    shapes = [f'<rect class="axis" x="0" y="{tall}" width="1000" height="1"/>']
    for bar, count in enumerate(counts):
        if count:
            height = tall * count / highest
            shapes.append(
                f'<rect class="bar-of" data-i="{first[bar]}" x="{bar * width:.1f}" y="{tall - height:.1f}" '
                f'width="{width * 0.85:.1f}" height="{height:.1f}"/>'
            )
    ticks = sorted({start * 1000 // size for start in facts})
    shapes += [f'<rect class="fact" x="{tick}" y="-7" width="3" height="5"/>' for tick in ticks]
    for start, end in parts:
        shapes.append(
            f'<rect class="stretch" x="{start * 1000 / size:.1f}" y="{tall + 3}" '
            f'width="{(end - start) * 1000 / size:.1f}" height="5"/>'
        )
    most = 100 * highest * bars / size
    said = [label(f"全文各处每百字的修改数，最多 {most:.1f} 处")]
    said += [label("红点是改变事实的修改")] if facts else []
    said += [label("下方横条是洗过的部分")] if parts else []
    return (
        f'<figure class="plot"><svg viewBox="0 -8 1000 {tall + 17}" preserveAspectRatio="none" role="img" '
        f'aria-label="{content(said[0])}">{"".join(shapes)}</svg>'
        f"<figcaption>{label('；').join(said)}{label('。')}</figcaption></figure>\n"
    )


def _x(share: float) -> float:
    return 34 + share * 300


def _y(share: float) -> float:
    return 8 + (1 - share) * 300


def _dot(x: float, y: float, said: str, name: str) -> str:
    title = value(f"{said}: {x:.3f}, {y:.3f}")
    return f'<circle class="dot {name}" cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="3.5"><title>{title}</title></circle>'


def _square(shapes: str, across: str, up: str) -> str:
    grid = "".join(
        f'<line class="grid" x1="{_x(at):.0f}" y1="{_y(0):.0f}" x2="{_x(at):.0f}" y2="{_y(1):.0f}"/>'
        f'<line class="grid" x1="{_x(0):.0f}" y1="{_y(at):.0f}" x2="{_x(1):.0f}" y2="{_y(at):.0f}"/>'
        f'<text x="{_x(at):.0f}" y="{_y(0) + 15:.0f}" text-anchor="middle">{at:g}</text>'
        f'<text x="{_x(0) - 6:.0f}" y="{_y(at) + 4:.0f}" text-anchor="end">{at:g}</text>'
        for at in (0, 0.2, 0.4, 0.6, 0.8, 1)
    )
    width, height = 348, 344  # the square, and room for its labels
    return (
        f'<svg class="chart" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{value(label(f"{label(up)} against {label(across)}"))}">{grid}{shapes}'
        f'<text x="{_x(0.5):.0f}" y="{height - 4}" text-anchor="middle">{content(label(across))}</text>'
        f'<text x="{_x(0) + 6:.0f}" y="{_y(1) + 12:.0f}">{content(label(up))}</text></svg>'
    )
