"""Some of what a run restored, to be looked at: spun records of its outputs, drawn by chance from every kind."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from despin.batch.inputs import records
from despin.batch.interfaces import kind
from despin.batch.record import FIELD, Recipe
from despin.errors import InputError
from despin.results import Alternative, Edit, Proof, Restoration, Stretch, Verdict


def samples(outputs: Iterable[str], recipe: Recipe, longest_line: int, count: int) -> list[tuple[str, Restoration]]:
    """At most `count` spun records of the outputs, as (file:number, restoration), in their order: as many of each
    family, sure and doubtful, as there are or as have room. Each is as likely as any other of its kind, and the same
    outputs give the same. Outputs that cannot be read are left out."""
    chance = random.Random(0)
    kinds: dict[str, list[tuple[int, str, Restoration]]] = {}
    seen: Counter[str] = Counter()
    for number, (name, row) in enumerate(_spun(outputs, recipe.field, longest_line)):
        try:
            own = kind(row[FIELD])
            place = seen[own] if seen[own] < count else chance.randrange(seen[own] + 1)
            if place < count:
                kinds.setdefault(own, [])[place : place + 1] = [(number, name, _restoration(row, recipe))]
            seen[own] += 1
        except (KeyError, TypeError, ValueError):
            continue  # not written by this run, or changed since
    kept: list[tuple[int, str, Restoration]] = []
    for left, found in zip(range(len(kinds), 0, -1), sorted(kinds.values(), key=len), strict=True):
        kept += chance.sample(found, min(len(found), (count - len(kept)) // left))
    return [(name, restoration) for _, name, restoration in sorted(kept, key=lambda one: one[0])]


def _spun(outputs: Iterable[str], field: str, longest_line: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(file:number, record) of every spun record."""
    for output in outputs:
        with suppress(InputError):
            for number, row in enumerate(records(output, [field, FIELD], longest_line), 1):
                value = row.get(FIELD)
                if isinstance(value, dict) and value.get("spun"):
                    yield f"{os.path.basename(output)}:{number}", row


def _restoration(row: Mapping[str, Any], recipe: Recipe) -> Restoration:
    """What was done to a record. Raises `KeyError`, `TypeError` or `ValueError` for one that says something else."""
    value = row[FIELD]
    edits = tuple(_edit(edit) for edit in value["edits"])
    text = row[recipe.field]
    source = _source(text, edits) if recipe.mode == "restore" else text
    stretches = tuple(_stretch(one) for one in value["stretches"])
    return Restoration(
        source, edits, Verdict(True, float(value["score"]), value["family"], float(value["rate"]), stretches=stretches)
    )


def _edit(row: dict[str, Any]) -> Edit:
    others = tuple(Alternative(one["original"], one["confidence"]) for one in row.get("alternatives") or ())
    return Edit(
        row["start"], row["end"], row["spun"], row["original"], row["confidence"], row.get("entry") or "",
        others, row.get("changes"), row.get("context"), row.get("proof"),
    )  # fmt: skip


def _stretch(row: dict[str, Any]) -> Stretch:
    proof = row["proof"]
    if proof is not None:
        proof = Proof(proof["respun"], tuple((start, end) for start, end in proof["failed"]), proof["by"])
    return Stretch(
        row["start"], row["end"], row["family"], row["score"], proof=proof, rate=row["rate"],
        variant=row.get("variant") or "",
    )  # fmt: skip


def _source(restored: str, edits: tuple[Edit, ...]) -> str:
    """The text as it came, of the text as it was restored. Raises `ValueError` where the edits are of another text."""
    pieces: list[str] = []
    place = start = 0
    for edit in edits:
        end = place + edit.start - start
        pieces += (restored[place:end], edit.spun)
        place = end + len(edit.original)
        if restored[end:place] != edit.original:
            raise ValueError("edits of another text")
        start = edit.end
    return "".join(pieces) + restored[place:]
