"""Models, tables, weights and counts that were damaged: refused with a message, or read without harm."""

from __future__ import annotations

import os
import shutil
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from despin import engine
from despin.channel import background
from despin.errors import DespinError
from despin.lm.ngram import DEFAULT_MODEL, LanguageModel
from despin.restorer import Restorer
from despin.spinners.neighbours import FOLDER, TABLES, read_neighbours
from despin.spinners.weights import load_weights
from tools.stress import warm
from tools.stress.idempotent import ROOT
from tools.stress.small_model import small_model

_TEXT = "用户经由过程手机就能完成付款,全部过程只须要几秒钟。体系会按期搜检装备的状况,发明题目今后立刻关照治理员。"
#: Small models of each kind: most damage does to them what it does to a large one.
SMALL = 8


class Damaged:
    """Copies of files, damaged in their place, read, and mended."""

    name = ""
    #: Cases after which maps that nothing but a circle holds are let go.
    collected = 20

    @cached_property
    def _files(self) -> list[Path]:
        return self.copies(warm.folder())

    @cached_property
    def lexicon(self) -> Path:
        """A small lexicon with entries for the text that is read."""
        path = warm.folder() / "small.yaml"
        lines = (ROOT / "lexicons" / "classic-list.yaml").read_text("utf-8").split("\n")
        start = lines.index("entries:") + 1
        path.write_text("family: small\nentries:\n" + "\n".join([*lines[start : start + 200], ""]), "utf-8")
        return path

    def copies(self, folder: Path) -> list[Path]:
        """The files, in a folder of their own."""
        raise NotImplementedError

    def read(self, path: Path) -> Any:
        """What a file gives; equal for equal files. Raises what reading it raises."""
        raise NotImplementedError

    def is_sealed(self, path: Path) -> bool:
        """Whether a file must be refused, or give the same, whatever was changed in it."""
        raise NotImplementedError

    @cached_property
    def _sound(self) -> dict[Path, Any]:
        return {path: self.read(path) for path in self._files if self.is_sealed(path)}

    def make(self, source: Random) -> list[int]:
        """See `Trial`: the number of the file, where it is cut (0: not), and pairs of place and byte."""
        number = source.randrange(len(self._files))
        size = self._files[number].stat().st_size
        end = size - source.randrange(1, min(200, size))
        cut = source.choice((0, 0, 0, source.randrange(1, size), source.randrange(1, min(size, 5000)), end))
        case = [number, cut]
        for _ in range(source.choice((0 if cut else 1, 1, 3, 200, 20_000 if size > 1 << 20 else 5))):
            near, far = source.randrange(min(size, 512)), max(0, size - 1 - source.randrange(4096))
            place = source.choice((source.randrange(size), source.randrange(size), near, far))
            case += [place, source.randrange(256)]
        return case

    def check(self, case: list[int]) -> list[str]:
        """See `Trial`."""
        if len(case) < 2 or case[0] >= len(self._files):
            return []
        _ = self._sound
        path, pairs = self._files[case[0]], list(zip(case[2::2], case[3::2], strict=False))
        size = path.stat().st_size
        descriptor = os.open(path, os.O_RDWR)
        kept = [(place, os.pread(descriptor, 1, place)) for place, _ in pairs]
        tail = os.pread(descriptor, size, case[1]) if case[1] else b""
        try:
            for place, byte in pairs:
                os.pwrite(descriptor, bytes([byte]), place)
            if case[1]:
                os.ftruncate(descriptor, case[1])
            return self._opened(path)
        finally:
            if case[1]:
                os.pwrite(descriptor, tail, case[1])
            for place, before in reversed(kept):
                os.pwrite(descriptor, before, place)
            os.ftruncate(descriptor, size)
            os.close(descriptor)

    def _opened(self, path: Path) -> list[str]:
        try:
            found = self.read(path)
        except DespinError as error:
            return [] if path.name in str(error) else [f"message without its place: {error}"]
        except Exception as error:
            return [f"exception {error!r:.300}"]
        if path in self._sound and found != self._sound[path]:
            return ["silent: a damaged file gives something else"]
        return []

    def restored(self, model: LanguageModel) -> str:
        """A text that is restored by an open model with a small lexicon."""
        with mock.patch.object(engine, "LanguageModel", lambda *_: model):
            return Restorer([self.lexicon], shipped=False, model=model.path).restore(_TEXT)


class Models(Damaged):
    """Language models: one of the name that was published, one of a user's own, and small ones."""

    name = "models"

    def copies(self, folder: Path) -> list[Path]:
        """See `Damaged`."""
        large = [Path(shutil.copy(DEFAULT_MODEL, folder / name)) for name in (DEFAULT_MODEL.name, "own.lm")]
        small = [folder / f"small{number}.lm" for number in range(SMALL)]
        for number, path in enumerate(small):
            path.write_bytes(small_model(_TEXT, number))
        return [*large, *small]

    def is_sealed(self, path: Path) -> bool:
        """See `Damaged`."""
        return path.name == DEFAULT_MODEL.name

    def read(self, path: Path) -> Any:
        """See `Damaged`."""
        model = LanguageModel(path)
        words = model.best_split(_TEXT)[1]
        return words, model.sequence(words), self.restored(model)


class Backgrounds(Damaged):
    """Counts of ordinary text: all of them, and a few."""

    name = "backgrounds"

    def copies(self, folder: Path) -> list[Path]:
        """See `Damaged`."""
        whole = (ROOT / "lexicons" / "background.tsv").read_text("utf-8")
        places = [folder / name / "background.tsv" for name in ("whole", "few")]
        head, _, lines = whole.partition(background.SEAL)
        few = head + background.sealed("\n".join([*lines.split("\n")[1:60], ""]))
        for path, text in zip(places, (whole, few), strict=True):
            path.parent.mkdir()
            path.write_text(text, "utf-8")
        return places

    def is_sealed(self, path: Path) -> bool:
        """See `Damaged`."""
        return True

    def read(self, path: Path) -> Any:
        """See `Damaged`."""
        with mock.patch.object(background, "shipped_folder", lambda: path.parent):
            return background.load_background()


class Programs(Damaged):
    """Tables of neighbours and weights of programs."""

    name = "programs"

    def copies(self, folder: Path) -> list[Path]:
        """See `Damaged`."""
        return [Path(shutil.copy(path, folder)) for path in (*TABLES.values(), *sorted(FOLDER.glob("*.weights")))]

    def is_sealed(self, path: Path) -> bool:
        """See `Damaged`."""
        return True

    def read(self, path: Path) -> Any:
        """See `Damaged`."""
        return read_neighbours(path) if path.suffix == ".table" else load_weights(path).found
