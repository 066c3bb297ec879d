"""The shipped lexicons with their channel in one file of the wheel or the cache folder, of which
a text takes only what it needs.

To read 22,000 entries and to survey them takes longer than to restore a page, which has some forty of them. So the file
holds, flat and in the byte order of the machine: what `ListChannel` works out of lexicons, what a restoration asks of
an entry, and every entry as a line of JSON, read when more is asked of it. It is named by the content of the lexicons.
A missing, foreign, broken or unwritable file never matters: all is read from the lexicons again.
"""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import asdict, fields
from functools import cached_property
from itertools import accumulate, chain, count
from operator import sub
from pathlib import Path
from typing import IO, Any, overload

from despin.cachefile import cache_folder, open_cached, write_cached
from despin.channel.background import load_background
from despin.channel.lexicon import Candidate, CandidateColumns, Candidates, ListChannel
from despin.channel.matches import Matcher
from despin.errors import ModelError
from despin.fingerprint import sha256, version
from despin.kernel import arrays_file
from despin.kernel.arrays_file import Array
from despin.kernel.marks import add_up, within
from despin.lexicon.cache import family_of, no_collection
from despin.lexicon.load import load, shipped_folder, shipped_lexicons
from despin.lexicon.model import NO_CONTEXTS, Contexts, Entry, Lexicon, Original

#: To be raised whenever the form of the file changes, or what `ListChannel` works out.
FORM = 6
#: So many of these files a cache folder keeps, the latest.
KEPT = 4
#: The file that is made when a wheel is built.
PACKED = Path(__file__).parents[1] / "data" / "catalogue.bin"
#: Type codes of the sections that are numbers; the others are bytes.
_NUMBERS = {
    "line_ends": "i", "entry_patterns": "i", "candidate_firsts": "i", "candidate_entries": "i", "candidate_words": "i",
    "candidate_families": "i", "candidate_weights": "d", "exposed_firsts": "i", "exposed": "i", "plain": "i",
    "pack": "i",
}  # fmt: skip
#: Those that are written as the differences of neighbours, which take a fifth of the room in a wheel.
_RISING = ("line_ends", "entry_patterns", "candidate_firsts", "candidate_entries", "exposed_firsts", "plain")
_BYTES = ("patterns", "words", "entry_families", "entry_traits", "is_site", "counted", "lines")
#: Those that are lists of strings.
_LISTS = ("patterns", "words")
#: What is known of an entry by its traits; the number of its source stands above these bits.
_FLIPS, _GUARDED, _SOURCE = 1, 2, 2
_FIELDS = tuple(field.name for field in fields(Entry))
#: What a file that is none raises.
REFUSED = (OSError, ValueError, LookupError, TypeError, AttributeError, ModelError, RecursionError, MemoryError)


def shipped() -> tuple[Lexicon, ListChannel]:
    """The shipped lexicons and their channel. Raises `LexiconError` for broken lexicons."""
    folder, key = cache_folder(), _key()
    file = folder / f"catalogue-{key[:32]}.bin" if folder is not None else None
    for place, opened in ((PACKED, _open), (file, open_cached)):
        if place is not None:
            with suppress(*REFUSED), opened(place) as stream:
                return _opened(stream.read(), key)
    lexicon = load()
    with no_collection():
        channel = ListChannel(lexicon, load_background())
    if file is not None:
        write_cached(file, pack(lexicon, channel, key), KEPT)
    return lexicon, channel


def _open(file: Path) -> IO[bytes]:
    return open(file, "rb")


def _key() -> str:
    """What a file depends on, as a digest: the lexicons by size and checksum, the version, and
    the machine's order of bytes."""
    parts: list[object] = [FORM, version(), sys.byteorder]
    for path in (*shipped_lexicons(), shipped_folder() / "background.tsv"):
        with suppress(FileNotFoundError), open(path, "rb") as file:
            data = file.read()
            parts.append((path.name, len(data), zlib.crc32(data)))
    return sha256(repr(parts).encode()).hexdigest()


def pack(lexicon: Lexicon, channel: ListChannel, key: str) -> bytes:
    """The bytes of a file for these lexicons and their channel."""
    folder = shipped_folder()
    number = {id(entry): index for index, entry in enumerate(lexicon.entries)}
    names = [family.name for family in lexicon.families]
    files = {path: Path(path) for path in {entry.path for entry in lexicon.entries}}
    places = {path: file.name if file.parent == folder else path for path, file in files.items()}
    dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    encoded = [dump(_line(entry, places[entry.path])).encode("utf-8", "surrogatepass") for entry in lexicon.entries]
    patterns = channel.number
    words = dict(zip(channel.patterns, count()))
    offers = [
        [_numbered(candidate, number, words) for candidate in channel.candidates[index]]
        for index in range(len(channel.patterns))
    ]
    flat = list(chain.from_iterable(offers))
    sources = sorted({entry.source for entry in lexicon.entries})
    sections: dict[str, Any] = {
        "lines": b"".join(encoded),
        "line_ends": accumulate(map(len, encoded)),
        "patterns": "\n".join(channel.patterns).encode("utf-8", "surrogatepass"),
        "words": "\n".join(list(words)[len(channel.patterns) :]).encode("utf-8", "surrogatepass"),
        "entry_families": bytes(names.index(entry.family) for entry in lexicon.entries),
        "entry_traits": bytes(_traits(entry, sources) for entry in lexicon.entries),
        "entry_patterns": (
            patterns.get(entry.spun, -1) if entry.status == "active" else -1 for entry in lexicon.entries
        ),
        "candidate_firsts": accumulate(map(len, offers), initial=0),
        "candidate_entries": (one[0] for one in flat),
        "candidate_words": (one[1] for one in flat),
        "candidate_families": (one[2] for one in flat),
        "candidate_weights": (one[3] for one in flat),
        "exposed_firsts": channel.exposures[0],
        "exposed": channel.exposures[1],
        "is_site": bytes(channel.is_site),
        "counted": bytes(channel.counted),
        "plain": channel.numbers,
        "pack": channel.pack_numbers,
    }
    told = {
        "key": key,
        "digest": lexicon.digest,
        "families": [asdict(family) for family in lexicon.families],
        "names": channel.families,
        "sources": sources,
        "excess": channel.excess,
        "noise": channel.noise,
    }
    arrays = {name: _array(name, section) for name, section in sections.items()}
    return arrays_file.pack(arrays, {"told": json.dumps(told)}, zlib.crc32)


def _array(name: str, section: Any) -> Array:
    if name in _BYTES:
        return Array("U8", (len(section),), bytes(section))
    numbers = array(_NUMBERS[name], section)
    if name in _RISING:
        numbers = array("i", map(sub, numbers, chain((0,), numbers)))
    return Array("F64" if numbers.typecode == "d" else "I32", (len(numbers),), numbers.tobytes())


def _numbered(candidate: Candidate, number: Mapping[int, int], words: dict[str, int]) -> tuple[int, int, int, float]:
    """A candidate by the number of its entry and that of its original among `words`, which is a
    new one where it is not there."""
    word = words.setdefault(candidate.original, len(words))
    return number[id(candidate.entry)], word, candidate.family, candidate.weight


def _traits(entry: Entry, sources: Sequence[str]) -> int:
    """What has to be known of an entry before it is read."""
    guarded = _GUARDED if entry.keep or entry.only else 0
    return (_FLIPS if entry.flips else 0) | guarded | sources.index(entry.source) << _SOURCE


def _line(entry: Entry, place: str) -> list[Any]:
    """An entry as JSON; `place` is its file."""
    return [
        entry.spun,
        [[original.text, original.weight] for original in entry.originals],
        entry.family,
        [entry.keep.before, entry.keep.after] if entry.keep else 0,
        [entry.only.before, entry.only.after] if entry.only else 0,
        entry.flips,
        entry.status,
        entry.reason,
        entry.source,
        entry.examples,
        place,
        entry.line,
        entry.column,
        entry.replaces,
    ]


class Stored:
    """What a file holds. Raises `ModelError`, `ValueError`, `LookupError` or `TypeError` for bytes that are none, or of
    another key."""

    def __init__(self, data: bytes, key: str) -> None:
        self.data, self.key, self.folder = data, key, shipped_folder()
        self._arrays, metadata = arrays_file.unpack(data, zlib.crc32)
        self.told: dict[str, Any] = json.loads(metadata["told"])
        if self.told["key"] != key:
            raise ValueError("of other lexicons")
        if self._arrays.keys() != {*_NUMBERS, *_BYTES}:
            raise ValueError("sections")
        self._entries: dict[int, Entry] = {}
        #: Reads a value of JSON at a place of a text, with the place behind it: what `json.loads`
        #: calls once it has looked at the text.
        self._scan: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
        #: By path as the file has it: the path here.
        self._paths: dict[str, str] = {}
        self._check()

    def _check(self) -> None:
        """Raises `ValueError` where a number leads out of its section: compiled code takes them as they are."""
        patterns, families = len(self.is_site), len(self.told["names"])
        if len(self.told["excess"]) != families:
            raise ValueError("families")
        if not len(self.patterns) == len(self.counted) == patterns:
            raise ValueError("lengths")
        entries, candidates = len(self.entry_families), len(self.candidate_words)
        columns = self.candidate_families, self.candidate_entries, self.candidate_weights
        if len(self.candidate_firsts) != patterns + 1 or any(len(column) != candidates for column in columns):
            raise ValueError("candidates")
        if not entries == len(self.entry_traits) == len(self.entry_patterns) == len(self.line_ends):
            raise ValueError("entries")
        if max(self.entry_families, default=0) >= max(1, len(self.told["families"])):
            raise ValueError("entry_families")
        first, end = self.exposed_firsts, len(self.exposed)
        if len(first) != patterns + 1 or first[0] or first[-1] != end or not within(first, end + 1):
            raise ValueError("exposed_firsts")
        for name, most in (("exposed", families), ("plain", patterns), ("pack", patterns)):
            if not within(getattr(self, name), most):
                raise ValueError(name)

    def __getattr__(self, name: str) -> Any:
        """A section: an array, or bytes."""
        if name not in _NUMBERS and name not in _BYTES:
            raise AttributeError(name)
        found: Any = bytes(self._arrays[name].data)
        if name in _LISTS:
            found = found.decode("utf-8", "surrogatepass").split("\n")
        elif name != "lines" and name in _NUMBERS:
            numbers = array(_NUMBERS[name])
            numbers.frombytes(found)
            if name in _RISING:
                add_up(numbers)
            found = numbers
        setattr(self, name, found)
        return found

    def entry(self, number: int) -> Entry:
        """An entry by its number; the same object each time. Raises `LookupError` where there is none."""
        known = self._entries.get(number)
        if known is None:
            if not 0 <= number < len(self.entry_families):
                raise LookupError("no entry")
            known = self._entries.setdefault(number, self._unread(number))
        return known

    def whole(self, number: int) -> Entry:
        """The same, read at once where it was not asked for yet: for whoever wants all of it."""
        known = self._entries.get(number)
        return self._entries.setdefault(number, self.read(number)) if known is None else known

    def _unread(self, number: int) -> Entry:
        """An entry that is read when more is asked of it than a restoration does; one that
        is not in use is read at once."""
        pattern, traits, told = self.entry_patterns[number], self.entry_traits[number], self.told
        if pattern < 0:
            return self.read(number)
        entry, put = StoredEntry.__new__(StoredEntry), object.__setattr__
        put(entry, "_stored", self)
        put(entry, "_number", number)
        put(entry, "spun", self.patterns[pattern])
        put(entry, "family", told["families"][self.entry_families[number]]["name"])
        put(entry, "flips", traits & _FLIPS > 0)
        put(entry, "source", told["sources"][traits >> _SOURCE])
        if not traits & _GUARDED:
            put(entry, "keep", NO_CONTEXTS)
            put(entry, "only", NO_CONTEXTS)
        return entry

    def read(self, number: int) -> Entry:
        """An entry by its number, out of its line; from the lexicons where that is none, in spite of the checksum."""
        try:
            low = self.line_ends[number - 1] if number else 0
            line = bytes(self._arrays["lines"].data[low : self.line_ends[number]]).decode("utf-8", "surrogatepass")
            return self._entry(self._scan(line, 0)[0])
        except (*REFUSED, StopIteration):  # the scanner of JSON raises that where there is nothing
            return load().entries[number]

    def patterns_of(self, families: Iterable[str]) -> set[int]:
        """The patterns of the active entries of some families, by number. Raises `LookupError`
        where a number leads nowhere."""
        found = {self.entry_patterns[number] for number in self.numbers_of(families)} - {-1}
        if min(found, default=0) < 0 or max(found, default=0) >= len(self.patterns):
            raise LookupError("no pattern")
        return found

    def pairs(self, numbers: Iterable[int]) -> list[tuple[str, tuple[str, ...]]]:
        """(spun form, originals) of those of some entries that are active, without a look at their lines. Raises
        `LookupError` where a number leads nowhere."""
        patterns, firsts, entries = self.patterns, self.candidate_firsts, self.candidate_entries
        found: list[tuple[str, tuple[str, ...]]] = []
        for number in numbers:
            pattern = self.entry_patterns[number]
            if pattern >= 0:
                first, last = firsts[pattern], firsts[pattern + 1]
                if not 0 <= first <= last:
                    raise LookupError("no candidates")
                own = [self._word(place) for place in range(first, last) if entries[place] == number]
                # Two families may have an entry in common.
                found.append((patterns[pattern], tuple(own if len(own) == 1 else dict.fromkeys(own))))
        return found

    def _word(self, place: int) -> str:
        """The original of a candidate. Raises `LookupError` where there is none."""
        number = self.candidate_words[place]
        if number < 0:
            raise LookupError("no word")
        known = len(self.patterns)
        word: str = self.patterns[number] if number < known else self.words[number - known]
        return word

    @cached_property
    def channel(self) -> ListChannel:
        """The channel as the lexicons say it, for a file whose numbers lead nowhere, in spite of the checksum."""
        return ListChannel(load(), load_background())

    def _entry(self, line: list[Any]) -> Entry:
        spun, originals, family, keep, only, flips, status, reason, source, examples, path, row, column, replaces = line
        place = self._paths.get(path)
        if place is None:
            place = self._paths[path] = str(self.folder / path)
        words = tuple([Original(text, weight) for text, weight in originals])
        before, after = _contexts(keep) if keep else NO_CONTEXTS, _contexts(only) if only else NO_CONTEXTS
        return Entry(
            spun, words, family, before, after, flips, status, reason, source, tuple(examples), place, row, column,
            replaces
        )  # fmt: skip

    def numbers_of(self, families: Iterable[str]) -> Iterator[int]:
        """The entries of some families, by number."""
        names = set(families)
        wanted = {index for index, family in enumerate(self.told["families"]) if family["name"] in names}
        return (number for number, family in enumerate(self.entry_families) if family in wanted)


def _contexts(held: Any) -> Contexts:
    return Contexts(tuple(held[0]), tuple(held[1]))


class StoredEntry(Entry):
    """An entry out of a file: what was not put there is read with all the rest when it is first asked for."""

    __slots__ = ("_number", "_stored")
    _number: int
    _stored: Stored

    def __getattr__(self, name: str) -> Any:
        if name not in _FIELDS:
            raise AttributeError(name)
        whole = self._stored.read(self._number)
        for field in _FIELDS:
            object.__setattr__(self, field, getattr(whole, field))
        return getattr(whole, name)

    def _values(self) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in _FIELDS])

    def __reduce__(self) -> tuple[Any, ...]:
        return Entry, self._values()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Entry):
            return NotImplemented
        return all(getattr(other, name) == value for name, value in zip(_FIELDS, self._values(), strict=True))

    __hash__ = Entry.__hash__


def _opened(data: bytes, key: str) -> tuple[StoredLexicon, StoredChannel]:
    """What a file holds. Raises as `Stored`."""
    stored = Stored(data, key)
    return StoredLexicon(stored), StoredChannel(stored)


class StoredLexicon(Lexicon):
    """The shipped lexicons out of a file; all entries are read from the lexicons themselves when they are asked for."""

    __slots__ = ("_all", "_stored")
    _stored: Stored
    _all: tuple[Entry, ...] | None

    def __new__(cls, stored: Stored | None = None, **values: Any) -> Any:
        """One of a file; `dataclasses.replace`, which gives the values, gets a plain lexicon."""
        return object.__new__(cls) if stored is not None else Lexicon(**values)

    def __init__(self, stored: Stored) -> None:
        put = object.__setattr__
        put(self, "_stored", stored)
        put(self, "_all", None)
        put(self, "families", tuple(map(family_of, stored.told["families"])))
        put(self, "digest", str(stored.told["digest"]))

    def __reduce__(self) -> tuple[Any, ...]:
        return _lexicon, (self._stored.data, self._stored.key)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Lexicon):
            return NotImplemented
        return self.families == other.families and self.entries == other.entries

    def __hash__(self) -> int:
        return hash((self.families, self.entries))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, in file order."""
        found = self._all
        if found is None:
            found = load().entries
            object.__setattr__(self, "_all", found)
        return found

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self._stored.entry_families)

    def of(self, families: Iterable[str]) -> list[Entry]:
        """The entries of some families, in file order."""
        return list(map(self._stored.whole, self._stored.numbers_of(families)))

    def pairs(self, families: Iterable[str]) -> list[tuple[str, tuple[str, ...]]]:
        """(spun form, originals) of the active entries of some families, in file order."""
        with suppress(LookupError):
            return self._stored.pairs(self._stored.numbers_of(families))
        return Lexicon(self.families, self.entries, self.digest).pairs(families)

    def forms(self, families: Iterable[str]) -> set[str]:
        """The spun forms of the active entries of some families."""
        stored = self._stored
        with suppress(LookupError):
            return set(map(stored.patterns.__getitem__, stored.patterns_of(families)))
        return Lexicon(self.families, self.entries, self.digest).forms(families)


class StoredCandidates(Candidates):
    """The candidates of every pattern out of a file."""

    weighed = True

    def __init__(self, stored: Stored) -> None:
        self.patterns = stored.patterns
        self._stored = stored
        self._known = {}
        told = stored.told
        with suppress(LookupError, TypeError, AttributeError):
            self.columns = CandidateColumns(
                stored.candidate_firsts,
                stored.candidate_words,
                stored.candidate_families,
                stored.candidate_entries,
                stored.candidate_weights,
                stored.entry_traits,
                stored.entry_families,
                stored.words,
                [family["name"] for family in told["families"]],
                len(told["names"]),
            )

    def entry(self, place: int) -> Entry:
        """The entry of a candidate by its place in the columns."""
        return self._stored.entry(self._stored.candidate_entries[place])

    @overload
    def __getitem__(self, pattern: int) -> tuple[Candidate, ...]: ...
    @overload
    def __getitem__(self, pattern: slice) -> list[tuple[Candidate, ...]]: ...
    def __getitem__(self, pattern: int | slice) -> tuple[Candidate, ...] | list[tuple[Candidate, ...]]:
        # Nothing is kept: whoever reads texts asks for a pattern once, and what is kept is
        # walked over by the garbage collector.
        return super().__getitem__(pattern) if isinstance(pattern, slice) else self._made(pattern)

    def _made(self, pattern: int) -> tuple[Candidate, ...]:
        try:
            return self._listed(pattern)
        except (LookupError, TypeError, AttributeError):
            return self._stored.channel.candidates[pattern]

    def _listed(self, pattern: int) -> tuple[Candidate, ...]:
        """The candidates of a pattern as the file has them. Raises `LookupError` where its numbers lead nowhere."""
        stored, make = self._stored, tuple.__new__
        entries, words, patterns, others = (
            stored.candidate_entries,
            stored.candidate_words,
            stored.patterns,
            stored.words,
        )
        families, weights, known = stored.candidate_families, stored.candidate_weights, len(stored.told["names"])
        found = []
        first, last = stored.candidate_firsts[pattern], stored.candidate_firsts[pattern + 1]
        if not 0 <= first <= last <= len(words):
            raise LookupError("no candidates")
        for place in range(first, last):
            entry, family = stored.entry(entries[place]), families[place]
            if not 0 <= family < known or words[place] < 0:
                raise LookupError("no family, or no word")
            word = words[place]
            original = patterns[word] if word < len(patterns) else others[word - len(patterns)]
            # What the named tuple's own constructor does; there are thousands of these.
            found.append(make(Candidate, (original, family, weights[place], entry)))
        return tuple(found)


class Exposed(Sequence[tuple[int, ...]]):
    """The families that every pattern is exposed to, out of flat columns."""

    def __init__(self, firsts: array[int], families: array[int]) -> None:
        self._firsts, self._families = firsts, families

    def __len__(self) -> int:
        return len(self._firsts) - 1

    @overload
    def __getitem__(self, pattern: int) -> tuple[int, ...]: ...
    @overload
    def __getitem__(self, pattern: slice) -> list[tuple[int, ...]]: ...
    def __getitem__(self, pattern: int | slice) -> tuple[int, ...] | list[tuple[int, ...]]:
        if isinstance(pattern, slice):
            return [self[number] for number in range(*pattern.indices(len(self)))]
        if pattern < 0:
            pattern += len(self)
        return tuple(self._families[self._firsts[pattern] : self._firsts[pattern + 1]])


class StoredChannel(ListChannel):
    """The channel of the shipped lexicons out of a file."""

    def __init__(self, stored: Stored) -> None:
        told = stored.told
        self._stored = stored
        self.families: list[str] = told["names"]
        self.patterns: list[str] = stored.patterns
        self.candidates = StoredCandidates(stored)
        self.exposed = Exposed(stored.exposed_firsts, stored.exposed)
        self.exposures = stored.exposed_firsts, stored.exposed
        self.excess, self.noise = told["excess"], told["noise"]
        self.is_site = list(map(bool, stored.is_site))
        self._single_originals = {}
        self.pack_numbers = list(stored.pack)
        self.counted = list(map(bool, stored.counted))
        self._plain = Matcher(list(stored.plain), self.patterns, self.is_site, self.counted)
        self._pack = Matcher(self.pack_numbers, self.patterns, [True] * len(self.patterns), self.counted)

    def __reduce__(self) -> tuple[Any, ...]:
        return _channel, (self._stored.data, self._stored.key)

    def forms_of(self, lexicon: Lexicon, families: AbstractSet[str]) -> frozenset[int]:
        """As of any channel; of the lexicon of the same file without a look at the words."""
        if isinstance(lexicon, StoredLexicon) and lexicon._stored is self._stored:
            with suppress(LookupError):
                listed = self._stored.patterns_of(families)
                return frozenset([place for place, number in enumerate(self._plain.numbers) if number in listed])
        return super().forms_of(lexicon, families)

    @cached_property
    def number(self) -> dict[str, int]:  # type: ignore[override]
        """The number of every pattern."""
        return dict(zip(self.patterns, count()))


def _lexicon(data: bytes, key: str) -> StoredLexicon:
    return StoredLexicon(Stored(data, key))


def _channel(data: bytes, key: str) -> StoredChannel:
    return StoredChannel(Stored(data, key))
