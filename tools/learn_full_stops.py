"""Learn what tells a full stop from a comma: `python -m tools.learn_full_stops CORPUS.jsonl [...] > full_stops.tsv`.

Reads JSON lines with `text`, ordinary punctuated Chinese of any kind. Half of the commas are turned into full stops, and
logistic regression (L2) tells them from the real ones by the features that `despin/damage/clauses.py` names. The
output is `despin/damage/full_stops.tsv`. Needs numpy and scipy.
"""

from __future__ import annotations

import json
import math
import random
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack

from despin.damage.clauses import BOUNDS, REACH, STOP, features, right_of
from despin.damage.full_stops import fluency
from despin.fluency import LanguageModel

#: A feature seen less often has no weight; weights smaller than this are left out.
SEEN, LEAST = 20, 0.05
#: Strength of the prior on weights.
PRIOR = 3.0
SHARE = 0.5
#: Longer documents are cut, so that no single one decides.
LONGEST = 6000


def examples(text: str, model: LanguageModel, chance: random.Random) -> list[tuple[list[str], float, bool]]:
    """(features, fluency, whether it was a comma) of every full stop of a text that was damaged."""
    hits = {place for place, mark in enumerate(text) if mark == "，" and chance.random() < SHARE}
    damaged = "".join("。" if place in hits else mark for place, mark in enumerate(text))
    found = []
    for match in STOP.finditer(damaged):
        place = match.start()
        start = place
        while start and place - start < REACH and text[start - 1] not in BOUNDS:
            start -= 1
        right, after = right_of(damaged, place)
        names = features(damaged[start:place], right, after)
        found.append((names, fluency(damaged, place, model), place in hits))
    return found


def main(paths: list[str]) -> int:
    """Write the weights to standard output."""
    model, chance = LanguageModel(), random.Random(7)
    rows = []
    for path in paths:
        for line in Path(path).read_text("utf-8").splitlines():
            rows += examples(json.loads(line)["text"][:LONGEST], model, chance)
    seen = Counter(name for names, _, _ in rows for name in names)
    known = sorted(name for name, count in seen.items() if count >= SEEN)
    number = {name: index for index, name in enumerate(known)}
    places = [(row, number[name]) for row, (names, _, _) in enumerate(rows) for name in names if name in number]
    matrix = csr_matrix((np.ones(len(places)), tuple(zip(*places, strict=True))), (len(rows), len(known)))
    fluent = np.array([[value] for _, value, _ in rows])
    matrix = hstack([matrix, fluent, np.ones((len(rows), 1))]).tocsr()
    truth = np.array([hit for _, _, hit in rows], float)
    prior = np.full(matrix.shape[1], PRIOR)
    prior[-2:] = 0.01, 0.0

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        value = matrix @ weights
        error = 1.0 / (1.0 + np.exp(-value)) - truth
        total = (np.logaddexp(0.0, value) - truth * value).sum() + 0.5 * (prior * weights * weights).sum()
        return float(total), matrix.T @ error + prior * weights

    weights = minimize(loss, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    share = truth.mean()
    print("# Weights (ln odds of a comma) of what stands around a full stop; made by tools/learn_full_stops.py")
    print(f"# from {len(rows):,} places of ordinary Chinese text, never edited by hand.")
    print(f"language model\t{weights[-2]:.3f}")
    print(f"bias\t{weights[-1] - math.log(share / (1.0 - share)):.3f}")
    for name, weight in zip(known, weights, strict=False):
        if abs(weight) >= LEAST and name not in ("language model", "bias"):
            print(f"{name}\t{weight:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
