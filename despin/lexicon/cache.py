"""The compiled form of a lexicon file: columns as JSON in a cache folder, keyed by the content of the file. JSON and
not pickle, because nothing in a cache folder should be able to run."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from functools import partial
from itertools import islice, repeat
from typing import Any

from despin.cachefile import cached
from despin.fingerprint import sha256
from despin.lexicon.columns import build
from despin.lexicon.model import (
    LEAST_WEIGHT,
    MOST_CHARACTERS,
    MOST_WEIGHT,
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
#: What the values of a column are: of columns that hold one for every entry or original, and of those that hold (number
#: of the entry, value) where a value is not the usual one.
_DENSE = {"spun": str, "line": int, "column": int, "counts": int, "texts": str, "weights": float}
_SPARSE = {
    "keep": list, "only": list, "flips": bool, "status": str, "reason": str, "source": str, "examples": list,
    "replaces": bool,
}  # fmt: skip
_USUAL = {field.name: field.default for field in fields(Entry)}


def load_lexicon(paths: Iterable[str | os.PathLike[str]]) -> Lexicon:
    """The families and entries of all files, in the order given, from the cache where it holds the same content. Raises
    `LexiconError` naming every error of the first file that has any."""
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
    entries = lexicon.entries
    originals = [original for entry in entries for original in entry.originals]
    columns: dict[str, list[Any]] = {
        name: [getattr(one, name) for one in entries] for name in ("spun", "line", "column")
    }
    columns["counts"] = [len(entry.originals) for entry in entries]
    columns["texts"], columns["weights"] = [one.text for one in originals], [float(one.weight) for one in originals]
    for name in _SPARSE:
        held = [(number, getattr(entry, name)) for number, entry in enumerate(entries)]
        columns[name] = [[number, _plain(value)] for number, value in held if value != _USUAL[name]]
    return {"family": asdict(lexicon.families[0]), **columns}


def _plain(value: Any) -> Any:
    if isinstance(value, Contexts):
        return [list(value.before), list(value.after)]
    return list(value) if isinstance(value, tuple) else value


def expand(data: dict[str, Any], path: str, digest: str) -> Lexicon:
    """The lexicon that `compress` made, as if read from `path`. Raises `ValueError`, `LookupError`, `TypeError` or
    `AttributeError` for anything else: whoever can write a cache can write its checksum."""
    for name, kind in _DENSE.items():
        _refuse_others(data[name], kind)
    texts, weights, words = data["texts"], data["weights"], data["spun"]
    lengths = list(map(len, words))
    if max((*lengths, *map(len, texts)), default=0) > MOST_CHARACTERS or min(lengths, default=1) < 1:
        raise ValueError("words")
    if not all(LEAST_WEIGHT <= weight <= MOST_WEIGHT for weight in set(weights)):
        raise ValueError("weights")
    if sum(data["counts"]) != len(texts) or min(data["counts"], default=0) < 0:
        raise ValueError("originals")
    made = iter(build(Original, len(texts), {"text": texts, "weight": weights}))
    number, family = len(words), family_of(data["family"])
    columns: dict[str, Any] = {name: data[name] for name in ("spun", "line", "column")}
    columns["originals"] = [(next(made),) if count == 1 else tuple(islice(made, count)) for count in data["counts"]]
    for name, kind in _SPARSE.items():
        columns[name] = [_USUAL[name]] * number
        _refuse_others((value for _, value in data[name]), kind)
        for place, value in data[name]:
            columns[name][place] = _checked(name, value)
    columns["family"], columns["path"] = repeat(family.name, number), repeat(path, number)
    return Lexicon((family,), tuple(build(Entry, number, columns)), digest)


def _checked(name: str, value: Any) -> Any:
    if name in ("keep", "only"):
        before, after = value
        _refuse_others((*before, *after), str)
        return Contexts(tuple(before), tuple(after))
    if name == "examples":
        _refuse_others(value, str)
        return tuple(value)
    return value


def _refuse_others(values: Iterable[Any], kind: type) -> None:
    if not set(map(type, values)) <= {kind}:
        raise TypeError(f"no {kind.__name__}")


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
