"""Words that stand where another word could stand, found in the language model's own bigrams.

Positive pointwise mutual information with the words on the left and on the right, reduced by truncated singular value
decomposition (Levy and Goldberg 2014; Bullinaria and Levy 2012). Needs numpy and scipy: the extra `despin[learn]`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from despin.errors import UsageError
from despin.learning.trie import Bigrams, Known, read_bigrams

if TYPE_CHECKING:
    import numpy as np

    from despin.fluency import LanguageModel

    Array = np.ndarray[Any, np.dtype[Any]]

#: The most frequent words: they are the contexts, and what may be proposed as an original.
FREQUENT = 12_000
DIMENSIONS = 200
#: A word with fewer bigrams than this has no neighbourhood.
LEAST_BIGRAMS = 8


@dataclass(frozen=True)
class Neighbourhood:
    """Unit vectors of words; `frequent` are the rows of words that may be originals, `known` the model's bigrams."""

    known: Known
    rows: dict[str, int]
    names: list[str]
    vectors: Array
    frequent: Array

    def nearest(self, words: Iterable[str], count: int) -> dict[str, list[tuple[str, float]]]:
        """For each of `words` that has a neighbourhood, its `count` nearest frequent words with their cosines, the
        nearest first."""
        import numpy as np

        known = [word for word in words if word in self.rows]
        choices = self.vectors[self.frequent]
        found: dict[str, list[tuple[str, float]]] = {}
        for start in range(0, len(known), 1024):
            block = known[start : start + 1024]
            likeness = self.vectors[[self.rows[word] for word in block]] @ choices.T
            best = np.argpartition(-likeness, min(count + 1, likeness.shape[1] - 1), axis=1)[:, : count + 1]
            for word, row, columns in zip(block, likeness, best, strict=True):
                ranked = sorted(((self.names[self.frequent[c]], float(row[c])) for c in columns), key=lambda n: -n[1])
                found[word] = [(name, cosine) for name, cosine in ranked if name != word][:count]
        return found


def neighbourhood(model: LanguageModel, words: Iterable[str]) -> Neighbourhood:
    """The vectors of the model's most frequent words and of `words`.

    Raises `UsageError` when numpy or scipy is missing, `ModelError` when the model's bigrams cannot be read.
    """
    try:
        import numpy as np
        from scipy.sparse.linalg import svds
    except ImportError:
        raise UsageError("neighbours need numpy and scipy: pip install 'despin[learn]'") from None

    bigrams = read_bigrams(model)
    chosen, count = _chosen(bigrams, set(words))
    matrix = _information(bigrams, chosen, count)
    rng = np.random.default_rng(0)
    left, sizes, right = svds(matrix[:count], k=DIMENSIONS, v0=rng.standard_normal(count))
    root = np.sqrt(sizes)
    vectors = np.vstack([left * root, matrix[count:] @ (right.T / root)])
    norms = np.linalg.norm(vectors, axis=1)
    vectors = (vectors / np.where(norms > 0.0, norms, 1.0)[:, None]).astype(np.float32)
    names = [bigrams.words[index] for index in chosen]
    enough = np.diff(matrix.indptr) >= LEAST_BIGRAMS
    rows = {name: row for row, name in enumerate(names) if enough[row]}
    frequent = np.array([row for row in range(count) if enough[row] and len(names[row]) > 1])
    return Neighbourhood(Known(bigrams), rows, names, vectors, frequent)


def _chosen(bigrams: Bigrams, words: set[str]) -> tuple[Array, int]:
    """The numbers of the frequent words, then of the others of `words`; and how many are frequent."""
    import numpy as np

    order = np.argsort(-bigrams.unigrams, kind="stable")
    frequent = [index for index in order[: FREQUENT + 3] if not bigrams.words[index].startswith("<")][:FREQUENT]
    known = set(frequent)
    others = [index for index, word in enumerate(bigrams.words) if word in words and index not in known]
    return np.array([*frequent, *others]), len(frequent)


def _information(bigrams: Bigrams, chosen: Array, count: int) -> Any:
    """Positive pointwise mutual information of the chosen words with `count` contexts on the left, then on the right."""
    import numpy as np
    from scipy.sparse import csr_matrix

    row = np.full(len(bigrams.words), -1)
    row[chosen] = np.arange(len(chosen))
    information = (bigrams.scores - bigrams.unigrams[bigrams.following]) * np.log(10.0)
    first, second = row[bigrams.previous], row[bigrams.following]
    before = (second >= 0) & (first >= 0) & (first < count) & (information > 0.0)
    after = (first >= 0) & (second >= 0) & (second < count) & (information > 0.0)
    values = np.concatenate([information[before], information[after]])
    rows = np.concatenate([second[before], first[after]])
    columns = np.concatenate([first[before], second[after] + count])
    return csr_matrix((values, (rows, columns)), shape=(len(chosen), 2 * count))
