"""Tables of a few edits whose numbers fit on a sheet of paper, for the kernel's passes over flat arrays.

A piece is a row of places that are read one after the other. At each place the page's word stays, with the weight
`kept`, or one of the arcs is taken. Weights are those of steps of a lattice: 10 ** (TEMPER * fluency), the best one
divided out.
"""

from __future__ import annotations

import functools
import math
import sys
from array import array
from collections.abc import Sequence
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any, NamedTuple

from places import ROOT

from despin.kernel.table import Table, zeros

#: What a table has that is numbers.
COLUMNS = [
    *(
        "arc_first",
        "source_first",
        "place_first",
        "joint_of",
        "joint_first",
        "joint_arcs",
        "hypothesis_first",
        "step_first",
    ),
    *("starts", "ends", "pairs", "places", "families", "both_ways", "keys", "offers", "place_forms", "family_sets"),
    *("previous", "entered"),
]


class Source(NamedTuple):
    """What speaks for an arc: the numbers of a family and of a key (family, original), w(form | original), and whether
    the form is an original of the family as well."""

    family: int = 0
    key: int = 0
    weight: float = 1.0
    both_ways: bool = False


class Arc(NamedTuple):
    """An edit: the number of its pair (form, original), the weight of its step, its sources."""

    weight: float = 1.0
    sources: Sequence[Source] = (Source(),)
    pair: int = 0


class Place(NamedTuple):
    """A place of a piece, `text[start:end]`: the weight of the step that keeps it, the arcs, the number of its form."""

    kept: float
    arcs: Sequence[Arc]
    form: int = 0
    start: int = 0
    end: int = 1


class Joint(NamedTuple):
    """A step over a whole piece that takes several of its arcs (numbered within it) at once."""

    weight: float
    arcs: Sequence[int]


def table_of(em: ModuleType, pieces: Sequence[Sequence[Place]], joints: Sequence[Sequence[Joint]] = ()) -> Table:
    """The table of pieces, with `joints` by piece, ready for the passes of `em` (compiled, or its source)."""
    table = Table()
    for name in COLUMNS:
        setattr(table, name, array("i"))
    table.weights, table.step_weights, table.masses = array("d"), array("d"), array("d")
    for column in (table.arc_first, table.source_first, table.place_first, table.joint_of, table.joint_first):
        column.append(0)
    table.hypothesis_first.append(0)
    for number, piece in enumerate(pieces):
        _add(table, piece, joints[number] if joints else ())
    table.step_first.append(len(table.previous))
    arcs, count = len(table.starts), len(table.masses)
    table.odds, table.posteriors, table.gains = zeros(arcs), zeros(arcs), zeros(count)
    table.columns = em.Columns(table)
    return table


def _add(table: Table, piece: Sequence[Place], joints: Sequence[Joint]) -> None:
    """Add a piece to a table that is being filled."""
    low, hypothesis, entered, families = len(table.starts), len(table.step_first), 0, 0
    table.step_first.append(len(table.previous))
    for number, place in enumerate(piece):
        _step(table, hypothesis + number, 0, place.kept, opens=True)
        for arc in place.arcs:
            entered += 1
            _step(table, hypothesis + number, entered, arc.weight)
            table.starts.append(place.start)
            table.ends.append(place.end)
            table.pairs.append(arc.pair)
            table.places.append(len(table.place_forms))
            for source in arc.sources:
                table.families.append(source.family)
                table.keys.append(source.key)
                table.weights.append(source.weight)
                table.both_ways.append(source.both_ways)
                table.offers.append(0)
                families |= 1 << source.family
            table.source_first.append(len(table.families))
        table.place_forms.append(place.form)
    for number, joint in enumerate(joints):
        _step(table, hypothesis, entered + 1 + number, joint.weight)
        table.joint_arcs.extend([low + arc for arc in joint.arcs])
        table.joint_first.append(len(table.joint_arcs))
    table.joint_of.append(len(table.joint_first) - 1)
    table.arc_first.append(len(table.starts))
    table.place_first.append(len(table.place_forms))
    table.hypothesis_first.append(len(table.step_first))
    table.family_sets.append(families)
    table.masses.append(math.prod(place.kept for place in piece))


def _step(table: Table, previous: int, entered: int, weight: float, *, opens: bool = False) -> None:
    """Add a step from a hypothesis; the first into a hypothesis `opens` it."""
    if opens:
        table.step_first.append(len(table.previous))
    table.previous.append(previous)
    table.entered.append(entered)
    table.step_weights.append(weight)


class Belief(NamedTuple):
    """What an estimate begins with: by family rates, full rates, stiffness and how often originals stand; by key what
    was replaced, what stands, and the family."""

    rates: Sequence[float]
    full: Sequence[float]
    stiffness: float
    unspun: Sequence[float]
    replaced: Sequence[float] = (0.0,)
    standing: Sequence[float] = (0.0,)
    key_families: Sequence[int] = (0,)
    replacing: float = 0.7
    phantom: float = 1.0


def estimate_of(em: ModuleType, table: Table, belief: Belief) -> tuple[Any, array[float], array[float], array[float]]:
    """(the estimate over a table, its rates, its full rates, what is replaced by key), which change in place."""
    rates, full, replaced = array("d", belief.rates), array("d", belief.full), array("d", belief.replaced)
    found = em.Estimate(
        table.columns, rates, full, belief.stiffness, array("d", belief.unspun),
        array("d", belief.standing), replaced, array("i", belief.key_families), belief.replacing, belief.phantom,
    )  # fmt: skip
    return found, rates, full, replaced


@functools.cache
def source_of(room: str) -> ModuleType:
    """A module that is compiled, from its Python source in this checkout: a wrong sign shows before anybody compiles."""
    spec = spec_from_file_location(f"plain_{room.replace('/', '_')}", ROOT / "despin" / f"{room}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # where what a class statement makes looks for its module
    spec.loader.exec_module(module)
    return module
