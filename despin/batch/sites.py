"""What the texts of a site say together: by site and family, how many texts said how much. Counts are merged in any
order, and give what speaks beforehand for the family in each text of the site.

A site is of one of three kinds: a family spun none of it, half of it, all of it. The counts say how likely each kind
is, without the text that is to be judged. What all texts of a site show speaks for or against the next one; on a site
of which a part was spun each text is judged by itself.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

from despin.errors import InputError
from despin.text import files

#: Log likelihood ratios are counted in steps of so many nats; a text of which nothing is noted says so much.
STEP, NOTHING = 0.5, -0.7
#: The kinds of sites: how likely each is beforehand, and the share of its texts that a family spun.
#: Chosen on one half of the clean texts cut into sites: `python -m tools.measure_sites --part 0/2`.
KINDS = ((0.9, 0.0002), (0.05, 0.5), (0.05, 0.98))
#: Less than so many nats are no reason to judge a text once more.
LEAST = 0.5
#: A site is named by at most so many characters.
LONGEST = 253
#: A host behind `//`, or with a path.
_HOST = re.compile(r"(?:(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@]*@)?|(?=[^/?#\s]+\.[^/?#\s]+[/?#]))([^/?#]+)", re.IGNORECASE)
_PORT = re.compile(r":\d*$")


def site_of(value: object) -> str | None:
    """The name of the site that a field names: of a URL or host the host, in small letters and in ASCII, without port
    and `www.`; else the text itself. None for what names none: no text, nothing, or one that is too long."""
    if not isinstance(value, str):
        return None
    found = _HOST.match(value.strip())
    name = _PORT.sub("", (found[1] if found else value.strip())[: LONGEST + 6]).rstrip(".").lower().removeprefix("www.")
    if not name.isascii() and "." in name and " " not in name:
        with suppress(UnicodeError):
            name = name.encode("idna").decode("ascii")
    return name if 0 < len(name) <= LONGEST else None


def steps_of(evidence: Mapping[str, float]) -> dict[str, int]:
    """By family, the step in which what was found in a text (nats) is counted."""
    return {family: math.floor(ratio / STEP) for family, ratio in evidence.items()}


def counted_line(site: str, steps: Mapping[str, int]) -> bytes:
    """A line of a file of `Sites` that counts one text."""
    return _line(site, _packed(1, {family: {str(step): 1} for family, step in steps.items()}))


def _packed(texts: int, steps: Mapping[str, Mapping[str, int]]) -> bytes:
    """What a line says of a site, in one order."""
    ordered = {family: dict(sorted(steps[family].items(), key=lambda one: int(one[0]))) for family in sorted(steps)}
    return json.dumps([texts, ordered], ensure_ascii=False, separators=(",", ":")).encode()


def _line(site: str, packed: bytes) -> bytes:
    return b"[" + json.dumps(site).encode() + b"," + packed[1:] + b"\n"


class Sites:
    """By site, how many texts it has, and by family and step how many said so much."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        #: What the counts depend on.
        self.settings = dict(settings)
        #: Lines as they stand in a file, which take a fraction of what objects do.
        self._lines: dict[str, bytes] = {}

    def prior(self, site: str, own: Mapping[str, int]) -> dict[str, float]:
        """What speaks beforehand for each family in a text of `site` (nats), by its other texts; `own` is what was
        counted of the text itself. Nothing of families for or against which little is said."""
        line = self._lines.get(site)
        if line is None:
            return {}
        texts, steps = json.loads(line)
        found = {}
        for family, counts in steps.items():
            others = Counter({int(step): count for step, count in counts.items()})
            rest = texts - others.total()
            if family in own:
                others[own[family]] -= 1
            else:
                rest -= 1
            nats = said(others, rest)
            if abs(nats) >= LEAST:
                found[family] = nats
        return found

    def add(self, site: str, texts: int, steps: Mapping[str, Mapping[str, int]]) -> None:
        """Add what was counted of so many texts of a site: by family and step, of how many."""
        if (line := self._lines.get(site)) is not None:
            before, known = json.loads(line)
            texts += before
            families = known.keys() | steps.keys()
            steps = {one: Counter(known.get(one, {})) + Counter(steps.get(one, {})) for one in families}
        self._lines[site] = _packed(texts, steps)

    @classmethod
    def read(cls, paths: Iterable[str], settings: Mapping[str, Any] | None = None, heads: bool = False) -> Sites:
        """All that is counted in some files, with these `settings`, if given; with `heads` nothing but these is read.
        Raises `InputError` for a file that holds something else, or was counted with other settings."""
        found = cls(settings or {})
        for path in paths:
            try:
                with open(path, "rb") as file:
                    for row in map(json.loads, islice(file, 1 if heads else None)):
                        if isinstance(row, list):
                            found.add(*row)
                        else:
                            found._agree(path, row)
            except (OSError, ValueError, TypeError, KeyError, AttributeError):
                raise InputError(
                    f"{path}: cannot be read as what was counted of sites; make it with despin batch --mode sites"
                ) from None
        return found

    def _agree(self, path: str, head: Mapping[str, Any]) -> None:
        if self.settings and self.settings != head:
            other = next(name for name in {**self.settings, **head} if self.settings.get(name) != head.get(name))
            raise InputError(f"{path}: was counted with another {other}; count all with the same lexicons and options")
        self.settings = dict(head)

    def write(self, path: str) -> None:
        """Write all to a file, the same whatever the order in which it was added. Raises `OutputError`."""
        head = json.dumps(self.settings, sort_keys=True).encode() + b"\n"
        files.write(path, head + b"".join(_line(site, self._lines[site]) for site in sorted(self._lines)))


def said(counts: Mapping[int, int], rest: int) -> float:
    """What speaks for a text (nats) where so many other texts of its site are counted by step, and of `rest` nothing is
    noted."""
    ratios = [(math.exp((step + 0.5) * STEP), count) for step, count in sorted(counts.items()) if count > 0]
    ratios.append((math.exp(NOTHING), rest))
    logs = [
        math.log(weight) + sum(count * math.log1p(share * (ratio - 1.0)) for ratio, count in ratios)
        for weight, share in KINDS
    ]
    highest = max(logs)
    chances = [math.exp(log - highest) for log in logs]
    return _lifted(chances) - _lifted([weight for weight, _ in KINDS])


def _lifted(chances: list[float]) -> float:
    """The log odds of a text of a site whose kinds have these chances; on one that is spun in part it has those of any
    text."""
    (clean, least), _, (spun, most) = KINDS
    usual = (clean * least + spun * most) / (clean + spun)
    share = (chances[0] * least + chances[1] * usual + chances[2] * most) / sum(chances)
    return math.log(share / (1.0 - share))
