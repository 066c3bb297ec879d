"""Language models, context models, tables and weights that were damaged: refused with a message, or read without harm."""

from __future__ import annotations

import os
import shutil
from functools import cached_property
from pathlib import Path
from random import Random

from despin.errors import DespinError
from despin.lm.context import DEFAULT_CONTEXT, ContextModel
from despin.lm.ngram import DEFAULT_MODEL, LanguageModel
from despin.restorer import Restorer
from despin.spinners.neighbours import TABLES, read_neighbours
from despin.spinners.weights import FOLDER, load_weights
from tools.stress import warm

_TEXT = "用户经由过程手机就能完成付款,全部过程只须要几秒钟。体系会按期搜检装备的状况,发明题目今后立刻关照治理员。"


class Models:
    """Damaged copies of what comes with the package, opened and used."""

    name = "models"

    @cached_property
    def _files(self) -> list[Path]:
        folder = warm.folder()
        originals = [DEFAULT_MODEL, DEFAULT_CONTEXT, *TABLES.values(), *sorted(FOLDER.glob("*.weights"))]
        return [Path(shutil.copy(path, folder)) for path in originals]

    @cached_property
    def _sound(self) -> Restorer:
        return Restorer()

    def make(self, source: Random) -> list[int]:
        """See `Trial`: the number of the file, where it is cut (0: not), and pairs of place and byte."""
        number = source.choice((0, 0, 0, 1, 1, 2, 3)) % len(self._files)
        size = self._files[number].stat().st_size
        cut = source.choice(
            (0, 0, 0, source.randrange(1, size), source.randrange(1, 5000), size - source.randrange(1, 200))
        )
        case = [number, cut]
        for _ in range(source.choice((0 if cut else 1, 1, 3, 200, 20_000))):
            place = source.choice(
                (
                    source.randrange(size),
                    source.randrange(size),
                    source.randrange(512),
                    size - 1 - source.randrange(4096),
                )
            )
            case += [place, source.randrange(256)]
        return case

    def check(self, case: list[int]) -> list[str]:
        """See `Trial`."""
        if len(case) < 2 or case[0] >= len(self._files):
            return []
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
            return self._opened(case[0], path)
        except Exception as error:
            return [f"exception {error!r:.300}"]
        finally:
            if case[1]:
                os.pwrite(descriptor, tail, case[1])
            for place, before in reversed(kept):
                os.pwrite(descriptor, before, place)
            os.ftruncate(descriptor, size)
            os.close(descriptor)

    def _opened(self, number: int, path: Path) -> list[str]:
        try:
            if number == 0:
                model = LanguageModel(path)
                model.sequence(model.best_split(_TEXT)[1])
                Restorer(model=path).explain(_TEXT)
            elif number == 1:
                context = ContextModel(self._sound.model, path)
                words = context.words(_TEXT)
                context.fit(words[:5], words[5:8], words[8:])
            elif number == 2:
                read_neighbours(path)
            else:
                load_weights(path)
        except DespinError as error:
            return [] if path.name in str(error) else [f"message without its place: {error}"]
        return []
