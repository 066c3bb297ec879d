"""How much of a crawl is spun or damaged, by whom, where and when: counts of what `despin batch` said of each record,
which are added up in any order.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from despin.batch.inputs import open_source
from despin.batch.interfaces import LONGEST_LINE, Position
from despin.batch.record import FIELD
from despin.batch.sites import site_of
from despin.errors import InputError, UsageError

#: What is counted of texts: how many, and their characters; of those that are spun the texts, and the characters of
#: their spun parts; the same of those that are damaged.
COUNTS = ("texts", "characters", "spun", "spun_characters", "damaged", "damaged_characters")
#: By what texts are counted: all together, registered domain, top-level domain, time.
GROUPS = ("all", "site", "suffix", "time")
#: Scores are counted in so many classes of equal width.
CLASSES = 20
#: Standard deviations of an interval of 95 %.
_DEVIATIONS = 1.96
_VERSION = 1
_COMPACT: dict[str, Any] = {"ensure_ascii": False, "indent": 0, "separators": (",", ":")}
#: The day with which seconds begin to be counted.
_FIRST_DAY = date(1970, 1, 1).toordinal()
_DATE = re.compile(r"\s*(\d{4})(?:[-/.年]?(\d{1,2}))?")
_ADDRESS = re.compile(r"[\d.]+$|.*:")


class Row:
    """The counts of a group, as `COUNTS` has them, and by family (texts, characters)."""

    __slots__ = ("counts", "families")

    def __init__(self, counts: Iterable[int] = (0,) * len(COUNTS), families: Mapping[str, list[int]] | None = None):
        self.counts, self.families = list(counts), {name: list(one) for name, one in (families or {}).items()}

    def add(self, other: Row) -> None:
        """Add the counts of another group."""
        self.counts = [one + more for one, more in zip(self.counts, other.counts, strict=True)]
        for family, (texts, characters) in other.families.items():
            own = self.families.setdefault(family, [0, 0])
            own[0], own[1] = own[0] + texts, own[1] + characters


@dataclass(slots=True)
class Census:
    """What was counted: rows by group and name, scores by class, (texts, places) by kind of damage, words by family as
    spun form, tab, original. `failed` records hold no verdict; of `nameless` and `undated` ones site or time are not
    known."""

    groups: dict[str, dict[str, Row]] = field(default_factory=lambda: {name: defaultdict(Row) for name in GROUPS})
    scores: list[int] = field(default_factory=lambda: [0] * CLASSES)
    damage: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    words: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    failed: int = 0
    nameless: int = 0
    undated: int = 0

    def count(self, text: object, verdict: object, places: Mapping[str, str | None]) -> None:
        """Count a record: its text, its field `despin`, and the names of what it belongs to, by group."""
        if not isinstance(text, str) or not isinstance(verdict, dict) or verdict.get("score") is None:
            self.failed += 1
            return
        if verdict.get("edits") is None:
            raise UsageError("left spun records out (--mode filter); count what --mode tag or restore wrote")
        spun, damage, size = bool(verdict["spun"]), verdict.get("damage") or (), len(text)
        inside = sum(min(size, one["end"]) - one["start"] for one in verdict["stretches"]) or size if spun else 0
        damaged = size if damage else 0
        own = Row((1, size, int(spun), inside, bool(damage), damaged), {verdict["family"]: [1, inside]} if spun else {})
        for group, name in {"all": "", **places}.items():
            if name is not None:
                self.groups[group][name].add(own)
        self.nameless += "site" in places and places["site"] is None
        self.undated += "time" in places and places["time"] is None
        self.scores[min(CLASSES - 1, int(verdict["score"] * CLASSES))] += 1
        for one in damage:
            known = self.damage[one["kind"]]
            known[0], known[1] = known[0] + 1, known[1] + one["count"]
        makers = {one["family"] for one in verdict["stretches"]} if spun else set()
        for one in verdict["edits"]:
            maker = (one["entry"] or "").partition(":")[0]
            if maker in makers:
                self.words[maker][f"{one['spun']}\t{one['original']}"] += 1

    def merge(self, other: Census) -> None:
        """Add another count."""
        for group, rows in other.groups.items():
            for name, row in rows.items():
                self.groups[group][name].add(row)
        self.scores = [one + more for one, more in zip(self.scores, other.scores, strict=True)]
        for kind, (texts, places) in other.damage.items():
            known = self.damage[kind]
            known[0], known[1] = known[0] + texts, known[1] + places
        for family, words in other.words.items():
            self.words[family].update(words)
        self.failed += other.failed
        self.nameless += other.nameless
        self.undated += other.undated

    def dump(self) -> str:
        """The counts as JSON, in one order."""
        groups = {
            group: {name: [*row.counts, dict(sorted(row.families.items()))] for name, row in sorted(rows.items())}
            for group, rows in self.groups.items()
        }
        return json.dumps({"census": _VERSION, "groups": groups, **self.rest()}, **_COMPACT) + "\n"

    def rest(self) -> dict[str, Any]:
        """What is counted beside groups, as JSON-ready values in one order."""
        return {
            "scores": self.scores,
            "damage": dict(sorted(self.damage.items())),
            "words": {family: dict(sorted(words.items())) for family, words in sorted(self.words.items())},
            "failed": self.failed,
            "nameless": self.nameless,
            "undated": self.undated,
        }

    @classmethod
    def load(cls, path: str, values: Mapping[str, Any]) -> Census:
        """The inverse of `dump`. Raises `InputError`."""
        found = cls()
        try:
            if values["census"] != _VERSION or len(values["scores"]) != CLASSES:
                raise ValueError
            for group, rows in values["groups"].items():
                for name, (*counts, families) in rows.items():
                    found.groups[group][name].add(Row(counts, families))
            found.scores = list(map(int, values["scores"]))
            found.damage.update(values["damage"])
            found.words.update({family: Counter(words) for family, words in values["words"].items()})
            found.failed, found.nameless, found.undated = (
                int(values[one]) for one in ("failed", "nameless", "undated")
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise InputError(f"{path}: is no census of this version; count again") from None
        return found

    def rows(self, most: int | None = None) -> Iterator[dict[str, Any]]:
        """A table: group, name, family (none: all together), counts, and the share of texts that are spun with its
        interval; domains and families with most spun texts first, of domains `most` if that is given."""
        for group, rows in self.groups.items():
            ranked = group in ("site", "suffix")
            names = sorted(rows, key=lambda name: (-rows[name].counts[2] if ranked else 0, name))
            for name in names[:most] if ranked else names:
                row = rows[name]
                counts = dict(zip(COUNTS, row.counts, strict=True))
                yield {"group": group, "name": name, "family": None, **counts, **_shares(row.counts[2], row.counts[0])}
                for family, (texts, characters) in sorted(row.families.items(), key=lambda one: (-one[1][0], one[0])):
                    counts = {**dict.fromkeys(COUNTS), "texts": row.counts[0], "characters": row.counts[1]}
                    counts |= {"spun": texts, "spun_characters": characters}
                    yield {"group": group, "name": name, "family": family, **counts, **_shares(texts, row.counts[0])}


def _shares(found: int, of: int) -> dict[str, float]:
    low, high = interval(found, of)
    return {"share": found / max(1, of), "low": low, "high": high}


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
        value = str(value) if known else date.fromordinal(_FIRST_DAY + int(seconds // 86400)).isoformat()
    found = _DATE.match(value) if isinstance(value, str) else None
    if found is None or not 1970 <= int(found[1]) <= 2100:
        return None
    month = int(found[2] or 0)
    if by == "year":
        return found[1]
    return f"{found[1]}-{month:02}" if 1 <= month <= 12 else None


def domains() -> Callable[[str], tuple[str, str | None]]:
    """What gives registered and top-level domain of a host; what is no domain stands for itself. Raises `UsageError`
    where the package with the list of public suffixes is not installed."""
    try:
        from publicsuffixlist import PublicSuffixList
    except ImportError:
        raise UsageError("--site needs the list of public suffixes: pip install 'despin[census]'") from None
    known: Any = PublicSuffixList(accept_unknown=False)
    memory: dict[str, tuple[str, str | None]] = {}

    def of(host: str) -> tuple[str, str | None]:
        if host not in memory:
            found = None if _ADDRESS.match(host) else known.privatesuffix(host)
            if len(memory) >= 100_000:
                memory.clear()
            memory[host] = (found, known.publicsuffix(host)) if found else (host, None)
        return memory[host]

    return of


def take(path: str, text: str, site: str | None = None, time: str | None = None, by: str = "month") -> Census:
    """The census of an output of `despin batch`, with the names of its fields, or one that was written before. Raises
    `InputError`, and `UsageError` where records were left out."""
    with open(path, "rb") as file:
        if file.read(9) == b'{\n"census':
            file.seek(0)
            try:
                return Census.load(path, json.load(file))
            except ValueError:
                raise InputError(f"{path}: is a census that is damaged or cut off; count again") from None
    found, registered = Census(), domains() if site is not None else None
    for row in _records(path, [name for name in (text, FIELD, site, time) if name is not None]):
        places: dict[str, str | None] = {}
        if registered is not None:
            host = site_of(row.get(site))
            places["site"], places["suffix"] = (None, None) if host is None else registered(host)
        if time is not None:
            places["time"] = time_of(row.get(time), by)
        try:
            found.count(row.get(text), row.get(FIELD), places)
        except (KeyError, TypeError, AttributeError):
            found.failed += 1
    if found.failed and not found.groups["all"]:
        raise InputError(
            f"{path}: not one record has a text in {text!r} and a field {FIELD!r}; is this the output of despin batch?"
        )
    return found


def _records(path: str, names: list[str]) -> Iterator[Mapping[str, Any]]:
    """The records of a file, of Parquet these columns. Raises `InputError`."""
    source = open_source(path, names[0], LONGEST_LINE)
    try:
        for block in source.blocks(Position()):
            if block.lines:
                for line in block.items:
                    try:
                        row = json.loads(line)
                    except (ValueError, TypeError, RecursionError):
                        row = {}
                    yield row if isinstance(row, dict) else {}
            else:
                yield from block.rows.select([name for name in names if name in block.rows.schema.names]).to_pylist()
    finally:
        source.close()
