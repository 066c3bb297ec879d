"""What is learned from: pairs of texts, and spun texts alone, read from what people have on disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from despin.batch.inputs import records
from despin.batch.sites import site_of
from despin.errors import InputError, UsageError
from despin.evaluation.sets import EvalSet, read_set
from despin.results import Edit
from despin.text import files as textfiles
from despin.text import wdiff
from despin.text.wdiff import Sample
from despin.tuning import Cuts

_CLAUSE_ENDS = frozenset("\n\r\t，。；：！？,;:!?、“”\"'（）()《》【】[]{}")


@dataclass(frozen=True, slots=True)
class TextPair:
    """A spun text and the text it was made from, or what is believed to be that. `name` is for messages. `marked` says
    that somebody marked the differences by hand, so that nobody need doubt which text is which; `id` is that of the
    document in its set."""

    name: str
    spun: str
    original: str
    marked: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """One document of a corpus, or a part of one. `name` is for messages and tells it from all others; `document` is
    the same for all parts of a document, "" for one that is whole."""

    name: str
    text: str
    document: str = ""


def read_two(spun: str, original: str, encoding: str | None = None, other: str | None = None) -> list[TextPair]:
    """Two files as one pair; `encoding` is that of both unless `other` names that of the original. Raises
    `InputError`."""
    if Path(spun).exists() and Path(original).exists() and Path(spun).samefile(original):
        raise UsageError(f"{spun} is named twice; name the spun text, then its original")
    first = textfiles.read(spun, encoding)
    try:
        second = textfiles.read(original, other or encoding)
    except InputError as error:
        raise InputError(str(error).replace("--encoding", "--original-encoding")) from None
    return [TextPair(spun, first.text.replace("\r\n", "\n"), second.text.replace("\r\n", "\n"))]


def read_pairs(path: str) -> list[TextPair]:
    """Pairs from JSON lines with spun and original, or from corrected markup (.wdiff, or a folder of such files).
    Raises `InputError` for anything else."""
    found = read_set(path)
    if found.kind == "pairs":
        return [TextPair(f"{path}:{d.line} ({d.id})", d.text, d.original or "", id=d.id) for d in found.documents]
    if found.kind == "markup":
        named = [(d.path if d.line == 1 else f"{d.path}:{d.line}", d) for d in found.documents]
        return [TextPair(name, d.text, Sample(d.text, d.gold or ()).original, True, d.id) for name, d in named]
    raise InputError(
        f"{path}: holds no originals; give a second file with the original text, JSON lines with spun and original, "
        "or markup ([-spun-]{+original+})"
    )


def read_corpus(paths: Sequence[str], encoding: str | None = None) -> list[Text]:
    """The documents of `paths`: plain texts, folders of them, JSON lines with text or spun. Raises `InputError`."""
    texts: list[Text] = []
    for path in paths:
        place = Path(path)
        if place.is_dir():
            files = sorted(str(file) for file in place.rglob("*") if file.suffix in (".txt", ".jsonl", ".md"))
            if not files:
                raise InputError(f"{path}: holds no .txt, .md or .jsonl file; name files")
            for file in files:
                textfiles.check_found(file)
            texts += read_corpus(files, encoding)
        elif place.suffix in (".jsonl", ".json"):
            texts += _documents(read_set(path), path)
        else:
            texts.append(Text(path, textfiles.read(path, encoding).text))
    return texts


def read_sites(paths: Sequence[str], field: str) -> dict[str, list[Text]]:
    """By site, sorted, the texts of JSON lines, WARC or Parquet in the field `text`, or `spun`; `field` names their
    sites (`despin.batch.sites.site_of`). What has no text or no site is left out. Raises `InputError`."""
    found: dict[str, list[Text]] = {}
    for path in paths:
        for number, row in enumerate(records(path, ["text", "spun", field]), 1):
            text, site = row.get("text") or row.get("spun"), site_of(row.get(field))
            if isinstance(text, str) and site is not None:
                found.setdefault(site, []).append(Text(f"{path}:{number}", text))
    if not found:
        raise InputError(f"{paths[0]}: no record has both a text and a site in its field {field!r}")
    return dict(sorted(found.items()))


def _documents(found: EvalSet, path: str) -> list[Text]:
    """The documents of a set; ids that differ behind a `#` alone are those of parts of one."""
    texts: list[Text] = []
    for one in found.documents:
        whole, mark, _ = one.id.partition("#")
        texts.append(Text(f"{path}:{one.line} ({one.id})", one.text, f"{path} ({whole})" if mark else ""))
    return texts


def example(text: str, start: int, end: int, spun: str, original: str) -> str:
    """The clause around `text[start:end]` with the substitution in its place, in markup."""
    low, high = start, end
    while low > max(0, start - Cuts.around) and text[low - 1] not in _CLAUSE_ENDS:
        low -= 1
    while high < min(len(text), end + Cuts.around) and text[high] not in _CLAUSE_ENDS:
        high += 1
    before, after = text[low:start].lstrip(), text[end:high].rstrip()
    return wdiff.write(before + spun + after, [Edit(len(before), len(before) + len(spun), spun, original, 1.0)])
