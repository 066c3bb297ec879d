"""Doors of compiled code and parsers, each with what it does with bytes that anybody may have made; `tools.stress.fuzz` makes them.

A target may answer, or refuse with one of despin's own errors or a `ValueError`; anything else is a finding.
"""

from __future__ import annotations

import contextlib
import json
import struct
import tempfile
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from despin.errors import DespinError
from despin.kernel import build_lattice
from despin.kernel.arrays_file import read_arrays
from despin.kernel.native.matcher import Automaton
from despin.kernel.native.network import Network
from despin.kernel.native.program import Segmenter
from despin.kernel.types import Arc
from despin.lexicon.check import check_text
from despin.lexicon.importers import import_text
from despin.lm.ngram import LanguageModel
from despin.lm.scorer import SHIPPED
from despin.page.extract import read_page
from despin.page.html import read_html
from despin.restorer import Restorer
from despin.review.journal import Journal
from despin.text import hidden, m2, wdiff
from despin.text.encodings import guess_encoding, mojibake, sure_encoding
from tools.stress.small_model import small_model
from tools.stress.warm import model

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "data" / "fuzz"
#: What a target may refuse its input with.
REFUSED = (DespinError, ValueError)


@contextmanager
def file_of(data: bytes, name: str) -> Iterator[Path]:
    """A file that holds `data`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        yield path


def text_of(data: bytes) -> str:
    """Bytes as a text; single surrogates may stand in it."""
    return (
        data.decode("utf-8", "surrogatepass") if data[:1] != b"\xff" else data[1:].decode("utf-16-le", "surrogatepass")
    )


@cache
def restorer() -> Restorer:
    """The restorer, made once."""
    return Restorer()


def matcher(data: bytes) -> None:
    """Patterns, and behind an empty line a text in which they are found."""
    patterns, _, text = text_of(data).partition("\n\n")
    words = sorted(set(patterns.split("\n")))
    automaton = Automaton(words, list(range(len(words))), [True] * len(words), [True] * len(words))
    starts, ends, numbers = automaton.find(text)
    expected = sorted(
        (place, place + len(word), number)
        for number, word in enumerate(words)
        for place in range(len(text) - len(word) + 1)
        if text.startswith(word, place)
    )
    assert sorted(zip(starts, ends, numbers, strict=True)) == expected
    automaton.sites(array("i", data[:1]), array("i", data[1:2]), array("i", data[2:3]), tuple)


def lattice(data: bytes) -> None:
    """Numbers of arcs, and behind them a text with a line for each original."""
    count = data[0] % 8 if data else 0
    numbers = struct.unpack_from(f"<{2 * count}h", data[1:].ljust(4 * count, b"\0"))
    text, *originals = text_of(data[1 + 4 * count :]).split("\n")
    arcs = [Arc(start, end, word) for start, end, word in zip(numbers[::2], numbers[1::2], originals, strict=False)]
    build_lattice(text + "\0", arcs, [0.0] * len(arcs), model().trigrams, "。", 5.0)
    model().best_split(text)


def network(data: bytes) -> None:
    """A file of arrays; and JSON of what is otherwise in the shape of the shipped scorer, how long its arrays are, and a text."""
    with file_of(data, "a.scorer") as path, contextlib.suppress(*REFUSED):
        read_arrays(path)
    arrays, metadata = read_arrays(SHIPPED)
    # As `open_scorer`, without the checksum that keeps damage out.
    with contextlib.suppress(ValueError, KeyError, TypeError, OverflowError, AttributeError, RecursionError):
        given = json.loads(data)
        values = {name: bytes(one.data)[: given["sizes"].get(name)] for name, one in arrays.items()}
        characters = array("I", values["characters"]).tolist()
        found = Network({**json.loads(metadata["shape"]), **given["shape"]}, {**values, "characters": characters})
        place = tuple(given["place"])
        found.scores(given["text"], [(*place, 0.5, [("通过", 0.5), (given["text"][:9], -1.0)])], given["kind"])


def ngrams(data: bytes) -> None:
    """A language model's file, and words of it."""
    with file_of(data, "a.lm") as path:
        found = LanguageModel(path)
        found.sequence(found.best_split("用户经由过程手机就能完成付款。")[1])


def blob(data: bytes) -> None:
    """A program's file of the cache."""
    Segmenter(data).spin("用户经由过程手机就能完成付款。")


def texts(data: bytes) -> None:
    """A text of 300 characters at most, restored, with every edit where it says."""
    text = text_of(data)[:300]
    found = restorer().explain(text)
    place, parts = 0, []
    for edit in found.edits:
        assert edit.start >= place
        assert text[edit.start : edit.end] == edit.spun
        parts += [text[place : edit.start], edit.original]
        place = edit.end
    assert "".join([*parts, text[place:]]) == found.text


def lexicon(data: bytes) -> None:
    """A lexicon in YAML."""
    check_text(text_of(data))


def marked(data: bytes) -> None:
    """A text in wdiff's notation: what is read and written is read again."""
    sample = wdiff.read(text_of(data))
    assert wdiff.read(wdiff.write_sample(sample)) == sample
    m2.write(sample.spun, [])


def journal(data: bytes) -> None:
    """The journal of a review."""
    with file_of(data, "a.review") as path:
        Journal(path, "a.txt", "0" * 64).close()


def pages(data: bytes) -> None:
    """A web page, as HTML and as text."""
    text = text_of(data)
    with contextlib.suppress(*REFUSED):
        read_html(text)
    read_page(text)


def lists(data: bytes) -> None:
    """A word list, in whatever encoding."""
    guess_encoding(data), sure_encoding(data)
    text = text_of(data)
    mojibake(text)
    hidden.read(text)
    import_text(text)


TARGETS: dict[str, Callable[[bytes], None]] = {
    one.__name__: one
    for one in (matcher, lattice, network, ngrams, blob, texts, lexicon, marked, journal, pages, lists)
}


def tried(target: str, data: bytes) -> None:
    """A target's answer to `data`, or that it is refused. Raises whatever is a finding."""
    with contextlib.suppress(*REFUSED):
        TARGETS[target](data)


def seeds(target: str) -> Iterator[bytes]:
    """What a target's corpus begins with: files of the corpus, and small ones of the kind."""
    yield from [path.read_bytes() for path in sorted((CORPUS / target).glob("*"))]
    if target == "ngrams":
        yield small_model("用户经由过程手机就能完成付款。", 1)
