from collections.abc import Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from mmap import mmap
from typing import Any

from despin.kernel.native.lattice import Trigrams
from despin.kernel.native.network import Network

#: (start, end, original, probability, runners-up with theirs), in code points of the text.
_Row = tuple[int, int, str, float, list[tuple[str, float]]]
#: The same, and whether the page cannot have been written otherwise.
_Tested = tuple[int, int, str, float, list[tuple[str, float]], bool]

def seal(data: bytes | memoryview) -> int: ...
def trie(words: list[str], known: bytes) -> tuple[bytes, bytes, bytes, int]: ...

class Segmenter:
    nwords: int
    nnodes: int
    logtotal: float
    flags: list[str]
    ranks: tuple[int, ...]
    @property
    def blob(self) -> bytes | mmap: ...
    def __init__(self, blob: bytes | mmap, flags: Collection[str] = (), rank: int = 1) -> None: ...
    def program(self, flags: Collection[str], *ranks: int) -> Segmenter: ...
    def number(self, word: str) -> int: ...
    def word(self, number: int) -> str: ...
    def image(self, number: int, rank: int = 0) -> int: ...
    def flag_of(self, word: str) -> str: ...
    def forms(self, text: str) -> tuple[list[str], list[str | None]]: ...
    def frequency(self, word: str) -> float | None: ...
    def preimages(self, form: str) -> tuple[str, ...]: ...
    def changes(self, word: str) -> str | None: ...
    def tokens(self, text: str) -> list[tuple[int, int, str]]: ...
    def spin(self, text: str) -> tuple[str, list[tuple[int, int, str]]]: ...

class Choice:
    bits: int
    ubits: int
    radius: int
    fluency: float
    scale: float
    def __init__(
        self,
        words: Segmenter,
        data: bytes | mmap | memoryview | None = None,
        bits: int = 26,
        ubits: int = 15,
        radius: int = 20,
        fluency: float = 0.8,
        scale: float = 0.2,
    ) -> None: ...
    def learn(self, text: str, lm: Trigrams, rate: float, urate: float) -> tuple[int, int, int, float]: ...
    def learned(self, least: float) -> tuple[bytes, bytes, bytes, bytes, list[tuple[str, bool, bytes]]]: ...

class ClauseSearch:
    def __init__(
        self,
        words: Segmenter,
        lm: Trigrams,
        network: Network,
        choice: Choice | None,
        weights: tuple[float, float, float, float, float],
        kind: int = 0,
        alone: bool = False,
        windows: list[object] | None = None,
    ) -> None: ...
    def read(
        self, text: str, places: list[tuple[int, int]], said: list[tuple[int, int, str, float]] | None = None
    ) -> list[tuple[list[_Tested], float]]: ...
    def scores(
        self,
        text: str,
        places: list[tuple[int, int]],
        rows: list[tuple[int, int, str]],
        said: list[tuple[int, int, str, float]] | None = None,
    ) -> list[list[tuple[int, int, float | None, int]]]: ...

class Evidence:
    bits: int
    def __init__(self, data: bytes | mmap | memoryview | None = None, bits: int = 25) -> None: ...
    def score(self, text: str) -> float: ...
    def sums(self, text: str, places: list[int]) -> list[float]: ...
    def glance(self, text: str, weight: float) -> tuple[float, float]: ...
    def learn(self, text: str, spun: bool, rate: float) -> float: ...
    def learned(self, least: float) -> tuple[bytes, bytes, bytes]: ...

class WordOdds:
    def __init__(self, programs: list[Segmenter], strange: float, most: float, again: float, rare: float) -> None: ...
    def of(self, text: str) -> tuple[float, ...]: ...

def columns_of(
    text: str,
    rows: list[_Row],
    failed: list[tuple[int, int]],
    overrides: Mapping[str, str | None],
    names: tuple[str, str],
    flips: AbstractSet[tuple[str, str]],
    negates: Callable[[str, str], bool],
    numbers: tuple[float, float, float],
) -> tuple[dict[str, list[Any]], list[str], list[float], list[int]]: ...
