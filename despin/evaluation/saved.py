"""A run that was saved as JSON, and the comparison of another one with it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from despin.errors import InputError
from despin.evaluation.measure import Result
from despin.evaluation.metrics import FIGURES, Counts
from despin.evaluation.significance import Comparison, compare
from despin.text import files

_MEND = "give a file that `despin eval ... --json` wrote"


@dataclass(frozen=True, slots=True)
class SetComparison:
    """The comparisons of one set's figures; `skipped` says why there are none."""

    set: str
    figures: tuple[Comparison, ...] = ()
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved run: its signature, by set hash its rows of counts, and the names of its sets."""

    path: str
    signature: str
    sets: Mapping[str, Sequence[Counts]]
    names: frozenset[str]


def read_saved(path: str) -> Saved:
    """The run saved at `path`. Raises `InputError` when the file is none."""
    try:
        data = json.loads(files.read(path).text)
        sets = {
            str(one["hash"]): [{name: float(number) for name, number in row["counts"].items()} for row in one["rows"]]
            for one in data["sets"]
        }
        return Saved(path, str(data["signature"]["text"]), sets, frozenset(one["name"] for one in data["sets"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError(f"{path}: is no saved evaluation; {_MEND}") from None


def against(results: Sequence[Result], saved: Saved) -> list[SetComparison]:
    """Every set of `results` compared with the same set of `saved`; sets are the same when their hashes are. Raises
    `InputError` when no set is the same."""
    found: list[SetComparison] = []
    for result in results:
        one = result.set
        rows = saved.sets.get(one.hash)
        if rows is None:
            why = "holds other documents or gold there" if one.name in saved.names else "is not in it"
            found.append(SetComparison(one.name, skipped=why))
            continue
        if len(rows) != len(result.rows):
            raise InputError(f"{saved.path}: {one.name} has {len(rows)} rows for {len(result.rows)} documents; {_MEND}")
        compared = compare(FIGURES[one.kind], [row.counts for row in result.rows], rows)
        found.append(SetComparison(one.name, tuple(compared)))
    if all(one.skipped for one in found):
        names = ", ".join(f"{one.set} {one.skipped}" for one in found)
        raise InputError(f"{saved.path}: nothing to compare with: {names}; evaluate the same sets with both systems")
    return found
