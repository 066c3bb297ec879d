"""What the texts of a site say together: by site and family, how many texts said how much. Counts are merged in any
order, and give what speaks beforehand for the family in each text of the site.

A site was spun by nobody, or by one family: half of it, or all of it. The counts say how likely each of these is,
without the text that is to be judged. What all texts of a site show speaks for or against the next one; on a site of
which a part was spun each text is judged by itself.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from typing import Any

from despin.errors import InputError
from despin.text import writing
from despin.tuning import SILENT, SiteOdds

#: Under this name stands what a text says of all families of which nothing is noted in it.
REST = ""
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


def steps_of(evidence: Mapping[str, float], length: int) -> dict[str, int]:
    """By family, and for the `REST` of them, the step in which what was found in a text of `length` characters (nats)
    is counted."""
    return {
        family: math.floor(nats / SiteOdds.step)
        for family, nats in {REST: SILENT.ratio(0.0, length), **evidence}.items()
    }


def counted_line(site: str, steps: Mapping[str, int]) -> bytes:
    """A line of a file of `Sites` that counts one text."""
    return _line(site, _packed({family: {str(step): 1} for family, step in steps.items()}))


def _packed(steps: Mapping[str, Mapping[str, int]]) -> bytes:
    """What a line says of a site, in one order."""
    ordered = {family: dict(sorted(steps[family].items(), key=lambda one: int(one[0]))) for family in sorted(steps)}
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode()


def _line(site: str, packed: bytes) -> bytes:
    return b"[" + json.dumps(site).encode() + b"," + packed + b"]\n"


class Sites:
    """By site, family and step, how many texts said so much."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        #: What the counts depend on.
        self.settings = dict(settings)
        #: Lines as they stand in a file, which take a fraction of what objects do.
        self._lines: dict[str, bytes] = {}

    def prior(self, site: str, own: Mapping[str, int]) -> Mapping[str, float]:
        """What speaks beforehand for each family in a text of `site` (nats), by its other texts; `own` is what was
        counted of the text itself. Nothing of families for or against which little is said."""
        line = self._lines.get(site)
        return _prior(line, tuple(own.items())) if line is not None else {}

    def add(self, site: str, steps: Mapping[str, Mapping[str, int]]) -> None:
        """Add what was counted of texts of a site: by family and step, of how many."""
        if (line := self._lines.get(site)) is not None:
            known = json.loads(line)
            families = known.keys() | steps.keys()
            steps = {one: Counter(known.get(one, {})) + Counter(steps.get(one, {})) for one in families}
        self._lines[site] = _packed(steps)

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
            except (OSError, ValueError, TypeError, LookupError, AttributeError):
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
        writing.write(path, head + b"".join(_line(site, self._lines[site]) for site in sorted(self._lines)))


@lru_cache(4096)
def _prior(packed: bytes, own: tuple[tuple[str, int], ...]) -> dict[str, float]:
    """What speaks for each family in a text of which `own` is counted in a packed line."""
    counts = {
        family: Counter({int(step): count for step, count in steps.items()})
        for family, steps in json.loads(packed).items()
    }
    for family, step in own:
        if family in counts:
            counts[family][step] -= 1
    return {family: nats for family, nats in said(counts).items() if abs(nats) >= SiteOdds.step}


def said(counts: Mapping[str, Mapping[int, int]]) -> dict[str, float]:
    """What speaks for each family in a text (nats) where so many other texts of its site are counted by family and
    step. Families of which nothing is noted in a text share what is counted as the `REST`."""
    silent = _lifts(counts.get(REST, {}))
    texts = sum([count for _, count in silent])
    gains = dict[str, Sequence[float]]()
    for family in [family for family in counts if family != REST]:
        noted = _lifts(counts[family])
        rest = 1.0 - sum([count for _, count in noted]) / max(1.0, texts)
        every = [*noted, *[(lift, count * rest) for lift, count in silent]]
        clean, *spun = [sum([count * math.log1p(share * lift) for lift, count in every]) for _, share in SiteOdds.kinds]
        gains[family] = [one - clean for one in spun]
    before, after = _log_odds(dict.fromkeys(gains, (0.0, 0.0))), _log_odds(gains)
    return {family: after[family] - before[family] for family in gains}


def _lifts(counts: Mapping[int, int]) -> list[tuple[float, float]]:
    """How much likelier a text is when it is spun, less 1, and how many texts, by step."""
    return [(math.expm1((step + 0.5) * SiteOdds.step), count) for step, count in sorted(counts.items()) if count > 0]


def _log_odds(gains: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """By family the log odds of a text of a site: `gains` is what speaks for a half and for all of it being spun. On a
    site that is spun in part, by whomever, a text has the odds of any text."""
    (clean, least), (partly, _), (spun, most) = SiteOdds.kinds
    usual = (clean * least + spun * most) / (clean + spun)
    highest = max([0.0, *[gain for both in gains.values() for gain in both]])
    half = partly * sum([math.exp(gain - highest) for gain, _ in gains.values()])
    whole = {family: spun * math.exp(gain - highest) for family, (_, gain) in gains.items()}
    total = clean * math.exp(-highest) + half + sum(whole.values())
    shares = {
        family: (half * usual + one * most + (total - half - one) * least) / total for family, one in whole.items()
    }
    return {family: math.log(share / (1.0 - share)) for family, share in shares.items()}
