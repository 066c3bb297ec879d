"""Side by side on the same texts: despin, the baselines, pycorrector's n-gram corrector, what else cleans text (OpenCC, ftfy), and what
only cuts it into words (jieba, rjieba): quality and speed."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from despin.evaluation.align import gold_from_pair
from despin.evaluation.measure import measure
from despin.evaluation.sets import EvalDocument, EvalSet
from despin.evaluation.systems import NAMES, System, adapted, system
from despin.lm.ngram import DEFAULT_MODEL
from despin.restorer import Restorer
from tools.benchmark import texts
from tools.benchmark.speed import seconds


def compare(characters: int, model: str | None) -> Iterator[dict[str, Any]]:
    """A row a system: restored share and F0.5 on pairs, edits per 10,000 characters of clean text, characters a second of processor time;
    of segmenters, which restore nothing, the last alone.

    What is not installed says so in its row. pycorrector is measured on `model`, a KenLM file over characters.
    """
    pairs = tuple(
        EvalDocument(str(number), "", spun, original, gold_from_pair(spun, original))
        for number, (spun, original) in enumerate(texts.pairs())
    )
    clean = tuple(
        EvalDocument(str(number), "", text, None, ())
        for number, text in enumerate(texts.sample(texts.clean(), characters, 3))
    )
    sets = EvalSet("pairs", "", "pairs", pairs), EvalSet("clean", "", "clean", clean)
    restorer = Restorer()
    for name in NAMES:
        yield _row(system(name, restorer), *sets)
    rival = pycorrector(model)
    yield {"system": "pycorrector n-gram", "missing": rival} if isinstance(rival, str) else _row(rival, *sets)
    for name, make in CLEANERS.items():
        work = _made(name, make)
        yield {"system": name, "missing": work} if isinstance(work, str) else _row(adapted(name, work), *sets)
    for name, make in SEGMENTERS.items():
        work = _made(name, make)
        yield {"system": name, "missing": work} if isinstance(work, str) else {"system": name, **_pace(work, *sets)}


def _opencc() -> Callable[[str], object]:
    return import_module("opencc").OpenCC("t2s").convert  # type: ignore[no-any-return]


def _ftfy() -> Callable[[str], object]:
    fixing, fix = import_module("ftfy"), import_module("ftfy").fix_text
    # As it comes it would write Chinese punctuation in its narrow form.
    chosen = fixing.TextFixerConfig(fix_character_width=False, uncurl_quotes=False, normalization=None)
    return lambda text: fix(text, config=chosen)


def _jieba() -> Callable[[str], object]:
    jieba = import_module("jieba")
    jieba.setLogLevel("ERROR")
    return lambda text: jieba.lcut(text, HMM=False)


def _rjieba() -> Callable[[str], object]:
    cut = import_module("rjieba").cut
    return lambda text: cut(text, False)


#: What else cleans crawled text, and what only cuts it into words, by the name on PyPI.
CLEANERS = {"OpenCC": _opencc, "ftfy": _ftfy}
SEGMENTERS = {"jieba": _jieba, "rjieba": _rjieba}


def _made(name: str, make: Callable[[], Callable[[str], object]]) -> Callable[[str], object] | str:
    """A rival, or what it lacks."""
    try:
        work = make()
        work("热身")
    except Exception as error:  # whatever an optional rival raises is no concern of the others
        return f"pip install {name} ({type(error).__name__}: {error})"
    return work


def _pace(work: Callable[[str], object], pairs: EvalSet, clean: EvalSet) -> dict[str, Any]:
    """Characters a second, the shortest of three runs: what is that fast is measured in little time."""
    row = {}
    for label, part in (("spun", pairs), ("clean", clean)):
        documents = [document.text for document in part.documents]
        taken = max(min(seconds(work, documents) for _ in range(3)), 1e-9)
        row[f"{label} characters/s"] = round(part.characters / taken)
    return row


def _row(one: System, pairs: EvalSet, clean: EvalSet) -> dict[str, Any]:
    one.run(pairs.documents[0])  # so that the seconds do not count what is loaded at the first text
    spun, honest = measure(pairs, one), measure(clean, one)
    row: dict[str, Any] = {"system": one.name}
    for part, wanted in (
        (spun.whole, {"restored_share": "restored", "precision": "precision", "recall": "recall", "f05": "F0.5"}),
        (honest.whole, {"sentences_untouched": "untouched", "edits_per_10000": "clean edits per 10,000"}),
    ):
        for figure, label in wanted.items():
            if figure in part.figures:
                row[label] = round(part.figures[figure].value, 3)
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

    return adapted(f"pycorrector n-gram on {model or 'the model of despin'}", correct)


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
