"""Builds a wheel, installs it into an empty environment in which no compiler is found, and runs the tests on it.

    python -m tools.check_wheel                          # all quick tests
    python -m tools.check_wheel tests/kernel -k lattice  # what follows goes to pytest
    python -m tools.check_wheel --without-compiler --restore  # built without one as well; restores the examples and runs no test

Exit code 1 where the wheel cannot be built or installed, an example is not restored, or a test fails. POSIX only.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: Programs that a C compiler or a part of one may be called.
COMPILERS = re.compile(r"(.*-)?(cc|gcc|g\+\+|c\+\+|c89|c99|tcc|cpp|clang|clang\+\+|zig|ld|lld|as|ccache)([-.].*)?")
#: Variables that would lead to another compiler, or to another despin.
LEFT_OUT = ("CC", "CXX", "LDSHARED", "PYTHONPATH", "VIRTUAL_ENV")


def main(arguments: list[str]) -> int:
    """Build, install, restore, test; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.check_wheel", usage="%(prog)s [options] [pytest options]")
    parser.add_argument("--wheel", type=Path, help="test this one and build none")
    parser.add_argument("--without-compiler", action="store_true", help="build without a compiler at hand, too")
    parser.add_argument("--restore", action="store_true", help="restore the examples only")
    parser.add_argument("--like", type=Path, metavar="DESPIN", help="a despin command that must restore the same")
    given, asked = parser.parse_known_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare = {key: value for key, value in os.environ.items() if key not in LEFT_OUT}
        bare["PATH"] = str(without_compilers(folder / "programs"))
        building = bare if given.without_compiler else dict(os.environ)
        wheel = given.wheel or build(folder / "wheel", building)
        print(f"{wheel.name}: {wheel.stat().st_size:,} bytes", flush=True)
        venv.create(folder / "empty", with_pip=True, symlinks=True)
        programs = folder / "empty" / "bin"
        bare["PATH"] = f"{programs}:{bare['PATH']}"
        wanted = str(wheel.resolve()) if given.restore else f"{wheel.resolve()}[test]"
        call([str(programs / "pip"), "install", "-q", wanted], bare)
        call([str(programs / "despin"), "--version"], bare)
        found = restored(programs / "despin", bare)
        if given.like and found != restored(given.like, dict(os.environ)):
            print(f"the wheel does not restore the examples as {given.like} does", file=sys.stderr)
            return 1
        if given.restore:
            return 0
        command = [str(programs / "python"), "-m", "pytest", "-p", "no:cacheprovider", *asked]
        return min(1, subprocess.run(command, cwd=ROOT, env=bare, check=False).returncode)


def without_compilers(folder: Path) -> Path:
    """A folder of links to all programs on the path that are no part of a C compiler."""
    folder.mkdir()
    for place in os.environ["PATH"].split(os.pathsep):
        for program in Path(place).glob("*") if Path(place).is_absolute() else ():
            link = folder / program.name
            if not COMPILERS.fullmatch(program.name) and not link.is_symlink():
                link.symlink_to(program)
    return folder


def build(folder: Path, environment: dict[str, str]) -> Path:
    """A wheel of this checkout, made by pip."""
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(ROOT)]
    call(command, environment)
    (wheel,) = folder.glob("despin-*.whl")
    return wheel


def restored(despin: Path, environment: dict[str, str]) -> list[bytes]:
    """What a despin command makes of each example, with all edits."""
    texts = sorted((ROOT / "examples").glob("*.txt"))
    return [call([str(despin), "restore", str(text), "--format", "json"], environment) for text in texts]


def call(command: list[str], environment: dict[str, str]) -> bytes:
    """What a program prints; where it fails, this one ends."""
    done = subprocess.run(command, cwd=ROOT / "examples", env=environment, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        sys.stdout.write(done.stdout.decode(errors="replace"))
        raise SystemExit(f"{Path(command[0]).name} {' '.join(command[1:3])}: exit code {done.returncode}")
    if command[-1] == "--version":
        print(done.stdout.decode().strip(), flush=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
