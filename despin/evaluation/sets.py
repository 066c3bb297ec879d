"""Evaluation sets: what they hold, and reading them from files whose kind shows in their content."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from despin.errors import InputError
from despin.results import Edit
from despin.text import files as textfiles
from despin.text import wdiff
from despin.text.wdiff import GoldEdit

Kind = Literal["markup", "pairs", "clean", "spun", "tokens"]

WHAT_IS_A_SET = (
    "a set is a .wdiff file or a folder of them, JSON lines with spun and original, JSON lines with text (nobody spun "
    "it; --spun says that somebody did) or with spun alone, or a tab-separated list with the columns spun, original "
    "and count"
)


@dataclass(frozen=True, slots=True)
class EvalDocument:
    """One text to restore. `gold` is None where nothing but the text is known; clean text has no gold edits. `original`
    is there for pairs only; `line` is where the document begins in its file."""

    id: str
    family: str
    text: str
    original: str | None = None
    gold: tuple[GoldEdit, ...] | None = None
    path: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Token:
    """An attested substitution, seen `count` times in the document or documents `source`."""

    spun: str
    original: str
    source: str
    count: int


@dataclass(frozen=True)
class EvalSet:
    """Documents of one kind, or, for kind `tokens`, attested substitutions."""

    name: str
    path: str
    kind: Kind
    documents: tuple[EvalDocument, ...] = ()
    tokens: tuple[Token, ...] = ()

    @functools.cached_property
    def hash(self) -> str:
        """SHA-256 in hexadecimal over the kind and what is scored: the texts with their gold, in order. Names and
        places of files do not count, nor do the ids of documents."""
        digest = hashlib.sha256(self.kind.encode())
        for document in self.documents:
            marks = [] if document.original is not None else document.gold or ()
            gold = [[mark.start, mark.end, *mark.originals, mark.scored] for mark in marks]
            digest.update(_json([document.text, document.original, gold]))
        for token in self.tokens:
            digest.update(_json([token.spun, token.original, token.count]))
        return digest.hexdigest()

    @property
    def characters(self) -> int:
        """Code points of all texts."""
        return sum(len(document.text) for document in self.documents)

    def part(self, label: str, documents: Sequence[EvalDocument]) -> EvalSet:
        """The same set with some of its documents only, named `name[label]`."""
        return replace(self, name=f"{self.name}[{label}]", documents=tuple(documents))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def read_sets(paths: Sequence[str], spun: bool = False, families: Sequence[str] = ()) -> list[EvalSet]:
    """The sets at `paths`, in order; sets of the same name are told apart by their paths. `spun` says that JSON lines
    with `text` are spun; `families` are names to recognise in file names and ids. Raises `InputError` for what is no
    set, with file, line and column where there are any."""
    sets = [read_set(path, spun, families) for path in paths]
    names = [one.name for one in sets]
    return [replace(one, name=one.path) if names.count(one.name) > 1 else one for one in sets]


def read_set(path: str, spun: bool = False, families: Sequence[str] = ()) -> EvalSet:
    """The set at `path`; see `read_sets`."""
    one = _read(path, spun, families)
    if not one.documents and not one.tokens:
        raise InputError(f"{path}: holds no document; {WHAT_IS_A_SET}")
    first: dict[str, EvalDocument] = {}
    for document in one.documents:
        known = first.setdefault(document.id, document)
        if known is not document:
            raise InputError(
                f"{document.path}:{document.line}:1: id {document.id!r} stands in {known.path}:{known.line} already; "
                "give every document an id of its own"
            )
    return one


def _read(path: str, spun: bool, families: Sequence[str]) -> EvalSet:
    place = Path(path)
    name = place.name if place.is_dir() else place.stem
    name = name or os.path.basename(os.path.realpath(place))
    if place.is_dir():
        files = sorted(place.rglob("*.wdiff"))
        if not files:
            raise InputError(f"{path}: holds no .wdiff file; {WHAT_IS_A_SET}")
        for file in files:
            textfiles.check_found(str(file))
        documents = [one for file in files for one in _markup(str(file), families, str(file.relative_to(place)))]
        return EvalSet(name, path, "markup", tuple(documents))
    if place.suffix == ".wdiff":
        return EvalSet(name, path, "markup", tuple(_markup(path, families, name)))
    content = textfiles.read(path).text
    if content.lstrip().startswith("{"):
        return _json_lines(path, name, content, spun, families)
    if "\t" in content.split("\n", 1)[0]:
        return EvalSet(name, path, "tokens", tokens=tuple(_tokens(path, content)))
    raise InputError(f"{path}: is no evaluation set; {WHAT_IS_A_SET}")


def _markup(path: str, families: Sequence[str], name: str) -> Iterator[EvalDocument]:
    """One document for a file of markup; one a line where its first line is a `#` comment, as in a list of cases."""
    content = textfiles.read(path).text
    family = _family("", name, families) or Path(name).stem
    if not content.lstrip().startswith("#"):
        sample = wdiff.read(content, path)
        yield EvalDocument(name, family, sample.spun, gold=sample.gold, path=path)
        return
    for number, line in enumerate(content.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            try:
                sample = wdiff.read(line.rstrip("\r"), path)
            except InputError as error:
                raise InputError(str(error).replace(f"{path}:1:", f"{path}:{number}:", 1)) from None
            yield EvalDocument(f"{name}:{number}", family, sample.spun, gold=sample.gold, path=path, line=number)


def _json_lines(path: str, name: str, content: str, spun: bool, families: Sequence[str]) -> EvalSet:
    documents: list[EvalDocument] = []
    kind: Kind | None = None
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        row = _row(line, f"{path}:{number}")
        found = _kind(row, spun, f"{path}:{number}:1")
        if kind is not None and found != kind:
            raise InputError(
                f"{path}:{number}:1: this is a row of a {found} set among rows of a {kind} set; make two files"
            )
        kind = found
        documents.append(_document(row, kind, path, number, name, families))
    return EvalSet(name, path, kind or "clean", tuple(documents))


def _row(line: str, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except RecursionError:
        raise InputError(f"{place}:1: nested too deeply; write one flat object a line") from None
    except ValueError as error:
        column, what = getattr(error, "colno", 1), getattr(error, "msg", "a number too long to read")
        raise InputError(f"{place}:{column}: not JSON ({what}); write one object a line") from None
    if not isinstance(row, dict):
        raise InputError(f'{place}:1: not an object; write one a line, such as {{"id": …, "spun": …, "original": …}}')
    return row


def _kind(row: Mapping[str, Any], spun: bool, place: str) -> Kind:
    texts = [key for key in ("spun", "original", "text") if row.get(key) is not None]
    for key in texts:
        if not isinstance(row[key], str):
            raise InputError(f"{place}: {key} is no string; write the text in quotes")
    if "spun" in texts:
        return "pairs" if "original" in texts else "spun"
    if "text" in texts:
        return "spun" if spun else "clean"
    raise InputError(f"{place}: neither spun nor text in this row; {WHAT_IS_A_SET}")


def _document(
    row: Mapping[str, Any], kind: Kind, path: str, number: int, name: str, families: Sequence[str]
) -> EvalDocument:
    text = row["spun"] if row.get("spun") is not None else row["text"]
    given = row.get("id")
    own = str(given) if isinstance(given, (str, int)) and given != "" else str(number)
    stated = row.get("family")
    family = stated.split()[0] if isinstance(stated, str) and stated.strip() else _family(own, name, families)
    if kind == "pairs":
        from despin.evaluation.align import gold_from_pair

        return EvalDocument(own, family, text, row["original"], gold_from_pair(text, row["original"]), path, number)
    return EvalDocument(own, family, text, None, () if kind == "clean" else None, path, number)


def _family(own: str, name: str, families: Sequence[str]) -> str:
    """The family that an id such as `auto-repost/17`, or else the name of the file, tells; empty when neither does."""
    for separator in ("/", ":"):
        if separator in own:
            return own.split(separator, 1)[0]
    stem = Path(name).stem
    return max((one for one in families if one in stem), key=len, default="")


def _tokens(path: str, content: str) -> Iterator[Token]:
    lines = content.split("\n")
    columns = [column.strip().removesuffix("_word") for column in lines[0].split("\t")]
    for wanted in ("spun", "original"):
        if wanted not in columns:
            raise InputError(f"{path}:1:1: no column {wanted!r}; {WHAT_IS_A_SET}")
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        cells = line.rstrip("\r").split("\t")
        if len(cells) != len(columns):
            raise InputError(
                f"{path}:{number}:1: {len(cells)} cells under {len(columns)} columns; separate them with single tabs"
            )
        row = dict(zip(columns, cells, strict=True))
        count = row.get("count", "1").strip()
        if not (count.isascii() and count.isdigit()):
            raise InputError(f"{path}:{number}:1: count {count!r} is no whole number")
        yield Token(row["spun"], row["original"], row.get("evidence_id", str(number)), int(count))


_SENTENCE = re.compile(r"[^。！？!?\r\n]+[。！？!?]*")


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of `text` are: up to `。！？!?` or a line break; those of white space alone are none."""
    return [match.span() for match in _SENTENCE.finditer(text) if not match.group().isspace()]


def whole_sentences(text: str, marks: Iterable[Edit | GoldEdit]) -> Iterator[tuple[int, int]]:
    """The same, joined where one of `marks` runs across a border, so that none is cut."""
    spans = sorted((mark.start, mark.end) for mark in marks)
    number = 0
    begun: int | None = None
    last = 0
    for start, end in sentences(text):
        if begun is None:
            begun = min(start, spans[number][0]) if number < len(spans) and spans[number][0] >= last else start
        while number < len(spans) and spans[number][1] <= end:
            number += 1
        if number < len(spans) and spans[number][0] < end:
            continue
        yield begun, end
        begun, last = None, end
    if begun is not None or number < len(spans):
        yield (last if begun is None else begun), len(text)


def within(edits: Sequence[Edit], start: int, end: int) -> list[Edit]:
    """The edits that lie in `start:end`, counted from `start`; `edits` are sorted and disjoint."""
    first = bisect_left(edits, start, key=lambda one: one.start)
    found = []
    for one in edits[first:]:
        if one.end > end or one.start > end:
            break
        found.append(Edit(one.start - start, one.end - start, one.spun, one.original, one.confidence))
    return found


def as_edit(text: str, mark: GoldEdit) -> Edit:
    """A gold edit as an edit whose original is written as in markup: alternatives by `|`, `?` before unscored ones."""
    originals = "|".join(mark.originals)
    return Edit(mark.start, mark.end, text[mark.start : mark.end], originals if mark.scored else "?" + originals, 1.0)
