"""The compiled form of a lexicon file: columns as JSON in a cache folder, keyed by the content of the file. JSON and
not pickle, because nothing in a cache folder should be able to run."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import partial
from itertools import chain, islice, repeat
from typing import Any

from despin.cachefile import cached
from despin.fingerprint import sha256
from despin.lexicon.columns import build
from despin.lexicon.model import (
    LEAST_WEIGHT,
    MOST_CHARACTERS,
    MOST_WEIGHT,
    NO_CONTEXTS,
    Contexts,
    Entry,
    Family,
    Lexicon,
    Original,
    Program,
)
from despin.lexicon.problems import sure
from despin.lexicon.source import decode, joined, read_bytes


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """Holds the garbage collector back: while a lexicon is built nothing becomes garbage, and the collector would walk
    the growing lists again and again. What was built counts as old at once, so that no
    walk over young objects meets it."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


#: Raised whenever the compiled form, or what the checks let pass, changes.
FORMAT = 5
#: What the values of a column are.
_COLUMNS = {
    "spun": str, "originals": list, "keep": list, "only": list, "flips": bool, "status": str, "reason": str,
    "source": str, "examples": list, "line": int, "column": int, "replaces": bool,
}  # fmt: skip


def load_lexicon(paths: Iterable[str | os.PathLike[str]]) -> Lexicon:
    """As `parse.read_lexicon`, from the cache where it holds the same content. Raises `LexiconError`."""
    with no_collection():
        return joined([load_file(path) for path in paths])


def load_file(path: str | os.PathLike[str]) -> Lexicon:
    """As `parse.read_file`, from the cache where it holds the same content. Raises `LexiconError`."""
    data = sure(path, partial(read_bytes, path))
    digest = sha256(data).hexdigest()

    def make() -> dict[str, Any]:
        from despin.lexicon.parse import to_lexicon

        return compress(to_lexicon(sure(path, partial(decode, data, str(path)))))

    with no_collection():
        return cached("lexicon", digest, FORMAT, make, lambda held: expand(held, str(path), digest))


def compress(lexicon: Lexicon) -> dict[str, Any]:
    """A lexicon of one file as JSON-ready columns."""
    columns: dict[str, list[Any]] = {name: [getattr(entry, name) for entry in lexicon.entries] for name in _COLUMNS}
    columns["originals"] = [[[one.text, one.weight] for one in listed] for listed in columns["originals"]]
    columns["examples"] = list(map(list, columns["examples"]))
    for name in ("keep", "only"):
        columns[name] = [[list(held.before), list(held.after)] if held else [] for held in columns[name]]
    return {"family": asdict(lexicon.families[0]), **columns}


def expand(data: dict[str, Any], path: str, digest: str) -> Lexicon:
    """The lexicon that `compress` made, as if read from `path`. Raises `ValueError`, `LookupError`, `TypeError` or
    `AttributeError` for anything else: whoever can write a cache can write its checksum."""
    columns: dict[str, Any] = {name: data[name] for name in _COLUMNS}
    for name, kind in _COLUMNS.items():
        _refuse_others(columns[name], {kind}, name)
    pairs = list(chain.from_iterable(columns["originals"]))
    texts, weights = [text for text, _ in pairs], [weight for _, weight in pairs]
    counts = list(map(len, columns["originals"]))
    _refuse_others(texts, {str}, "originals")
    _refuse_others(weights, {float, int}, "weights")
    words = list(map(len, columns["spun"]))
    if max((*words, *map(len, texts)), default=0) > MOST_CHARACTERS or min(words, default=1) < 1:
        raise ValueError("words")
    if not all(LEAST_WEIGHT <= weight <= MOST_WEIGHT for weight in set(weights)):
        raise ValueError("weights")
    contexts = chain.from_iterable((*columns["keep"], *columns["only"]))
    _refuse_others(chain.from_iterable((*columns["examples"], *contexts)), {str}, "contexts, examples")
    made = iter(build(Original, len(texts), {"text": texts, "weight": weights}))
    columns["originals"] = [tuple(islice(made, count)) for count in counts]
    columns["examples"] = list(map(tuple, columns["examples"]))
    for name in ("keep", "only"):
        columns[name] = [Contexts(*map(tuple, held)) if held else NO_CONTEXTS for held in columns[name]]
    family = family_of(data["family"])
    number = len(columns["spun"])
    columns["family"], columns["path"] = repeat(family.name, number), repeat(path, number)
    return Lexicon((family,), tuple(build(Entry, number, columns)), digest)


def _refuse_others(values: Iterable[Any], kinds: set[type], name: str) -> None:
    if not set(map(type, values)) <= kinds:
        raise TypeError(name)


def family_of(header: dict[str, Any]) -> Family:
    """The header of a lexicon that `dataclasses.asdict` was asked for. Raises `LookupError`,
    `TypeError` or `ValueError` for others."""
    program = _program(header["program"]) if header["program"] else None
    variants = tuple(map(_program, header["variants"]))
    texts = {name: tuple(header[name]) for name in ("sources", "beside")}
    opposites = tuple([(first, second) for first, second in header["opposites"]])
    return Family(**{**header, **texts, "program": program, "variants": variants, "opposites": opposites})


def _program(held: dict[str, Any]) -> Program:
    settings = tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in held["settings"])
    return Program(settings, held["variant"])
