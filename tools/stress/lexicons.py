"""Lexicons that nobody should write, checked, read and used; and the files in which their compiled forms are kept."""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import cached_property
from pathlib import Path
from random import Random

from despin.errors import DespinError
from despin.lexicon.cache import FORMAT, load_file
from despin.lexicon.check import check_text
from despin.lexicon.parse import read_file
from despin.restorer import Restorer
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


class Lexicons:
    """Lexicons through check, reading and restoring."""

    name = "lexicons"

    @cached_property
    def _seeds(self) -> list[bytes]:
        folders = (ROOT / "tests" / "data" / "lexicon_bad", ROOT / "lexicons")
        return [file.read_bytes()[:20_000] for folder in folders for file in sorted(folder.glob("*.yaml"))]

    @cached_property
    def _folder(self) -> Path:
        return Path(tempfile.mkdtemp(prefix="despin-stress-"))

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
            problems = check_text(case.decode("utf-8", "replace"))
            try:
                lexicon = load_file(path)
            except DespinError as error:
                return [] if str(path) in str(error) else [f"message without its place: {error}"]
            if _is_utf8(case) and any(problem.severity == "error" for problem in problems):
                return [f"read in spite of {problems[0]}"]
            # Among all that are shipped now and then: they take long to load.
            kinds = (False, True) if len(case) % 8 == 0 else (False,)
            return self._used(path, [entry.spun for entry in lexicon.entries][:40], kinds)
        except Exception as error:
            return [f"exception {error!r:.300}"]

    def _used(self, path: Path, words: list[str], kinds: tuple[bool, ...]) -> list[str]:
        text = "，".join(words)[:2000] + "。用户经由过程手机就能完成付款。" + "".join(words)[:2000]
        found = []
        for shipped in kinds:
            try:
                restorer = Restorer([path], shipped=shipped)
            except DespinError:
                continue
            found += [f"{one['kind']} {one}" for one in findings(restorer, text) if one["kind"] != "changes"]
            restorer.detect(text)
            restorer.readings(text[:400])
        return found


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


class Caches:
    """Compiled lexicons that were damaged, or that somebody wrote: ignored where they do not hold what they should."""

    name = "caches"

    @cached_property
    def _made(self) -> tuple[Path, Path, bytes]:
        """(lexicon, its compiled file, what that holds)."""
        folder = Path(tempfile.mkdtemp(prefix="despin-stress-"))
        os.environ["DESPIN_CACHE"] = str(folder / "cache")
        path = folder / "own.yaml"
        lines = (ROOT / "lexicons" / "daily-list.yaml").read_text("utf-8").split("\n")
        path.write_text("\n".join([*lines[:200], ""]), "utf-8")
        load_file(path)
        (file,) = (folder / "cache").glob(f"lexicon-*-{FORMAT}-*")
        return path, file, file.read_bytes()

    def make(self, source: Random) -> list[bytes]:
        """See `Trial`."""
        seal, payload = self._made[2].split(b"\n", 1)
        pieces = [b"0", b"-1", b"1e999", b"null", b"[]", b'"', b"99999999999", b"NaN", b"true", b'"x"', b"{}", b","]
        changed = mutated(source, payload, pieces)
        if source.random() < 0.7:
            seal = hashlib.sha256(changed).hexdigest().encode()
        return [seal, changed]

    def check(self, case: list[bytes]) -> list[str]:
        """See `Trial`."""
        path, file, _ = self._made
        os.environ["DESPIN_CACHE"] = str(file.parent)
        file.write_bytes(b"\n".join(case))
        file.chmod(0o600)
        try:
            lexicon = load_file(path)
            if (
                len(case) == 2
                and hashlib.sha256(case[1]).hexdigest().encode() != case[0]
                and lexicon != read_file(path)
            ):
                return ["taken though its seal is broken"]
            restorer = Restorer([path], shipped=False)
            text = "，".join([entry.spun for entry in restorer.lexicon.entries][:60])
            return [f"{one['kind']} {one}" for one in findings(restorer, text) if one["kind"] != "changes"]
        except Exception as error:
            return [f"exception {error!r:.300}"]
