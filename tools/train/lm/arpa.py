"""Writes a model in the ARPA format, which KenLM's `build_binary` compiles."""

from __future__ import annotations

from pathlib import Path

from tools.train.lm.grams import Trigrams


def write(model: Trigrams, path: Path) -> None:
    """Write `model` to `path`; probabilities and back-off weights with four decimals."""
    words = model.vocabulary
    with path.open("w", encoding="utf-8") as file:
        file.write("\\data\\\n")
        file.writelines(f"ngram {order}={len(grams.words)}\n" for order, grams in enumerate(model.grams, 1))
        for order, grams in enumerate(model.grams, 1):
            file.write(f"\n\\{order}-grams:\n")
            rows = zip(grams.words.tolist(), grams.probability.tolist(), grams.backoff.tolist(), strict=True)
            for row, probability, backoff in rows:
                text = " ".join([words[number] for number in row])
                end = f"\t{backoff:.4f}\n" if order < 3 else "\n"
                file.write(f"{min(probability, 0.0):.4f}\t{text}{end}")
        file.write("\n\\end\\\n")
