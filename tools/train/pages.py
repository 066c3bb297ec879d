"""Learn what the lines of a page are: `python -m tools.train.pages tests/data/pages/train [...] > despin/data/weights/page_lines.tsv`.

Reads folders of marked pages (`+ ` before a line to keep, `- ` before one to drop). Each page is read several times,
with a part of the patterns of `lexicons/page` forgotten at random: a page nobody has seen holds lines of kinds nobody
has described, and the model has to learn how far to trust patterns there. `--folds N` writes no weights but what comes
out on pages of layouts that were left out of learning. Needs numpy and scipy.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from despin.page.crf import (
    ABOVE,
    BELOW,
    BETWEEN,
    FIRST,
    INSIDE,
    KEPT,
    LAST,
    NEXT,
    STATES,
    TEXT,
    TITLE,
    Weights,
    decide,
    features,
    marginals,
)
from despin.page.extract import take_survey
from despin.page.layout import Layout
from despin.page.pattern_file import shipped
from despin.page.patterns import Boilerplate

#: A feature seen in fewer readings has no weight; weights that all are smaller than this are left out.
SEEN, LEAST = 12, 0.03
#: Strength of the prior on weights.
PRIOR = 2.0
#: Which part of the patterns is forgotten in each reading of a page, and how much the reading counts.
READINGS = ((0.0, 0.25), (0.3, 0.25), (0.6, 0.25), (0.9, 0.25))
#: Shares of the forgotten patterns in the readings that are measured.
MEASURED = (0.0, 0.5)
#: How many articles of other pages each page is put around.
MIXTURES = 3


@dataclass(frozen=True)
class Reading:
    """One reading of a page: where it is from, of which layouts, the features and the true state of each line, what the rules make of it."""

    folder: str
    name: str
    layouts: frozenset[str]
    forgotten: float
    weight: float
    lines: list[list[str]]
    states: list[int]
    page: Layout


@dataclass(frozen=True)
class Marks:
    """A marked page: its lines that are not empty, and which of them to keep."""

    folder: str
    name: str
    layouts: frozenset[str]
    lines: list[str]
    keep: list[bool]


def read_marks(path: Path) -> Marks:
    """The marked page in a file; the marks of brands are taken out."""
    layout, lines, keep = path.stem, [], []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("# layout: "):
            layout = line.partition(": ")[2]
        elif line[:2] in ("+ ", "- ") and line[2:].strip():
            lines.append(line[2:].replace("[-", "").replace("-]", "") if line[0] == "+" else line[2:])
            keep.append(line[0] == "+")
    return Marks(path.parent.name, path.stem, frozenset([layout]), lines, keep)


def mix(frame: Marks, body: Marks) -> Marks:
    """The article of one page, with what is put into it, between what stands above and below that of another."""
    first, last = frame.keep.index(True), len(frame.keep) - frame.keep[::-1].index(True)
    start, end = body.keep.index(True), len(body.keep) - body.keep[::-1].index(True)
    lines = [*frame.lines[:first], *body.lines[start:end], *frame.lines[last:]]
    keep = [*frame.keep[:first], *body.keep[start:end], *frame.keep[last:]]
    return Marks("mixed", f"{frame.name}+{body.name}", frame.layouts | body.layouts, lines, keep)


def join(marks: Marks, chance: random.Random) -> Marks:
    """The page with neighbouring sentences of its article run together: many articles have longer paragraphs."""
    most = chance.choice((1, 2, 4))
    lines: list[str] = []
    keep: list[bool] = []
    joined = 1
    for line, kept in zip(marks.lines, marks.keep, strict=True):
        if lines and kept and keep[-1] and joined < most and lines[-1].endswith("。") and line.endswith("。"):
            lines[-1] += line
            joined += 1
        else:
            lines.append(line)
            keep.append(kept)
            joined = 1
    return Marks(marks.folder, marks.name, marks.layouts, lines, keep)


def states_of(keep: Sequence[bool], prose: Sequence[bool]) -> list[int]:
    """The state of each line, from what is kept and which lines are prose."""
    text = next((place for place, kept in enumerate(keep) if kept and prose[place]), keep.index(True))
    first, last = keep.index(True), len(keep) - 1 - keep[::-1].index(True)
    found = []
    for place, kept in enumerate(keep):
        if kept:
            found.append(TITLE if place < text else TEXT)
        elif place < first:
            found.append(ABOVE)
        else:
            found.append(BELOW if place > last else BETWEEN if place < text else INSIDE)
    return found


def forget(boilerplate: Boilerplate, part: float, chance: random.Random) -> Boilerplate:
    """The patterns without a part of them."""
    left = tuple(pattern for pattern in boilerplate.patterns if chance.random() >= part)
    return replace(boilerplate, patterns=left)


def read(marks: Marks, part: float, weight: float, chance: random.Random) -> Reading | None:
    """A reading of a marked page, None where too little is left that shows that it is one."""
    boilerplate = forget(shipped(), part, chance)
    survey = take_survey("\n".join(marks.lines) + "\n", boilerplate)
    if survey.layout is None or not survey.signs or True not in marks.keep:
        return None
    rows = survey.layout.rows
    return Reading(
        marks.folder,
        marks.name,
        marks.layouts,
        part,
        weight,
        features(survey.layout, boilerplate),
        states_of(marks.keep, [row.prose for row in rows]),
        survey.layout,
    )


def read_all(pages: Sequence[Marks], measured: bool) -> list[Reading]:
    """All readings of the pages and of mixtures of them; those that are `measured` only have no weight."""
    chance = random.Random(11)
    wanted = [*READINGS, *((part, 0.0) for part in MEASURED if measured and part not in dict(READINGS))]
    found = [read(page, part, weight, chance) for page in pages for part, weight in wanted]
    whole = [page for page in pages if True in page.keep]
    for frame in whole:
        for body in chance.sample(whole, MIXTURES):
            part, weight = chance.choice(READINGS)
            found.append(read(join(mix(frame, body), chance), part, weight, chance))
    return [reading for reading in found if reading is not None]


def learn(readings: Sequence[Reading]) -> Weights:
    """The weights that make the true states of all readings likeliest, with a prior on small ones."""
    seen = Counter(name for reading in readings for line in reading.lines for name in set(line))
    known = sorted(name for name, count in seen.items() if count >= SEEN)
    number = {name: index for index, name in enumerate(known)}
    size, states = len(known), len(STATES)
    longest = max(len(reading.lines) for reading in readings)
    shown = np.zeros((longest, len(readings), size), dtype=np.float32)
    truth = np.zeros((longest, len(readings)), dtype=int)
    length = np.array([len(reading.lines) for reading in readings])
    weight = np.array([reading.weight for reading in readings])
    for column, reading in enumerate(readings):
        truth[: len(reading.states), column] = reading.states
        for place, line in enumerate(reading.lines):
            for name in line:
                if name in number:
                    shown[place, column, number[name]] = 1.0
    allowed = np.full((states, states), -1e9)
    for old, news in enumerate(NEXT):
        allowed[old, list(news)] = 0.0
    first, last = (np.array([0.0 if state in ends else -1e9 for state in range(states)]) for ends in (FIRST, LAST))
    there = np.arange(longest)[:, None] < length[None, :]
    flat = shown.reshape(-1, size)

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        matrix, steps = values[: size * states].reshape(size, states), values[size * states :].reshape(states, states)
        speaks = (flat @ matrix.astype(np.float32)).reshape(longest, len(readings), states).astype(float)
        moves = steps + allowed
        ahead, behind = np.zeros_like(speaks), np.zeros_like(speaks)
        ahead[0] = speaks[0] + first
        for place in range(1, longest):
            ahead[place] = _log_sum(ahead[place - 1][:, :, None] + moves[None], 1) + speaks[place]
        ends = ahead[length - 1, np.arange(len(readings))] + last
        whole = _log_sum(ends, 1)
        for place in range(longest - 1, -1, -1):
            ending = (length - 1 == place)[:, None]
            after = behind[place + 1] + speaks[place + 1] if place + 1 < longest else np.zeros_like(behind[0])
            behind[place] = np.where(ending, last, _log_sum(moves[None] + after[:, None, :], 2))
        likely = np.exp(np.minimum(0.0, ahead + behind - whole[None, :, None])) * there[:, :, None]
        target = np.zeros_like(likely)
        np.put_along_axis(target, truth[:, :, None], 1.0, 2)
        target *= there[:, :, None]
        scale = weight[None, :, None]
        slope = flat.T @ ((likely - target) * scale).reshape(-1, states).astype(np.float32)
        pairs = np.zeros((states, states))
        right = 0.0
        for place in range(longest - 1):
            both = (there[place + 1] * weight)[:, None, None]
            joint = ahead[place][:, :, None] + moves[None] + (speaks[place + 1] + behind[place + 1])[:, None, :]
            pairs += (np.exp(np.minimum(0.0, joint - whole[:, None, None])) * both).sum(0)
            np.subtract.at(pairs, (truth[place], truth[place + 1]), both[:, 0, 0])
            right += float((steps[truth[place], truth[place + 1]] * both[:, 0, 0]).sum())
        right += float((speaks * target * scale).sum())
        total = float((whole * weight).sum()) - right + 0.5 * PRIOR * float((values * values).sum())
        return total, np.concatenate([slope.ravel().astype(float), pairs.ravel()]) + PRIOR * values

    values = minimize(loss, np.zeros((size + states) * states), jac=True, method="L-BFGS-B", options={"maxiter": 150}).x
    matrix, steps = values[: size * states].reshape(size, states), values[size * states :].reshape(states, states)
    weights = {name: tuple(matrix[index]) for name, index in number.items()}
    return weights | {f"from {state}": tuple(steps[index]) for index, state in enumerate(STATES)}


def _log_sum(values: np.ndarray, axis: int) -> np.ndarray:
    top = values.max(axis=axis, keepdims=True)
    summed: np.ndarray = top + np.log(np.exp(values - top).sum(axis=axis, keepdims=True))
    return summed.squeeze(axis)


def measure(readings: Sequence[Reading], folds: int) -> None:
    """Print what is rightly kept and dropped on layouts that were left out, by the rules and by the chain."""
    layouts = sorted({layout for reading in readings for layout in reading.layouts})
    random.Random(5).shuffle(layouts)
    counts: defaultdict[tuple[str, float, str], Counter[tuple[bool, bool]]] = defaultdict(Counter)
    for fold in range(folds):
        out = set(layouts[fold::folds])
        weights = learn([reading for reading in readings if reading.weight and not out & reading.layouts])
        for reading in readings:
            if out >= reading.layouts and reading.folder != "mixed" and reading.forgotten in MEASURED:
                _count(reading, weights, counts)
    for (folder, part, how), count in sorted(counts.items()):
        kept = count[True, True] / max(1, count[True, True] + count[True, False])
        dropped = count[False, False] / max(1, count[False, False] + count[False, True])
        print(f"{folder:8} {part:.1f} forgotten  {how:6} kept {kept:.4f}  dropped {dropped:.4f}")


def _count(
    reading: Reading, weights: Weights, counts: defaultdict[tuple[str, float, str], Counter[tuple[bool, bool]]]
) -> None:
    rows, reasons = reading.page.rows, reading.page.reasons
    judged, _ = decide(reading.page, marginals(reading.lines, weights))
    for state, row in zip(reading.states, rows, strict=True):
        for how, gone in (("rules", reasons), ("judged", judged)):
            counts[reading.folder, reading.forgotten, how][state in KEPT, row.index not in gone] += 1
            counts["all", reading.forgotten, how][state in KEPT, row.index not in gone] += 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the weights, or the figures, to standard output."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="folders of marked pages")
    parser.add_argument("--folds", type=int, default=0, help="measure with so many folds of layouts instead")
    chosen = parser.parse_args(arguments)
    pages = [read_marks(path) for folder in chosen.folders for path in sorted(folder.glob("*.page"))]
    readings = read_all(pages, chosen.folds > 0)
    if chosen.folds:
        measure(readings, chosen.folds)
        return 0
    print(
        "# Weights (ln) of what a line of a page shows, for each state it may be in; made by tools/train/pages.py from"
    )
    print(f"# {len(pages)} marked pages, never edited by hand: {', '.join(STATES)}.")
    for name, values in sorted(learn(readings).items()):
        if max(map(abs, values)) >= LEAST:
            print("\t".join([name, *(f"{value:.2f}" for value in values)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
