"""Adding one entry to a lexicon file, with everything else in the file left as it is."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from despin.errors import LexiconError
from despin.lexicon.format import entry_lines, format_text
from despin.lexicon.model import PERSONAL, Contexts, Entry, Original
from despin.lexicon.parse import Layout, lay_out, parse
from despin.lexicon.problems import Report, raise_errors
from despin.lexicon.source import decode, read_source
from despin.text.files import write


def put(lines: list[str], layout: Layout, changes: Mapping[int, Entry]) -> list[str]:
    """The lines of a file with `changes`, new entries by the line (from 1) on which the old one begins.

    Comments inside an old entry are kept above the new one, those behind it belong to the next.
    """
    found = list(lines)
    for start, stop in reversed(layout.blocks(lines)):
        entry = changes.get(start + 1)
        if entry is not None:
            own, tail = _split(lines[start:stop])
            inside = [f"  {line[line.index('#') :]}" for line in own if line.lstrip().startswith("#")]
            found[start:stop] = [*inside, *entry_lines(entry), *tail]
    return found


def _split(block: list[str]) -> tuple[list[str], list[str]]:
    """An entry's own lines, and the comments and empty lines that follow it."""
    end = len(block)
    while end > 1 and (not block[end - 1].strip() or block[end - 1].lstrip().startswith("#")):
        end -= 1
    return block[:end], block[end:]


_NEW = "# Personal lexicon of despin: spun word, colon, original. 'despin lexicon check' looks it over.\nentries:\n"


@dataclass(frozen=True, slots=True)
class Added:
    """What `add` did: the entry as it now stands, and "created", "added", "extended" or "unchanged"."""

    entry: Entry
    outcome: str


def add(
    spun: str,
    original: str,
    path: str | os.PathLike[str],
    *,
    weight: float = 1.0,
    flips: bool = False,
    keep: Contexts | None = None,
    only: Contexts | None = None,
    replaces: bool = False,
    examples: Sequence[str] = (),
) -> Added:
    """Adds an original to a spun form's entry, or a new entry at its sorted place; makes the file if it is missing.

    Comments and the other lines stay. Raises `LexiconError` when the file or the new entry is not right (the file is
    then untouched) and `OutputError` when it cannot be written.
    """
    entry = Entry(
        spun, (Original(original, weight),), PERSONAL, keep=keep or Contexts(), only=only or Contexts(), flips=flips,
        replaces=replaces, examples=tuple(examples),
    )  # fmt: skip
    exists = Path(path).exists()
    text = _read(path) if exists else _NEW
    known = next((other for other in _entries(text, str(path)) if other.spun == spun), None)
    if known is not None:
        entry = _extended(known, entry)
        if entry == known:
            return Added(known, "unchanged")
    changed = _with_entry(text, entry, known)
    # What was written is read again before the file is touched: it must hold the entry, and no mistake.
    now = next((other for other in _entries(changed, str(path)) if other.spun == spun), None)
    if now is None:
        raise LexiconError(f"{path}: {spun} cannot be written into this file: format it first")
    write(str(path), changed.encode())
    return Added(now, "extended" if known else "added" if exists else "created")


def _read(path: str | os.PathLike[str]) -> str:
    report = Report(str(path))
    source = read_source(path, report)
    raise_errors(report.problems)
    assert source is not None
    return source.text if source.text.strip() else _NEW


def _entries(text: str, path: str) -> list[Entry]:
    report = Report(path)
    source = decode(text.encode("utf-8", "surrogatepass"), path, report)
    raise_errors(report.problems)
    assert source is not None
    parsed = parse(source)
    raise_errors(parsed.problems)
    return parsed.entries


def _extended(known: Entry, new: Entry) -> Entry:
    """The known entry with what the new one adds; a weight given anew replaces the old one."""
    weights = {original.text: original.weight for original in known.originals}
    for original in new.originals:
        if original.text not in weights or original.weight != 1:
            weights[original.text] = original.weight
    return replace(
        known,
        originals=tuple([Original(text, weight) for text, weight in weights.items()]),
        keep=_joined(known.keep, new.keep),
        only=_joined(known.only, new.only),
        flips=known.flips or new.flips,
        replaces=known.replaces or new.replaces,
        examples=tuple(dict.fromkeys(known.examples + new.examples)),
    )


def _joined(first: Contexts, second: Contexts) -> Contexts:
    return Contexts(
        tuple(dict.fromkeys(first.before + second.before)), tuple(dict.fromkeys(first.after + second.after))
    )


def _with_entry(text: str, entry: Entry, known: Entry | None) -> str:
    lines = text.rstrip("\n").split("\n")
    layout = lay_out(lines)
    if layout is None:
        # Entries in braces, or indented otherwise: the normal form first, then the same way.
        lines = format_text(text).rstrip("\n").split("\n")
        layout = lay_out(lines)
        if layout is None:
            raise LexiconError("the lexicon has no line 'entries:': add one")
        known = next(
            (other for other in _entries("\n".join(lines), "<text>") if known and other.spun == known.spun), None
        )
    if known is not None:
        lines = put(lines, layout, {known.line: entry})
    else:
        place = _place(lines, layout.starts, layout.entries_line, entry.spun)
        lines[place:place] = entry_lines(entry)
    return "\n".join(lines) + "\n"


def _place(lines: list[str], starts: list[int], entries_line: int, spun: str) -> int:
    """The line to insert at: before the first entry that sorts behind, and before the comments above that one."""
    for start in starts:
        if _key(lines[start]) > spun:
            place = start
            while place - 1 > entries_line and lines[place - 1].lstrip().startswith("#"):
                place -= 1
            return place
    return len(lines)


def _key(line: str) -> str:
    from despin.lexicon.yaml_nodes import MapNode, TreeError, compose

    word = line.strip()
    if word[0] not in "\"'":
        return word.split(": ", 1)[0].removesuffix(":")
    quote = word[0]
    try:
        root = compose(word[: word.index(quote, 1) + 1] + ": x", Report(""))
    except (TreeError, ValueError):
        return word
    return root.pairs[0][0].text if isinstance(root, MapNode) and root.pairs else word
