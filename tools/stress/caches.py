"""Files of the cache folder that were damaged, or that somebody wrote: ignored where they do not hold what they should."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import zlib
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest import mock

from despin.cachefile import open_cached
from despin.channel import catalogue
from despin.document.odds_cache import OddsCache
from despin.errors import ModelError
from despin.kernel import arrays_file
from despin.kernel.native import program as kernel_program
from despin.lexicon import facts
from despin.lexicon.cache import load_file
from despin.lm.ngram import LanguageModel
from despin.lm.tree_cache import load_tree
from despin.page import pattern_file
from despin.restorer import Restorer
from despin.spinners import dictionary
from tools.stress import warm
from tools.stress.idempotent import ROOT, findings
from tools.stress.small_model import small_model
from tools.stress.trial import mutated

_PIECES = [b"0", b"-1", b"1e999", b"null", b"[]", b'"', b"99999999999", b"NaN", b"true", b'"x"', b"{}", b",", b"AAAA"]
_TEXT = "用户经由过程手机就能完成付款,全部过程只须要几秒钟。体系会按期搜检装备的状况,发明题目今后立刻关照治理员。"
#: Those that are no JSON; what is kept of them is the seed of their damage.
LARGE = ("program", "catalogue", "odds", "words")
#: The kinds of files, each as often as it stands here: those of programs are large, and take long.
KINDS = (
    "lexicon",
    "lexicon",
    "lexicon",
    "facts",
    "facts",
    "odds",
    "odds",
    "odds",
    "page",
    "catalogue",
    "catalogue",
) * 4 + ("program",)


class Kept(NamedTuple):
    """A file of the cache, what it held, and what reads it."""

    file: Path
    data: bytes
    read: Callable[[], Any]
    sound: Any


class Caches:
    """Every kind of file that is kept in the cache folder, under its own seal and under one that fits the damage."""

    name = "caches"
    collected = 20

    @cached_property
    def _folder(self) -> Path:
        dictionary.open_segmenter()
        return warm.folder()

    @cached_property
    def _lexicon(self) -> Path:
        path = self._folder / "own.yaml"
        lines = (ROOT / "lexicons" / "daily-list.yaml").read_text("utf-8").split("\n")
        path.write_text("\n".join([*lines[:200], ""]), "utf-8")
        return path

    @cached_property
    def _kept(self) -> dict[str, Kept]:
        """The kinds of files, once each has been written by what reads it."""
        os.environ["DESPIN_CACHE"] = str(self._folder / "cache")
        makers: dict[str, Callable[[], Any]] = {
            "lexicon": self._read_lexicon,
            "facts": lambda: facts.load_classes(self._classes),
            "page": lambda: pattern_file.load.__wrapped__(pattern_file.shipped_path()),
            "odds": self._read_odds,
            "program": self._read_program,
            "words": self._read_words,
            "catalogue": self._read_catalogue,
        }
        found: dict[str, Kept] = {}
        self._store_odds()
        self._store_program()
        self._read_words()
        for kind, read in makers.items():
            if kind == "catalogue":  # the last: it leaves files of every shipped lexicon
                with mock.patch.object(catalogue, "PACKED", None):
                    catalogue.shipped()
            read()
            if kind == "lexicon":  # the first was read from the lexicon itself
                read()
            (file,) = (self._folder / "cache").glob(f"{kind}-*")
            found[kind] = Kept(file, file.read_bytes(), read, read())
        return found

    @cached_property
    def _classes(self) -> Path:
        return Path(shutil.copy(facts.classes_file(), self._folder))

    def _read_lexicon(self) -> Any:
        with warm.shared():
            restorer = Restorer([self._lexicon], shipped=False)
        text = "，".join([entry.spun for entry in restorer.lexicon.entries][:60])
        wrong = [f"{one['kind']} {one}" for one in findings(restorer, text) if one["kind"] != "changes"]
        return wrong, load_file(self._lexicon)

    @cached_property
    def _restorer(self) -> Restorer:
        with warm.shared(), warm.without_cache():
            return Restorer([self._lexicon], shipped=False)

    def _odds(self) -> OddsCache:
        engine = self._restorer.engine
        return OddsCache(engine.lexicon, engine.lm, engine.tuning)

    def _store_odds(self) -> None:
        prescreen, text = self._restorer.judge.prescreen, "，".join(one.spun for one in self._restorer.lexicon.entries)
        self._restorer.explain(text)
        self._odds().store(prescreen._worths.export())

    def _read_odds(self) -> Any:
        odds = self._odds().load()
        if odds is None:
            return None
        with warm.shared():
            restorer = Restorer([self._lexicon], shipped=False)
        try:
            restorer.judge.prescreen._worths.load(*odds)
        except ValueError:
            return None
        restorer.explain(_TEXT)
        return [column.tobytes() for column in odds]

    def _store_program(self) -> None:
        held = dictionary.open_segmenter()
        file = self._folder / "cache" / "program-all.blob"
        file.write_bytes(held.blob)
        file.chmod(0o600)

    def _read_program(self) -> Any:
        with open_cached(next((self._folder / "cache").glob("program-*"))) as stream:
            segmenter = kernel_program.Segmenter(stream.read())
        return [list(segmenter.program(("v", "n", "a")).tokens(text)) for text in (_TEXT, "A股，齉龘" * 9)]

    def _read_words(self) -> Any:
        path = self._folder / "small.lm"
        if not path.exists():
            path.write_bytes(small_model(_TEXT, 1))
            LanguageModel(path)
        if load_tree(path) is None:
            return None
        model = LanguageModel(path)
        words = model.best_split(_TEXT)[1]
        return words, model.sequence(words)

    def _read_catalogue(self) -> Any:
        (file,) = (self._folder / "cache").glob("catalogue-*")
        try:
            with open_cached(file) as stream:
                opened = catalogue._opened(stream.read(), catalogue._key())
        except catalogue.REFUSED:
            return None
        with warm.shared(), mock.patch.object(catalogue, "shipped", lambda: opened):
            found = Restorer().explain(_TEXT)
        return found.text, found.verdict.score

    def make(self, source: Random) -> list[Any]:
        """See `Trial`: the kind, whether the seal fits, and what the file holds, or the seed of the damage to one that is large."""
        kind, fits = source.choice(KINDS), source.random() < 0.7
        if kind in LARGE:
            return [kind, fits, source.randrange(1 << 30)]
        return [kind, fits, mutated(source, self._kept[kind].data.split(b"\n", 1)[1], _PIECES)]

    def check(self, case: list[Any]) -> list[str]:
        """See `Trial`."""
        if len(case) < 3:
            return []
        kind, fits, changed = case
        file, data, read, sound = self._kept[kind]
        os.environ["DESPIN_CACHE"] = str(file.parent)
        if kind in LARGE:
            content = _sealed(kind, _damaged(data, Random(changed), kind), fits)
        else:
            seal = hashlib.sha256(changed).hexdigest().encode() if fits else data.split(b"\n", 1)[0]
            content = seal + b"\n" + changed
        file.write_bytes(content)
        file.chmod(0o600)
        try:
            found = read()
        except Exception as error:
            # `dictionary.open_segmenter` takes that for a file that is not there.
            return [] if kind == "program" and isinstance(error, ModelError) else [f"exception {error!r:.300}"]
        finally:
            file.write_bytes(data)
        if kind == "lexicon" and found[0]:
            return list(found[0])
        if not fits and content != data and found is not None and found != sound:
            return ["silent: taken though its seal is broken"]
        return []


def _damaged(data: bytes, source: Random, kind: str) -> bytearray:
    changed = bytearray(data)
    for _ in range(source.choice((1, 1, 5, 2000))):
        start, end = source.choice([(0, 3000), (0, len(data))])
        if end > start:
            changed[source.randrange(start, min(end, len(changed)))] = source.choice((0, 255, source.randrange(256)))
    if source.random() < 0.1:
        del changed[source.randrange(1, len(data)) :]
    return changed


def _sealed(kind: str, changed: bytearray, fits: bool) -> bytes:
    """The bytes under a seal that fits them, where it has to."""
    if fits:
        seal = kernel_program.seal if kind == "program" else zlib.crc32
        with contextlib.suppress(ModelError):
            return arrays_file.pack(*arrays_file.unpack(changed), seal)
    return bytes(changed)
