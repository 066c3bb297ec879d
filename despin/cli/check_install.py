"""`despin check-install`: whether the installed files are those that were published."""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import json
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from despin.cli import options, terminal
from despin.errors import ModelError

ABOUT = "Compare the installed files with what was published, and open all models."
EPILOG = """\
Every file is compared with the SHA-256 that the wheel gave for it, models, tables and lexicons too; then all models are
opened. Where despin runs from its sources there is nothing to compare with, and models are
opened only. It takes a second or two.

exit codes:
  0    all files are as they were published
  1    some are not: they are named on standard output
  6    a model is missing or damaged

example:
  despin check-install && echo as published
"""


def run(args: argparse.Namespace) -> int:
    """Print the files that are missing or changed, or that there are none; 1 where there are
    some, else 0. Raises `ModelError`."""
    count, wrong = compare(_installed())
    for name, what in wrong:
        terminal.put(f"{name}: {what}: install despin again with --force-reinstall")
    if wrong:
        return options.NO
    open_all()
    terminal.put(
        f"{count} files are as they were published" if count else "run from its sources: all models can be opened"
    )
    return 0


def compare(found: Distribution | None) -> tuple[int, list[tuple[str, str]]]:
    """How many files a distribution gives a SHA-256 for, and of those that are others now (name, what is wrong)."""
    count, wrong = 0, []
    # `Distribution.files` leaves out what is missing, since Python 3.12.
    record = (found.read_text("RECORD") if found else None) or ""
    for name, hashed, *_ in csv.reader(record.splitlines()):
        mode, _, value = hashed.partition("=")
        if found is None or mode != "sha256":
            continue
        count += 1
        try:
            digest = hashlib.sha256(Path(str(found.locate_file(name))).read_bytes()).digest()
        except OSError as error:
            wrong.append((name, f"cannot be read ({error.strerror})"))
            continue
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != value.rstrip("="):
            wrong.append((name, "is not the file that was published"))
    return count, wrong


def open_all() -> None:
    """Open every model, table and lexicon that is shipped. Raises `ModelError` or `LexiconError`."""
    from despin.channel.background import load_background
    from despin.lexicon.load import load
    from despin.lexicon.varieties import load_varieties
    from despin.lm.ngram import LanguageModel
    from despin.lm.scorer import open_scorer
    from despin.spinners.neighbours import FOLDER, TABLES, read_neighbours
    from despin.spinners.weights import load_weights
    from despin.text.traditional import tables

    load()
    load_background()
    model = LanguageModel()
    open_scorer()
    if not model.knows("我们"):
        raise ModelError(f"{model.path}: the language model does not know the commonest words; install despin again")
    tables().to_traditional("")
    load_varieties()
    for table in TABLES.values():
        read_neighbours(table)
    for weights in sorted(FOLDER.glob("*.weights")):
        load_weights(weights)


def _installed() -> Distribution | None:
    """The distribution that this package is of; None where it runs from its sources."""
    try:
        found = distribution("despin")
    except PackageNotFoundError:
        return None
    here = Path(__file__).resolve()
    told = json.loads(found.read_text("direct_url.json") or "{}")
    if (
        told.get("dir_info", {}).get("editable")
        or here != Path(str(found.locate_file("despin/cli/check_install.py"))).resolve()
    ):
        return None
    return found
