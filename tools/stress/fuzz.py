"""Coverage-guided fuzzing of compiled code's doors and of parsers: `python -m tools.stress.fuzz TARGET --corpus FOLDER --seconds 60`.

Needs `pip install atheris`. Targets are those of `tools.stress.doors`. What is found stands beside the corpus as `crash-...`; one that was
mended is put into tests/data/fuzz/TARGET, all of whose files tests read. To be guided by compiled code, too, build it
with `python -m tools.stress.sanitized BUILD --fuzz`, and run this with `PYTHONPATH=BUILD`.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def main() -> None:
    """Fuzz a target for so long."""
    # Compiled code that counts what it passes asks for the fuzzer by name, and atheris must not take that for another one.
    sys.setdlopenflags(os.RTLD_GLOBAL | os.RTLD_NOW)
    import atheris
    from atheris import core_with_libfuzzer

    sys.modules["atheris.core_without_libfuzzer"] = core_with_libfuzzer
    with atheris.instrument_imports(include=["despin"]):
        from tools.stress.doors import TARGETS, seeds, tried
    parser = argparse.ArgumentParser(
        prog="python -m tools.stress.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", choices=[*TARGETS])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--corpus", type=Path, required=True, metavar="FOLDER", help="a folder that grows")
    args = parser.parse_args()
    folder = args.corpus / args.target
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(args.target)):
        (folder / f"seed-{number}").write_bytes(data)
    options = [f"-max_total_time={args.seconds}", f"-artifact_prefix={folder}/", "-rss_limit_mb=4096", "-timeout=20"]
    atheris.Setup([sys.argv[0], *options, str(folder)], lambda data: tried(args.target, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
