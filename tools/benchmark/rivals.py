"""Side by side: despin, the baselines, and pycorrector's n-gram corrector, quality and speed on the same texts."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from despin.evaluation.align import gold_from_pair
from despin.evaluation.measure import measure
from despin.evaluation.sets import Document, EvalSet
from despin.evaluation.systems import NAMES, Adapted, System, system
from despin.lm.ngram import DEFAULT_MODEL
from despin.restorer import Restorer
from tools.benchmark import texts


def compare(characters: int, model: str | None) -> Iterator[dict[str, Any]]:
    """A row a system: restored share and F0.5 on pairs, edits per 10,000 characters of clean text, characters a second.

    pycorrector is measured where it is installed, on `model`, a KenLM file over characters; its row says what is missing
    otherwise.
    """
    pairs = tuple(
        Document(str(number), "", spun, original, gold_from_pair(spun, original))
        for number, (spun, original) in enumerate(texts.pairs())
    )
    clean = tuple(
        Document(str(number), "", text, None, ())
        for number, text in enumerate(texts.sample(texts.clean(), characters, 3))
    )
    sets = EvalSet("pairs", "", "pairs", pairs), EvalSet("clean", "", "clean", clean)
    restorer = Restorer()
    for name in NAMES:
        yield _row(system(name, restorer), *sets)
    rival = pycorrector(model)
    yield {"system": "pycorrector n-gram", "missing": rival} if isinstance(rival, str) else _row(rival, *sets)


def _row(one: System, pairs: EvalSet, clean: EvalSet) -> dict[str, Any]:
    one.run(pairs.documents[0])  # so that the seconds do not count what is loaded at the first text
    spun, honest = measure(pairs, one), measure(clean, one)
    row: dict[str, Any] = {"system": one.name}
    for part, wanted in (
        (spun.whole, {"restored_share": "restored", "precision": "precision", "recall": "recall", "f05": "F0.5"}),
        (honest.whole, {"sentences_untouched": "untouched", "edits_per_10000": "clean edits per 10,000"}),
    ):
        for figure, label in wanted.items():
            if figure in part.values:
                row[label] = round(part.values[figure].value, 3)
    row["spun characters/s"] = round(pairs.characters / spun.seconds) if spun.seconds else None
    row["clean characters/s"] = round(clean.characters / honest.seconds) if honest.seconds else None
    return row


def pycorrector(model: str | None) -> System | str:
    """pycorrector's n-gram corrector on `model`, or what it lacks.

    Without a model of its own, which it would fetch, it gets despin's, which knows characters as words of one.
    """
    path = Path(model or DEFAULT_MODEL)
    if not path.is_file():
        return f"its language model: there is no {path}"
    try:
        corrector = _corrector()(language_model_path=str(path))
        corrector.correct("少先队员因该为老人让坐")
    except Exception as error:  # whatever an optional rival raises is no concern of the others
        return f"pip install pycorrector ({type(error).__name__}: {error})"

    def correct(text: str) -> str:
        return "\n".join(str(corrector.correct(line)["target"]) if line.strip() else line for line in text.split("\n"))

    return Adapted(f"pycorrector n-gram on {model or 'the model of despin'}", correct)


def _corrector() -> Any:
    """Its class, imported without the rest of the package, which wants torch, and without its folder in the home."""
    spec = find_spec("pycorrector")
    if spec is None:
        raise ImportError("it is not installed")
    package = ModuleType("pycorrector")
    package.__path__ = list(spec.submodule_search_locations or ())
    sys.modules["pycorrector"] = package
    os.environ.setdefault("PYCORRECTOR_DATA_DIR", tempfile.gettempdir())
    return import_module("pycorrector.corrector").Corrector
