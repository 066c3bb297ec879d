"""Learn what tells a comma from a full stop: `python -m tools.train.full_stops CORPUS.jsonl [...] > full_stops.tsv`.

Reads JSON lines with `text`, ordinary punctuated Chinese of any kind. Logistic regression (L2) tells its commas from its
full stops by the features that `despin/damage/stop_features.py` names. The output is `despin/data/weights/full_stops.tsv`. Needs numpy
and scipy, and some 4 GB of memory for ten million characters.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from despin.damage.full_stops import chains
from despin.damage.stop_features import behind, clause_features, last_clause, sentence_features
from despin.tuning import FullStops
from tools.train.weights import print_weights

#: A feature seen less often has no weight; weights smaller than this are left out.
SEEN, LEAST = 40, 0.1
#: Strength of the prior on weights.
PRIOR = 15.0
#: Longer documents are cut, so that no single one decides.
LONGEST = 8000


def examples(text: str) -> Iterator[tuple[list[str], bool]]:
    """(features, whether it is a comma) of every comma and full stop of a text."""
    for chain in chains(text):
        start = chain.start
        for place in chain.places:
            left = text[max(start, place - FullStops.reach) : place]
            right, beyond = behind(text, place)
            comma = text[place] == "，"
            yield [*clause_features(last_clause(left), right, beyond), *sentence_features(left, right)], comma
            if not comma:
                start = place + 1


def read(paths: list[str]) -> tuple[csr_matrix, np.ndarray, list[str]]:
    """(features by place, whether each is a comma, the names of the features)."""
    numbers: dict[str, int] = {}
    columns, first, truth = array("i"), array("q", [0]), array("b")
    for path in paths:
        for line in filter(None, Path(path).read_text("utf-8").split("\n")):
            for names, comma in examples(json.loads(line)["text"][:LONGEST]):
                columns.extend([numbers.setdefault(name, len(numbers)) for name in names])
                first.append(len(columns))
                truth.append(comma)
    everything = np.frombuffer(columns, np.int32)
    common = np.bincount(everything, minlength=len(numbers)) >= SEEN
    renumbered = np.where(common, np.cumsum(common) - 1, -1)[everything]
    kept = renumbered >= 0
    ends = np.concatenate([[0], np.cumsum(kept)])[np.frombuffer(first, np.int64)]
    matrix = csr_matrix((np.ones(int(kept.sum()), np.float32), renumbered[kept], ends), (len(truth), int(common.sum())))
    return (
        matrix,
        np.frombuffer(truth, np.int8).astype(float),
        [name for name, number in numbers.items() if common[number]],
    )


def learn(matrix: csr_matrix, truth: np.ndarray) -> np.ndarray:
    """The weight of every feature, and the bias behind them."""
    turned = matrix.T.tocsr()
    prior = np.full(matrix.shape[1] + 1, PRIOR)
    prior[-1] = 0.0

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        value = matrix @ weights[:-1] + weights[-1]
        error = 1.0 / (1.0 + np.exp(-value)) - truth
        total = (np.logaddexp(0.0, value) - truth * value).sum() + 0.5 * (prior * weights * weights).sum()
        return float(total), np.append(turned @ error, error.sum()) + prior * weights

    start = np.zeros(matrix.shape[1] + 1)
    weights: np.ndarray = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return weights


def main(paths: list[str]) -> int:
    """Write the weights to standard output."""
    matrix, truth, names = read(paths)
    weights = learn(matrix, truth)
    print(
        "# Weights (ln odds of a comma) of what stands around a comma or a full stop; made by tools/train/full_stops.py"
    )
    print(f"# from {len(truth):,} places of ordinary Chinese text, never edited by hand.")
    print(f"bias\t{weights[-1]:.3f}")
    print_weights({name: weight for name, weight in zip(names, weights, strict=False) if abs(weight) >= LEAST})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
