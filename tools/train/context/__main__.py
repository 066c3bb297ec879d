"""Makes the context model: `python -m tools.train.context CORPUS.jsonl -o zh_CN.context`.

CORPUS is JSON lines with `text`, such as `python -m tools.train.lm.gather` writes; the language model cuts it into words. Needs
numpy, Cython, setuptools and a C compiler. The same corpus gives the same model on the same kind of processor.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from despin.lm.ngram import LanguageModel
from tools.train.context import vectors, writing


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the model and return 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.train.context", description=__doc__)
    parser.add_argument("corpus", nargs="+", type=Path, help="JSON lines with text")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the model to write")
    parser.add_argument("--size", type=int, default=128, help="axes of a vector (default: %(default)s)")
    parser.add_argument("--reach", type=int, default=8, help="words on either side (default: %(default)s)")
    parser.add_argument("--passes", type=int, default=10, help="passes over the corpus (default: %(default)s)")
    parser.add_argument("--least", type=int, default=12, help="how often a word must stand (default: %(default)s)")
    args = parser.parse_args(arguments)
    texts = (json.loads(line)["text"] for path in args.corpus for line in path.open(encoding="utf-8"))
    words, numbers = vectors.number(texts, LanguageModel(), args.least)
    print(f"{len(words) - 1:,} words, {len(numbers):,} places", file=sys.stderr, flush=True)
    writing.write(vectors.learn(words, numbers, args.size, args.reach, args.passes), args.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
