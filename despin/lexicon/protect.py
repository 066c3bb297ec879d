"""Files of protected words: one a line, `#` begins a comment."""

from __future__ import annotations

import os
import re
from functools import partial

from despin.lexicon.problems import FilePlace, Report, sure
from despin.lexicon.source import read_source

#: No protected word is longer, in characters.
LONGEST = 100
#: A comment begins a line, or follows a space.
_COMMENT = re.compile(r"^\s*#| #")


def read_protected(path: str | os.PathLike[str]) -> tuple[str, ...]:
    """The words of a file, each once, in its order. Raises `LexiconError` for a file that is missing, is not
    UTF-8, or holds what is no word."""
    return tuple(sure(path, partial(_read, path)))


def _read(path: str | os.PathLike[str], report: Report) -> dict[str, None]:
    source = read_source(path, report)
    words: dict[str, None] = {}
    for number, line in enumerate(source.text.split("\n") if source else (), 1):
        word = _COMMENT.split(line, maxsplit=1)[0].strip()
        place = FilePlace(number, len(line) - len(line.lstrip()) + 1)
        if len(word) > LONGEST:
            report.error(place, f"a word of more than {LONGEST} characters", "write one word a line")
        elif "\0" in word:
            report.error(place, "a null character", "save the file as UTF-8 text")
        elif word:
            words[word] = None
    return words
