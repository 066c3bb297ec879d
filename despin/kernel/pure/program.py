"""A segmented spinner, forwards, in plain Python: the twin of `despin.kernel.native.program`, with the same results."""

from __future__ import annotations

import bisect
import itertools
import math
import zlib
from array import array
from collections.abc import Collection, Iterator, Sequence
from mmap import mmap
from typing import Any

from despin.errors import ModelError
from despin.kernel.program_blob import RANKS, SEALED_FROM, header, places

#: What jieba writes for the logarithm of nothing.
MIN_FLOAT = -3.14e100
#: The kind of seal this kernel makes (`pack` of `despin.kernel.program_blob`).
SEAL = 2
_MIX = 0x9E3779B97F4A7C15
_WHOLE = (1 << 64) - 1
#: The most characters, and one, of which a run is checked.
_REACH = 1024

#: Start and end in code points, and flag, of a word.
Token = tuple[int, int, str]


def seal(data: bytes | memoryview) -> int:
    """A checksum of 32 bits."""
    return zlib.crc32(data)


def trie(words: list[str], known: bytes) -> tuple[bytes, bytes, bytes, int]:
    """The trie of sorted distinct words, the first of them "": (edges, first, infreq, number of nodes), as in
    `despin.kernel.program_blob`; `known` is 1 for the dictionary's words."""
    root = nodes = len(words)
    nodes += 1
    edges: list[tuple[int, int]] = []
    first = array("I", [0]) * (1 << 16)
    known_nodes: list[int] = []
    known_words: list[int] = []
    path, last = [root], ""
    for number in range(1, len(words)):
        word = words[number]
        if not 0 < len(word) < 256 or len(known) != len(words):
            raise ValueError("words of 1 to 255 characters, and a mark for each")
        shared = next(
            (k for k, (a, b) in enumerate(zip(word, last, strict=False)) if a != b), min(len(word), len(last))
        )
        del path[shared + 1 :]
        for place in range(shared, len(word)):
            node = number
            if place + 1 < len(word):
                node = nodes
                nodes += 1
            if place == 0:
                first[ord(word[0])] = node
            else:
                edges.append((path[-1] << 16 | ord(word[place]), node))
            path.append(node)
        if known[number]:
            known_nodes += path[1:]
            known_words.append(path[-1])
        last = word
    marks = bytearray(nodes)
    for node in known_nodes:
        marks[node] = 1
    for node in known_words:
        marks[node] = 3
    needed = sum(map(bool, first)) + len(edges)
    return _hashed(edges, needed), first.tobytes(), bytes(marks), nodes


def _hashed(edges: list[tuple[int, int]], needed: int) -> bytes:
    slots = 1 << 12
    while slots * 7 < needed * 10:
        slots *= 2
    table = array("Q", [0]) * slots
    for key, node in edges:
        slot = ((key * _MIX & _WHOLE) >> 20) & (slots - 1)
        while table[slot]:
            slot = (slot + 1) & (slots - 1)
        table[slot] = key << 24 | node
    return table.tobytes()


class Segmenter:
    """jieba's words and flags of a text and, for a program of eligible `flags` and of `ranks`, what it may write for them.

    `blob` are the data of `despin.spinners.dictionary`, as bytes or a memory map. Raises `ModelError` for a blob that is damaged. Safe to
    share between threads.
    """

    def __init__(self, blob: bytes | mmap, flags: Collection[str] = (), rank: int = 1) -> None:
        self._map(blob)
        self._check()
        self._program(flags, (rank,))

    def program(self, flags: Collection[str], *ranks: int) -> Segmenter:
        """A segmenter of the same data for another program: `flags` that it replaces, by a neighbour of one of these ranks (1 where
        none is given)."""
        other = Segmenter.__new__(Segmenter)
        other.__dict__.update(self.__dict__)
        other._program(flags, ranks or (1,))
        return other

    @property
    def blob(self) -> bytes | mmap:
        """The data, as they were given."""
        return self._blob

    @classmethod
    def checked(cls, blob: bytes | mmap, flags: Collection[str], ranks: tuple[int, ...]) -> Segmenter:
        """A segmenter of a blob that either kernel has checked already."""
        new = cls.__new__(cls)
        new._map(blob)
        new._program(flags, ranks)
        return new

    def _map(self, blob: bytes | mmap) -> None:
        view = memoryview(blob)
        found = places(view)
        self._blob = blob
        self.logtotal = header(view)[2]

        def part(name: str, kind: str) -> Any:
            offset, count = found[name]
            return view[offset : offset + count * array(kind).itemsize].cast(kind)  # type: ignore[call-overload]

        self._edges, self._first = part("edges", "Q"), part("first", "I")
        self._mask = len(self._edges) - 1
        self.infreq, self.logf, self._flag, self.length = (
            part(name, kind) for name, kind in (("infreq", "B"), ("logf", "d"), ("flag", "B"), ("length", "B"))
        )
        self._offsets = part("offsets", "I")
        offset, count = found["strings"]
        self._strings = view[offset : offset + 2 * count]
        self._rows, self._near = part("rows", "I"), part("near", "I")
        self._start, self._trans = part("start", "d"), part("trans", "d")
        self._eoff, self._estate, self._evalue, self._eintab = (
            part(name, kind) for name, kind in (("eoff", "I"), ("estate", "B"), ("evalue", "d"), ("eintab", "B"))
        )
        self._characters, self._stag, self._spos = part("characters", "H"), part("stag", "B"), part("spos", "B")
        self.nwords, self.nnodes = len(self.logf), len(self.infreq)
        self.flags: list[str] = bytes(part("names", "B")).decode("utf-8", "replace").split("\n")
        if not {"", "x", "m", "eng"} <= set(self.flags) or len(self.flags) > 255:
            raise ModelError("the data of the spinner program are damaged (flags)")
        self._known: dict[str, tuple[dict[int, float], list[int]]] = {}
        self._before: list[list[tuple[int, float]]] | None = None
        self._after: list[set[int]] = []

    def _check(self) -> None:
        view = memoryview(self._blob)
        kind, wanted, _ = header(view)
        if kind != SEAL:
            raise ModelError(
                "these data of the spinner program were made by despin's compiled code: remove them from the cache"
            )
        if zlib.crc32(view[SEALED_FROM:]) != wanted:
            raise ModelError("the data of the spinner program are damaged (the seal is broken)")
        # Python checks every index by itself; those of an honest seal need no more.
        if 0 not in self._edges or len(self._strings) != 2 * self._offsets[self.nwords]:
            raise ModelError("the data of the spinner program are damaged (an index lies outside)")

    def _program(self, flags: Collection[str], ranks: tuple[int, ...]) -> None:
        for rank in ranks:
            if not 1 <= rank <= RANKS:
                raise ValueError(f"rank {rank}: 1 to {RANKS}")
        self.ranks = ranks
        self._eligible = {number for number, name in enumerate(self.flags) if name and name in flags}
        near = [self._near[(rank - 1) * len(self._rows) : rank * len(self._rows)] for rank in ranks]
        #: By word, its neighbour of each of the program's ranks.
        self._images: dict[int, tuple[int, ...]] = dict(zip(self._rows, zip(*near, strict=True), strict=True))
        self._preimages: dict[int, list[int]] = {}
        if self._eligible:
            for word, images in self._images.items():
                if self._can_change(word):
                    for image in dict.fromkeys(images):
                        self._preimages.setdefault(image, []).append(word)

    # ------------------------------------------------------------ words

    def step(self, node: int, character: int) -> int:
        """The node after `node` (`nwords` is the root) and a character, or 0."""
        if character > 0xFFFF:
            return 0
        if node == self.nwords:
            return int(self._first[character])
        key = node << 16 | character
        slot = ((key * _MIX & _WHOLE) >> 20) & self._mask
        while edge := self._edges[slot]:
            if edge >> 24 == key:
                return int(edge & 0xFFFFFF)
            slot = (slot + 1) & self._mask
        return 0

    def number(self, word: str) -> int:
        """The number of a word, 0 for a string that is none."""
        node = self.nwords
        for character in word:
            node = self.step(node, ord(character))
            if not node:
                return 0
        return node if node < self.nwords else 0

    def word(self, number: int) -> str:
        """The word of a number. Raises `IndexError`."""
        if not 0 <= number < self.nwords:
            raise IndexError(number)
        offset = self._offsets[number]
        return bytes(self._strings[2 * offset : 2 * (offset + self.length[number])]).decode(
            "utf-16-le", "surrogatepass"
        )

    def image(self, number: int, rank: int = 0) -> int:
        """The number of a word's neighbour of this rank (0: the program's first), 0 for a word without neighbours. Raises `IndexError`."""
        if not 0 <= number < self.nwords or not 0 <= rank <= RANKS:
            raise IndexError((number, rank))
        if rank == 0 or rank == self.ranks[0]:
            return self._first_image(number)
        row = bisect.bisect_left(self._rows, number)
        if row == len(self._rows) or self._rows[row] != number:
            return 0
        return int(self._near[(rank - 1) * len(self._rows) + row])

    def flag_of(self, word: str) -> str:
        """The flag of a word that stands alone: the dictionary's, or what the hidden Markov model gives it; "" for none."""
        number = int(self._flag[self.number(word)])
        return self.flags[number]

    def frequency(self, word: str) -> float | None:
        """The log probability that the dictionary gives a word, None for a word that it does not count."""
        number = self.number(word)
        return float(self.logf[number]) if number and self.logf[number] <= 0 else None

    def _can_change(self, word: int) -> bool:
        if self._flag[word] in self._eligible:
            return True
        if self.length[word] != 1:
            return False
        row = self._characters[ord(self.word(word))]
        return bool(row) and any(
            self._eintab[k] and self._spos[self._estate[k]] == 3 and self._stag[self._estate[k]] in self._eligible
            for k in range(self._eoff[row - 1], self._eoff[row])
        )

    def preimages(self, form: str) -> tuple[str, ...]:
        """The words that the program may write as `form`, ordered by code points."""
        word = self.number(form)
        return tuple(map(self.word, self._preimages.get(word, ()))) if word else ()

    def changes(self, word: str) -> str | None:
        """What the program writes for a word that it can change, by the first of its ranks, or None."""
        number = self.number(word)
        image = self._first_image(number) if number else 0
        return self.word(image) if image and self._can_change(number) else None

    def preimages_of(self, number: int) -> Sequence[int]:
        """The numbers of the words that the program may write as the word of this number, ascending."""
        return self._preimages.get(number, ())

    def counts(self, node: int) -> bool:
        """Whether a node is a word that the dictionary counts."""
        return 0 < node < self.nwords and bool(self.logf[node] <= 0)

    def replaces(self, number: int) -> bool:
        """Whether the program would have replaced a word of the dictionary, by whichever of its ranks."""
        return self._flag[number] in self._eligible and number not in self._images.get(number, (number,))

    def forms(self, text: str) -> tuple[list[str], list[str | None]]:
        """(words, pairs): the words of a text, and for each what it makes with the next one where that is a word too, else None."""
        words = [text[start:end] for start, end, _ in self.tokens(text)]
        joined = [one + other for one, other in itertools.pairwise(words)]
        return words, [*(pair if self.number(pair) else None for pair in joined), *([None] if words else [])]

    def left(self, text: str) -> int:
        """How many different words of several characters in a text the program can neither have written nor left: it would have
        replaced them, and writes them for no word."""
        eligible = [(start, end) for start, end, flag in self.tokens(text) if self.flags.index(flag) in self._eligible]
        words = {self.number(text[start:end]) for start, end in eligible if end - start > 1} - {0}
        return sum(self.replaces(word) and not self._preimages.get(word) for word in words)

    def drawn(self, number: int, form: int) -> float:
        """log P that a program that draws one of its ranks writes a form for a word that it changes."""
        return math.log(self._images[number].count(form) / len(self.ranks))

    def _first_image(self, number: int) -> int:
        return int(self._images.get(number, (0,))[0])

    # ------------------------------------------------------------ segmentation

    def tokens(self, text: str) -> list[Token]:
        """(start, end, flag) of every word of a text, in code points; the words cover it."""
        found: list[Token] = []
        i, n = 0, len(text)
        while i < n:
            j = i + 1
            if not is_block(text[i]):
                j += text[i : i + 2] == "\r\n"
                found.append((i, j, "x"))
            else:
                while j < n and is_block(text[j]):
                    j += 1
                found += self._block(text, i, j)
            i = j
        return found

    def _block(self, text: str, i: int, j: int) -> Iterator[Token]:
        ends = self._route(text[i:j])
        place = run = i
        while place < j:
            end = i + ends[place - i] + 1
            if end - place > 1:
                if run < place:
                    yield from self._run(text, run, place)
                yield place, end, self.flags[self._flag[self.number(text[place:end])]]
                run = end
            place = end
        if run < j:
            yield from self._run(text, run, j)

    def _route(self, text: str) -> Sequence[int]:
        """The most probable cut into the dictionary's words: the last character of the word that begins at each place."""
        values = [0.0] * (len(text) + 1)
        ends = [0] * len(text)
        for k in range(len(text) - 1, -1, -1):
            node, best, value = self.nwords, -1, 0.0
            for e in range(k, len(text)):
                node = self.step(node, ord(text[e]))
                if not node or not self.infreq[node]:
                    break
                if node < self.nwords and self.logf[node] <= 0:
                    p = self.logf[node] + values[e + 1]
                    if best < 0 or p >= value:
                        value, best = p, e
            if best < 0:
                best, value = k, -self.logtotal + values[k + 1]
            values[k], ends[k] = value, best
        return ends

    def _run(self, text: str, a: int, b: int) -> Iterator[Token]:
        """Words of text[a:b], characters that the dictionary leaves single."""
        word = self.number(text[a:b]) if b - a > 1 else 0
        if b - a == 1 or (word and self.logf[word] <= 0):
            for k in range(a, b):
                yield k, k + 1, self._single(text[k])
            return
        i = a
        while i < b:
            kind, j = _kind(text[i]), i + 1
            while j < b and (_kind(text[j]) == kind or (kind == "eng" and "0" <= text[j] <= "9")):
                j += 1
            if kind == "han":
                yield from self._words(text, i, j)
            else:
                yield i, j, kind
            i = j

    def _single(self, character: str) -> str:
        node = self._first[ord(character)] if character <= "\uffff" else 0
        known = node and node < self.nwords and self.infreq[node] & 2
        return self.flags[self._flag[node]] if known else "x"

    def _words(self, text: str, i: int, j: int) -> Iterator[Token]:
        states = self._states(text[i:j])
        begin = rest = 0
        for k, state in enumerate(states):
            place, flag = self._spos[state], self.flags[self._stag[state]]
            if place == 0:
                begin = k
            elif place == 2:
                yield i + begin, i + k + 1, flag
                rest = k + 1
            elif place == 3:
                yield i + k, i + k + 1, flag
                rest = k + 1
        if rest < j - i:
            yield i + rest, j, self.flags[self._stag[states[rest]]]

    def _states(self, text: str) -> list[int]:
        """The most likely states of characters (`jieba.posseg.viterbi`)."""
        before = self._transitions()
        value: dict[int, float] = {}
        back: list[dict[int, int]] = []
        for t, character in enumerate(text):
            emission, listed = self._emissions(character)
            active = [state for state in value if self._after[state]]
            allowed = set().union(*map(self._after.__getitem__, active)) if active else set()
            candidates: Collection[int] = [state for state in listed if not t or state in allowed]
            candidates = candidates or allowed or range(len(self._start))
            last = max(active or value, default=0)
            now: dict[int, float] = {}
            steps: dict[int, int] = {}
            for state in candidates:
                own = emission.get(state, MIN_FLOAT)
                if not t:
                    now[state] = self._start[state] + own
                    continue
                best, value_best = last, -math.inf
                for previous, p in before[state]:
                    if previous in value and (p := value[previous] + p + own) >= value_best:
                        best, value_best = previous, p
                now[state], steps[state] = value_best, best if value_best > -math.inf else last
            value = now
            back.append(steps)
        state = max((p, state) for state, p in value.items())[1]
        states = [state]
        for steps in itertools.islice(reversed(back), len(text) - 1):
            states.append(steps[states[-1]])
        states.reverse()
        return states

    def _emissions(self, character: str) -> tuple[dict[int, float], list[int]]:
        """Log probability by state, and the states that a character may take."""
        found = self._known.get(character)
        if found is None:
            row = self._characters[ord(character)]
            span = range(self._eoff[row - 1], self._eoff[row]) if row else range(0)
            found = {self._estate[k]: self._evalue[k] for k in span}, [self._estate[k] for k in span if self._eintab[k]]
            self._known[character] = found
        return found

    def _transitions(self) -> list[list[tuple[int, float]]]:
        """The states before each state, ascending, with their log probability."""
        if self._before is None:
            size, trans = len(self._start), self._trans
            rows = [[(y0, trans[y0 * size + y]) for y0 in range(size)] for y in range(size)]
            before = [[(y0, p) for y0, p in row if p > -math.inf] for row in rows]
            self._after = [set() for _ in range(size)]
            for y, row in enumerate(before):
                for y0, _ in row:
                    self._after[y0].add(y)
            self._before = before
        return self._before

    def gives_back(self, run: str, text: str) -> bool:
        """Whether the program may make a text of characters that the dictionary leaves single."""
        if len(text) >= _REACH:
            return False
        reached = {0}
        for a, b, flag in self._run(run, 0, len(run)):
            reached = {
                place + len(image)
                for image in self._written(run[a:b], flag)
                for place in reached
                if text.startswith(image, place)
            }
        return len(text) in reached

    def _written(self, word: str, flag: str) -> Sequence[str]:
        """What the program may write for a word of a text, rank by rank."""
        if self.flags.index(flag) in self._eligible and (number := self.number(word)):
            return [*map(self.word, self._images.get(number, ()))] or (word,)
        return (word,)

    def spin(self, text: str) -> tuple[str, list[Token]]:
        """(spun text, edits): what the program makes of a text, by the first of its ranks, and (start, end, original) of each edit, in the spun text."""
        parts: list[str] = []
        edits: list[Token] = []
        place = 0
        for start, end, flag in self.tokens(text):
            original = text[start:end]
            part = self._written(original, flag)[0]
            if part != original:
                edits.append((place, place + len(part), original))
            parts.append(part)
            place += len(part)
        return "".join(parts), edits


def is_block(c: str) -> bool:
    """Whether a character can be part of a word of several."""
    return "\u4e00" <= c <= "\u9fd5" or "a" <= c <= "z" or "A" <= c <= "Z" or "0" <= c <= "9" or c in "+#&._"


def is_han(c: str) -> bool:
    """Whether jieba's hidden Markov model reads the character."""
    return "\u4e00" <= c <= "\u9fd5"


def _kind(c: str) -> str:
    if "\u4e00" <= c <= "\u9fd5":
        return "han"
    if "a" <= c <= "z" or "A" <= c <= "Z":
        return "eng"
    return "m" if c == "." or "0" <= c <= "9" else "x"
