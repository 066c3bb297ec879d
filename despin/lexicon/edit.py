"""Changing lexicon files: their normal form, one entry more, and new entries in the place of others."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from despin.errors import LexiconError
from despin.lexicon.fields import entry_lines
from despin.lexicon.format import AsWritten, PlainPairs, Value, filled, pair, text_field
from despin.lexicon.model import PERSONAL, Contexts, Entry, Original
from despin.lexicon.parse import Notation, Parsed, lay_out, parse, read_text
from despin.lexicon.problems import raise_errors, sure
from despin.lexicon.source import HEADER_FIELDS, SourceText, decode, read_source
from despin.lexicon.yaml_nodes import ListNode, Node, Scalar
from despin.text.writing import write

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?\Z")
_MARK = re.compile(r"(?:^|(?<= ))#")


def format_file(path: str | os.PathLike[str], *, check: bool = False) -> bool:
    """Whether the file was not in normal form; unless `check`, it is now. Raises `LexiconError` for a file with
    mistakes, which is left as it is, and `OutputError`."""
    data = _formatted(sure(path, partial(read_source, path))).encode()
    if data == Path(path).read_bytes():
        return False
    if not check:
        write(str(path), data)
    return True


def format_text(text: str, path: str = "<text>") -> str:
    """`text` in normal form. Formatting twice changes nothing more, and what the lexicon says stays the same.
    Raises `LexiconError` for a text with mistakes."""
    return _formatted(sure(path, partial(decode, text.encode(), path)))


def _formatted(source: SourceText) -> str:
    parsed = parse(source)
    raise_errors(parsed.problems)
    top, above, end = _comments(source.text.split("\n"), parsed)
    lines = list(top)
    for name in HEADER_FIELDS:
        if name in parsed.header:
            key, node = parsed.header[name]
            lines += above[key.line]
            lines += ["entries:"] if name == "entries" else _header_field(name, node)
    for entry in sorted(parsed.entries, key=lambda entry: entry.spun):
        lines += [f"  {comment}" for comment in above[entry.line]]
        lines += entry_lines(entry)
    return "\n".join([*lines, *end, ""])


def _header_field(name: str, node: Node) -> list[str]:
    if isinstance(node, Scalar):
        return pair(name, AsWritten(node.text), 0) if name == "pack" or node.missing else text_field(name, node.text)
    value = _as_written(node, name in ("program", "variants"))
    return filled(name, value) if name == "opposites" and isinstance(value, list) and value else pair(name, value, 0)


def _as_written(node: Node, numbers: bool) -> Value:
    """A value of a header as it is written, with plain `numbers` where they are such."""
    if isinstance(node, Scalar):
        return AsWritten(node.text) if node.missing or (numbers and _NUMBER.match(node.text)) else node.text
    if isinstance(node, ListNode):
        return [_as_written(item, numbers) for item in node.items]
    return PlainPairs([(key.text, _as_written(value, numbers)) for key, value in node.pairs])


def _comments(lines: Sequence[str], parsed: Parsed) -> tuple[list[str], defaultdict[int, list[str]], list[str]]:
    """The comments above all else, by the line of the key that each travels with, and behind all else: a comment
    travels with the key that it stands in or beside, else with the next one below."""
    top: list[str] = []
    end: list[str] = []
    above: defaultdict[int, list[str]] = defaultdict(list)
    held = [(key, node) for name, (key, node) in parsed.header.items() if name != "entries"] + parsed.written
    last = {entry.line: entry.line for entry in parsed.entries}
    for key, node in held:
        # A text block ends at the beginning of the line below it.
        ends = [max(one.line, one.end[0] - (one.end[1] == 1)) for one in (key, *_scalars(node))]
        last[key.line] = max(ends)
    if "entries" in parsed.header:
        last[parsed.header["entries"][0].line] = parsed.header["entries"][0].line
    keys = sorted(last)
    spans = sorted(((one.line, one.column), one.end) for key, node in held for one in (key, *_scalars(node)))
    for number, line in enumerate(lines, 1):
        for mark in _MARK.finditer(line) if "#" in line else ():
            place = number, mark.start() + 1
            before = bisect_right(spans, (place, (number, len(line) + 2))) - 1
            if before >= 0 and place < spans[before][1]:
                continue
            comment, index = line[mark.start() :].rstrip(), bisect_right(keys, number) - 1
            if index >= 0 and number <= last[keys[index]]:
                above[keys[index]].append(comment)
            elif index + 1 < len(keys):
                (above[keys[index + 1]] if index >= 0 else top).append(comment)
            else:
                end.append(comment)
            break
    return top, above, end


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from _scalars(item)
    else:
        for key, value in node.pairs:
            yield from (key, *_scalars(value))


def _split(block: list[str]) -> tuple[list[str], list[str]]:
    """An entry's own lines, and the comments and empty lines that follow it."""
    end = len(block)
    while end > 1 and (not block[end - 1].strip() or block[end - 1].lstrip().startswith("#")):
        end -= 1
    return block[:end], block[end:]


def rewritten(text: str, path: str, entries: Mapping[int, Entry]) -> str:
    """The text of a lexicon file with `entries`, by the line (from 1) on which the old ones begin. Comments inside an
    old entry are kept above the new one, those behind it belong to the next; nothing else changes. Raises
    `LexiconError` for a file that is not laid out line by line."""
    lines = text.rstrip("\n").split("\n")
    layout = lay_out(lines)
    if layout is None:
        raise LexiconError(f"{path}: not in normal form: run 'despin lexicon format {path}' first")
    for start, stop in reversed(layout.blocks(lines)):
        if entry := entries.get(start + 1):
            own, tail = _split(lines[start:stop])
            inside = [f"  {line[line.index('#') :]}" for line in own if line.lstrip().startswith("#")]
            lines[start:stop] = [*inside, *entry_lines(entry), *tail]
    new = "\n".join(lines) + "\n"
    # Read again before anything is written: it must hold what was meant, and no mistake.
    held = {entry.spun: set(entry.originals) for entry in read_text(new, path).entries}
    if any(held.get(entry.spun) != set(entry.originals) for entry in entries.values()):
        raise LexiconError(f"{path}: its entries cannot be replaced: run 'despin lexicon format {path}' first")
    return new


_NEW = "# Personal lexicon of despin: spun word, colon, original. 'despin lexicon check' looks it over.\nentries:\n"


@dataclass(frozen=True, slots=True)
class Added:
    """What `add` did: the entry as it now stands, and "created", "added", "extended" or "unchanged"."""

    entry: Entry
    outcome: str


def add(
    spun: str, original: str, path: str | os.PathLike[str], *, weight: float = 1.0, flips: bool = False,
    keep: Contexts | None = None, only: Contexts | None = None, replaces: bool = False, examples: Sequence[str] = (),
) -> Added:  # fmt: skip
    """Adds an original to a spun form's entry, or a new entry at its sorted place; makes the file if it is missing.
    Comments and the other lines stay. Raises `LexiconError` when the file or the new entry is not right (the file is
    then untouched) and `OutputError` when it cannot be written."""
    entry = Entry(
        spun, (Original(original, weight),), PERSONAL, keep=keep or Contexts(), only=only or Contexts(), flips=flips,
        replaces=replaces, examples=tuple(examples),
    )  # fmt: skip
    exists = Path(path).exists()
    text = sure(path, partial(read_source, path)).text if exists else ""
    if not text.strip():
        text = _NEW
    elif lay_out(text.split("\n")) is None:
        # Entries in braces, or indented otherwise: the normal form first.
        text = format_text(text, str(path))
    lines = text.rstrip("\n").split("\n")
    layout, entries = lay_out(lines), read_text(text, str(path)).entries
    if layout is None:
        raise LexiconError(f"{path}: the lexicon has no line 'entries:': add one")
    known = next((other for other in entries if other.spun == spun), None)
    if known is None:
        place = _place(lines, layout, entries, spun)
        changed = "\n".join([*lines[:place], *entry_lines(entry), *lines[place:], ""])
    else:
        entry = _extended(known, entry)
        if entry == known:
            return Added(known, "unchanged")
        changed = rewritten(text, str(path), {known.line: entry})
    # What was written is read again before the file is touched: it must hold the entry, and no mistake.
    now = next((other for other in read_text(changed, str(path)).entries if other.spun == spun), None)
    if now is None:
        raise LexiconError(f"{path}: {spun} cannot be written into this file: format it first")
    write(str(path), changed.encode())
    return Added(now, "extended" if known else "added" if exists else "created")


def _extended(known: Entry, new: Entry) -> Entry:
    """The known entry with what the new one adds; a weight given anew replaces the old one."""
    weights = {original.text: original.weight for original in known.originals}
    for original in new.originals:
        if original.text not in weights or original.weight != 1:
            weights[original.text] = original.weight
    return replace(
        known, originals=tuple([Original(text, weight) for text, weight in weights.items()]),
        keep=_joined(known.keep, new.keep), only=_joined(known.only, new.only), flips=known.flips or new.flips,
        replaces=known.replaces or new.replaces, examples=tuple(dict.fromkeys(known.examples + new.examples)),
    )  # fmt: skip


def _joined(first: Contexts, second: Contexts) -> Contexts:
    return Contexts(
        tuple(dict.fromkeys(first.before + second.before)), tuple(dict.fromkeys(first.after + second.after))
    )


def _place(lines: Sequence[str], layout: Notation, entries: Sequence[Entry], spun: str) -> int:
    """The line to insert at: before the first entry that sorts behind, and before the comments above that one."""
    place = next((entry.line - 1 for entry in entries if entry.spun > spun), len(lines))
    while place < len(lines) and place - 1 > layout.entries_line and lines[place - 1].lstrip().startswith("#"):
        place -= 1
    return place
