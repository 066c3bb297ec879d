"""The compiled form of a lexicon file: columns as JSON in a cache folder, keyed by the content of the file.

A broken, stale, foreign or unwritable cache never matters: whatever is not exactly as written is read again from the
YAML. JSON and not pickle, because nothing in a cache folder should be able to run.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import islice, repeat
from pathlib import Path
from typing import Any

from despin.cachefile import cache_folder, read_sealed, sealed_file, write_sealed
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
from despin.lexicon.problems import Report, raise_errors
from despin.lexicon.source import combined_digest, decode, read_bytes


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
FORMAT = 4
#: A lexicon file of `MAX_BYTES` has fewer entries, and fewer originals.
MOST_ENTRIES = 1 << 22
_PLAIN_COLUMNS = ("spun", "flips", "status", "reason", "source", "line", "column", "replaces")


def load_lexicon(paths: Iterable[str | os.PathLike[str]]) -> Lexicon:
    """As `reading.read_lexicon`, from the cache where it holds the same content. Raises `LexiconError`."""
    with no_collection():
        lexicons = [load_file(path) for path in paths]
    if len(lexicons) == 1:
        return lexicons[0]
    digest = combined_digest([lexicon.digest for lexicon in lexicons])
    families = tuple(family for lexicon in lexicons for family in lexicon.families)
    return Lexicon(families, tuple(entry for lexicon in lexicons for entry in lexicon.entries), digest)


def load_file(path: str | os.PathLike[str]) -> Lexicon:
    """As `reading.read_file`, from the cache where it holds the same content. Raises `LexiconError`."""
    report = Report(str(path))
    data = read_bytes(path, report)
    raise_errors(report.problems)
    assert data is not None
    digest = sha256(data).hexdigest()
    folder = cache_folder()
    if folder is not None:
        stored = _load(sealed_file(folder, "lexicon", digest, FORMAT), str(path), digest)
        if stored is not None:
            return stored
    from despin.lexicon.parse import to_lexicon

    source = decode(data, str(path), report)
    raise_errors(report.problems)
    assert source is not None
    lexicon = to_lexicon(source)
    if folder is not None:
        write_sealed(sealed_file(folder, "lexicon", digest, FORMAT), digest, FORMAT, compress(lexicon))
    return lexicon


def _load(file: Path, path: str, digest: str) -> Lexicon | None:
    """The lexicon compiled in `file`, or None for anything that is not whole, current and ours."""
    try:
        with no_collection():
            data = read_sealed(file, digest, FORMAT)
            return expand(data, path) if data is not None else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, MemoryError):
        return None


def compress(lexicon: Lexicon) -> dict[str, Any]:
    """A lexicon of one file as JSON-ready columns. A column of equal values is kept as one."""
    entries = lexicon.entries
    originals = [original for entry in entries for original in entry.originals]
    contexts = {
        name: [
            [index, held.before, held.after]
            for index, held in ((index, getattr(entry, name)) for index, entry in enumerate(entries))
            if held
        ]
        for name in ("keep", "only")
    }
    return {
        "family": asdict(lexicon.families[0]),
        "count": len(entries),
        **{name: _packed([getattr(entry, name) for entry in entries]) for name in _PLAIN_COLUMNS},
        "examples": [[index, entry.examples] for index, entry in enumerate(entries) if entry.examples],
        **contexts,
        "originals": _packed([len(entry.originals) for entry in entries]),
        "texts": [original.text for original in originals],
        "weights": _packed([original.weight for original in originals]),
    }


def expand(data: dict[str, Any], path: str) -> Lexicon:
    """The lexicon that `compress` made, as if read from `path`. Raises `ValueError`, `LookupError`, `TypeError` or
    `AttributeError` for anything else."""
    count = int(data["count"])
    if not 0 <= count <= MOST_ENTRIES:
        raise ValueError("no lexicon has as many entries")
    family = family_of(data["family"])
    counts = _unpacked(data["originals"], count)
    number = sum(counts)
    if min(counts, default=0) < 0 or number > MOST_ENTRIES:
        raise ValueError("no lexicon has as many originals")
    texts, weights = _unpacked(data["texts"], number), _unpacked(data["weights"], number)
    originals = build(Original, number, {"text": texts, "weight": weights})
    columns: dict[str, Iterable[Any]] = {name: _unpacked(data[name], count) for name in _PLAIN_COLUMNS}
    columns["originals"] = _grouped(originals, counts)
    examples: list[tuple[str, ...]] = [()] * count
    for index, cases in data["examples"]:
        examples[index] = tuple(cases)
    columns["examples"] = examples
    for name in ("keep", "only"):
        held = [NO_CONTEXTS] * count
        for index, before, after in data[name]:
            held[index] = Contexts(tuple(before), tuple(after))
        columns[name] = held
    _check_types(columns, texts, weights)
    columns["family"] = repeat(family.name, count)
    columns["path"] = repeat(path, count)
    return Lexicon((family,), tuple(build(Entry, count, columns)), data["key"][0])


#: What the values of a column are.
_TYPES = {
    "spun": str,
    "flips": bool,
    "status": str,
    "reason": str,
    "source": str,
    "line": int,
    "column": int,
    "replaces": bool,
}


def _check_types(columns: Mapping[str, Iterable[Any]], texts: list[Any], weights: list[Any]) -> None:
    """Raise `TypeError` or `ValueError` for values that no lexicon file gives: whoever can write a
    cache can write its checksum."""
    for name, kind in _TYPES.items():
        if not set(map(type, columns[name])) <= {kind}:
            raise TypeError(name)
    if not (set(map(type, texts)) <= {str} and set(map(type, weights)) <= {float, int}):
        raise TypeError("originals")
    if weights and not LEAST_WEIGHT <= min(weights) <= max(weights) <= MOST_WEIGHT:
        raise ValueError("weights")
    lengths = list(map(len, columns["spun"]))
    if (
        max(map(len, texts), default=0) > MOST_CHARACTERS
        or not 0 < min(lengths, default=1) <= max(lengths, default=1) <= MOST_CHARACTERS
    ):
        raise ValueError("words")
    for cases in columns["examples"]:
        if cases and set(map(type, cases)) != {str}:
            raise TypeError("examples")
    for name in ("keep", "only"):
        for held in columns[name]:
            if held is not NO_CONTEXTS and not set(map(type, held.before + held.after)) <= {str}:
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


def _packed(column: list[Any]) -> Any:
    """A column in the form that is read back fastest: {"all": value, "but": [[index, value]]} where one value prevails,
    {"runs": [[first, length]]} for rising line numbers, {"lines": text} for words, else as it is."""
    if not column:
        return column
    usual = max(dict.fromkeys(column[:8]), key=column.count)
    if column.count(usual) * 2 > len(column):
        return {"all": usual, "but": [[i, value] for i, value in enumerate(column) if value != usual]}
    if isinstance(usual, int):
        return {"runs": _runs(column)}
    if isinstance(usual, str) and not any("\n" in text for text in column):
        return {"lines": "\n".join(column)}
    return column


def _runs(numbers: list[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][0] + runs[-1][1]:
            runs[-1][1] += 1
        else:
            runs.append([number, 1])
    return runs


def _unpacked(packed: Any, count: int) -> list[Any]:
    if isinstance(packed, list):
        column = packed
    elif "all" in packed:
        column = [packed["all"]] * count
        for index, value in packed["but"]:
            column[index] = value
    elif "runs" in packed:
        column = [number for first, length in packed["runs"] for number in range(first, first + min(length, count))]
    else:
        column = packed["lines"].split("\n")
    if len(column) != count:
        raise ValueError("a column of another length")
    return column


def _grouped(originals: list[Original], counts: list[int]) -> list[tuple[Original, ...]]:
    supply = iter(originals)
    if counts.count(1) == len(counts):
        return list(zip(supply, strict=True))
    return [(next(supply),) if count == 1 else tuple(islice(supply, count)) for count in counts]
