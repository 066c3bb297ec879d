"""Makes the language model as a KenLM trie: `python -m tools.train.lm BASE.lm CORPUS.jsonl -o KENLM.lm`, which
`python -m tools.train.lm.packing` writes in despin's own format.

BASE is the model that `python tools/train/lm/fetch.py` takes out of its package; CORPUS is JSON lines with `text`, such as
`python -m tools.train.lm.gather` writes. Trigrams are counted in the corpus, cut into the words of BASE; both models are
interpolated, pruned, and compiled by `libime_slm_build_binary` (Debian: libime-bin). Needs numpy.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from despin.errors import ModelError
from despin.lm.ngram import LanguageModel
from tools.train.lm import arpa, counting, mixing
from tools.train.lm.kenlm_file import read_trigrams

COMPILER = "libime_slm_build_binary"
#: The weight of the corpus beside BASE, and how many n-grams are kept.
SHARE, BIGRAMS, TRIGRAMS = 0.25, 3_800_000, 4_500_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the model and return 0, or say what is missing and return 1."""
    parser = argparse.ArgumentParser(prog="python -m tools.train.lm", description=__doc__)
    parser.add_argument("base", type=Path, help="a quantised KenLM trie of trigrams with its words")
    parser.add_argument("corpus", nargs="+", type=Path, help="JSON lines with text")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the model to write")
    parser.add_argument("--share", type=float, default=SHARE, help="weight of the corpus (default: %(default)s)")
    parser.add_argument("--bigrams", type=int, default=BIGRAMS, help="bigrams kept (default: %(default)s)")
    parser.add_argument("--trigrams", type=int, default=TRIGRAMS, help="trigrams kept (default: %(default)s)")
    args = parser.parse_args(arguments)
    if shutil.which(COMPILER) is None:
        print(f"{COMPILER} is missing: install the package libime-bin", file=sys.stderr)
        return 1
    try:
        base = read_trigrams(args.base)
    except (OSError, ModelError) as error:
        print(error, file=sys.stderr)
        return 1
    texts = (json.loads(line)["text"] for path in args.corpus for line in path.open(encoding="utf-8"))
    counted = counting.count(texts, LanguageModel(args.base), base.vocabulary)
    model = mixing.prune(mixing.mix(base, counted, args.share), args.bigrams, args.trigrams)
    with tempfile.TemporaryDirectory(dir=args.output.parent) as folder:
        listed, compiled = Path(folder) / "model.arpa", Path(folder) / "model.lm"
        arpa.write(model, listed)
        command = [COMPILER, "-s", "-a", "22", "-q", "8", "trie", str(listed), str(compiled)]
        subprocess.run(command, check=True, stdout=sys.stderr)
        compiled.replace(args.output)
    print(f"{args.output}: {', '.join(f'{len(grams.words):,}' for grams in model.grams)} n-grams", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
