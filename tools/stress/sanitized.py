"""Build the compiled kernel with AddressSanitizer and UndefinedBehaviorSanitizer in a folder outside of the repository.

    python -m tools.stress.sanitized FOLDER
    python -m tools.stress.sanitized FOLDER --run -m tools.stress lexicons texts --seconds 300
    python -m tools.stress.sanitized FOLDER --fuzz

Needs gcc. The first builds (some minutes), the second runs a Python program on that build; what it does wrong with memory ends it
with a report and exit code 99. The third, which needs clang, builds without sanitizers what counts for `tools.stress.fuzz` what it passes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("despin", "lexicons", "tools", "examples", "tests/data")
FLAGS = "-fsanitize=address,undefined -fno-sanitize=alignment -fno-sanitize-recover=undefined -fno-omit-frame-pointer"


COUNTED = "-fsanitize=fuzzer-no-link"


def build(folder: Path, counted: bool = False) -> None:
    """Copy the package, its data and these tools into `folder` and compile it there, with sanitizers or so that it counts
    what it passes. Raises `CalledProcessError` where that fails."""
    for name in COPIED:
        ignored = shutil.ignore_patterns("*.so", "__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored, dirs_exist_ok=True)
    source = (ROOT / "hatch_build.py").read_text("utf-8")
    (folder / "hatch_build.py").write_text(source.replace('"-O2", "-g0"', '"-O1", "-g1"'), "utf-8")
    environment = {**os.environ, "CFLAGS": FLAGS, "LDFLAGS": FLAGS}
    if counted:
        environment = {**os.environ, "CC": os.environ.get("CC", "clang"), "CFLAGS": COUNTED}
    subprocess.run([sys.executable, "hatch_build.py"], cwd=folder, env=environment, check=True)


def run(folder: Path, command: list[str]) -> int:
    """The exit code of a Python program that imports the build in `folder`, and runs there."""
    libraries = [
        subprocess.run(["gcc", f"-print-file-name=lib{name}.so"], capture_output=True, text=True, check=True)
        for name in ("asan", "ubsan")
    ]
    environment = {
        **os.environ,
        "LD_PRELOAD": ":".join(library.stdout.strip() for library in libraries),
        "ASAN_OPTIONS": "detect_leaks=0:exitcode=99:allocator_may_return_null=1",
        "UBSAN_OPTIONS": "print_stacktrace=1:exitcode=99",
        "PYTHONMALLOC": "malloc",
        "PYTHONPATH": str(folder),
    }
    return subprocess.run([sys.executable, *command], cwd=folder, env=environment, check=False).returncode


def main() -> None:
    """Build, or run on what was built."""
    if len(sys.argv) > 3 and sys.argv[2] == "--run":
        sys.exit(run(Path(sys.argv[1]).resolve(), sys.argv[3:]))
    if len(sys.argv) != 2 and sys.argv[2:] != ["--fuzz"]:
        sys.exit(__doc__)
    folder = Path(sys.argv[1]).resolve()
    if folder.is_relative_to(ROOT):
        sys.exit(f"{folder}: lies in the repository; name a folder outside")
    folder.mkdir(parents=True, exist_ok=True)
    build(folder, len(sys.argv) > 2)


if __name__ == "__main__":
    main()
