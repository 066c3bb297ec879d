"""How densely a text is edited, along the text, as SVG."""

from __future__ import annotations

from collections.abc import Sequence

from despin.language import label
from despin.report.escape import content


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
