"""Everything the lexicons say about a word."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from despin.errors import ModelError
from despin.lexicon.model import Entry, Lexicon
from despin.lexicon.preimages import Preimages, preimages

if TYPE_CHECKING:
    from despin.results import Restoration


@dataclass(frozen=True, slots=True)
class Shown:
    """A word: the entries whose spun form it is, those that restore to it, what the families' programs say
    of it, similar words when there is nothing, and what restoring a sentence does with it. `missing` says
    why a program cannot be asked."""

    word: str
    as_spun: tuple[Entry, ...]
    as_original: tuple[Entry, ...]
    similar: tuple[str, ...] = ()
    restoration: Restoration | None = None
    programs: tuple[Preimages, ...] = ()
    missing: str = ""

    def __bool__(self) -> bool:
        return bool(self.as_spun or self.as_original or self.programs)


def show(word: str, lexicon: Lexicon, sentence: str = "", explain: Callable[[str], Restoration] | None = None) -> Shown:
    """Everything about `word`; with a sentence and an engine, what restoring the sentence does."""
    as_spun = tuple([entry for entry in lexicon.entries if entry.spun == word])
    as_original = tuple(
        [entry for entry in lexicon.entries if any(original.text == word for original in entry.originals)]
    )
    programs: tuple[Preimages, ...] = ()
    missing = ""
    try:
        programs = preimages(word, lexicon.families)
    except ModelError as error:  # the entries are there all the same
        missing = str(error)
    similar = () if as_spun or as_original or programs else _similar(word, lexicon)
    restoration = explain(sentence) if sentence and explain else None
    return Shown(word, as_spun, as_original, similar, restoration, programs, missing)


def _similar(word: str, lexicon: Lexicon) -> tuple[str, ...]:
    from rapidfuzz import fuzz, process

    words = {entry.spun: None for entry in lexicon.entries}
    words.update({original.text: None for entry in lexicon.entries for original in entry.originals if original.text})
    found = process.extract(word, list(words), scorer=fuzz.ratio, limit=5, score_cutoff=50)
    return tuple([str(hit[0]) for hit in found])


def as_dict(shown: Shown) -> dict[str, Any]:
    """`Shown` as JSON-ready values."""
    row: dict[str, Any] = {
        "word": shown.word,
        "as_spun": [entry_dict(entry) for entry in shown.as_spun],
        "as_original": [entry_dict(entry) for entry in shown.as_original],
        "programs": [one.as_dict() for one in shown.programs],
        "similar": list(shown.similar),
    }
    if shown.missing:
        row["missing"] = shown.missing
    if shown.restoration is not None:
        row["restoration"] = shown.restoration.as_dict()
    return row


def entry_dict(entry: Entry) -> dict[str, Any]:
    """An entry as JSON-ready values; fields that say nothing are left out."""
    row: dict[str, Any] = {"spun": entry.spun, "originals": [asdict(original) for original in entry.originals]}
    row |= {name: getattr(entry, name) for name in ("family", "status", "source")}
    row["location"] = f"{entry.path}:{entry.line}:{entry.column}"
    row |= {name: getattr(entry, name) for name in ("flips", "replaces", "reason") if getattr(entry, name)}
    for name, contexts in (("keep", entry.keep), ("only", entry.only)):
        if contexts:
            row[name] = {"before": list(contexts.before), "after": list(contexts.after)}
    return {**row, "examples": list(entry.examples)} if entry.examples else row


def as_lines(shown: Shown) -> list[str]:
    """`Shown` for people."""
    lines: list[str] = []
    if shown.as_spun:
        lines += [f"{shown.word} may stand for", *_entry_lines(shown.as_spun)]
    if shown.as_original:
        lines += [f"{shown.word} may have been replaced by", *_entry_lines(shown.as_original)]
    for one in shown.programs:
        lines += one.as_lines()
    if shown.missing:
        lines.append(f"preimages cannot be shown: {shown.missing}")
    if not shown:
        meant = f"; did you mean {', '.join(shown.similar)}?" if shown.similar else ""
        lines.append(f"no entry for {shown.word}{meant}")
    if shown.restoration is not None:
        from despin.text.wdiff import write

        lines.append(write(shown.restoration.source, shown.restoration.edits))
        for edit in shown.restoration.edits:
            target = edit.original or "(nothing)"
            lines.append(f"  {edit.spun} → {target}  confidence {edit.confidence:.2f}  {edit.entry}")
    return lines


def _entry_lines(entries: Iterable[Entry]) -> list[str]:
    lines: list[str] = []
    for entry in entries:
        originals = ", ".join(_weighed(original.text, original.weight) for original in entry.originals)
        marks = [entry.family, entry.source]
        marks += [entry.status] if entry.status != "active" else []
        marks += [name for name in ("flips", "replaces") if getattr(entry, name)]
        lines.append(f"  {entry.spun} → {originals or '(retired)'}  [{', '.join(marks)}]  {entry.path}:{entry.line}")
        if entry.reason:
            lines.append(f"      {entry.reason}")
        for name, contexts in (("keep", entry.keep), ("only", entry.only)):
            places = [f"after {word}" for word in contexts.before] + [f"before {word}" for word in contexts.after]
            if places:
                lines.append(f"      {name}: {', '.join(places)}")
        lines += [f"      {example}" for example in entry.examples]
    return lines


def _weighed(text: str, weight: float) -> str:
    shown = text or "(nothing)"
    return shown if weight == 1 else f"{shown} ×{weight:g}"
