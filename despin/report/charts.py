"""Small charts as SVG: a value with its interval, points, lines. Shares from 0 to 1."""

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
