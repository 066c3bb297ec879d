"""What the places of a form say of its original to each other: an author who used a word once uses it again."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from despin.document.reading import Row
from despin.tuning import Stretches


def agreement(text: str, rows: Sequence[Row]) -> list[tuple[int, int, str, float]]:
    """(start, end, original, nats): what other places of the same form say for an original at a place, over the form
    itself. All others together count as much as one place, less the share of this one.

    Source: Gale, Church and Yarowsky, One Sense per Discourse, 1992.
    """
    places = defaultdict[str, list[Row]](list)
    for row in rows:
        places[text[row[0] : row[1]]].append(row)
    found = []
    for form, own in places.items():
        if len(own) == 1 or not any(row[4] for row in own):
            continue
        shares = [{row[2]: row[3], **dict(row[4])} for row in own]
        words = sorted({word for share in shares for word in share} | {form})
        known = [{word: math.log(max(Stretches.unlikely, share.get(word, 0.0))) for word in words} for share in shares]
        total = {word: sum([one[word] for one in known]) for word in words}
        for row, one in zip(own, known, strict=True):
            said = {word: (total[word] - one[word]) / len(own) for word in words}
            found += [(row[0], row[1], word, said[word] - said[form]) for word in words if word != form]
    return found
