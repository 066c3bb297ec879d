"""Floors: figures that must not get worse, pinned with the hash of the set they were measured on.

Raising is automatic, lowering takes a reason that stays in the file. A floor is only compared on the very set it was
pinned on.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from despin.errors import InputError, UsageError
from despin.evaluation.measure import SetPart
from despin.evaluation.metrics import BY_NAME
from despin.text import files, writing
from despin.text.suggest import did_you_mean

#: `new`, `raised` and `lowered` floors hold by definition; `skipped` ones could not be compared.
State = Literal["held", "fell", "raised", "new", "lowered", "skipped"]


@dataclass(frozen=True, slots=True)
class Floor:
    """The least (for figures where less is better, the most) that `figure` may be on the set with this hash. `lowered`
    keeps every lowering: from, to, reason."""

    set: str
    figure: str
    value: float
    hash: str
    documents: int
    lowered: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one floor, in a word and a sentence."""

    floor: Floor
    state: State
    message: str

    @property
    def row(self) -> dict[str, Any]:
        """The finding as it stands in the output of a run."""
        floor = self.floor
        said = {"state": self.state, "message": self.message}
        return {"set": floor.set, "figure": floor.figure, "floor": floor.value, **said}


def read(path: str, create: bool = False) -> list[Floor]:
    """The floors in the file at `path`; none when `create` and there is no such file. Raises `InputError`."""
    if create and not Path(path).exists():
        return []
    text = files.read(path).text
    try:
        rows = json.loads(text)["floors"]
        return [_floor(row, f"{path}: floor {number}") for number, row in enumerate(rows, 1)]
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}:{error.colno}: not JSON ({error.msg}); mend the file") from None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise InputError(
            f'{path}: holds no floors; it is {{"floors": [...]}}, written by `despin eval --raise`'
        ) from None


def _floor(row: dict[str, Any], place: str) -> Floor:
    figure = str(row["figure"])
    if figure not in BY_NAME:
        raise InputError(f"{place}: unknown figure {figure!r}; {did_you_mean(figure, BY_NAME, 50, '')}")
    lowered = tuple(dict(one) for one in row.get("lowered", ()))
    return Floor(str(row["set"]), figure, float(row["value"]), str(row["hash"]), int(row["documents"]), lowered)


def write(path: str, floors: Iterable[Floor]) -> None:
    """Write the floors to `path` in one step, sorted. Raises `OutputError`."""
    rows = []
    for floor in sorted(floors, key=lambda one: (one.set, one.figure)):
        row = asdict(floor)
        if not floor.lowered:
            del row["lowered"]
        rows.append(row)
    writing.write(path, (json.dumps({"floors": rows}, ensure_ascii=False, indent=2) + "\n").encode())


def check(
    floors: Sequence[Floor], parts: Sequence[SetPart], raising: bool = False, lowering: Sequence[str] = (),
    reason: str = "",
) -> tuple[list[Floor], list[Finding]]:  # fmt: skip
    """The floors as they stand after this run, and what became of each.

    With `raising`, better figures become the new floors and figures without one get one. `lowering` names figures
    (`figure` or `set:figure`) whose floors follow the run down, or on to a changed set, for `reason`.
    Raises `UsageError` for a name in `lowering` that names no figure, or no floor of the sets that were run.
    """
    by_name = {part.name: part for part in parts}
    _check_lowering(floors, by_name, lowering)
    findings = [_one(floor, by_name.get(floor.set), raising, _named(floor, lowering), reason) for floor in floors]
    known = {(floor.set, floor.figure) for floor in floors}
    for part in parts if raising else ():
        for name in part.figures if part.pinnable else ():
            if BY_NAME[name].pinned and (part.name, name) not in known:
                floor = Floor(part.name, name, _value(part, name), part.hash, part.documents)
                findings.append(Finding(floor, "new", f"{_title(floor)}: pinned at {floor.value}"))
    return [finding.floor for finding in findings], findings


def _one(floor: Floor, part: SetPart | None, raising: bool, lowering: bool, reason: str) -> Finding:
    title = _title(floor)
    if part is None:
        return Finding(floor, "skipped", f"{title}: skipped, the set was not evaluated here")
    found, changed = part.figures.get(floor.figure), part.hash != floor.hash
    if changed and not (lowering and found):
        mend = f"--lower {floor.set}:{floor.figure} --reason pins it anew"
        return Finding(floor, "skipped", f"{title}: skipped, the set has changed since it was pinned; {mend}")
    if not found:
        return Finding(floor, "fell", f"{title}: has no value any more, the floor is {floor.value}")
    value, better = _value(part, floor.figure), BY_NAME[floor.figure].better
    said = f"{title}: {found.value:.6f}, the floor is {floor.value}"
    fell = (found.value - floor.value) * better < -1e-6
    if lowering and (changed or fell):
        story = {"from": floor.value, "to": value, "reason": reason}
        lowered = replace(floor, value=value, hash=part.hash, documents=part.documents, lowered=(*floor.lowered, story))
        return Finding(lowered, "lowered", f"{title}: lowered from {floor.value} to {value}: {reason}")
    if fell:
        return Finding(floor, "fell", said)
    if raising and (value - floor.value) * better > 0:
        return Finding(replace(floor, value=value), "raised", f"{title}: raised from {floor.value} to {value}")
    return Finding(floor, "held", said)


def _value(part: SetPart, figure: str) -> float:
    # Six decimal places are kept, rounded to the lenient side, so that the run that set a floor holds it.
    scale = 1e6
    value = part.figures[figure].value * scale
    exact = round(value)
    if abs(value - exact) < 1e-6:
        return exact / scale
    return (math.floor(value) if BY_NAME[figure].better > 0 else math.ceil(value)) / scale


def _named(floor: Floor, names: Sequence[str]) -> bool:
    return floor.figure in names or f"{floor.set}:{floor.figure}" in names


def _check_lowering(floors: Sequence[Floor], parts: dict[str, SetPart], names: Sequence[str]) -> None:
    for name in names:
        figure = name.rpartition(":")[2]
        if figure not in BY_NAME:
            raise UsageError(f"--lower {name}: unknown figure {figure!r}; {did_you_mean(figure, BY_NAME, 50, '')}")
        if not any(_named(floor, [name]) and floor.set in parts for floor in floors):
            raise UsageError(f"--lower {name}: no set evaluated here has such a floor; name the sets it is pinned on")


def _title(floor: Floor) -> str:
    return f"{floor.set}: {BY_NAME[floor.figure].title}"
