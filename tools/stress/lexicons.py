"""Lexicons that nobody should write, checked, read, and used."""

from __future__ import annotations

import contextlib
import json
import os
from functools import cached_property
from pathlib import Path
from random import Random

from despin.batch import run as runs
from despin.batch.record import FIELD, Marker, Recipe
from despin.batch.workers import InProcess, describe, work
from despin.errors import DespinError
from despin.lexicon.cache import load_file
from despin.lexicon.check import check_text
from despin.restorer import Restorer
from despin.spinners.dictionary import open_segmenter
from tools.stress import warm
from tools.stress.idempotent import ODD, ROOT, findings
from tools.stress.trial import mutated

_WORDS = [
    "经由过程",
    "的",
    "一",
    "",
    "通过",
    "题目",
    "首要",
    "年夜",
    "不",
    "😀",
    "\u2028",
    "a",
    "𠀀",
    "問題",
    " ",
    "。",
    "，",
]
_WEIGHTS = [
    "1",
    "0.5",
    "1e308",
    "1e-323",
    "1e-300",
    "999999999999999999999",
    "0",
    "-1",
    ".nan",
    ".inf",
    "1e400",
    "0x10",
    "1_0",
]
_HEADERS = [
    "family: own\n", "pack: true\n", "beside: [classic-list]\n", "program: {name: synonyms}\n", "title: x\n",
    "opposites: [[买, 卖]]\n", "program: {name: synonyms, flags: [n, v], rank: 2}\nvariants: [{variant: x, rank: 1}]\n",
]  # fmt: skip


def make_lexicon(source: Random) -> str:
    """A lexicon in YAML, right in form more often than not."""
    lines = ["".join(source.sample(_HEADERS, source.choice((0, 0, 1, 2)))) + "entries:"]
    for _ in range(source.choice((0, 1, 3, 30))):
        word = "".join(source.choices(_WORDS, k=source.choice((1, 1, 2, 5))))
        if source.random() < 0.1:
            word *= source.choice((20, 200, 4000))
        lines.append(f"  {_quoted(source, word)}: {_value(source)}")
    return "\n".join(lines) + "\n"


def _quoted(source: Random, word: str) -> str:
    return f'"{word}"' if not word or source.random() < 0.3 else word


def _value(source: Random) -> str:
    kind = source.randrange(9)
    words = [_quoted(source, "".join(source.choices(_WORDS, k=source.choice((1, 1, 2))))) for _ in range(3)]
    weight = source.choice(_WEIGHTS)
    return [
        words[0],
        '""',
        f"{{{words[0]}: {weight}}}",
        f"{{{words[0]}: {weight}, {words[1]}: {source.choice(_WEIGHTS)}}}",
        f"[{', '.join(words)}]",
        f"{{original: {words[0]}, keep: {{before: [{words[1]}]}}, flips: true}}",
        f"{{original: {words[0]}, only: {{after: [{words[1]}, {words[2]}]}}}}",
        f"{{status: retired, reason: {words[1]}}}",
        f"{{original: {words[0]}, replaces: true, status: candidate, examples: ['[-{words[1]}-]{{+{words[2]}+}}']}}",
    ][kind]


class _Loaded(InProcess):
    """Workers of a marker whose restorer is there."""

    def __init__(self, marker: Marker) -> None:
        self._marker, self.info = marker, describe(marker)


class Lexicons:
    """Lexicons through check, reading, restoring and batch."""

    name = "lexicons"
    #: Processor seconds that a case may take; under sanitizers everything is some five times as slow.
    longest = 50 if "ASAN_OPTIONS" in os.environ else 10

    @cached_property
    def _seeds(self) -> list[bytes]:
        folders = (ROOT / "tests" / "data" / "lexicon_bad", ROOT / "lexicons")
        files = [file.read_bytes() for folder in folders for file in sorted(folder.glob("*.yaml"))]
        return [_some_lines(data, Random(number)) for number, data in enumerate(files) for _ in range(3)]

    @cached_property
    def _folder(self) -> Path:
        # From the cache, as long as that is on: it takes long to make.
        open_segmenter()
        return warm.folder()

    def make(self, source: Random) -> bytes:
        """See `Trial`."""
        kind = source.random()
        if kind < 0.6:
            return make_lexicon(source).encode("utf-8", "surrogatepass")
        pieces = [odd.encode("utf-8", "surrogatepass") for odd in ODD] + [b": ", b"[", b"{", b"&a ", b"*a", b"\n  "]
        seed = source.choice(self._seeds) if kind < 0.9 else make_lexicon(source).encode()
        return mutated(source, seed, pieces)

    def check(self, case: bytes) -> list[str]:
        """See `Trial`."""
        path = self._folder / "own.yaml"
        path.write_bytes(case)
        try:
            # Some through the cache, which takes longer than the rest, and some among all that are shipped, which take long to load.
            with warm.shared(), contextlib.ExitStack() as stack:
                if len(case) % 8:
                    stack.enter_context(warm.without_cache())
                return self._read(path, case)
        except Exception as error:
            return [f"exception {error!r:.300}"]

    def _read(self, path: Path, case: bytes) -> list[str]:
        problems = check_text(case.decode("utf-8", "replace"))
        try:
            lexicon = load_file(path)
        except DespinError as error:
            return [] if str(path) in str(error) else [f"message without its place: {error}"]
        # What sounds alike is looked at by the check alone.
        wrong = [one for one in problems if one.severity == "error" and "no homophones" not in str(one)]
        if _is_utf8(case) and wrong:
            return [f"read in spite of {wrong[0]}"]
        kinds = (False, True) if len(case) % 256 == 0 else (False,)
        return self._used(path, [entry.spun for entry in lexicon.entries][:40], kinds, len(case) % 16 == 0)

    def _used(self, path: Path, words: list[str], kinds: tuple[bool, ...], whole: bool) -> list[str]:
        text = "，".join(words)[:120] + "。用户经由过程手机就能完成付款。" + "".join(words)[: 2000 if whole else 60]
        found = []
        for shipped in kinds:
            try:
                restorer = Restorer([path], shipped=shipped)
            except DespinError:
                continue
            found += [f"{one['kind']} {one}" for one in findings(restorer, text) if one["kind"] != "changes"]
            restorer.detect(text)
            restorer.readings(text[:100])
            found += self._in_batch(path, restorer, text, whole)
        return found

    def _in_batch(self, path: Path, restorer: Restorer, text: str, whole: bool) -> list[str]:
        """What is wrong with the record that `despin batch` makes of a text; where it is `whole`, by files too."""
        marker = Marker(Recipe(lexicons=(str(path),)))
        marker._restorer = restorer
        line = json.dumps({"text": text}).encode() + b"\n"
        done = work(marker, [line, line], True)
        record = json.loads(done.data.split(b"\n")[0])
        expected = restorer.explain(text)
        if "error" in record[FIELD] or record[FIELD]["text"] != expected.text:
            return [f"batch {record[FIELD]!r:.300}"]
        if not whole:
            return []
        source, target = path.with_name("in.jsonl"), path.with_name("out.jsonl")
        source.write_bytes(line * 2)
        job = runs.Job((str(source),), str(target), marker.recipe, overwrite=True)
        runs.run(job, _Loaded(marker))
        return [] if target.read_bytes() == done.data else ["batch of files differs"]


def _some_lines(data: bytes, source: Random) -> bytes:
    """The first lines of a lexicon, and some after them."""
    lines = data.split(b"\n")
    start = source.randrange(max(1, len(lines) - 20))
    return b"\n".join([*lines[:6], *lines[max(6, start) : start + source.choice((3, 20, 60))]])[:20_000] + b"\n"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
