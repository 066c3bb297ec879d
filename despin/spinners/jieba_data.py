"""What jieba is made of, read from its data files: dictionary and hidden Markov model. The package is never imported.

So nobody's `jieba.add_word` matters, and nothing of jieba runs. The files are those of jieba 0.42.1: `dict.txt` and the
tables of `posseg`, which are Python literals.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from despin.errors import JiebaError

#: SHA-256 of the dictionary of jieba 0.42.1, the one that results are known for.
KNOWN = "7197c3211ddd98962b036cdf40324d1ea2bfaa12bd028e68faa70111a88e12a8"
FILES = ("dict.txt", "posseg/prob_start.py", "posseg/prob_trans.py", "posseg/prob_emit.py", "posseg/char_state_tab.py")
#: A place in a word (B, M, E, S) and a flag.
State = tuple[str, str]

_STATE = re.compile(r"\(\s*'([BMES])',\s*'(\w+)'\s*\)")
_LAST_COMMA = re.compile(r",\s*(?=[\])}])")


class Dictionary(NamedTuple):
    """Frequency and flag by word, and the sum of the frequencies of all lines."""

    frequencies: dict[str, int]
    flags: dict[str, str]
    total: int


class Model(NamedTuple):
    """The hidden Markov model: log probabilities, and the states that a character may take."""

    start: Mapping[State, float]
    trans: Mapping[State, Mapping[State, float]]
    emit: Mapping[State, Mapping[str, float]]
    candidates: Mapping[str, tuple[State, ...]]


def jieba_folder() -> Path:
    """The folder of the installed jieba. Raises `JiebaError` where there is none."""
    try:
        from importlib.util import find_spec

        found = find_spec("jieba")
    except (ImportError, ValueError):
        found = None
    folder = Path(found.origin).parent if found and found.origin else None
    if folder is None or not all((folder / name).is_file() for name in FILES):
        missing = "is not installed" if folder is None else f"in {folder} is not whole"
        raise JiebaError(
            f"jieba {missing}, and this family's program cuts texts as jieba does: pip install jieba==0.42.1"
        )
    return folder


def jieba_sizes() -> tuple[int, ...]:
    """The sizes in bytes of jieba's files, which tell versions and changed dictionaries apart without reading them;
    nothing where jieba is missing."""
    try:
        folder = jieba_folder()
        return tuple([(folder / name).stat().st_size for name in FILES])
    except (JiebaError, OSError):
        return ()


def read_dictionary(data: bytes) -> Dictionary:
    """The words of `dict.txt`. Raises `JiebaError` for a file of another form."""
    try:
        text = data.decode("utf-8-sig")
        fields = text.split()
        words, frequencies, flags = fields[0::3], list(map(int, fields[1::3])), fields[2::3]
        if not len(words) == len(frequencies) == len(flags) == text.strip().count("\n") + 1:
            raise ValueError("a line is not word, frequency and flag")
    except ValueError as error:
        raise JiebaError(f"jieba's dict.txt is not as expected ({error}): pip install jieba==0.42.1") from error
    # A word of two lines has the frequency and the flag of the second, and both frequencies count.
    return Dictionary(
        dict(zip(words, frequencies, strict=True)), dict(zip(words, flags, strict=True)), sum(frequencies)
    )


def read_model(folder: Path) -> Model:
    """The hidden Markov model of `posseg` in jieba's folder. Raises `JiebaError` for files of another form."""
    try:
        start, trans, emit, candidates = (_literal(folder / name) for name in FILES[1:])
        model = Model(
            _by_state(start),
            {state: _by_state(row) for state, row in _by_state(trans).items()},
            _by_state(emit),
            {character: tuple(map(_state, states)) for character, states in candidates.items()},
        )
        if not _sound(model):
            raise ValueError("they do not agree")
    except (ValueError, TypeError, AttributeError, RecursionError, MemoryError) as error:
        raise JiebaError(
            f"{folder}/posseg: its tables are not as expected ({error}): pip install jieba==0.42.1"
        ) from error
    return model


def _sound(model: Model) -> bool:
    """Whether all tables speak of the same states, at most 256, and hold numbers. Raises `TypeError` or
    `AttributeError` where they are no tables at all."""
    states = set(model.start)
    numbers: list[Mapping[Any, float]] = [model.start, *model.trans.values(), *model.emit.values()]
    return (
        0 < len(states) <= 256
        and all(
            type(state) is tuple and len(state) == 2 and state[0] in {"B", "M", "E", "S"} and type(state[1]) is str
            for state in states
        )
        and set(model.trans) == states == set(model.emit)
        and all(states.issuperset(row) for row in (*model.trans.values(), *model.candidates.values()))
        and all(type(character) is str for row in (*model.emit.values(), model.candidates) for character in row)
        and all(type(p) is float for row in numbers for p in row.values())
    )


def _literal(file: Path) -> dict[str, Any]:
    """The dictionary that a file of jieba's holds, with states as text (a letter, a space, a flag): read as JSON, in
    a tenth of the time that a literal of Python takes. Raises `ValueError` for another form."""
    try:
        text = file.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise JiebaError(f"{file}: it cannot be read ({error}): pip install jieba==0.42.1") from error
    text = _STATE.sub(r'"\1 \2"', text[text.find("{") :]).translate(_AS_JSON)
    found: dict[str, Any] = json.loads(_LAST_COMMA.sub("", text), parse_int=float)
    return found


_AS_JSON = str.maketrans("()'", '[]"')


def _state(written: str) -> State:
    place, flag = written.split(" ")
    return place, flag


def _by_state(rows: Mapping[str, Any]) -> dict[State, Any]:
    return {_state(written): row for written, row in rows.items()}
