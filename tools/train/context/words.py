"""A text as words and pauses, as the context model has them; `Trigrams.cut` gives the same as numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from despin.kernel.types import PAUSES
from despin.lm.ngram import LanguageModel

#: Running text, pauses, and anything else, which is no word.
_READ = re.compile(r"[\u3400-\u9fff]+|\n|[" + re.escape("".join(PAUSES)) + r"]|[^\W\u3400-\u9fff]+|[^\w\s]")


def split(text: str, model: LanguageModel) -> Iterator[tuple[int, int, str]]:
    """(start, end, word) of every word and every pause of `text`; anything else, a line end too, is the word "", a run of
    letters or digits one of them."""
    for found in _READ.finditer(text):
        piece, start = found[0], found.start()
        if "\u3400" <= piece[0] <= "\u9fff":
            words = model.best_split(piece)[1]
            for word, place in zip(words, accumulate(map(len, words), initial=start), strict=False):
                yield place, place + len(word), word
        else:
            yield start, found.end(), "" if piece == "\n" else PAUSES.get(piece, "")
