"""The inner loops, and the one door to them: compiled where despin was installed with a compiler, and the same in plain Python.

Which of the two it is, is chosen once: `COMPILED`. `DESPIN_PURE=1` in the environment chooses plain Python. `em`, `marks` and
`constraints` are one Python source each, which is compiled with the types in its `.pxd`; all else is written twice, in `native` (Cython) and in
`pure` (Python), and tests hold the two together. Nothing outside of this package imports either. A model in another format than
those that compiled code reads is read by KenLM itself, and what asks it is plain then too.
"""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec, module_from_spec, spec_from_loader
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from despin.errors import ModelError
from despin.kernel.types import (
    BEAM,
    BEAM_WIDTH,
    CONTEXT,
    CROSSING,
    LONGEST,
    PAUSES,
    Arc,
    Contexts,
    Lattice,
    Segment,
    Site,
)

if TYPE_CHECKING:
    from despin.kernel.pure.arcs import ArcTables, Index, Named, Offered, Shortlists
    from despin.kernel.pure.headings import HeadingFeatures
    from despin.kernel.pure.lm import Borders, Trigrams, WordNumbers
    from despin.kernel.pure.loglinear import StopFeatures
    from despin.kernel.pure.matcher import Automaton, FirstLook, Prescreen
    from despin.kernel.table import Table

__all__ = [
    "COMPILED", "ArcTables", "Automaton", "Borders", "FirstLook", "HeadingFeatures", "Prescreen", "Shortlists",
    "StopFeatures", "Trigrams", "WordNumbers", "build_lattice", "em", "heading_features", "make_arc_tables", "make_automaton", "make_borders", "make_edits", "make_first_look",
    "make_prescreen", "make_shortlists", "marks", "number_words", "open_plain", "open_trigrams", "stop_features",
]  # fmt: skip

if Path(__file__).with_name("checkout.py").is_file():  # in no wheel
    from despin.kernel import checkout

    checkout.check()

E = TypeVar("E")
A = TypeVar("A")

#: Where this is set, plain Python is taken although compiled code is there.
VARIABLE = "DESPIN_PURE"


def _take_source(name: str) -> None:
    """Import a module of this package from its Python source, even where it is there compiled as well."""
    full = f"{__name__}.{name}"
    spec = spec_from_loader(full, SourceFileLoader(full, str(Path(__file__).with_name(f"{name}.py"))))
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[full] = module_from_spec(spec)
    spec.loader.exec_module(module)
    globals()[name] = module


def _is_compiled() -> bool:
    """Whether compiled code is there, and wanted."""
    if os.environ.get(VARIABLE):
        return False
    try:
        for name in ("lattice", "matcher", "arcs"):
            import_module(f"{__name__}.native.{name}")
    except ImportError:  # not there, or made for another Python
        return False
    return all(find_spec(f"{__name__}.native.{name}") for name in ("loglinear", "program"))


#: Whether compiled code is taken.
COMPILED = _is_compiled()
if not COMPILED:
    for _source in ("em", "marks", "constraints"):
        _take_source(_source)


def open_trigrams(path: str | os.PathLike[str], tree: bytes | None = None) -> Trigrams:
    """The trigram model in a file; `tree` is what `tree()` of a compiled one gave for the same file. Raises `ModelError` for a file that is
    neither despin's own nor a KenLM binary."""
    if COMPILED:
        try:
            return _kind("lattice").Trigrams(str(path), CROSSING, PAUSES, tree)  # type: ignore[no-any-return]
        except ModelError as error:
            from despin.kernel.pure.lm import is_compiled_kind

            if is_compiled_kind(path):  # damaged, and not another kind of KenLM's files
                place = "" if str(error).startswith(str(path)) else f"{path}: "
                cure = "; install despin again"
                raise ModelError(f"{place}{str(error).removesuffix(cure)}{cure}") from None
    return open_plain(path)


def open_plain(path: str | os.PathLike[str]) -> Trigrams:
    """The same in plain Python, which alone has states. Raises `ModelError` for a file that is neither despin's own nor a KenLM
    binary."""
    from despin.kernel.pure import lm

    return lm.Trigrams(str(path))


def number_words(words: memoryview, most: int) -> WordNumbers:
    """The numbers of words that stand one behind the other; see `pure.lm.WordNumbers`."""
    return _kind("lattice" if COMPILED else "lm").WordNumbers(words, most)  # type: ignore[no-any-return]


def make_borders(lm: Trigrams, reach: int, longest: int, temper: float) -> Borders:
    """What weighs spun forms by the words across their borders; see `pure.lm.Borders`."""
    return _kind("lattice" if lm.compiled else "lm", lm.compiled).Borders(lm, reach, longest, temper)  # type: ignore[no-any-return]


def build_lattice(
    text: str,
    arcs: list[Arc],
    odds: list[float],
    lm: Trigrams,
    before: str = "",
    width: float = BEAM_WIDTH,
    beam: int = BEAM,
) -> Lattice:
    """The lattice of `text`, whose last character must be a pause or another character no word contains; see
    `pure.lattice.build`."""
    if lm.compiled:
        steps: Any = lm
        return Lattice(arcs, *steps.lattice(text, arcs, odds, before, beam, width))
    from despin.kernel.pure import lattice

    return lattice.build(text, arcs, odds, lm, before, width, beam)


def make_automaton(patterns: list[str], numbers: list[int], is_form: list[bool], counted: list[bool]) -> Automaton:
    """What finds patterns in texts; see `pure.matcher.Automaton`."""
    return _kind("matcher").Automaton(patterns, numbers, is_form, counted)  # type: ignore[no-any-return]


def segments(text: str, sites: list[Site]) -> list[Segment]:
    """The segments of `text` around `sites` (sorted by start), in order."""
    return _kind("matcher").segments(text, sites, CONTEXT, LONGEST)  # type: ignore[no-any-return]


def make_prescreen(
    odds: Callable[[int], tuple[tuple[int, float], ...]],
    numbers: list[int],
    singles: list[bool],
    exposures: tuple[array[int], array[int]],
    families: int,
    start_rate: float,
    rates: tuple[float, ...],
    least: float,
    ceiling: float,
) -> Prescreen:
    """What says what matches are worth out of context; see `pure.matcher.Prescreen`."""
    return _kind("matcher").Prescreen(odds, numbers, singles, *exposures, families, start_rate, rates, least, ceiling)  # type: ignore[no-any-return]


def make_first_look(*parts: Any) -> FirstLook:
    """What tells most clean texts at one look; see `pure.matcher.FirstLook`, which says what it is made of."""
    return _kind("matcher").FirstLook(*parts)  # type: ignore[no-any-return]


def make_arc_tables(
    lm: Trigrams,
    index: Index,
    start_rate: float,
    before: str,
    flip: float,
    held: int,
    shortlist: tuple[int, float],
    nowhere: Contexts,
) -> ArcTables:
    """What makes tables of possible edits; see `pure.arcs.ArcTables`. Only compiled code reads what else is given: how much of
    its weight an edit keeps that turns a statement round, how many bytes of segments are held that were read before, how many
    originals of a form are looked at and how much less likely (log10) than the best, and the contexts of entries without any."""
    if lm.compiled:
        return _kind("arcs").ArcTables(lm, index, start_rate, before, flip, held, *shortlist, nowhere)  # type: ignore[no-any-return]
    from despin.kernel.pure import arcs

    return arcs.ArcTables(lm, index, start_rate, before)


def make_shortlists(channel: Offered, model: Any, shortlist: tuple[int, float]) -> Shortlists:
    """What says what forms are worth out of context; see `pure.arcs.Shortlists`. Compiled code makes the shortlists itself, of so many
    originals and so much less likely (log10) than the best."""
    if model.trigrams.compiled:
        return _kind("arcs").Shortlists(channel.candidates, model.trigrams, *shortlist)  # type: ignore[no-any-return, attr-defined]
    from despin.kernel.pure import arcs

    return arcs.Shortlists(channel, model)


def make_edits(
    kind: Callable[..., E],
    runner_up: Callable[[str, float], A],
    text: str,
    table: Table,
    picked: list[tuple[int, int, list[int]]],
    confidences: array[float],
    words: list[str],
    numbers: array[int],
    sources: Named,
) -> list[E]:
    """The edits of what `em.pick` gives; see `pure.arcs.write`."""
    return _kind("arcs").write(kind, runner_up, text, table, picked, confidences, words, numbers, sources)  # type: ignore[no-any-return]


def filled(kind: Callable[..., E], rows: list[tuple[Any, ...]]) -> list[E]:
    """Values of a class with slots, made without a call for each; see `pure.arcs.filled`."""
    return _kind("arcs").filled(kind, rows)  # type: ignore[no-any-return]


def copies(rows: Sequence[E], name: str, values: list[Any]) -> list[E]:
    """The `rows`, values of one dataclass with slots, with these values of the field with this name."""
    return _kind("arcs").copies(rows, name, values)  # type: ignore[no-any-return]


def stop_features(data: bytes, name: str) -> StopFeatures:
    """What speaks for commas and full stops; see `pure.loglinear.StopFeatures`."""
    return _kind("loglinear").StopFeatures(data, name)  # type: ignore[no-any-return]


def heading_features(compiled: bool, data: bytes, name: str, glanced: int, plain: float) -> HeadingFeatures:
    """What speaks for headings, for models that are `compiled` or are not; see `pure.headings.HeadingFeatures`."""
    kind = _kind("loglinear" if compiled else "headings", compiled)
    return kind.HeadingFeatures(data, name, glanced, plain)  # type: ignore[no-any-return]


@cache
def _kind(name: str, compiled: bool = COMPILED) -> Any:
    """A module of the kind that was chosen."""
    return import_module(f"{__name__}.{'native' if compiled else 'pure'}.{name}")


#: The classes of the values that the functions above return: their modules in `native` and in `pure`.
_CLASSES = {
    "ArcTables": ("arcs", "arcs"),
    "Shortlists": ("arcs", "arcs"),
    "Automaton": ("matcher", "matcher"),
    "Borders": ("lattice", "lm"),
    "FirstLook": ("matcher", "matcher"),
    "HeadingFeatures": ("loglinear", "headings"),
    "Prescreen": ("matcher", "matcher"),
    "StopFeatures": ("loglinear", "loglinear"),
    "Trigrams": ("lattice", "lm"),
    "WordNumbers": ("lattice", "lm"),
}


def __getattr__(name: str) -> Any:
    if name in _CLASSES:
        return getattr(_kind(_CLASSES[name][not COMPILED]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
