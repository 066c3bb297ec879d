"""Whether Ray Data, Hugging Face datasets, datatrove and Data-Juicer give the edits of `despin batch`.

The same records go through `despin batch --mode restore` and through each engine, by the adapter in
despin/integrations and on the real library; restored text and `despin` field are compared record by record. What a
format makes unavoidable is not counted as different: a column has every part of the field, those that a record has not
as nulls, and no missing values, so that a missing text is null there. Records without a text to work on, and texts
that are too long, are there to show that nothing else is lost with them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tools import installed
from tools.stress.same_edits import engines
from tools.stress.same_edits.engines import ENGINES, Engine, Rows

#: What keeps engines from the network and from caches of earlier runs.
_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "UV_OFFLINE": "1",
    "UV_NO_CACHE": "1",
    "PIP_NO_INDEX": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
}
_CACHES = ("HF_HOME", "HF_DATASETS_CACHE", "DATA_JUICER_CACHE_HOME")


def expected(rows: Rows, reference: Rows, engine: Engine) -> dict[str, dict[str, Any]]:
    """By id, the records that an engine should come back with when it gets `rows`."""
    fields = {row["fault"]: row["despin"] for row in reference}
    found = {}
    for row, done in zip(rows, reference, strict=True):
        seen = engine.faults.get(row["fault"])
        if not row["fault"]:
            found[row["id"]] = {"text": done["text"], "despin": done["despin"]}
        elif seen:
            found[row["id"]] = {"text": row.get("text"), "despin": fields[seen]}
    return found


def differences(wanted: dict[str, dict[str, Any]], found: Rows) -> dict[str, str]:
    """By id, how what an engine came back with differs from what it should have."""
    wrong = dict.fromkeys(wanted.keys() - {row["id"] for row in found}, "is lost")
    wrong |= {one: f"came {count} times" for one, count in Counter(row["id"] for row in found).items() if count > 1}
    for row in found:
        own = wanted.get(row["id"])
        if own is None:
            wrong[row["id"]] = "should have been passed over"
        elif row["text"] != own["text"]:
            wrong[row["id"]] = f"has another text: {_short(row['text'])}, not {_short(own['text'])}"
        elif _parts(row["despin"]) != _parts(own["despin"]):
            wrong[row["id"]] = f"has another field: {_short(row['despin'])}, not {_short(own['despin'])}"
    return wrong


def _parts(field: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in field.items() if value is not None}


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 300 else text[:300] + "…"


def _try(name: str, rows: Rows, reference: Rows, folder: Path) -> bool:
    """Run an engine, print a line on it, and return whether it did what it should or is not installed."""
    engine = ENGINES[name]
    missing = [module for module in engine.modules if find_spec(module) is None]
    if missing:
        print(f"{name}: skipped, not installed: {', '.join(missing)}", flush=True)
        return True
    own = f"{engine.package} {version(engine.package)}"
    given = [row for row in rows if not row["fault"] or row["fault"] in engine.faults]
    engines.write(folder / f"{name}.in.jsonl", given)
    problem = _command(folder / name, engines.__file__, name, f"../{name}.in.jsonl", f"../{name}.jsonl")
    if problem:
        print(f"{own}: failed: {problem}", flush=True)
        return False
    wanted, found = expected(rows, reference, engine), engines.read(folder / f"{name}.jsonl")
    wrong = differences(wanted, found)
    edits = sum(len(row["despin"].get("edits") or ()) for row in found)
    faults = sum("error" in row["despin"] for row in wanted.values())
    print(
        f"{own}: {len(wanted):,} documents ({faults} with an error), {edits:,} edits: "
        f"{len(wanted.keys() - wrong.keys()):,} the same, {len(wrong)} different; "
        f"{len(given) - len(wanted)} more passed over by its reader",
        flush=True,
    )
    for one, what in sorted(wrong.items())[:5]:
        print(f"  {one} {what}", file=sys.stderr)
    return not wrong


def _command(folder: Path, *words: str) -> str:
    """Run Python in a new folder with the despin that is installed; what went wrong, or nothing."""
    folder.mkdir()
    caches = {name: str(folder / name.lower()) for name in _CACHES}
    with open(folder.with_suffix(".log"), "w+", encoding="utf-8", errors="replace") as log:
        command = [sys.executable, *words]
        environment = {**installed.environment(), **_OFFLINE, **caches}
        code = subprocess.run(command, cwd=folder, env=environment, stdout=log, stderr=log, check=False).returncode
        log.seek(0)
        lines = [line.strip() for line in log if line.strip()]
    return f"exit code {code}: {' / '.join(lines[-3:])}" if code else ""


def _reference(rows: Rows, folder: Path) -> Rows:
    """What `despin batch` makes of the records. Raises `SystemExit` when it fails."""
    engines.write(folder / "in.jsonl", rows)
    problem = _command(
        folder / "batch", "-m", "despin", "batch", "../in.jsonl", "-o", "../out.jsonl", "--mode", "restore"
    )
    if problem:
        sys.exit(f"despin batch failed: {problem}")
    return engines.read(folder / "out.jsonl")


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line an engine; returns 1 when one of them is different or failed, else 0."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.stress.same_edits",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--engine", action="append", choices=ENGINES, help="may be repeated (default: all)")
    parser.add_argument("--documents", type=int, default=2000, metavar="N", help="(default: %(default)s)")
    args = parser.parse_args(argv)
    if args.documents < 1:
        parser.error("--documents has to be 1 or more")
    from tools.stress.same_edits import documents

    rows = documents.records(args.documents)
    texts = [row["text"] for row in rows if not row["fault"]]
    print(f"{len(texts):,} documents of {sum(map(len, texts)):,} characters through despin batch …", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        reference = _reference(rows, Path(folder))
        print(f"{sum(row['despin'].get('spun', False) for row in reference):,} of them are spun", file=sys.stderr)
        same = True
        for name in args.engine or ENGINES:
            print(f"{name} …", file=sys.stderr, flush=True)
            same &= _try(name, rows, reference, Path(folder))
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
