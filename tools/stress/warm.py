"""What trials keep between cases, so that thousands a minute can be checked: an open language model, the shipped classes of facts."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest import mock

from despin import engine
from despin.document import program
from despin.lexicon import facts as lexicon_facts
from despin.lexicon.facts import FactClasses
from despin.lm.ngram import LanguageModel
from despin.spinners.weights import load_weights

_load_classes = lexicon_facts.load_classes


@cache
def model() -> LanguageModel:
    """The shipped language model, opened once."""
    return LanguageModel()


@cache
def _classes() -> FactClasses:
    return _load_classes()


_weights = cache(load_weights)


@contextmanager
def shared() -> Iterator[None]:
    """Where the model that is open, the classes and the weights that were read are taken instead of reading the files anew."""
    with (
        mock.patch.object(engine, "LanguageModel", lambda *_: model()),
        mock.patch.object(lexicon_facts, "load_classes", _classes),
        mock.patch.object(program, "load_weights", _weights),
    ):
        yield


def folder() -> Path:
    """A new folder for a trial's files, in memory where there is such a place."""
    place = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="despin-stress-", dir=place if place.is_dir() else None))


@contextmanager
def without_cache() -> Iterator[None]:
    """Where no compiled form is looked for or written."""
    before = os.environ.get("DESPIN_CACHE")
    os.environ["DESPIN_CACHE"] = ""
    try:
        yield
    finally:
        os.environ.pop("DESPIN_CACHE")
        if before is not None:
            os.environ["DESPIN_CACHE"] = before
