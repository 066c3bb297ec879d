"""Compiles the kernel while a wheel is built; without a compiler the wheel holds the same code as plain Python.

`python hatch_build.py` compiles in place, for work on the code: do it again after every change of a compiled module, or
remove the results (`python hatch_build.py --clean`) and work on plain Python, as an editable install does.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand
    BuildHookInterface = object

ROOT = Path(__file__).parent
#: Modules of the package that are compiled: plain Python with a .pxd of types beside it, and Cython.
MODULES = (
    "kernel/native/lattice.pyx",
    "kernel/native/arcs.pyx",
    "kernel/native/matcher.pyx",
    "kernel/native/loglinear.pyx",
    "kernel/native/program.pyx",
    "kernel/em.py",
    "kernel/marks.py",
)
#: The compiled modules index their own arrays only, and never from the end.
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": False,
    "wraparound": False,
    "cdivision": True,
    "initializedcheck": False,
    "annotation_typing": False,
}


class Compile(BuildHookInterface):  # type: ignore[misc]
    """The build hook. `DESPIN_PURE=1` leaves everything plain Python."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add compiled modules to the wheel, if they can be made."""
        if version == "editable" or os.environ.get("DESPIN_PURE"):
            return
        self._folder = tempfile.TemporaryDirectory()
        try:
            built = compile_modules(Path(self._folder.name))
        except (Exception, SystemExit) as error:
            self.app.display_warning(f"despin stays plain Python, which is slower ({type(error).__name__}: {error})")
            return
        for file, inside in built.items():
            build_data["force_include"][str(file)] = inside
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was compiled."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()


def compile_modules(folder: Path) -> dict[Path, str]:
    """Compile the modules within `folder`, side by side on the cores there are; the files made, with their places in the
    package. Raises what compilers raise."""
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    options = [] if sys.platform == "win32" else ["-O3", "-g0"]
    cores = count_cores()
    extensions = [
        Extension(
            "despin." + module.rsplit(".", 1)[0].replace("/", "."), [f"despin/{module}"], extra_compile_args=options
        )
        for module in MODULES
    ]
    with contextlib.chdir(ROOT) if sys.version_info >= (3, 11) else _inside(ROOT):
        modules = cythonize(
            extensions,
            build_dir=str(folder / "c"),
            compiler_directives=DIRECTIVES,
            nthreads=cores if cores > 1 else 0,
            language_level=3,
            quiet=True,
        )
        command = build_ext(Distribution({"name": "despin", "ext_modules": modules}))
        command.build_lib, command.build_temp = str(folder / "lib"), str(folder / "temp")
        command.parallel = cores
        command.ensure_finalized()
        command.run()
    return {Path(file): Path(file).relative_to(folder / "lib").as_posix() for file in command.get_outputs()}


def count_cores() -> int:
    """How many cores this process may use."""
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def _inside(folder: Path) -> Any:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def main(arguments: list[str]) -> None:
    """Compile in place, or remove what was compiled there."""
    with tempfile.TemporaryDirectory() as folder:
        made = {} if "--clean" in arguments else compile_modules(Path(folder))
        for old in (ROOT / "despin" / "kernel").rglob("*.*"):
            if old.suffix in {".so", ".pyd"}:
                old.unlink()
        for file, inside in made.items():
            shutil.move(file, ROOT / inside)
            print(inside)


if __name__ == "__main__":
    main(sys.argv[1:])
