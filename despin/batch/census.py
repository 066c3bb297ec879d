"""How much of a crawl is spun or damaged, by whom, where and when: counts of what `despin batch` said of each record,
which are added up in any order.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timezone
from functools import lru_cache
from heapq import nlargest
from itertools import groupby
from operator import itemgetter
from typing import Any

from despin.batch.inputs import records
from despin.batch.record import FIELD
from despin.batch.sites import site_of
from despin.errors import InputError, UsageError

#: What is counted: texts, and their characters; those that are spun, and the characters of their spun parts; the same
#: of those that are damaged; edits.
COUNTS = ("texts", "characters", "spun", "spun_characters", "damaged", "damaged_characters", "edits")
#: Of a family alone these are counted.
_OF_FAMILIES = ("spun", "spun_characters", "edits")
_MANY = ("site", "suffix", "word")
#: Scores are counted in so many classes of equal width.
CLASSES = 20
#: Standard deviations of an interval of 95 %.
_DEVIATIONS = 1.96
_DATE = re.compile(r"\s*(\d{4})(?:[-/.年]?(\d{1,2}))?")
_ADDRESS = re.compile(r"[\d.]+$|.*:")


class Census(Counter[tuple[str, str, str, str]]):
    """Counts by (group, name, family, what of `COUNTS`); "" is all families together.

    Groups: `all`; `site` and `suffix`, registered domain and what it ends with; `time`; `score`, classes by where they
    begin; `damage`, by kind; `word`, as spun form, tab, original; `unknown`, records without a verdict (`failed`), or
    whose `site` or `time` is not known.
    """

    def count(self, text: object, verdict: object, places: Mapping[str, str]) -> None:
        """Count a record: its text, its field `despin`, and its names by group. Raises `UsageError` for one of --mode
        filter."""
        if not isinstance(text, str) or not isinstance(verdict, dict) or verdict.get("score") is None:
            self["unknown", "failed", "", "texts"] += 1
            return
        if verdict.get("edits") is None:
            raise UsageError("left spun records out (--mode filter); count what --mode tag or restore wrote")
        family, size, damage = verdict["family"] or "", len(text), verdict.get("damage") or ()
        found = {("", "texts"): 1, ("", "characters"): size}
        if verdict["spun"]:
            inside = sum(min(size, one["end"]) - one["start"] for one in verdict["stretches"]) or size
            for maker in ("", family):
                found |= {(maker, "spun"): 1, (maker, "spun_characters"): inside}
        if damage:
            found |= {("", "damaged"): 1, ("", "damaged_characters"): size}
        for group, name in {"all": "", **places}.items():
            for (maker, what), number in found.items():
                self[group, name, maker, what] += number
        self["score", f"{int(verdict['score'] * CLASSES) / CLASSES:.2f}", "", "texts"] += 1
        for one in damage:
            self["damage", one["kind"], "", "texts"] += 1
            self["damage", one["kind"], "", "edits"] += one["count"]
        makers = {one["family"] for one in verdict["stretches"]}
        for one in verdict["edits"]:
            maker = (one["entry"] or "").partition(":")[0]
            if maker in makers:
                self["word", f"{one['spun']}\t{one['original']}", maker, "edits"] += 1

    def rows(self, most: int | None = None) -> Iterator[dict[str, Any]]:
        """A table: group, name, family (none: all together), counts, and the share of texts that are spun with its
        interval. With `most` only so many domains, with most spun texts, and words of each family."""
        kept = self._kept(most) if most is not None else None
        texts = characters = 0
        for (group, name, family), keys in groupby(sorted(self), itemgetter(0, 1, 2)):
            if kept is not None and group in _MANY and (group, name, family if group == "word" else "") not in kept:
                continue
            counts = {**dict.fromkeys(COUNTS, 0), **{key[3]: self[key] for key in keys}}
            if family:
                counts |= {"texts": texts, "characters": characters}
            texts, characters = (counts["texts"], counts["characters"]) if group != "word" else (0, 0)
            low, high = interval(counts["spun"], texts)
            share = counts["spun"] / max(1, texts)
            yield {"group": group, "name": name, "family": family, **counts, "share": share, "low": low, "high": high}

    def _kept(self, most: int) -> set[tuple[str, str, str]]:
        """The (group, name, family) of the domains and words that count most."""
        found: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for group, name, family, what in self:
            if group == "word" or (group in _MANY and what == "texts"):
                found.setdefault((group, family), []).append((group, name, family))
        return {key for keys in found.values() for key in nlargest(most, keys, self._weight)}

    def _weight(self, key: tuple[str, str, str]) -> tuple[int, ...]:
        group, name, family = key
        return tuple([self[group, name, family, what] for what in ("spun", "edits", "texts")])

    def dump(self) -> Iterator[str]:
        """The table as JSON, in pieces."""
        separator = "[\n"
        for row in self.rows():
            yield separator + json.dumps(row, ensure_ascii=False)
            separator = ",\n"
        yield "\n]\n"

    @classmethod
    def load(cls, path: str) -> Census:
        """The inverse of `dump`. Raises `InputError`."""
        found = cls()
        try:
            with open(path, encoding="utf-8") as file:
                for line in file:
                    if len(line) > 2:
                        row = json.loads(line.rstrip(",\n"))
                        for what in _OF_FAMILIES if row["family"] else COUNTS:
                            if row[what]:
                                found[row["group"], row["name"], row["family"], what] += int(row[what])
            if line != "]\n":
                raise ValueError
        except (KeyError, TypeError, ValueError):
            raise InputError(f"{path}: is a census that is damaged or cut off; count again") from None
        return found


def interval(found: int, of: int) -> tuple[float, float]:
    """The interval of a share, 95 % (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    share, square = found / of, _DEVIATIONS**2 / of
    middle, half = share + square / 2, _DEVIATIONS * math.sqrt(share * (1 - share) / of + square / (4 * of))
    return max(0.0, (middle - half) / (1 + square)), min(1.0, (middle + half) / (1 + square))


def time_of(value: object, by: str) -> str | None:
    """The year or month that a date falls into, given as text, as seconds since 1970, or as a date; else None."""
    if isinstance(value, date):
        value = value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        # 20260131 is a date, not a day of 1970.
        seconds = value / 1000 if value > 4e9 else value
        known = 19700101 <= value <= 21001231 or seconds > 4e9
        value = str(value) if known else datetime.fromtimestamp(seconds, timezone.utc).date().isoformat()
    found = _DATE.match(value) if isinstance(value, str) else None
    if found is None or not 1970 <= int(found[1]) <= 2100:
        return None
    month = int(found[2] or 0)
    if by == "year":
        return found[1]
    return f"{found[1]}-{month:02}" if 1 <= month <= 12 else None


def domains() -> Callable[[str], dict[str, str]]:
    """What gives registered domain (`site`) and `suffix` of a host; what is no domain stands for itself. Raises
    `UsageError` where the package with the list of public suffixes is not installed."""
    try:
        from publicsuffixlist import PublicSuffixList
    except ImportError:
        raise UsageError("--site needs the list of public suffixes: pip install 'despin[census]'") from None
    known: Any = PublicSuffixList(accept_unknown=False)

    @lru_cache(100_000)
    def of(host: str) -> dict[str, str]:
        found = None if _ADDRESS.match(host) else known.privatesuffix(host)
        return {"site": found, "suffix": known.publicsuffix(host)} if found else {"site": host}

    return of


def take(path: str, text: str, site: str | None = None, time: str | None = None, by: str = "month") -> Census:
    """The census of an output of `despin batch`, with the names of its fields, or one that was written before. Raises
    `InputError`, and `UsageError` where records were left out."""
    with open(path, "rb") as file:
        if file.read(2) == b"[\n":
            return Census.load(path)
    found, registered = Census(), domains() if site is not None else None
    for row in records(path, [name for name in (text, FIELD, site, time) if name is not None]):
        places: dict[str, str | None] = {}
        if site is not None and registered is not None:
            host = site_of(row.get(site))
            places.update({"site": None} if host is None else registered(host))
        if time is not None:
            places["time"] = time_of(row.get(time), by)
        for group in [group for group, name in places.items() if name is None]:
            found["unknown", group, "", "texts"] += 1
        try:
            found.count(row.get(text), row.get(FIELD), {group: name for group, name in places.items() if name})
        except (KeyError, TypeError, AttributeError):
            found["unknown", "failed", "", "texts"] += 1
    if found and not found["all", "", "", "texts"]:
        raise InputError(f"{path}: no record has both {text!r} and {FIELD!r}; is this the output of despin batch?")
    return found
