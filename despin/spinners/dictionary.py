"""A segmented spinner's data: the installed jieba's dictionary and Markov model, joined with a table of neighbours.

They are laid out once as one blob (`despin.kernel.program_blob`) in despin's cache folder and mapped from there;
without a cache folder they are built in memory, in about a second. Nothing is written anywhere else.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import mmap
import threading
import warnings
from array import array
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from despin.cachefile import cache_folder, open_cached, write_cached
from despin.errors import DespinWarning, JiebaError, ModelError
from despin.fingerprint import sha256, version
from despin.kernel.native.program import Segmenter, seal, trie
from despin.kernel.program_blob import FORM, LONGEST, RANKS, pack, unpack
from despin.spinners.jieba_data import FILES, KNOWN, Dictionary, Model, State, jieba_folder, read_dictionary, read_model
from despin.spinners.neighbours import Neighbours, digest_of, read_neighbours, table_file
from despin.spinners.told import with_words

#: What jieba writes for the logarithm of nothing.
MIN_FLOAT = -3.14e100
#: So many blobs a cache folder keeps, the latest.
KEPT_BLOBS = 4

_lock = threading.Lock()
_opened: dict[tuple[str, str, str], Segmenter] = {}


def open_segmenter(table: str = "synonyms-3.8.0") -> Segmenter:
    """The segmenter of a table, without a program; the same object each time. Raises `ModelError` where
    jieba is missing or the table is missing or damaged. Warns once where jieba is another version than the
    one that results are known for."""
    file = table_file(table)
    return _open(table, digest_of(file), lambda folder: build(folder, read_neighbours(file)))


def open_with_words(words: Sequence[str], digest: str) -> Segmenter:
    """The segmenter of jieba after `add_word` of each of these words, in order, without neighbours; `digest` tells them
    from others. The same object each time. Raises `ModelError` where jieba is missing."""
    nothing = Neighbours([], [array("I")] * RANKS, [""], b"")
    return _open("", digest, lambda folder: build(folder, nothing, words))


def _open(table: str, digest: str, make: Callable[[Path], bytes]) -> Segmenter:
    """The segmenter of what `make` builds of jieba's folder, opened once in a process."""
    folder = jieba_folder()
    with _lock:
        key = (str(folder), table, digest)
        if key not in _opened:
            _opened[key] = _cached(folder, _signature(folder, digest), lambda: make(folder))
        return _opened[key]


def _cached(folder: Path, signature: str, make: Callable[[], bytes]) -> Segmenter:
    """The segmenter of what `make` builds, from the cache where that has it."""
    kept = cache_folder()
    place = kept / f"program-{signature}.blob" if kept else None
    blob: bytes | mmap.mmap
    segmenter = None
    if place:
        with contextlib.suppress(OSError, ValueError, ModelError), open_cached(place) as stream:
            blob = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            segmenter = Segmenter(blob)
    if segmenter is None:
        blob = make()
        segmenter = Segmenter(blob)
        if place:
            write_cached(place, blob, KEPT_BLOBS)
    # The SHA-256 of the dictionary that it was made of.
    if unpack(blob)["origin"] != KNOWN.encode():
        warnings.warn(
            f"{folder}: this jieba has another dictionary than 0.42.1, so words may be cut differently from the "
            "spinner's: pip install jieba==0.42.1",
            DespinWarning,
            stacklevel=5,
        )
    return segmenter


def _signature(folder: Path, digest: str) -> str:
    """A digest of what a blob is made of: jieba's files as the file system describes them, the table's
    checksum, layout and version."""
    described: list[object] = [FORM, version(), digest]
    for name in FILES:
        with contextlib.suppress(OSError):
            status = (folder / name).stat()
            described.append((str(folder / name), status.st_size, status.st_mtime_ns))
    return sha256(repr(described).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def build(folder: Path, table: Neighbours, told: Sequence[str] = ()) -> bytes:
    """The blob of the jieba in this folder, told of some words, and a table. Raises `ModelError`
    for files that cannot be read."""
    try:
        data = (folder / "dict.txt").read_bytes()
    except OSError as error:
        raise JiebaError(
            f"{folder / 'dict.txt'}: it cannot be read ({error.strerror}): pip install jieba==0.42.1"
        ) from error
    dictionary, model = with_words(read_dictionary(data), told), read_model(folder)
    words = ["", *sorted(_kept(dictionary.flags.keys() | set(table.words)))]
    number = dict(zip(words, itertools.count()))
    arrays, flags = _model(model, {*dictionary.flags.values(), *table.names})
    logtotal = math.log(dictionary.total or 1)
    arrays |= _words(words, dictionary, table, flags, logtotal)
    arrays |= _neighbours(number, table)
    known = bytes(map(dictionary.flags.__contains__, words))
    arrays["edges"], arrays["first"], arrays["infreq"], _ = trie(words, known)
    arrays["origin"] = sha256(data).hexdigest().encode()
    arrays["logtotal"] = _packed("d", [logtotal])
    return pack(arrays, seal)


def _kept(words: set[str]) -> set[str]:
    """The words that a blob can hold."""
    if max(map(len, words), default=0) <= LONGEST and max("".join(words), default="") <= "\uffff":
        return words - {""}
    return {word for word in words if 0 < len(word) <= LONGEST and max(word) <= "\uffff"}


def _words(
    words: Sequence[str], dictionary: Dictionary, table: Neighbours, flags: Mapping[str, int], logtotal: float
) -> dict[str, bytes]:
    """Strings, frequencies and flags by word."""
    lengths = bytes(map(len, words))
    logs = {count: math.log(count) - logtotal for count in set(dictionary.frequencies.values()) if count > 0}
    alone = {word: table.names[flag] for word, flag in zip(table.words, table.flags, strict=True) if flag}
    # A word without a frequency is a beginning of words to jieba, and no word.
    logf = array("d", [logs.get(dictionary.frequencies.get(word, 0), 1.0) for word in words])
    flag = bytes([flags[tag] for tag in map((alone | dictionary.flags).get, words, itertools.repeat(""))])
    return {
        "strings": "".join(words).encode("utf-16-le", "surrogatepass"),
        "offsets": _packed("I", itertools.accumulate(lengths, initial=0)),
        "length": lengths,
        "logf": logf.tobytes(),
        "flag": flag,
    }


def _neighbours(number: Mapping[str, int], table: Neighbours) -> dict[str, bytes]:
    """The words with neighbours, and these, rank by rank. Raises `ModelError` for a table of too few ranks."""
    if len(table.near) < RANKS:
        raise ModelError(
            f"the table of this program has {len(table.near)} ranks instead of {RANKS}: install despin anew"
        )
    numbers = [number.get(word, 0) for word in table.words]
    ranks = [list(map(numbers.__getitem__, rank)) for rank in table.near[:RANKS]]
    if not all(numbers) or not all(map(all, ranks)):
        kept = [row for row, own in enumerate(numbers) if own and all(rank[row] for rank in ranks)]
        numbers = [numbers[row] for row in kept]
        ranks = [[rank[row] for row in kept] for rank in ranks]
    return {"rows": _packed("I", numbers), "near": b"".join(_packed("I", rank) for rank in ranks)}


def _model(model: Model, tags: set[str]) -> tuple[dict[str, bytes], dict[str, int]]:
    """The arrays of the hidden Markov model, and the number of each flag."""
    states = sorted(model.start)
    names = ["", *sorted((tags | {flag for _, flag in states} | {"x", "m", "eng"}) - {""})]
    if len(names) > 255:
        raise JiebaError("jieba's dictionary has more than 254 flags: pip install jieba==0.42.1")
    flags = {name: place for place, name in enumerate(names)}
    place = {state: row for row, state in enumerate(states)}
    emissions: dict[str, dict[State, float]] = {}
    for state in states:
        for character, value in model.emit[state].items():
            emissions.setdefault(character, {})[state] = value
    for character, allowed in model.candidates.items():
        for state in allowed:
            emissions.setdefault(character, {}).setdefault(state, MIN_FLOAT)
    rows = array("H", [0]) * (1 << 16)
    ends, row_states, values, marks = array("I", [0]), bytearray(), array("d"), bytearray()
    for row, character in enumerate(sorted(one for one in emissions if len(one) == 1 and one <= "\uffff")):
        rows[ord(character)] = row + 1
        candidates = set(model.candidates.get(character, ()))
        for state, value in sorted(emissions[character].items()):
            row_states.append(place[state])
            values.append(value)
            marks.append(state in candidates)
        ends.append(len(row_states))
    trans = array("d", [-math.inf]) * (len(states) ** 2)
    for before, after in model.trans.items():
        for state, value in after.items():
            trans[place[before] * len(states) + place[state]] = value
    arrays = {
        "start": _packed("d", (model.start[state] for state in states)), "trans": trans.tobytes(),
        "characters": rows.tobytes(), "eoff": ends.tobytes(), "estate": bytes(row_states), "evalue": values.tobytes(),
        "eintab": bytes(marks), "stag": bytes(flags[flag] for _, flag in states),
        "spos": bytes("BMES".index(position) for position, _ in states), "names": "\n".join(names).encode(),
    }  # fmt: skip
    return arrays, flags


def _packed(kind: str, values: object) -> bytes:
    """Numbers as the bytes of an array of this kind (a type code of `array`)."""
    return array(kind, values).tobytes()  # type: ignore[call-overload,no-any-return]
